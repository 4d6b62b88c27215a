"""Disks and memory that others can open

## What it is

The device node of a disk, of a partition or of the memory can be read or written by others than root and the group made for it,
or lies outside `/dev` with such a mode; or a rule of udev(7) gives it to them. A file that stands for a disk is one, too: an
image that fstab(5) mounts without `nosuid`, a swap file.

## Why it matters

Behind the node lie all files of the disk, whatever their modes: hashes and keys can be read, and programs of root changed (ATT&CK
T1006). Sources: mem(4), sd(4); CIS Debian Linux 12 Benchmark, 7.1.

## How to fix it

`chown root:disk NODE; chmod 0660 NODE`, and correct the udev rule that sets it; delete nodes outside `/dev`. For a
file, `chown root:root FILE; chmod 0600 FILE`, and mount it with `nosuid,nodev`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("open-raw-device"),
    title="Disk or memory that others can open",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("raw-device",),
    examples=(
        Example(name="a disk", language="host", code="# device: /dev/sda1 0666 root:staff  # finding\n"),
        Example(name="a node elsewhere", language="host", code="# device: /opt/x/d0 0644  # finding\n"),
        Example(
            name="a rule of udev",
            language="host",
            code="# file: /etc/udev/rules.d/70-x.rules 0644\n"
            'SUBSYSTEM=="block", KERNEL=="sd*", \\  # finding\n  GROUP:="websvc", MODE="0660"\n'
            'KERNEL=="mem", MODE="0644"  # finding\n',
        ),
        Example(
            name="an image that is mounted with its SUID programs",
            language="host",
            code="# file: /srv/data.img 0644 alice:alice  # finding\nx\n"
            "# file: /etc/fstab 0644\n/srv/data.img /mnt/data ext4 loop 0 0\n",
        ),
        Example(
            name="near-miss: an image without them, rules for a stick and for a CD",
            language="host",
            code="# file: /srv/data.img 0644 alice:alice\nx\n"
            "# file: /etc/fstab 0644\n/srv/data.img /mnt/data ext4 loop,nosuid,nodev 0 0\n"
            "# file: /etc/udev/rules.d/70-x.rules 0644\n"
            'SUBSYSTEM=="block", ATTRS{idVendor}=="0781", MODE="0666"\nKERNEL=="sr[0-9]*", MODE="0666"\n',
        ),
        Example(
            name="near-miss: as usual",
            language="host",
            code="# device: /dev/null 0666\n# device: /dev/sda 0660 root:staff\n",
        ),
        Example(name="near-miss: of a jail", language="host", code="# device: /srv/jail/dev/null 0666\n"),
        Example(name="near-miss: closed", language="host", code="# device: /opt/x/d0 0600\n"),
    ),
)
