"""The target looked up, or connected to, a host that the input names."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.grammar.url import within
from casemate.proofs.inputs.ssrf import INPUTS
from casemate.proofs.observation import Event
from casemate.proofs.oracle import Oracle, Run

_LOOKS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.connect", "socket.sendto")


def judge(run: Run) -> str:
    """The canary host, or one below it, was looked up on the way through the finding's line, or in a thread of its own."""
    if not run.seen.passed:
        return ""
    domain = f"{run.words.canary}.invalid"
    for event in run.seen.events:
        if event.name in _LOOKS and (event.at_sink or _apart(event)) and _names(event, domain):
            return "a host that the input names was looked up, to be asked"
    return ""


def _names(event: Event, domain: str) -> bool:
    hosts = (
        event.args[1] if event.name in ("socket.connect", "socket.sendto") and len(event.args) > 1 else event.args[:1]
    )
    return any(within(host.lower().rstrip("."), domain) for host in hosts if isinstance(host, str))


def _apart(event: Event) -> bool:
    """Whether it happened in a thread that asks for somebody else, in which no line of the target stands."""
    return bool(event.stack) and not any(":" in frame for frame in event.stack) and "thread" in " ".join(event.stack)


ORACLE = Oracle(
    id="ssrf",
    cwes=(918,),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("wire",),
)
