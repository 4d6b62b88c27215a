"""Sudo rule that gives a shell or any file without a password

## What it is

A rule of sudoers(5) or doas.conf(5) that asks no password names a program that starts a shell, or reads or writes files
that its caller chooses: an editor, a pager, `find`, `tar`, an interpreter. A wildcard among the arguments does not help: it
also matches spaces and slashes, so further options and `../` fit it.

## Why it matters

Whoever the rule is for, and whoever takes over that account, is root (ATT&CK T1548.003; GTFOBins lists the programs).

## How to fix it

Name a script of root's that does the one thing, with `""` for no arguments; or write the arguments out without wildcards;
use `sudoedit` in the place of an editor. Otherwise take the rule away.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("sudo-escape"),
    title="Sudo rule that gives a shell or any file without a password",
    cwe=269,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("sudo-escape",),
    lateral=Severity.LOW,  # to another account, which is what the rule says in so many words
    examples=(
        Example(
            name="find with any arguments",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "Defaults env_reset\n"
                "@includedir /etc/sudoers.d\n"
                "# file: /etc/sudoers.d/ops 0440\n"
                "alice ALL=(root) NOPASSWD: /usr/bin/find *  # finding\n"
            ),
        ),
        Example(
            name="a script that runs its arguments",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: /usr/local/bin/r *  # finding\n"
                '# file: /usr/local/bin/r 0755\n#!/bin/bash\nset -e\ncd /srv; eval "$1"\n'
            ),
        ),
        Example(
            name="near-miss: a script that hands arguments to one program, and a function that runs its own",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: /usr/local/bin/r\n# file: /usr/local/bin/r 0755\n"
                '#!/bin/bash\nrun() { echo "+ $*"; "$@"; }\ntry() {\n  "$@" || true\n}\ncase "$1" in\n  a) run id "$1";;\nesac\n'
                'exec /usr/bin/id "$@"\n'
            ),
        ),
        Example(
            name="a wildcard that ../ fits",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: /usr/bin/cat /var/log/*  # finding\n"),
        ),
        Example(
            name="an editor with a fixed file, by an alias",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "Cmnd_Alias EDIT = /usr/bin/vim /etc/motd\n"
                "User_Alias OPS = bob, alice\n"
                "OPS ALL = NOPASSWD: EDIT  # finding\n"
            ),
        ),
        Example(
            name="doas",
            language="host",
            code=("# file: /etc/doas.conf 0400\npermit nopass alice cmd python3  # finding\n"),
        ),
        Example(
            name="near-miss: fixed arguments leave nothing open",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) NOPASSWD: /usr/bin/find /var/cache -type f -delete\n"),
        ),
        Example(
            name="near-miss: a password is asked",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice ALL=(root) /usr/bin/find\n"),
        ),
        Example(
            name="near-miss: a script without arguments",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                'alice ALL=(root) NOPASSWD: /usr/local/sbin/rotate ""\n'
                "# file: /usr/local/sbin/rotate 0755\n"
                "#!/bin/sh\n"
                "exec /usr/bin/id\n"
            ),
        ),
        Example(
            name="near-miss: overruled by a later rule",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "alice ALL=(root) NOPASSWD: /usr/bin/find\n"
                "alice ALL=(root) PASSWD: /usr/bin/find\n"
            ),
        ),
        Example(
            name="near-miss: in a file that sudo skips",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "Defaults env_reset\n"
                "@includedir /etc/sudoers.d\n"
                "# file: /etc/sudoers.d/ops.bak 0440\n"
                "alice ALL=(root) NOPASSWD: /usr/bin/find\n"
            ),
        ),
        Example(
            name="near-miss: another host",
            language="host",
            code=("# file: /etc/sudoers 0440\nalice web7=(root) NOPASSWD: /usr/bin/find\n# file: /etc/hostname\nlab\n"),
        ),
    ),
)
