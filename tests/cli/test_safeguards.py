"""`casemate safeguards`: a table by class, a file, a signature, and an exit code."""

import json

import pytest

from casemate import __version__
from casemate.app.authority import ground
from casemate.governance.safeguard_table import SAFEGUARDS, open_table
from casemate.governance.statement import person_key
from casemate.safeguards import catalogue
from casemate.safeguards.attack import Attack, Attempt

GOOD = Attack(id="good", title="Try the door", aim="to be in", attempt=lambda g: Attempt(what="push", succeeded=False))
BAD = Attack(
    id="bad",
    title="Try the window",
    aim="to be in",
    attempt=lambda g: Attempt(what="a \x1b[31mstone", succeeded=g.random.random() < 0.5, answer="it broke"),
)


@pytest.fixture(autouse=True)
def classes(monkeypatch):
    """Two classes of attack that cost nothing."""
    monkeypatch.setattr(catalogue, "attacks", lambda: (GOOD, BAD))


def test_the_table_and_the_exit_code(casemate):
    """A row a class with its counts, the successes in words, and exit code 1 for them; 0 where there are none."""
    done = casemate("safeguards", "--cases", 20, "--quiet")
    assert done.exit_code == 1
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith((" good", " bad"))]
    assert rows[0] == ["good", "Try", "the", "door", "10", "0"]
    assert rows[1][:5] == ["bad", "Try", "the", "window", "10"] and int(rows[1][5]) > 0
    assert r"succeeded  bad: a \x1b[31mstone: it broke" in done.stdout
    assert done.stdout.splitlines()[-1] == f"20 attempts in 2 classes: {rows[1][5]} succeeded."
    alone = casemate("safeguards", "--cases", 20, "--only", "good", "--quiet")
    assert (alone.exit_code, alone.stdout.splitlines()[-1]) == (0, "20 attempts in 1 class: 0 succeeded.")
    assert alone.stderr == ""


def test_the_same_seed_gives_the_same_bytes(casemate, tmp_path):
    """On standard output and in a file; another seed gives others."""
    first = casemate("safeguards", "--cases", 60, "--seed", 3, "--json", "--quiet", "-o", tmp_path / "table.json")
    assert first.stdout == (tmp_path / "table.json").read_text()
    assert casemate("safeguards", "--cases", 60, "--seed", 3, "--json", "--quiet").stdout == first.stdout
    assert casemate("safeguards", "--cases", 60, "--seed", 4, "--json", "--quiet").stdout != first.stdout
    shown = json.loads(first.stdout)
    assert (shown["version"], shown["seed"], shown["attempts"]) == (__version__, 3, 60)
    assert shown["classes"][0] == {
        "id": "good",
        "title": "Try the door",
        "aim": "to be in",
        "attempts": 30,
        "successes": 0,
        "variants": {"push": 30},
        "succeeded": [],
    }


def test_the_signed_table(casemate, tmp_path):
    """It opens under the operator's key and nobody else's, and one changed count is seen."""
    place = tmp_path / "safeguards.signed"
    casemate("safeguards", "--cases", 20, "--quiet", "--sign", place)
    own = ground().person
    found = open_table(place.read_bytes(), (own,))
    assert [(row.id, row.attempts) for row in found.table.classes] == [("good", 10), ("bad", 10)]
    assert place.read_text().startswith(f"{SAFEGUARDS}\n")
    with pytest.raises(ValueError, match="does not verify"):
        open_table(place.read_bytes().replace(b'"attempts": 10', b'"attempts": 90'), (own,))
    with pytest.raises(ValueError, match="signed by nobody"):
        open_table(place.read_bytes(), (person_key(bytes(range(32))),))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "ugly"], "there is no class 'ugly'; there are good, bad."),
        (["--cases", "0"], "0 is not in the range x>=1"),
        (["--sign", "nowhere/at/all"], "there is no folder 'nowhere/at'"),
    ],
)
def test_wrong_usage(casemate, arguments, said):
    """One line, exit code 2, before anything is tried."""
    done = casemate("safeguards", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
