"""Disks and memory that others can open

## What it is

The device node of a disk, of a partition or of the memory can be read or written by others than root and the group made for it,
or lies outside `/dev` with such a mode.

## Why it matters

Behind the node lie all files of the disk, whatever their modes: hashes and keys can be read, and programs of root changed (ATT&CK
T1006). Sources: mem(4), sd(4); CIS Debian Linux 12 Benchmark, 7.1.

## How to fix it

`chown root:disk NODE; chmod 0660 NODE`, and correct the udev rule that sets it; delete nodes outside `/dev`.
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
            name="near-miss: as usual",
            language="host",
            code="# device: /dev/null 0666\n# device: /dev/sda 0660 root:staff\n",
        ),
        Example(name="near-miss: of a jail", language="host", code="# device: /srv/jail/dev/null 0666\n"),
        Example(name="near-miss: closed", language="host", code="# device: /opt/x/d0 0600\n"),
    ),
)
