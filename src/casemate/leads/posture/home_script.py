"""Home whose start-up files others can change

## What it is

The home of an account, or a file in it that its shell or its tools read (`.bashrc`, `.profile`, `.vimrc`, ...), can be
changed by another.

## Why it matters

The account runs what they put there when it next logs in (ATT&CK T1546.004). For root that is everything.

## How to fix it

`chmod go-w` the home and the file, and give them to the account.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-home"),
    title="Home whose start-up files others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("home-script",),
    examples=(
        Example(
            name="a home that everybody can write to",
            language="host",
            code=("# folder: /home/alice 0777 alice:alice  # finding\n# file: /home/alice/.bashrc 0644 alice:alice\n"),
        ),
        Example(
            name="a file",
            language="host",
            code=("# folder: /home/alice 0755 alice:alice\n# file: /home/alice/.profile 0666 alice:alice  # finding\n"),
        ),
        Example(
            name="root's own file",
            language="host",
            code=("# folder: /root 0755\n# file: /root/.bashrc 0664 root:bob  # finding\n"),
        ),
        Example(
            name="near-miss: one's own group",
            language="host",
            code=("# folder: /home/alice 0755 alice:alice\n# file: /home/alice/.bashrc 0664 alice:alice\n"),
        ),
        Example(
            name="near-miss: behind a closed door",
            language="host",
            code=("# folder: /root 0700\n# file: /root/.bashrc 0666\n"),
        ),
        Example(
            name="near-miss: not a start-up file",
            language="host",
            code=("# folder: /home/alice 0755 alice:alice\n# file: /home/alice/notes.sh 0666 alice:alice\n"),
        ),
    ),
)
