"""What an oracle is, what an input is, and what both are told.

An oracle is a pure function over one run's observation. It states exactly when its kind of weakness took effect: a hook that
merely fired is no proof. The canary is a word that stands nowhere else; its twin, `calm`, is put in its place by a control
input, which does nothing that the value was not meant for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What this run's canary is called. canary: lower-case letters and digits, beginning with a letter; it names the canary
    command, the canary function, the canary file and the canary host. calm: its harmless twin."""

    canary: str
    calm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One way to put the canary into a value.

    name: what it is, in a few words. payload: what `proofs/runtime/payload.py` makes the value of: for a plain text
    `{"text": …}`, in which `{canary}`, `{calm}`, `{file}` (the canary file), `{folder}` (its folder) and `{host}` (the canary
    host) are filled in; beside it may stand how it is driven (`grow`, `nearby`). control: the benign
    value, by default the calm word alone.
    """

    name: str
    payload: Mapping[str, Any]
    control: Mapping[str, Any] = field(default_factory=lambda: {"text": "{calm}"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as an oracle sees it. calm: what the control input showed before; None while it is that itself."""

    words: Words
    seen: Observation
    calm: Observation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Decides one kind of weakness.

    cwes: of the findings that it decides. observer: outside only where the effect also leaves something behind that the
    supervisor hands back. judge: what happened, in one plain sentence without the input, "" when the oracle is quiet. inputs:
    families of inputs, likeliest first. watch: what the runtime has to arm for it beside audit events and probes (modules of
    `proofs/runtime/arms`). aimed: inputs made for the finding's file and line, which are tried first.
    """

    id: str
    cwes: tuple[int, ...]
    kind: ProofKind
    observer: Observer
    judge: Callable[[Run], str]
    inputs: tuple[Input, ...]
    watch: tuple[str, ...] = ()
    aimed: Callable[[bytes, int], tuple[Input, ...]] | None = None
