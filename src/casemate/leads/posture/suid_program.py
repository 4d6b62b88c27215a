"""SUID program that others can change

## What it is

A program with the SUID or SGID bit can be written to, or put in another's place, by somebody who is not its owner.

## Why it matters

The kernel takes the bit away when the file is written to (inode(7)), so this needs one more step: that the owner runs the
program, as is usual for a tool that an administrator trusts, or that the next installation sets the bit again (ATT&CK
T1548.001).

## How to fix it

`chmod go-w FILE`, and `chown root:root` for the folder it lies in, with no permission to write for others there.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-suid-program"),
    title="SUID program that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}, once it is run again: {what}",
    kinds=("suid-program",),
    examples=(
        Example(
            name="a service's group can write to it",
            language="host",
            code="# elf: /usr/local/sbin/agent 4775 root:websvc  # finding\n",
        ),
        Example(
            name="everybody can write to it",
            language="host",
            code="# elf: /usr/local/sbin/agent 4777  # finding\n",
        ),
        Example(
            name="in a folder of another account",
            language="host",
            code="# folder: /opt/agent 0755 ingest:ingest  # finding\n# elf: /opt/agent/run 4755\n",
        ),
        Example(
            name="near-miss: only root can write to it",
            language="host",
            code="# elf: /usr/local/sbin/agent 4755\n",
        ),
        Example(
            name="near-miss: a group without members can write to it",
            language="host",
            code="# elf: /usr/local/sbin/agent 4775 root:staff\n",
        ),
        Example(
            name="near-miss: a helper in the closed folder of the one account that calls it",
            language="host",
            code="# folder: /usr/lib/db/tool 0700 websvc:root\n# elf: /usr/lib/db/tool/check 4755\n",
        ),
        Example(
            name="near-miss: in a closed folder",
            language="host",
            code="# folder: /opt/agent 0700\n# elf: /opt/agent/run 4777\n",
        ),
    ),
)
