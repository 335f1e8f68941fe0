# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The class that scripts for Jailhouse use to create a cell. New programs: `pyjailhouse.hypervisor`."""
from __future__ import annotations

from typing import Union

from . import _command, _device
from .config_parser import CellConfig


class JailhouseCell:
    """Creates a cell at once.

    config: a `config_parser.CellConfig`, or the bytes of a configuration. Raises RefusedError when it is refused, NotLoadedError without
    the driver. The cell stays when the object goes.
    """

    def __init__(self, config: Union[CellConfig, bytes]):
        data = config if isinstance(config, bytes) else config.data
        self.config = CellConfig(config) if isinstance(config, bytes) else config
        _command.create(data)

    def load(self, image: bytes, address: int) -> None:
        """Stops the cell and copies @image to @address, as the cell sees it. Raises RefusedError."""
        _device.load(_device.cell_id(name=self.config.name), [(image, address)])

    def start(self) -> None:
        """Lets the cell run. Raises RefusedError."""
        _device.request(_device.CELL_START, bytearray(_device.cell_id(name=self.config.name)))
