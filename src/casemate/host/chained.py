"""Where the privilege graph already stands: what a rule about permissions as such need not say again."""

from __future__ import annotations

from casemate.host.catalogue import relations
from casemate.host.graph import MEMBER, edges
from casemate.host.host import Host


def chained(host: Host) -> frozenset[str]:
    """The paths at which some way of becoming somebody else begins. An edge source must not ask for it."""
    found = edges(host, relations(host))
    return frozenset(edge.steps[0].path for edge in found if edge.kind != MEMBER and not edge.natural)
