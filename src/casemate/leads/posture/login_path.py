"""Folder of PATH that others can fill

## What it is

A folder on the PATH that a login sets, in /etc/environment, /etc/profile, login.defs(5) or an account's own start-up files,
takes new files from somebody else; or a command in one of the system's folders is a link to a file that they can change.

## Why it matters

They put a program of a usual name there, which runs as whoever types it (ATT&CK T1574.007).

## How to fix it

Take the folder from PATH, or give it to root and take the permission to write from others.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-path-folder"),
    title="Folder of PATH that others can fill",
    cwe=427,
    owasp="A01:2021",
    severity=Severity.HIGH,
    message="{who} can become {becomes}: {what}",
    kinds=("login-path",),
    examples=(
        Example(
            name="in /etc/environment",
            language="host",
            code=(
                "# file: /etc/environment\n"
                'PATH="/opt/tools/bin:/usr/bin:/bin"\n'
                "# folder: /opt/tools/bin 0777  # finding\n"
            ),
        ),
        Example(
            name="a folder of an account, for root",
            language="host",
            code=(
                "# file: /root/.bashrc\n"
                "export PATH=/home/alice/bin:$PATH\n"
                "# folder: /home/alice/bin 0755 alice:alice  # finding\n"
            ),
        ),
        Example(
            name="a command that is a link to an account's file",
            language="host",
            code=(
                "# link: /usr/local/bin/node -> /home/alice/node/bin/node\n"
                "# file: /home/alice/node/bin/node 0755 alice:alice  # finding\n"
                "x\n"
            ),
        ),
        Example(
            name="near-miss: a command that is a link to a file of root's",
            language="host",
            code="# link: /usr/local/bin/node -> /opt/node/bin/node\n# file: /opt/node/bin/node 0755\nx\n",
        ),
        Example(
            name="near-miss: root's folder",
            language="host",
            code=('# file: /etc/environment\nPATH="/opt/tools/bin:/usr/bin:/bin"\n# folder: /opt/tools/bin 0755\n'),
        ),
        Example(
            name="near-miss: one's own folder",
            language="host",
            code=(
                "# file: /home/alice/.profile 0644 alice:alice\n"
                'PATH="$HOME/bin:$PATH"\n'
                "# folder: /home/alice/bin 0755 alice:alice\n"
            ),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=('# file: /etc/environment\n# PATH="/opt/tools/bin"\n# folder: /opt/tools/bin 0777\n'),
        ),
    ),
)
