"""The table of edge sources: which modules of `host/edges` say who becomes whom."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from casemate.host.host import Host
from casemate.host.relation import Relation

MODULES: Final = (
    "profiles",
    "ssh",
    "services",
)


def relations(host: Host) -> Iterator[Relation]:
    """All that the files of a host say of who becomes whom, source by source."""
    for name in MODULES:
        yield from import_module(f"casemate.host.edges.{name}").edges(host)
