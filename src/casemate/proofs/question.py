"""A question: a finding that is to be proven; what can carry a value to it; and what the harness is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casemate.model.lead import Lead
from casemate.model.trace import Boundary
from casemate.proofs.oracle import Input, Words
from casemate.proofs.replay import canonical

Case = Callable[[Words, Mapping[str, Any]], bytes]
"""Makes a case of the words of a run and a payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A finding that is to be proven. identity: as reported. spread: first and last line that count as the sink's, where a patch
    has made more of it. inputs: that somebody proposes, tried in the place of the oracles' own; who judges stays the same."""

    identity: str
    cwe: int
    lead: Lead
    spread: tuple[int, int] | None = None
    inputs: tuple[Input, ...] = ()

    @property
    def drivers(self) -> tuple[str, ...]:
        """What can carry a value to where it enters, most faithful first. A fact has no such place: a request may reach it."""
        remote = self.lead.boundary is Boundary.REMOTE or self.lead.trace is None
        return ("web", "function") if remote else ("function",)

    def told(self, driver: str, variant: Any = None) -> dict[str, Any]:
        """What the harness is told, but for the words and the payload. variant: None to ask for the ways of driving."""
        lead = self.lead
        here = {"path": lead.location.path, "line": lead.location.line}
        steps = [
            {
                "path": step.location.path,
                "line": step.location.line,
                "column": step.location.column,
                "role": step.role.value,
                "note": step.note,
            }
            for step in (lead.trace.steps if lead.trace is not None else ())
        ]
        spread = {} if self.spread is None else {"spread": list(self.spread)}
        return {
            **spread,
            "driver": driver,
            "variant": variant,
            "steps": steps or [{**here, "column": lead.location.column, "role": "sink", "note": ""}],
            "at": here,
            "boundary": lead.boundary.value if lead.boundary is not None else "",
            "function": lead.function,
        }

    def case(self, driver: str, variant: Any) -> Case:
        """What makes the cases of one way of driving."""
        told = self.told(driver, variant)

        def made(of: Words, payload: Mapping[str, Any]) -> bytes:
            return canonical({**told, "canary": of.canary, "calm": of.calm, "payload": payload})

        return made
