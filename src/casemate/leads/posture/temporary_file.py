"""Fixed names in a folder for everybody

## What it is

A job of root writes, by a redirection, to a file whose name is known beforehand, in a folder such as `/tmp` where everybody
can make files.

## Why it matters

Whoever makes a link or a file of that name first decides what root writes to, or keeps the job from working (CWE-377, CWE-59;
ATT&CK T1574). Where `fs.protected_symlinks` and `fs.protected_regular` are on (proc(5), sysctl fs) it is a nuisance rather
than a way to root.

## How to fix it

`file=$(mktemp)`, or a folder of root's such as `/run/NAME` or `/var/lib/NAME`.
"""

import posixpath
from collections.abc import Iterator

from casemate.host.facts.acts import acts
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import ROOT
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Such files of root's jobs."""
    for written in host.once(acts).writes:
        folder = host.fs.node(posixpath.dirname(written.path))
        if folder is None or folder.path == "/run/lock":  # what a lock holds does not matter
            continue
        if written.runner == ROOT and folder.mode & 0o002 and host.fs.is_folder(folder.path):
            place, *rest = written.via
            what = f"{written.path}, a name that everybody can take first"
            yield Seen(path=place.path, line=place.line, what=what, related=tuple(rest))


RULE = FactRule(
    id=RuleId("predictable-temporary-file"),
    title="Root writes to a fixed name in a folder for everybody",
    cwe=377,
    also=(59,),
    owasp="A01:2021",
    severity=Severity.MEDIUM,
    message="root writes to {what}",
    find=find,
    examples=(
        Example(
            name="the output of a job",
            language="host",
            code="# file: /etc/cron.d/app 0644\n*/5 * * * * root /usr/bin/id > /tmp/app.log 2>&1  # finding\n",
        ),
        Example(
            name="a script",
            language="host",
            code="# file: /etc/cron.d/app 0644\n*/5 * * * * root /opt/app.sh\n"
            '# file: /opt/app.sh 0755\n#!/bin/sh\nOUT=/var/tmp/report\nid >> "$OUT"  # finding\n',
        ),
        Example(
            name="near-miss: a name that mktemp makes",
            language="host",
            code="# file: /etc/cron.d/app 0644\n*/5 * * * * root /opt/app.sh\n"
            '# file: /opt/app.sh 0755\n#!/bin/sh\nOUT=$(mktemp /tmp/app.XXXXXX)\nid > "$OUT"\n',
        ),
        Example(
            name="near-miss: a folder of root's",
            language="host",
            code="# file: /etc/cron.d/app 0644\n*/5 * * * * root id > /var/log/app.log\n",
        ),
        Example(
            name="near-miss: nobody's file",
            language="host",
            code="# file: /etc/cron.d/app 0644\n*/5 * * * * root id > /dev/null 2>&1\n",
        ),
        Example(
            name="near-miss: a user's job",
            language="host",
            code="# file: /etc/cron.d/app 0644\n*/5 * * * * alice id > /tmp/alice.log\n",
        ),
    ),
)
