"""Hooks of systemd that others can change

## What it is

A file that systemd runs or follows as root beside its units can be changed by others: generators, scripts of `system-sleep`
and `system-shutdown`, settings in `tmpfiles.d`, `sysusers.d`, `binfmt.d` and `environment.d`, `/etc/systemd/system.conf`.

## Why it matters

These run early, as root, and are seldom looked at: a generator is run before any service, a line of `tmpfiles.d` makes any
file with any content and owner, `DefaultEnvironment=` reaches every service (ATT&CK T1037, Boot or Logon Initialization
Scripts).

## How to fix it

Give the file and its folder to root and take the permission to write from group and others: `chown root:root FILE; chmod go-w
FILE`.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-boot-hook"),
    title="Hook of systemd that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("boot-hook",),
    examples=(
        Example(
            name="a script that runs at sleep",
            language="host",
            code="# file: /usr/lib/systemd/system-sleep/net 0777  # finding\n#!/bin/sh\n",
        ),
        Example(
            name="a folder of generators of an account",
            language="host",
            code="# folder: /etc/systemd/system-generators 0755 alice:alice  # finding\n",
        ),
        Example(
            name="a file of temporary files",
            language="host",
            code="# file: /etc/tmpfiles.d/a.conf 0646  # finding\nd /run/a 0755 root root -\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /usr/lib/tmpfiles.d/a.conf 0644\nd /run/a 0755 root root -\n",
        ),
        Example(
            name="near-miss: not of the name that is read",
            language="host",
            code="# file: /etc/tmpfiles.d/a.conf.dpkg-old 0666\nd /run/a 0755 root root -\n",
        ),
        Example(
            name="near-miss: a group that has no member",
            language="host",
            code="# file: /etc/systemd/system.conf 0664 root:staff\n[Manager]\n",
        ),
    ),
)
