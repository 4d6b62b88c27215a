"""Swap file that others can read

## What it is

A file that fstab(5) or a swap unit swaps to can be read by others than root.

## Why it matters

What was swapped out is memory of any process: passwords that were typed, keys of sshd and of TLS servers, hashes (ATT&CK T1003,
T1005). swapon(8) warns of the mode and goes on. Sources: swapon(8), mkswap(8) ("chmod 600").

## How to fix it

`chown root:root FILE; chmod 0600 FILE`. What was in it may have been copied: change the passwords and keys that matter.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("readable-swap-file"),
    title="Swap file that others can read",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.HIGH,
    message="{who} can read the memory of others: {what}",
    kinds=("swap-file",),
    examples=(
        Example(
            name="as fallocate makes it",
            language="host",
            code="# file: /swapfile 0644  # finding\nx\n# file: /etc/fstab 0644\n/swapfile none swap sw 0 0\n",
        ),
        Example(
            name="a swap unit",
            language="host",
            code="# file: /var/swap 0640 root:staff\nx\n# file: /var/swap2 0640 root:wheel  # finding\nx\n"
            "# file: /etc/systemd/system/var-swap2.swap 0644\n[Swap]\nWhat=/var/swap2\n",
        ),
        Example(
            name="near-miss: root's alone",
            language="host",
            code="# file: /swapfile 0600\nx\n# file: /etc/fstab 0644\n/swapfile none swap sw 0 0\n",
        ),
        Example(
            name="near-miss: a partition",
            language="host",
            code="# file: /etc/fstab 0644\nUUID=1 none swap sw 0 0\n/dev/sda2 none swap sw 0 0\n",
        ),
        Example(
            name="near-miss: a line that is off",
            language="host",
            code="# file: /swapfile 0644\nx\n# file: /etc/fstab 0644\n#/swapfile none swap sw 0 0\n",
        ),
    ),
)
