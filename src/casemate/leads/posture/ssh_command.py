"""Command of SSH that others can change

## What it is

SSH runs a program for an account, and somebody else can change that program or what it reads: the `command="…"` of a line
of authorized_keys, `ForceCommand` or `Subsystem` of sshd, or `ProxyCommand`, `KnownHostsCommand`, `LocalCommand`,
`Match exec`, `PKCS11Provider` or `Include` of a client's `~/.ssh/config`.

## Why it matters

A forced command is meant to narrow what a key may do, but whoever can write to the program decides what it does, as that
account, at the next login. A proxy command runs at the next `ssh`, which for root may be a nightly job (ATT&CK T1098.004,
T1574; sshd(8), "AUTHORIZED_KEYS FILE FORMAT"; ssh_config(5)).

## How to fix it

Give the program, and the folders above it, to root or to the account itself: `chown root:root FILE; chmod go-w FILE`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmQ2oCkkrmPHgUkCkYJCwGkhKVQ8TrLBXDnUOwTQIdS"
SERVER = "# file: /etc/ssh/sshd_config 0644\nUsePAM yes\n"

RULE = ChainRule(
    id=RuleId("ssh-command-writable"),
    title="Command of SSH that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("ssh-command",),
    examples=(
        Example(
            name="the forced command of root's key",
            language="host",
            code=f'{SERVER}# file: /root/.ssh/authorized_keys 0600\nno-pty,command="/srv/pull.sh --all" {KEY} x\n'
            "# file: /srv/pull.sh 0755 websvc:websvc  # finding\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="a proxy command of root's client",
            language="host",
            code="# file: /root/.ssh/config 0600\nHost a-*\n  ProxyCommand /srv/jump %h %p\n"
            "# file: /srv/jump 0777  # finding\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="a subsystem of the server",
            language="host",
            code=f"{SERVER}Subsystem sftp /srv/sftp-server\n# file: /srv/sftp-server 0775 root:wheel  # finding\nx\n",
        ),
        Example(
            name="near-miss: programs of root",
            language="host",
            code=f'{SERVER}ForceCommand /srv/menu\n# file: /root/.ssh/authorized_keys 0600\ncommand="/srv/menu" {KEY} x\n'
            "# file: /srv/menu 0755\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="near-miss: the account's own program",
            language="host",
            code=f'{SERVER}# file: /home/alice/.ssh/authorized_keys 0600 alice:alice\ncommand="/home/alice/m" {KEY} x\n'
            "# file: /home/alice/m 0755 alice:alice\n#!/bin/sh\nexit 0\n",
        ),
        Example(
            name="near-miss: a local command that is not permitted",
            language="host",
            code="# file: /root/.ssh/config 0600\nHost *\n  LocalCommand /srv/note\n# file: /srv/note 0777\n#!/bin/sh\n",
        ),
        Example(
            name="near-miss: sftp of sshd itself",
            language="host",
            code=f"{SERVER}Subsystem sftp internal-sftp\nForceCommand internal-sftp\n",
        ),
    ),
)
