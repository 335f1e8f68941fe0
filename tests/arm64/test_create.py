# SPDX-License-Identifier: GPL-2.0
# Copyright (c) Jailhouse contributors, 2026
"""From nothing but module and command to a running cell, by the running machine's device tree: nothing is edited by hand."""
from jailhouse import TIME, kernel_trouble, work_on_every_cpu


def test_five_commands_lead_to_a_running_cell(jh):
    box = jh.box
    kernel_trouble(box)
    hypervisor, mark = box.hv.mark(), box.cell.mark()
    box.check("rm -f /tmp/*.yaml; cd /tmp")
    for command in ("jailhouse hardware check",
                    f"jailhouse config create --console {box.UART} machine.yaml",
                    "jailhouse enable machine.yaml",
                    f"jailhouse config create --cell demo --system machine.yaml --cpus 3 --ram 2M --uart {box.UART} demo.yaml",
                    "jailhouse cell run demo.yaml /inmates/gic-demo.bin"):
        box.check(command, timeout=TIME)
    box.cell.wait(r"Timer fired(.|\n)*Timer fired", mark)
    assert "0 errors, 0 warnings" in box.check("jailhouse config check --live machine.yaml demo.yaml", timeout=TIME)
    box.check("jailhouse verify; cd /root", timeout=TIME)
    jh.destroy_at_last("demo")  # the demo denies it once
    jh.disable()
    assert "forbidden" not in box.hv.since(hypervisor), box.hv.since(hypervisor)
    assert work_on_every_cpu(box) == set(range(box.smp)) and not kernel_trouble(box)
