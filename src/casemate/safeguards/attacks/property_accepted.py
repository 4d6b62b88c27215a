"""A property that nobody accepted so: an acceptance forged, edited, carried over to another property or target, brought back,
used before or after its time, or made by an agent with the grant that it has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any, Final

from casemate.app.agents import HELD
from casemate.evidence.stated import Stated
from casemate.governance.decision import DECISION, Deciders, Decision, counts
from casemate.governance.errors import Denied
from casemate.governance.note import parse_key
from casemate.governance.standing import DECIDE
from casemate.governance.statement import sign_statement, statement_id, statement_text
from casemate.model.decision import Stance
from casemate.model.finding import Demonstration, Finding, FindingId
from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.lead import Evidence, Lead, RuleId, Severity
from casemate.model.location import Location
from casemate.model.proof import Result, Verdict
from casemate.model.proposal import Place, Property
from casemate.pipeline.kept import decided
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground
from casemate.safeguards.scene import PLACE, a_charter, a_ledger, a_wall

_PATCH: Final = Patch(proposer="agent:mender", what="x", changes=(Change(path="bank.py", before=b"1", after=b"2"),))
_HELD: Final = Fix(patch=_PATCH, ladder=tuple(Climb(rung=rung, step=Step.HOLDS) for rung in Rung))


@dataclass(slots=True, kw_only=True)
class _Scene:
    """A property that was demonstrated, and what Alice, whose machine it is, decided about it. signed: identity of the decision
    that was signed last. last: what her ledger knows. withdrawn: what was revoked."""

    ground: Ground
    stated: Stated
    finding: FindingId
    last: dict[str, str] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    signed: str = ""

    def decides(self, by: str = "alice", key: str = "", **changes: Any) -> bytes:
        """A decision, signed. by: whose key signs. key: whom it names, "" for the same."""
        fields: dict[str, Any] = {
            "stance": Stance.ACCEPTED,
            "finding": self.finding,
            "property": self.stated.digest,
            "statement": self.stated.claimed.statement,
            "reason": "the rules of the house say so",
            "who": "Alice",
            "person": parse_key(self.ground.key(key or by)),
            "made": NOON - timedelta(days=3),
            "until": NOON.date() + timedelta(days=30),
        }
        body = Decision(**(fields | changes)).body()
        data = sign_statement(DECISION, body, self.ground.signer(by))
        self.signed = statement_id(statement_text(DECISION, body))
        return data

    def records(self) -> None:
        """The ledger knows the decision that was signed last."""
        self.last[self.stated.digest] = self.signed

    def level(self, data: bytes, *, hours: int = 0) -> tuple[Evidence, str]:
        """What the decision makes of the finding, so many hours from noon; and why no more."""
        deciders = Deciders(
            keys=(parse_key(self.ground.key("alice")), parse_key(self.ground.key("bob"))),
            own=parse_key(self.ground.key("alice")),
            last=self.last,
            withdrawn=self.withdrawn,
        )
        now = NOON + timedelta(hours=hours)
        said = counts(data, deciders, finding=self.finding, property=self.stated.digest, now=now)
        (finding,) = decided([_found(self.stated, self.finding)], lambda one: said)
        return finding.evidence, said if isinstance(said, str) else ""


def _found(stated: Stated, identity: FindingId) -> Finding:
    claimed = stated.claimed
    return Finding(
        identity=identity,
        lead=Lead(
            rule=RuleId("proposed"),
            location=Location(path="bank.py", line=8),
            function=stated.function,
            message="any account is shown to anybody",
        ),
        title="x",
        cwe=639,
        severity=Severity.HIGH,
        snippet="return _KEPT[account]",
        demonstration=Demonstration(
            statement=claimed.statement,
            rests_on="bank.py:7",
            watched="bank.py:6",
            never=claimed.never,
            runs=5,
            digest=stated.digest,
        ),
        mending=Mending(attempts=(_HELD,), why="nobody has accepted it"),
    )


def _stated(random: Random) -> Stated:
    user = random.choice(("user", "who", "client"))
    return Stated(
        claimed=Property(
            statement=f"No {user} sees an account of another.",
            rests_on=Place(path="bank.py", line=7),
            watched=Place(path="bank.py", line=6),
            never=f"result['owner'] != args['{user}']",
            violates=f"from bank import show\nshow('ann', 'b{random.randrange(9)}')\n",
            ordinary="from bank import show\nshow('ann', 'a1')\n",
        ),
        claim="any account is shown to anybody",
        function="show",
        code=(f"def show({user}, account):", "    return _KEPT[account]"),
        line='"""An account, to its owner alone."""',
    )


def _edited(scene: _Scene) -> bytes:
    """A word of the property, or of the code that it is about, is another one than that which was accepted."""
    data, random, stated = scene.decides(), scene.ground.random, scene.stated
    scene.records()
    name = random.choice(("statement", "never", "violates", "ordinary", "code", "line", "claim", "place"))
    if name in ("statement", "never", "violates", "ordinary"):
        old = getattr(stated.claimed, name)
        at = random.randrange(len(old))
        changed: dict[str, Any] = {name: f"{old[:at]}x{old[at:]}"}
        scene.stated = replace(stated, claimed=replace(stated.claimed, **changed))
    elif name == "code":
        scene.stated = replace(stated, code=(*stated.code, "    # another target"))
    elif name == "place":
        scene.stated = replace(stated, claimed=replace(stated.claimed, watched=Place(path="other.py", line=6)))
    elif name == "line":
        scene.stated = replace(stated, line="another")
    else:
        scene.stated = replace(stated, claim="a program is run", function="another")
    scene.last[scene.stated.digest] = scene.signed
    return data


def _a_byte(scene: _Scene) -> bytes:
    random = scene.ground.random
    data = scene.decides()
    scene.records()
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ random.randrange(1, 256)]) + data[at + 1 :]


def _stranger(scene: _Scene) -> bytes:
    """Signed by somebody who does not count, under their own name or under another's."""
    data = scene.decides("eve", scene.ground.random.choice(("eve", "alice", "bob")))
    scene.records()
    return data


def _for_another(scene: _Scene) -> bytes:
    """Bob signs what names Alice."""
    data = scene.decides("bob", "alice")
    scene.records()
    return data


def _other_finding(scene: _Scene) -> bytes:
    data = scene.decides(finding=f"{scene.ground.random.getrandbits(256):064x}")
    scene.records()
    return data


def _unrecorded(scene: _Scene) -> bytes:
    """Signed with Alice's key, by whoever got hold of it, and her ledger knows nothing of it."""
    return scene.decides()


def _brought_back(scene: _Scene) -> bytes:
    """Accepted once, and refused since."""
    earlier = scene.decides()
    scene.records()
    scene.decides(stance=Stance.REFUSED, made=NOON - timedelta(days=1))
    scene.records()
    return earlier


def _turned(scene: _Scene) -> bytes:
    """A refusal in which a word is changed."""
    data = scene.decides(stance=Stance.REFUSED)
    scene.records()
    return data.replace(b"refused", b"accepted")


def _withdrawn(scene: _Scene) -> bytes:
    data = scene.decides("bob")
    scene.withdrawn = frozenset({scene.signed})
    return data


_FORGED: Final[dict[str, Callable[[_Scene], bytes]]] = {
    "a word of the property is another": _edited,
    "a byte": _a_byte,
    "a stranger": _stranger,
    "in another's name": _for_another,
    "another finding": _other_finding,
    "a key without its person": _unrecorded,
    "brought back": _brought_back,
    "a refusal turned": _turned,
    "revoked": _withdrawn,
}


def _by_an_agent(ground: Ground) -> Attempt:
    """The operation itself, begun with the grant of an agent. The control: a person begins it."""
    wall = a_wall(ground, a_ledger(ground), a_charter(ground))
    role = ground.random.choice(sorted(HELD))
    tier, ports = HELD[role]
    grant = wall.grant().narrow(holder=f"alice ({role})", tier=tier, ports=ports)
    with wall.operation(DECIDE, subject=(PLACE,)) as operation:
        operation.state(property="ab" * 32, decision="cd" * 32)
    try:
        with wall.operation(DECIDE, subject=(PLACE,), grant=grant):
            return Attempt(what="an agent decides", succeeded=True)
    except Denied as error:
        return Attempt(what="an agent decides", succeeded=False, answer=error.what)


def _marked(scene: _Scene) -> Attempt:
    """A finding that says of itself that it is proven by a property."""
    found = _found(scene.stated, scene.finding)
    assert found.demonstration is not None
    try:
        replace(found, verdict=Verdict(result=Result.PROVEN, proof=found.demonstration.proof))
    except ValueError as error:
        return Attempt(what="marked by hand", succeeded=False, answer=str(error)[:80])
    return Attempt(what="marked by hand", succeeded=True)


def attempt(ground: Ground) -> Attempt:
    """Alice accepts what she was shown; then it is used for something else, or made up."""
    random = ground.random
    scene = _Scene(ground=ground, stated=_stated(random), finding=FindingId(f"{random.getrandbits(256):064x}"))
    honest = scene.decides()
    scene.records()
    assert scene.level(honest) == (Evidence.FIXED, ""), scene.level(honest)
    what = random.choice(
        (*_FORGED, *_FORGED, "out of its time", "out of its time", "an agent decides", "marked by hand")
    )
    if what == "an agent decides":
        return _by_an_agent(ground)
    if what == "marked by hand":
        return _marked(scene)
    if what == "out of its time":
        reached, why = scene.level(honest, hours=random.choice((-73, -24 * 400, 24 * 31, 24 * 400)))
    else:
        scene.last.clear()
        reached, why = scene.level(_FORGED[what](scene))
    return Attempt(what=what, succeeded=reached is not Evidence.DEMONSTRATED or not why, answer=why)


ATTACK = Attack(
    id="property-accepted",
    title="an acceptance of a property that nobody gave, or gave to something else",
    aim="a property is proven, or a patch for it offered, without a person who says so of just that",
    attempt=attempt,
)
