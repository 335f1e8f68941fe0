# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""Test programs for cells on a bare emulated machine: what they expect of the hypervisor is what a processor does."""
import os
import subprocess

import pytest

from machine import BUILD, TOP, rig_env

pytestmark = pytest.mark.own_machine


def run_bare(image, parameters):
    """What the program prints without any hypervisor below it; ends with its summary."""
    env = {**os.environ, "QEMU": rig_env()["QEMU"], "TIMEOUT": "120"}
    result = subprocess.run([f"{TOP}/tests/inmates/rom/run", f"{BUILD}/inmates/{image}.bin", parameters], env=env,
                            capture_output=True, text=True, timeout=150, check=False)
    return result.stdout


@pytest.mark.parametrize("image", ["mmio-decoder", "mmio-decoder-32", "fp-state", "memory"])
def test_program_expects_what_a_processor_does(image):
    said = run_bare(image, "bare")
    assert f"{image}: " in said and " passed, 0 failed" in said, said
    assert "not ok" not in said


def test_program_fails_where_its_device_is_missing():
    """Without the test device nothing is behind the window: a test that passed here would test nothing."""
    assert "not ok 1 - mov [m8], r8 (88)" in run_bare("mmio-decoder-32", "")
