# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""The driver's own refusals, each with its whole sentence as the command prints it, or its number where no command would ask so."""
import re

import pytest

from jailhouse import SYSFS

pytestmark = pytest.mark.one_kernel(-1)

TIME = 60
ENABLE = "jailhouse enable /cells/qemu-x86.cell"
FIRMWARE = "/lib/firmware/jailhouse.bin"


def said(box, command):
    """What is printed, in one line."""
    return " ".join(box.refused(command, timeout=TIME).split())


def test_requests_in_the_wrong_state(jh):
    for request in ("disable", "cell start 1", "cell create /cells/apic-demo.cell"):
        assert 'Jailhouse is not enabled. Use "jailhouse enable" first.' in said(jh.box, f"jailhouse {request}")
    jh.enable()
    assert 'Jailhouse is enabled already. Use "jailhouse disable" first.' in said(jh.box, ENABLE)


@pytest.fixture
def firmware(jh):
    jh.box.check(f"cp {FIRMWARE} /tmp/image")
    yield jh.box
    jh.box.check(f"cp /tmp/image {FIRMWARE}; rm /tmp/image")


def test_images_that_are_missing_or_foreign(firmware):
    """FIRMWARE_MISSING, FIRMWARE_INVALID."""
    firmware.check(f"rm {FIRMWARE}")
    assert re.search(r"The hypervisor's image jailhouse\.bin cannot be read \(.*\)\. Install it in /lib/firmware\.", said(firmware, ENABLE))
    firmware.check(f"head -c 100000 /dev/zero >{FIRMWARE}")
    assert ("Jailhouse.bin is not a hypervisor image of this machine. Install the one that was built together with the module."
            in said(firmware, ENABLE))


def test_an_image_of_another_build(firmware):
    """The version is the word behind the signature (include/jailhouse/image.h)."""
    firmware.check(f"printf '\\377' | dd of={FIRMWARE} bs=1 seek=8 conv=notrunc 2>/dev/null")
    assert re.search(r"Jailhouse\.bin has interface version \d+, the module expects \d+\. Install image and module of the same build\.",
                     said(firmware, ENABLE))


def test_an_image_beside_loadable_memory(on):
    cell = on.create("apic-demo")
    size = on.box.check("stat -c %s /inmates/tiny-demo.bin").strip()
    assert (f'Image 0, {size} bytes at 0x7f000000, does not fit in one region of cell "apic-demo" with WRITE and LOADABLE. '
            "Correct its address, or the configuration of the cell."
            in said(on.box, f"jailhouse cell load {cell} /inmates/tiny-demo.bin -a 0x7f000000"))


# What no honest program asks: (word for blobctl, rule, errno)
DISHONEST = {
    "name": 1017,		# CELL_NAME
    "images": 1019,		# IMAGE_COUNT
    "source": 1021,		# IMAGE_ADDRESS
    "target": 1012,		# IMAGE_REGION
    "nobody": 1024,		# NOT_PERMITTED
}


@pytest.mark.parametrize("what", DISHONEST)
def test_dishonest_requests(on, what):
    on.create("apic-demo")
    assert f"rule {DISHONEST[what]} " in said(on.box, f"blobctl dishonest {what}")
    assert on.enabled() and on.box.read(f"{SYSFS}/enabled") == "1"


def test_an_ioctl_that_does_not_exist(on):
    assert "rule 1018 " in said(on.box, "blobctl ioctl 0x3f"), "UNKNOWN_IOCTL"
