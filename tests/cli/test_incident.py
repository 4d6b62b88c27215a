"""`casemate incident`: opened, held open by the ledger alone, closed with a reason; near-misses beside them."""

import json

import pytest

from casemate.app import incident, launch
from casemate.app.authority import Organisation, ground
from casemate.governance.incident import INCIDENT, Factors, Incident
from casemate.governance.statement import sign_statement
from casemate.safeguards.attack import NOON
from casemate.safeguards.launching import key

NAMES = ("gain", "breadth", "weaponisation", "discoverability")
REASON = "The hole was closed, and a test was added."


@pytest.fixture
def begin(casemate):
    def run(what="a proof left the sandbox", gain=3, breadth=1, weaponisation=2, discoverability=1):
        return casemate(
            "incident", "open", "--what", what, "--gain", gain, "--breadth", breadth,
            "--weaponisation", weaponisation, "--discoverability", discoverability,
        )  # fmt: skip

    return run


def listed(casemate, *arguments):
    return json.loads(casemate("incident", "list", "--json", *arguments).stdout)


def test_open_list_and_close(casemate, begin):
    """Its severity follows from the factors; it is named by the beginning of its identity."""
    assert listed(casemate) == {"open": [], "closed": 0, "closings": [], "near_misses": []}
    done = begin()
    assert done.exit_code == 0
    id = done.stdout.split()[1]
    assert done.stdout == f"incident {id} is open, severity 3\n"
    begin("a typo", 1, 0, 0, 0)
    first, second = listed(casemate)["open"]
    assert (first["severity"], first["what"], second["severity"]) == (3, "a proof left the sandbox", 1)
    assert first["factors"] == {"gain": 3, "breadth": 1, "weaponisation": 2, "discoverability": 1}
    closed = casemate("incident", "close", id[:6], "--reason", REASON)
    assert closed.stdout == f"incident {id} is closed\n"
    left = listed(casemate)
    assert (len(left["open"]), left["closed"], left["closings"][0]["reason"]) == (1, 1, REASON)
    shown = casemate("incident", "list").stdout
    assert shown.startswith("1 open, 1 closed\n")
    assert REASON in shown
    assert shown.endswith("no near-misses\n")


@pytest.mark.parametrize("damage", ["deleted", "edited", "emptied", "another"])
def test_the_ledger_holds_it_open(casemate, begin, tmp_path, damage):
    """Whatever happens to its file: that is told, and the severity is the ledger's."""
    begin()
    (file,) = (tmp_path / "home" / "incidents").iterdir()
    if damage == "deleted":
        file.unlink()
    elif damage == "another":
        mild = Incident(what="nothing of note", factors=Factors(**dict.fromkeys(NAMES, 1)), happened=NOON, by="x")
        file.write_bytes(sign_statement(INCIDENT, mild.body(), ground().signer))
    else:
        file.write_bytes(b"" if damage == "emptied" else file.read_bytes().replace(b'"severity": 3', b'"severity": 0'))
    (one,) = listed(casemate)["open"]
    assert (one["severity"], "what" in one) == (3, False)
    assert "its file is gone or was changed; the ledger holds it open" in casemate("incident", "list").stdout
    assert casemate("incident", "close", one["id"], "--reason", REASON).exit_code == 0


@pytest.mark.parametrize(
    ("name", "reason", "why"),
    [
        ("abc", REASON, "no open incident of the name 'abc'"),
        ("", REASON, "no open incident of the name ''"),
        ("f" * 64, REASON, "no open incident of the name"),
        ("ID", "done", "a reason has at least 20 characters; say what was done"),
        ("ID", " " * 40, "a reason has at least 20 characters"),
        ("ID", "\u202e" + "x" * 40, "reason holds the character U+202E, which is not seen; write it as plain text"),
    ],
)
def test_what_does_not_close_one(casemate, begin, name, reason, why):
    """One line each, and it stays open."""
    id = begin().stdout.split()[1]
    done = casemate("incident", "close", id if name == "ID" else name, "--reason", reason)
    assert done.exit_code == 2
    assert why in done.stderr
    assert len(listed(casemate)["open"]) == 1


def test_a_name_that_means_two(casemate, begin, monkeypatch):
    """Nothing is closed by a name that means several."""
    begin("one")
    begin("two")
    ids = {one["id"] for one in listed(casemate)["open"]}
    own = ground()
    own.standing.incidents = {f"abcd{id[4:]}": 3 for id in ids}
    monkeypatch.setattr(incident, "ground", lambda: own)
    done = casemate("incident", "close", "abcd", "--reason", REASON)
    assert "2 open incidents of the name 'abcd'" in done.stderr


@pytest.mark.parametrize("value", ["-1", "4", "x"])
def test_a_factor_is_from_0_to_3(casemate, begin, value):
    """Anything else is wrong usage."""
    assert begin(gain=value).exit_code == 2


@pytest.mark.parametrize("what", ["", "  ", "a\u200bb"])
def test_words_that_cannot_be_signed(casemate, begin, what):
    """One line, and nothing is opened."""
    done = begin(what)
    assert done.exit_code == 2
    assert "write it as plain text" in done.stderr
    assert listed(casemate)["open"] == []


def test_under_an_organisations_charter_its_people_close(casemate, begin, monkeypatch):
    """Anybody opens one; who is not named by the charter does not close it, and the attempt is a near-miss."""
    id = begin().stdout.split()[1]
    organisation = Organisation(key("issuer"), (), None, ())
    monkeypatch.setattr(launch, "installed", lambda own: organisation)
    done = casemate("incident", "close", id, "--reason", REASON)
    assert done.exit_code == 2
    assert "the signature of this operator's key does not count here" in done.stderr
    told = listed(casemate)
    assert len(told["open"]) == 1
    (miss,) = told["near_misses"]
    assert (miss["operation"], miss["subject"]) == ("incident-close", [f"incident {id}"])


def test_near_misses_are_limited_and_newest_first(casemate, begin, monkeypatch):
    """What was refused, with when and why; --limit says how many."""
    for number in range(3):
        bad = casemate("gate", "add", __file__)
        assert bad.exit_code == 2, number
    told = listed(casemate)["near_misses"]
    assert [miss["operation"] for miss in told] == ["gate-add"] * 3
    assert [miss["entry"] for miss in told] == [5, 3, 1]
    assert [miss["entry"] for miss in listed(casemate, "--limit", "1")["near_misses"]] == [5]
    assert "near-misses, the last 2" in casemate("incident", "list", "--limit", "2").stdout
    assert listed(casemate, "--limit", "0")["near_misses"] == []
