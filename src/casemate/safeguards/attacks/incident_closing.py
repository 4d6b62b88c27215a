"""A serious incident that is to be over without anybody having closed it: by what lies on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from casemate.app import incident
from casemate.app.authority import ground as operators
from casemate.governance.charter import Target, Tier, single_operator
from casemate.governance.errors import Denied
from casemate.governance.incident import CLOSING, INCIDENT, Closing, Factors, Incident
from casemate.governance.standing import CLOSE_INCIDENT
from casemate.governance.statement import sign_statement
from casemate.model.errors import UserError
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground, at_home
from casemate.safeguards.launching import Scene, honest, signer

SERIOUS = Factors(gain=3, breadth=3, weaponisation=2, discoverability=1)
MILD = Factors(gain=1, breadth=0, weaponisation=0, discoverability=0)
REASON = "The hole was closed, and a test was added for it."


def _deleted(home: Path, id: str, random: Random) -> None:
    """The incident's file, all of them, or the memory of the ledger too."""
    target = random.choice((home / "incidents", home / "incidents" / f"{id}.incident", home / "standing.json"))
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def _edited(home: Path, id: str, random: Random) -> None:
    """The incident's file tells of a milder one, also one that the operator signed."""
    file = home / "incidents" / f"{id}.incident"
    if random.random() < 0.5:
        file.write_bytes(file.read_bytes().replace(b'"severity": 3', b'"severity": 0'))
    else:
        mild = Incident(what="nothing of note", factors=MILD, happened=NOON, by="x")
        file.write_bytes(sign_statement(INCIDENT, mild.body(), operators().signer))


def _closing_file(home: Path, id: str, random: Random) -> None:
    """A closing lies there, well signed, and no operation has brought it."""
    closing = Closing(incident=id, reason=REASON, closed=NOON, by="x")
    by = operators().signer if random.random() < 0.5 else signer("stranger")
    (home / "incidents" / f"{id}.closing").write_bytes(sign_statement(CLOSING, closing.body(), by))


def _memory(home: Path, id: str, random: Random) -> None:
    """What is remembered of the ledger, made up: without the incident."""
    size = operators().standing.size
    (home / "standing.json").write_text(f'{"0" * 64}\n{"0" * 64}\n{{"size": {size}, "incidents": {{}}}}')


def _no_reason(home: Path, id: str, random: Random) -> None:
    """Closed without a reason that says anything."""
    try:
        incident.close(id, random.choice(("", " ", "done", "fixed.", "\u200b" * 30, " " * 40)))
    except UserError:
        return


def _another(home: Path, id: str, random: Random) -> None:
    """Another incident is opened and closed."""
    other, _ = incident.open_new("another, and mild", MILD)
    incident.close(other, REASON)


def _half_way(home: Path, id: str, random: Random) -> None:
    """The closing was begun, and denied or broken off."""
    own = operators()
    subject = (Target(name="incident", path=str(home)),)
    wall = own.wall(single_operator(subject, own.now(), who="x", tier=Tier.FIND))
    try:
        with wall.operation(CLOSE_INCIDENT, subject=subject) as operation:
            operation.state(incident=id)
            raise random.choice((Denied("no", "no"), ValueError("no"), KeyboardInterrupt()))
    except (Denied, ValueError, KeyboardInterrupt):
        return


VARIANTS: dict[str, Callable[[Path, str, Random], None]] = {
    "files deleted": _deleted,
    "the file edited": _edited,
    "a closing put there": _closing_file,
    "the memory of the ledger made up": _memory,
    "closed without a reason": _no_reason,
    "another one closed": _another,
    "a closing broken off": _half_way,
}


def attempt(ground: Ground) -> Attempt:
    """One way to be rid of an incident; then an honest closing, which must open the gate again."""
    honest()
    what = ground.random.choice(sorted(VARIANTS))
    with at_home(ground.folder / "home") as home:
        id, _ = incident.open_new("a proof left the sandbox", SERIOUS)
        VARIANTS[what](home, id, ground.random)
        decision = Scene(standing=operators().standing, now=NOON).decide()
        held = id in operators().standing.incidents
        incident.close(id, REASON)
        assert not operators().standing.incidents
    blocked = not decision.allows and decision.deciding.what == "threshold incident"
    return Attempt(what=what, succeeded=not (held and blocked), answer=decision.deciding.why)


ATTACK = Attack(
    id="incident-closing",
    title="be rid of an open incident without closing it",
    aim="what caused the incident runs on",
    attempt=attempt,
    files=True,
)
