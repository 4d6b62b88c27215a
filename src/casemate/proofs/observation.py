"""What one run of the target showed, as the harness reports it (`proofs/runtime/prove.py`). Oracles read this and nothing else.

Every text of the target is data: it may be as long, as odd and as misleading as the target likes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that the target did with a text that holds the canary or its harmless twin.

    name: an audit event (PEP 578) such as `open` or `subprocess.Popen`, or one of ours, `canary.…`. args: as texts; lists
    stay lists. at_sink: the stack passed the finding's line. stack: innermost first, as `path:line function`, the target's
    own frames.
    """

    name: str
    args: tuple[Any, ...] = ()
    at_sink: bool = False
    stack: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer to a request: names of headers in lower case, in order."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""

    def header(self, name: str) -> str:
        """The first header of that name, "" when there is none."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One run.

    passed: how often the finding's line ran. probes: texts of the arguments of calls on that line, as they were when it
    began, by call and place. returned: what a function gave back, as text. error: what the target raised, as "Type: text", ""
    for nothing. broken: why nothing could be driven. missing: the module that is not there, when that was why. stubs: stand-ins
    that were made. through_stub: the canary went into a stand-in. fidelity: in the words of `model.proof.Fidelity`. measures:
    series of figures by name. session: what the framework's session held. python: the interpreter's version.
    """

    events: tuple[Event, ...] = ()
    passed: int = 0
    probes: Mapping[str, str]
    response: Response | None = None
    returned: str = ""
    error: str = ""
    broken: str = ""
    missing: str = ""
    stubs: tuple[str, ...] = ()
    through_stub: bool = False
    fidelity: str = ""
    measures: Mapping[str, Sequence[float]]
    session: Mapping[str, str]
    python: str = ""

    def at_sink(self, *names: str) -> list[Event]:
        """Events of these names whose stack passed the finding's line, in order."""
        return [event for event in self.events if event.at_sink and event.name in names]


def parse(report: bytes) -> Observation:
    """The observation that a harness reported. Raises ValueError for anything else."""
    try:
        told = json.loads(report)
        response = told.get("response")
        return Observation(
            events=tuple(
                Event(
                    name=str(e["name"]),
                    args=tuple(e["args"]),
                    at_sink=bool(e["at_sink"]),
                    stack=tuple(map(str, e["stack"])),
                )
                for e in told.get("events", ())
            ),
            passed=int(told.get("passed", 0)),
            probes={str(key): str(value) for key, value in told.get("probes", {}).items()},
            response=None
            if response is None
            else Response(
                status=int(response["status"]),
                headers=tuple((str(key).lower(), str(value)) for key, value in response["headers"]),
                body=str(response["body"]),
            ),
            returned=str(told.get("returned", "")),
            error=str(told.get("error", "")),
            broken=str(told.get("broken", "")),
            missing=str(told.get("missing", "")),
            stubs=tuple(map(str, told.get("stubs", ()))),
            through_stub=bool(told.get("through_stub", False)),
            fidelity=str(told.get("fidelity", "")),
            session={str(key): str(value) for key, value in told.get("session", {}).items()},
            python=str(told.get("python", "")),
            measures={str(key): [float(v) for v in value] for key, value in told.get("measures", {}).items()},
        )
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"no observation: {type(error).__name__}: {error}") from error
