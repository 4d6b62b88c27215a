"""Releases: who asks to hand out which proofs to whom, and that a second person has agreed to exactly that.

A request names bundles by digest, the target, the charter, the recipient and a time; agreeing is a second signature over the
very same text. So an approval cannot be carried over to other bundles, another recipient or another charter, and nobody agrees to
their own request. Each request is delivered once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casemate.governance.charter import Charter
from casemate.governance.fields import InvalidStatement, time_text
from casemate.governance.note import VerifierKey
from casemate.governance.statement import Body, open_statement

REQUEST = "casemate/release-request@v1"
MAX_BUNDLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for. id: of the statement, "" before it is signed. requester: who asks. bundles: their digests in hex.

    target: the path that they are of. charter: identity of the charter, "" for one made for the operator.
    """

    requester: VerifierKey
    bundles: tuple[str, ...]
    target: str
    charter: str
    recipient: str
    reason: str
    made: datetime
    ends: datetime
    id: str = ""

    def body(self) -> Body:
        """As it is signed."""
        return {
            "bundles": list(self.bundles),
            "charter": self.charter,
            "made": time_text(self.made),
            "reason": self.reason,
            "recipient": self.recipient,
            "requester": str(self.requester),
            "target": self.target,
            "until": time_text(self.ends),
        }


def open_request(data: bytes, requester: VerifierKey) -> Request:
    """The request that this person signed. Raises InvalidStatement."""
    statement = open_statement(data, REQUEST, (requester,))
    fields = statement.fields()
    request = Request(
        requester=fields.key("requester"),
        bundles=tuple(fields.texts("bundles", MAX_BUNDLES)),
        target=fields.text("target"),
        charter=fields.text("charter"),
        recipient=fields.text("recipient"),
        reason=fields.text("reason"),
        made=fields.time("made"),
        ends=fields.time("until"),
        id=statement.id,
    )
    fields.end()
    if list(request.bundles) != sorted(set(request.bundles)) or not request.bundles:
        raise InvalidStatement("its bundles are not named once each, in order")
    if request.requester != requester:
        raise InvalidStatement("it is signed by another person than the one who asks")
    return request


def release_refusal(
    charter: Charter,
    *,
    requester: VerifierKey,
    bundles: Sequence[str],
    target: str,
    data: bytes | None,
    now: datetime,
) -> str:
    """Why these bundles may not be handed out under the charter, or "". requester: the operator's own key. data: the request with
    its signatures, None for none."""
    if data is None:
        return "a second person must agree to what is handed out" if charter.approvers else ""
    try:
        request = open_request(data, requester)
    except InvalidStatement as error:
        return f"the request does not count: {error}"
    if request.charter != charter.id:
        return "the request was made under another charter"
    if request.target != target:
        return f"the request is about {request.target!r}"
    if set(bundles) != set(request.bundles):
        return "the request names other bundles"
    if now < request.made:
        return f"the request begins at {time_text(request.made)}"
    if now >= request.ends:
        return f"the request ended at {time_text(request.ends)}"
    if not charter.approvers:
        return ""
    others = [person.key for person in charter.approvers if person.key != requester]
    try:
        open_statement(data, REQUEST, others)
    except InvalidStatement:
        return "nobody whom the charter names, other than who asks, has agreed"
    return ""
