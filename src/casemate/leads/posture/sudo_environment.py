"""Sudo lets its caller choose the environment

## What it is

`env_keep`, `setenv`, the tag `SETENV:` or `keepenv` of doas let variables through that make a program load code:
LD_PRELOAD, PYTHONPATH, PERL5LIB, BASH_ENV and the like.

## Why it matters

Even a rule for a harmless program then runs the caller's code as root (ATT&CK T1574.006; sudoers(5), "Command
environment").

## How to fix it

Take the variable from `env_keep`, and `SETENV:` from the rule. Give the program what it needs in a file of root's.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("sudo-environment"),
    title="Sudo lets its caller choose the environment",
    cwe=426,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("sudo-environment",),
    examples=(
        Example(
            name="env_keep of a loader variable",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                'Defaults env_keep += "LANG LD_PRELOAD"  # finding\n'
                "alice ALL=(root) NOPASSWD: /usr/bin/id\n"
            ),
        ),
        Example(
            name="SETENV",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: SETENV: /usr/bin/id  # finding\n"),
        ),
        Example(
            name="a variable of the script's language",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "Defaults:alice env_keep += PYTHONPATH  # finding\n"
                'alice ALL=(root) NOPASSWD: /opt/job.py ""\n'
                "# file: /opt/job.py 0755\n"
                "#!/usr/bin/python3\n"
                "import json\n"
            ),
        ),
        Example(
            name="near-miss: harmless variables",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                'Defaults env_keep += "LANG LC_ALL http_proxy"\n'
                "alice ALL=(root) NOPASSWD: /usr/bin/id\n"
            ),
        ),
        Example(
            name="near-miss: taken away",
            language="host",
            code=(
                '# file: /etc/sudoers 0440\nDefaults env_keep -= "LD_PRELOAD"\nalice ALL=(root) NOPASSWD: /usr/bin/id\n'
            ),
        ),
        Example(
            name="near-miss: a variable of another language",
            language="host",
            code=("# file: /etc/sudoers 0440\nDefaults env_keep += PERL5LIB\nalice ALL=(root) NOPASSWD: /usr/bin/id\n"),
        ),
        Example(
            name="near-miss: administrators are root anyway",
            language="host",
            code=("# file: /etc/sudoers 0440\nDefaults env_keep += LD_PRELOAD\n%wheel ALL=(ALL) ALL\n"),
        ),
        Example(
            name="near-miss: for somebody without a rule",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "Defaults:bob env_keep += LD_PRELOAD\n"
                "alice ALL=(root) NOPASSWD: /usr/bin/id\n"
            ),
        ),
    ),
)
