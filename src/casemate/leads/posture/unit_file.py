"""Units of systemd that others can change

## What it is

A unit file, a drop-in (`x.service.d/*.conf`), or a folder in which systemd looks for them can be written to by somebody who
is not root.

## Why it matters

A unit says what systemd runs, and as whom: one changed line, `ExecStart=` or `User=`, runs any program as root at the next
start or reload (ATT&CK T1543.002, Create or Modify System Process: Systemd Service). A folder that takes new files is as
good: a new drop-in overrules any setting (systemd.unit(5)).

## How to fix it

Give files and folders below `/etc/systemd` and `/usr/lib/systemd` to root and take the permission to write from group and
others: `chown root:root FILE; chmod 0644 FILE` (0755 for a folder), then `systemctl daemon-reload`. Read the file first: who
could change it may have done so.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-unit"),
    title="Unit of systemd that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("unit-file", "unit-folder"),
    examples=(
        Example(
            name="a unit that everybody can write to",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service 0666  # finding\n[Unit]\nDescription=x\n[Service]\n"
                "ExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="a drop-in of an account",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/a.service\n[Unit]\nDescription=x\n[Service]\n"
                "ExecStart=/usr/bin/id\n"
                "# file: /etc/systemd/system/a.service.d/local.conf 0644 alice:alice  # finding\n[Service]\n"
                "Nice=5\n"
            ),
        ),
        Example(
            name="a folder of drop-ins that a service can fill",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/a.service\n[Unit]\nDescription=x\n[Service]\n"
                "ExecStart=/usr/bin/id\n# folder: /etc/systemd/system/a.service.d 0775 root:websvc  # finding\n"
            ),
        ),
        Example(
            name="the folder of all units",
            language="host",
            code="# folder: /etc/systemd/system 0777  # finding\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/a.service 0644\n[Unit]\nDescription=x\n[Service]\n"
                "ExecStart=/usr/bin/id\n"
            ),
        ),
        Example(
            name="near-miss: masked, its own file counts no more",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/a.service 0666\n[Unit]\nDescription=x\n[Service]\n"
                "ExecStart=/usr/bin/id\n# link: /etc/systemd/system/a.service -> /dev/null\n"
            ),
        ),
        Example(
            name="near-miss: a copy that systemd does not look at",
            language="host",
            code=("# file: /usr/share/doc/a/a.service 0666\n[Unit]\nDescription=x\n[Service]\nExecStart=/usr/bin/id\n"),
        ),
        Example(
            name="near-miss: a group that has no member",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service 0664 root:staff\n[Unit]\nDescription=x\n[Service]\n"
                "ExecStart=/usr/bin/id\n"
            ),
        ),
    ),
)
