"""Start-up files of shells: what a login of root, or of an account, sources (bash(1), INVOCATION; dash(1))."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.model.host import ROOT, Fact

SYSTEM = ("/etc/profile", "/etc/bash.bashrc", "/etc/profile.d/*.sh")


def edges(host: Host) -> Iterator[Trust]:
    """What every login shell sources."""
    for pattern in SYSTEM:
        for path in host.fs.glob(pattern):
            yield Trust(
                runner=ROOT,
                path=path,
                kind="login-script",
                technique="T1546.004",
                via=(Fact("/etc/profile", "sources it"),) if "*" in pattern else (),
                says="is sourced when root logs in",
            )
