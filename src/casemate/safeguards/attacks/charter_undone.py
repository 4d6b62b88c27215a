"""An operator who would rather not have the organisation's charter: their own files deleted, changed, set back, or forged."""

from __future__ import annotations

from pathlib import Path

from casemate.app.authority import authorise, ground
from casemate.app.charter import charter_body, run_add, run_new, run_revoke
from casemate.governance.charter import Target, Tier
from casemate.governance.charter_file import CHARTER
from casemate.governance.errors import Denied, LedgerDamaged
from casemate.governance.statement import sign_statement
from casemate.safeguards.attack import Attack, Attempt, Ground, at_home


def attempt(here: Ground) -> Attempt:
    """A charter for one folder is installed, and perhaps revoked; then the operator does something to their own files."""
    random, top = here.random, here.folder.resolve()
    inside, outside = Target(name="inside", path=f"{top}/inside"), Target(name="outside", path=f"{top}/outside")
    mine = top / "operator"
    with at_home(mine):
        key = ground().person
    with at_home(top / "issuer"):
        issuer, today = ground().person, ground().now().date()
        body = charter_body(
            issuer="Bank",
            purpose="review",
            holders=[("Alice", key)],
            targets=[{"path": inside.path}],
            tier=Tier.FIND,
            since=today,
            until=today,
        )
        data, charter = run_new(body)
        wholly = {whose: run_revoke([], frees=[whose])[0] for whose in (key, issuer)}
        lists = [run_revoke(["ab" * 32])[0], run_revoke([charter.charter.id])[0]]
    (top / "c").write_bytes(data)
    (top / "r").write_bytes(lists[1])
    with at_home(mine):
        run_add(top / "c", str(issuer))
        assert _may(inside), "the honest act is refused"
        what = random.choice(
            [
                "the charter's file deleted",
                "the memory deleted",
                "all but keys and ledger deleted",
                "a wider file",
                "the list deleted",
                "an older list",
                "another's charter added",
                "its own freedom",
                "another issuer",
                "another's freedom",
                "an earlier freedom",
                "the entry edited",
            ]
        )
        listed = what in ("the list deleted", "an older list")  # there must be a list to be rid of
        revoked = listed or (random.random() < 0.4 and what != "an earlier freedom")
        if revoked:
            run_add(top / "r", "")
        if what == "an earlier freedom":
            _tried(top / "free", wholly[key], "")
            assert _may(outside), "the machine is not given back"
            run_add(top / "c", str(issuer))
        if what.endswith("freedom"):
            _tried(top / "free", wholly[key if what == "an earlier freedom" else issuer], "")
        wide = sign_statement(CHARTER, {**body, "targets": [{"path": "/"}], "tier": "release"}, ground().signer)
        _undo(what, mine, charter.charter.id, lists[0], wide, top)
        got = [place.name for place in (outside, *((inside,) if revoked else ())) if _may(place)]
    return Attempt(what=what, succeeded=bool(got), answer="refused, and recorded")


def _undo(what: str, mine: Path, identity: str, older: bytes, wide: bytes, top: Path) -> None:
    charters, memory = mine / "charters", mine / "standing.json"
    file, revoked = charters / f"{identity}.charter", charters / "revoked"
    if what in ("the charter's file deleted", "all but keys and ledger deleted"):
        file.unlink()
    if what in ("the memory deleted", "all but keys and ledger deleted"):
        memory.unlink(missing_ok=True)
    if what in ("the list deleted", "all but keys and ledger deleted"):
        revoked.unlink(missing_ok=True)
    if what == "a wider file":
        file.write_bytes(wide)
        (charters / "other.charter").write_bytes(wide)
    if what == "an older list":
        revoked.write_bytes(older)
        _tried(top / "older", older, "")
    if what in ("another's charter added", "another issuer"):
        _tried(top / "wide", wide, str(ground().person) if what == "another issuer" else "")
    if what == "its own freedom":
        _tried(top / "own", run_revoke([], frees=[ground().person])[0], "")
    if what == "the entry edited":
        ground().ledger.append_many([b"filling"] * 300)  # so that an append does not look at it
        memory.unlink(missing_ok=True)
        for entries in filter(Path.is_file, (mine / "ledger/tile/entries").rglob("*")):
            entries.write_bytes(entries.read_bytes().replace(b'"after"', b'"other"'))


def _tried(path: Path, data: bytes, key: str) -> None:
    path.write_bytes(data)
    try:
        run_add(path, key)
    except Denied:
        return


def _may(place: Target) -> bool:
    """Whether a scan of the place may begin."""
    try:
        authority = authorise((place,), Tier.FIND, announce=_unheard)
        with authority.wall.operation("scan", subject=authority.subject):
            return True
    except (Denied, LedgerDamaged):
        return False


def _unheard(line: str) -> None:
    """Where the charter's line goes."""


ATTACK = Attack(
    id="charter-undone",
    title="an operator deletes, changes or sets back what an organisation installed",
    aim="something is permitted that the installed charters do not permit",
    attempt=attempt,
    files=True,
)
