"""A trace: the way of a value from a trust boundary to a weakness, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from casemate.model.location import Location


class Role(StrEnum):
    """What a step does to the value."""

    SOURCE = "source"
    FLOW = "flow"
    CALL = "call"
    RETURN = "return"
    SINK = "sink"


class Boundary(StrEnum):
    """Which trust boundary the value crossed, in the order in which findings are ranked."""

    REMOTE = "remote"  # a request, a message: somebody on the network
    LOCAL = "local"  # command line, environment, standard input
    FILE = "file"  # the content of a file or a stored record
    API = "api"  # a parameter of the public API (library mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: where, what it does, and a few words for a person."""

    location: Location
    role: Role
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Steps in order of execution: the first is the source, the last the sink."""

    boundary: Boundary
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if len(self.steps) < 2:
            raise ValueError("a trace has at least a source and a sink")
        if self.steps[0].role is not Role.SOURCE or self.steps[-1].role is not Role.SINK:
            raise ValueError("a trace starts at a source and ends at a sink")
