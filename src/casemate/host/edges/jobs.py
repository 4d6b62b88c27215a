"""What the jobs of every kind trust: their tables, the programs that they run, and all that these call."""

from __future__ import annotations

from casemate.host.facts.acts import acts
from casemate.host.host import Host
from casemate.host.relation import Trust


def edges(host: Host) -> tuple[Trust, ...]:
    """All that these act on."""
    return host.once(acts).trusts
