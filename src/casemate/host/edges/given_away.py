"""Settings of services and mounts that make somebody root as they stand: shares, databases and mounts that ask nobody.

What each gives, and to whom, is its reader's to say: `facts/shares.py`, `databases.py`, `webservers.py`, `mounts.py`.
ATT&CK T1190; T1548.001 for a medium of one's own.
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.databases import databases
from casemate.host.facts.mounts import weak_mounts
from casemate.host.facts.settings import plain
from casemate.host.facts.shares import shares
from casemate.host.facts.webservers import web_servers
from casemate.host.host import Host
from casemate.host.relation import Grant
from casemate.model.host import NETWORK, Confidence, Fact


def edges(host: Host) -> Iterator[Grant]:
    """Each of them, at the line of the setting."""
    for reader in (shares, databases, web_servers, weak_mounts):
        for weak in dict.fromkeys(reader(host)):
            if weak.becomes is not None:
                says = plain(weak.what, 400)
                yield Grant(
                    holders=(weak.holder,),
                    becomes=weak.becomes,
                    kind="given-away",
                    technique="T1190" if weak.holder == NETWORK else "T1548.001",
                    via=(Fact(weak.path, says, weak.line), *weak.related),
                    says=says,
                    confidence=Confidence.LIKELY,
                )
