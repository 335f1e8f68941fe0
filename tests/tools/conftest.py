# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The library that stands in for the driver."""
import os
import subprocess

import pytest

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


@pytest.fixture(scope="session", name="library")
def fixture_library(tmp_path_factory):
    path = tmp_path_factory.mktemp("fake") / "fake_device.so"
    source = os.path.join(os.path.dirname(__file__), "fake_device.c")
    subprocess.run(["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", os.path.join(TOP, "include"),
                    "-o", path, source], check=True)
    return path
