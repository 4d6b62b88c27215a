"""Libraries of the programs that jobs run: what RPATH and RUNPATH of a unit's, a cron job's or a sudo rule's program lead to.

It goes over what the other sources say, so that every way of running a program is covered by the one reading of its libraries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from casemate.host.edges.programs import loading
from casemate.host.facts.elf import elf
from casemate.host.facts.libraries import libraries
from casemate.host.host import Host
from casemate.host.relation import Relation, Trust
from casemate.model.host import Node, NodeKind

MOST: Final = 2000  # programs
OWN: Final = ("suid-program", "program-library", "library-folder", "loader-configuration")
"""Kinds whose programs are looked at where they are found."""


def run(host: Host, relations: Iterable[Relation]) -> Iterator[tuple[Trust, Node]]:
    """The programs among what somebody trusts, each once for each runner, with the first trust that says so."""
    seen: set[tuple[str, str]] = set()
    for trust in relations:
        if not isinstance(trust, Trust) or trust.folder or trust.missing or trust.kind in OWN:
            continue
        node = host.fs.node(trust.path)
        if node is None or node.kind is not NodeKind.FILE or not node.mode & 0o111:
            continue
        key = (node.path, trust.runner)
        if key not in seen and len(seen) < MOST:
            seen.add(key)
            yield trust, node


def following(host: Host, relations: Iterable[Relation]) -> Iterator[Trust]:
    """Where the programs that the relations say are run look for their libraries."""
    for trust, node in run(host, relations):
        known = elf(host, node.path)
        if known is None or not known.program:
            continue
        for place in libraries(host, node.path):
            if place.relative:
                continue  # jobs start in a folder of root's
            found = loading(node.path, trust.says, trust.runner, place)
            if isinstance(found, Trust) and not host.access.only_root(found.path):
                yield Trust(
                    runner=trust.runner,
                    path=found.path,
                    kind=found.kind,
                    technique=found.technique,
                    via=(*found.via, *trust.via),
                    says=found.says,
                    folder=found.folder,
                    missing=found.missing,
                    confidence=trust.confidence,
                )
