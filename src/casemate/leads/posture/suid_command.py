"""SUID program that looks for a command in its caller's PATH

## What it is

A SUID program of no package uses `system`, `popen`, `execvp` or `execlp` and holds a command line that names a program
without its path.

## Why it matters

The caller sets PATH: a program of that name in a folder of theirs is then run as the owner (ATT&CK T1574.007; system(3),
"Do not use system() from a privileged program").

## How to fix it

Call programs by their whole path with `execve` and an environment of your own. Until then `chmod u-s FILE`.

It is concluded from the functions and the text in the file: it is not run.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("suid-command-by-path"),
    title="SUID program that looks for a command in its caller's PATH",
    cwe=426,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can probably become {becomes}: {what}",
    kinds=("suid-command",),
    examples=(
        Example(
            name="a line for system(3)",
            language="host",
            code="# elf: /usr/local/bin/tool 4755 imports=system,setuid says=tar_cf_/srv/backup.tar_/etc  # finding\n",
        ),
        Example(
            name="a program for execvp(3)",
            language="host",
            code="# elf: /usr/local/bin/tool 4755 imports=execvp says=id  # finding\n",
        ),
        Example(
            name="near-miss: with its path",
            language="host",
            code="# elf: /usr/local/bin/tool 4755 imports=system,setuid says=/usr/bin/tar_cf_/srv/backup.tar_/etc\n",
        ),
        Example(
            name="near-miss: it runs nothing",
            language="host",
            code="# elf: /usr/local/bin/tool 4755 imports=puts says=tar_cf_/srv/backup.tar_/etc\n",
        ),
        Example(
            name="near-miss: it sets PATH itself",
            language="host",
            code="# elf: /usr/local/bin/tool 4755 imports=system,setuid,setenv says=tar_cf_/srv/backup.tar_/etc\n",
        ),
        Example(
            name="near-miss: without the bit",
            language="host",
            code="# elf: /usr/local/bin/tool 0755 imports=system,setuid says=tar_cf_/srv/backup.tar_/etc\n",
        ),
    ),
)
