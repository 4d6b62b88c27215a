"""Vulnerable packages: a server that somebody on the network takes over, a SUID program that a local user does."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.host.packages.loaded import Use, loaded
from casemate.host.packages.versions import key
from casemate.host.relation import Grant
from casemate.host.vulnerable import Weakness, vulnerable
from casemate.model.host import ANYONE, NETWORK, ROOT, Actor, Confidence, Fact
from casemate.model.host_fix import Upgrade
from casemate.model.package import Package

SHOWN = 5


def edges(host: Host) -> Iterator[Grant]:
    """One for each package: all of its weaknesses of that kind are mended by one upgrade."""
    found = host.once(vulnerable)
    uses = host.once(loaded) if found.services or found.privileged else {}
    for package, weaknesses in found.services.items():
        yield _grant(package, weaknesses, uses[package.name], NETWORK)
    for package, weaknesses in found.privileged.items():
        yield _grant(package, weaknesses, uses[package.name], ANYONE)


def _grant(package: Package, weaknesses: tuple[Weakness, ...], use: Use, holder: Actor) -> Grant:
    ordered = sorted(weaknesses, key=lambda w: w.severity.value)
    ids = ", ".join(w.label for w in ordered[:SHOWN])
    more = f" and {len(ordered) - SHOWN} more" if len(ordered) > SHOWN else ""
    fixes = sorted((w.match.fixed for w in ordered if w.match.fixed), key=key(package.manager))
    fixed = fixes[-1] if len(fixes) == len(ordered) else ""  # one upgrade that mends all
    known = " (known to be exploited)" if any(w.attacked and w.attacked.kev for w in ordered) else ""
    doubt = "" if use.sure else "; whether it is started is not known"
    fix = f"fixed in {fixed}" if fixed else "no fix is published"
    says = f"has {package.name} {package.version}, vulnerable by {ids}{more}{known}, {fix}; it {use.says}{doubt}"
    return Grant(
        holders=(holder,),
        becomes=use.who if holder == NETWORK else ROOT,
        kind="vulnerable-service" if holder == NETWORK else "vulnerable-suid-program",
        program="" if holder == NETWORK else use.fact.path,
        technique="T1190" if holder == NETWORK else "T1068",
        via=(Fact(package.path, says, package.line), use.fact),
        says=says,
        confidence=Confidence.LIKELY if use.sure else Confidence.UNKNOWN,
        fixes=(Upgrade(package.manager.value, package.name, package.version, fixed),) if fixed else (),
    )
