"""Program or folder of a login's settings that others can change

## What it is

A login file sets a variable that makes programs load or run something (`BASH_ENV`, `PYTHONPATH`, `PERL5LIB`, `EDITOR`, `PAGER`,
`LESSOPEN`, `PROMPT_COMMAND`), or an alias; or the settings of git, vim, tmux or screen name a program, a file or a folder; or a
unit of an account's own systemd, or its desktop, starts a program. Somebody else can change what it points to.

## Why it matters

The next use of the tool by that account runs what they put there; set in `/etc/environment` or `/etc/profile.d` it concerns
every account, root among them, and often cron as well (ATT&CK T1546.004, T1574; bash(1), git-config(1)).

## How to fix it

Give the program or folder, and the folders above it, to root or to the account itself (`chown`, `chmod go-w`), or take the
setting away.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-login-setting"),
    title="Program or folder of a login's settings that others can change",
    cwe=426,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("login-setting", "session-program"),
    examples=(
        Example(
            name="a folder of modules for every login",
            language="host",
            code="# file: /etc/environment\nPYTHONPATH=/opt/lib\n# folder: /opt/lib 0775 root:wheel  # finding\n",
        ),
        Example(
            name="an alias of root",
            language="host",
            code='# file: /root/.bashrc\nT=/opt/t\nalias ll="$T/list -l"\n'
            "# file: /opt/t/list 0755 alice:alice  # finding\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="hooks of root's git",
            language="host",
            code="# file: /root/.gitconfig\n[core]\n\thooksPath = /opt/hooks\n"
            "# folder: /opt/hooks 0755 websvc:websvc  # finding\n",
        ),
        Example(
            name="a program of an account's own unit",
            language="host",
            code="# file: /home/bob/.config/systemd/user/a.service 0644 bob:bob\n[Service]\nExecStart=/opt/sync -v\n"
            "# file: /opt/sync 0755 websvc:websvc  # finding\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="near-miss: folders of root",
            language="host",
            code="# file: /etc/environment\nPYTHONPATH=/opt/lib\nEDITOR=/usr/bin/vi\n# folder: /opt/lib 0755\n",
        ),
        Example(
            name="near-miss: the account's own",
            language="host",
            code="# file: /home/alice/.tmux.conf 0644 alice:alice\nrun-shell ~/bin/x\n"
            "# file: /home/alice/bin/x 0755 alice:alice\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code='# file: /root/.vimrc\n" source /opt/t/v.vim\n# file: /opt/t/v.vim 0644 alice:alice\n" x\n',
        ),
    ),
)
