"""Environments of units that others can change

## What it is

An `EnvironmentFile=` of a unit, or a file or folder that its variables name (`LD_PRELOAD`, `LD_LIBRARY_PATH`, `PYTHONPATH`,
`PATH` …), or its `RootDirectory=`, can be changed by somebody with fewer rights than the unit has.

## Why it matters

systemd hands every variable on: the programs of a unit are no SUID programs, so the loader obeys `LD_PRELOAD` and loads any
library as root (ATT&CK T1574.006; ld.so(8)). A folder that is searched for libraries or modules is as good.

## How to fix it

Give the file or folder to root, writable for nobody else: `chown root:root FILE; chmod 0640 FILE`. Values that others must
set belong in a file that the program itself reads and checks, not in its environment.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-unit-environment"),
    title="Environment of a unit that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("unit-environment",),
    examples=(
        Example(
            name="a file of variables that everybody can write to",
            language="host",
            code=(
                "# file: /etc/default/a 0666  # finding\nX=1\n# file: /etc/systemd/system/a.service\n[Service]\n"
                "EnvironmentFile=-/etc/default/a\nExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="a folder of libraries",
            language="host",
            code=(
                "# folder: /opt/lib 0777  # finding\n# file: /etc/systemd/system/a.service\n[Service]\n"
                'Environment="LD_LIBRARY_PATH=/opt/lib" X=1\nExecStart=/usr/bin/id\n'
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="a missing file in a folder of an account",
            language="host",
            code=(
                "# folder: /srv/a 0755 alice:alice  # finding\n# file: /etc/systemd/system/a.service\n[Service]\n"
                "EnvironmentFile=-/srv/a/env\nExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: as it should be",
            language="host",
            code=(
                "# file: /etc/default/a 0644\nX=1\n# file: /etc/systemd/system/a.service\n[Service]\n"
                "EnvironmentFile=/etc/default/a\nExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: its own user owns it",
            language="host",
            code=(
                "# file: /var/lib/websvc/env 0644 websvc:websvc\nX=1\n# file: /etc/systemd/system/a.service\n"
                "[Service]\nUser=websvc\nEnvironmentFile=/var/lib/websvc/env\nExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: an empty assignment took it back",
            language="host",
            code=(
                "# file: /srv/env 0666\nX=1\n# file: /etc/systemd/system/a.service\n[Service]\n"
                "EnvironmentFile=/srv/env\nEnvironmentFile=\nExecStart=/usr/bin/id\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
    ),
)
