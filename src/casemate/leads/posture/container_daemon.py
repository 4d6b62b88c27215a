"""Weak settings of container engines

## What it is

The settings of Docker or Podman let images come over unprotected connections (`insecure-registries`, `insecure = true`), or
take the default protection from all containers (`"seccomp-profile": "unconfined"`).

## Why it matters

Who sits on the way to such a registry exchanges the image, and its code runs here (ATT&CK T1195.002, T1557; CIS Docker
Benchmark 2.5). Without seccomp every container reaches all of the kernel.

## How to fix it

Give the registry a certificate and take its line out; leave `seccomp-profile` at its default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from casemate.host.facts.docker import DAEMON_JSON, docker
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

LOOPBACK: Final = ("127.", "localhost", "[::1]", "::1")


def find(host: Host) -> Iterator[Seen]:
    """Settings of daemon.json and registries.conf."""
    told = host.once(docker)
    given = told.settings.get("insecure-registries")
    names = [n for n in given if isinstance(n, str) and not n.startswith(LOOPBACK)] if isinstance(given, list) else []
    if names:
        what = f"dockerd takes images from {', '.join(names[:5])} without checking who answers (insecure-registries)"
        yield Seen(path=DAEMON_JSON, line=told.lines.get("insecure-registries", 1), what=what)
    if told.settings.get("seccomp-profile") == "unconfined":
        what = "dockerd starts every container without seccomp (seccomp-profile: unconfined)"
        yield Seen(path=DAEMON_JSON, line=told.lines.get("seccomp-profile", 1), what=what, severity=Severity.MEDIUM)
    for pattern in ("/etc/containers/registries.conf", "/etc/containers/registries.conf.d/*.conf"):
        for path in host.fs.glob(pattern):
            text = host.fs.text(path)
            for number, line in text.numbered() if text else ():
                if re.match(r"\s*insecure\s*=\s*true\b", line):
                    yield Seen(
                        path=path, line=number, what="images are taken from a registry without checking who answers"
                    )


RULE = FactRule(
    id=RuleId("weak-container-engine"),
    title="Weak setting of a container engine",
    cwe=319,
    owasp="A02:2021",
    severity=Severity.LOW,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a registry in daemon.json",
            language="host",
            code=(
                '# file: /etc/docker/daemon.json\n{\n  "log-driver": "local",\n'
                '  "insecure-registries": ["reg.example:5000"]  # finding\n}\n'
            ),
        ),
        Example(
            name="a registry of Podman",
            language="host",
            code=(
                '# file: /etc/containers/registries.conf.d/a.conf\n[[registry]]\nlocation = "reg.example"\n'
                "insecure = true  # finding\n"
            ),
        ),
        Example(
            name="near-miss: on this machine",
            language="host",
            code='# file: /etc/docker/daemon.json\n{"insecure-registries": ["127.0.0.0/8", "localhost:5000"]}\n',
        ),
        Example(
            name="near-miss: none",
            language="host",
            code=(
                "# file: /etc/docker/daemon.json\n"
                '{"insecure-registries": [], "userns-remap": "default", "icc": false}\n'
            ),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code="# file: /etc/containers/registries.conf\n# insecure = true\ninsecure = false\n",
        ),
    ),
)
