"""A client used TLS without asking who answers: its context demands no certificate, or does not compare the host's name."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS as PLAIN
from casemate.proofs.inputs.ssrf import INPUTS as ADDRESSES
from casemate.proofs.oracle import Oracle, Run


def judge(run: Run) -> str:
    """The context was used on the finding's line, or opened there and used afterwards."""
    if run.calm is None or not run.seen.passed:
        return ""
    opened = {event.args[0] for event in run.seen.at_sink("tls.open") if event.args}
    for event in run.seen.events:
        if event.name != "tls.wrap" or len(event.args) < 3 or not (event.at_sink or event.args[0] in opened):
            continue
        if not event.args[1]:
            return "a connection with TLS was begun that takes any certificate"
        if not event.args[2]:
            return "a connection with TLS was begun that takes the certificate of any host"
    return ""


ORACLE = Oracle(
    id="certificate",
    cwes=(295, 297),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=(*PLAIN[:1], *(one for one in ADDRESSES if one.payload["text"] in ("https://{host}/", "{host}"))),
    watch=("wire",),
)
