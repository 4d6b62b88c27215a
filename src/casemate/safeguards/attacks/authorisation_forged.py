"""Files that say that a repository may be examined: forged, stale, or copied from another."""

from __future__ import annotations

from datetime import timedelta

from casemate.governance.authorisation import AUTHORISATION, Authorisation, authorisation_refusal
from casemate.governance.note import parse_key
from casemate.governance.statement import sign_statement
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground

OWNER = "owner"


def attempt(ground: Ground) -> Attempt:
    """The owner's word is exact; then it is changed, or asked in another place or at another time."""
    random = ground.random
    history = [f"{random.getrandbits(160):040x}" for _ in range(4)]
    said = Authorisation(
        repository="ledger",
        commit=history[random.randrange(4)],
        begins=NOON - timedelta(days=random.randrange(1, 30)),
        ends=NOON + timedelta(seconds=random.randrange(1, 10**6)),
    )
    data = sign_statement(AUTHORISATION, said.body(), ground.signer(OWNER))
    keys = (parse_key(ground.key(OWNER)),)

    def refused(
        data: bytes = data, *, repository: str = "ledger", seconds: int = 0, of: list[str] = history
    ) -> str | None:
        now = NOON + timedelta(seconds=seconds)
        return authorisation_refusal(data, repository=repository, keys=keys, now=now, contains=of.__contains__)

    assert refused() is None, refused()
    what = random.choice(("byte", "signer", "copied", "name", "stale", "early", "kind", "prolonged"))
    if what == "byte":
        at = random.randrange(len(data))
        changed = data[:at] + bytes([data[at] ^ random.randrange(1, 256)]) + data[at + 1 :]
        answer = refused(changed)
    elif what == "signer":
        answer = refused(sign_statement(AUTHORISATION, said.body(), ground.signer(random.choice(("eve", "holder")))))
    elif what == "copied":
        answer = refused(of=[f"{random.getrandbits(160):040x}" for _ in range(3)])
    elif what == "name":
        answer = refused(repository=random.choice(("Ledger", "ledger ", "ledger\u200b", "l\u0435dger", "ledger2", "")))
    elif what == "stale":
        answer = refused(seconds=int((said.ends - NOON).total_seconds()) + random.randrange(3))
    elif what == "early":
        answer = refused(seconds=int((said.begins - NOON).total_seconds()) - random.randrange(1, 100))
    elif what == "kind":
        kind = random.choice(("casemate/charter@v1", "casemate/authorisation@v2"))
        answer = refused(sign_statement(kind, said.body(), ground.signer(OWNER)))
    else:
        longer = {**said.body(), "until": "2099-01-01T00:00:00Z"}
        text = sign_statement(AUTHORISATION, longer, ground.signer("eve")).rpartition(b"\n\n")[0]
        answer = refused(text + b"\n\n" + data.rpartition(b"\n\n")[2])
    return Attempt(what=what, succeeded=answer is None, answer=answer or "")


ATTACK = Attack(
    id="authorisation-forged",
    title="a repository's authorisation forged, stale, or copied from another",
    aim="a repository counts as covered whose owner did not say so, or no longer",
    attempt=attempt,
)
