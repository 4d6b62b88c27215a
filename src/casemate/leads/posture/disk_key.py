"""Keys of encrypted disks that others can read

## What it is

A key file that a line of crypttab(5) names, or that lies in `/etc/cryptsetup-keys.d`, can be read by others than root.

## Why it matters

Who has the key reads the disk wherever they get hold of it: a stolen drive, a backup of the volume, a snapshot (ATT&CK
T1552.004).

## How to fix it

`chown root:root KEY; chmod 0400 KEY`, then change it (`cryptsetup luksChangeKey`), as it may have been copied.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("readable-disk-key"),
    title="Key of an encrypted disk that others can read",
    cwe=732,
    owasp="A02:2021",
    severity=Severity.HIGH,
    message="{who} can open an encrypted disk: {what}",
    kinds=("disk-key",),
    examples=(
        Example(
            name="a key that a line names",
            language="host",
            code="# file: /etc/keys/data.key 0644  # finding\nx\n# file: /etc/crypttab\ndata UUID=1 /etc/keys/data.key luks\n",
        ),
        Example(
            name="a key found by the volume's name",
            language="host",
            code="# file: /etc/cryptsetup-keys.d/data.key 0640 root:wheel  # finding\nx\n# file: /etc/crypttab\n"
            "data UUID=1 none luks\n",
        ),
        Example(
            name="near-miss: root's alone",
            language="host",
            code="# file: /etc/keys/data.key 0400\nx\n# file: /etc/crypttab\ndata UUID=1 /etc/keys/data.key luks\n",
        ),
        Example(
            name="near-miss: a key made anew at each boot",
            language="host",
            code="# device: /dev/urandom 0666\n# file: /etc/crypttab\nswap /dev/sda2 /dev/urandom swap\n",
        ),
        Example(
            name="near-miss: a line that is off",
            language="host",
            code="# file: /etc/keys/data.key 0644\nx\n# file: /etc/crypttab\n#data UUID=1 /etc/keys/data.key luks\n",
        ),
    ),
)
