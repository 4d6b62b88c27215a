"""Boot files and kernel modules that others can change

## What it is

Somebody who is not root can write to or replace a file that the host is started from: the kernel, the initramfs or the boot
loader's menu in `/boot`, what they are made from (`/etc/default/grub`, `/etc/grub.d`, `/etc/initramfs-tools`, dracut), or a
module in `/lib/modules`.

## Why it matters

Their code then runs before or within the kernel, with all rights and below everything that could notice it (ATT&CK T1542,
T1547.006). Sources: the GRUB manual, initramfs-tools(7), depmod(8); CIS Debian Linux 12 Benchmark, 1.4.

## How to fix it

`chown root:root PATH`, and take the permission to write from group and others: `chmod go-w PATH`. Then have the packages check
their files (`dpkg --verify`, `rpm -V`) and write the initramfs and the menu anew.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-boot-file"),
    title="Boot file or kernel module that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("boot-file",),
    examples=(
        Example(
            name="an initramfs that everybody can write to",
            language="host",
            code="# file: /boot/initrd.img-6.1.0-1-amd64 0666  # finding\nx\n",
        ),
        Example(
            name="a folder of modules that an account owns",
            language="host",
            code="# folder: /usr/lib/modules/6.1.0-1-amd64/updates 0755 alice:alice  # finding\n",
        ),
        Example(
            name="the settings of the boot loader",
            language="host",
            code="# file: /etc/default/grub 0664 root:wheel  # finding\nGRUB_TIMEOUT=5\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /boot/vmlinuz-6.1.0-1-amd64 0644\nx\n# file: /etc/grub.d/40_custom 0755\n#!/bin/sh\n",
        ),
        Example(
            name="near-miss: below a folder that is shut",
            language="host",
            code="# folder: /boot/efi 0700\n# file: /boot/efi/EFI/debian/grub.cfg 0777\nx\n",
        ),
        Example(
            name="near-miss: a group without members",
            language="host",
            code="# file: /etc/default/grub 0664 root:staff\nGRUB_TIMEOUT=5\n",
        ),
    ),
)
