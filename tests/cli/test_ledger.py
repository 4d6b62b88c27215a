"""`casemate ledger`: the record as a person and as a machine reads it, and clear words when something is wrong."""

import json
import re
import shutil
from contextlib import suppress

import pytest
from click.testing import CliRunner
from governance.support import NOON
from governance.test_proof import outsider

from casemate.app.authority import ground
from casemate.cli.main import main
from casemate.governance.charter import Target, single_operator


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path / "home"


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    home = tmp_path_factory.mktemp("recorded") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMATE_HOME", str(home))
        for name, error in (("./src", None), ("bad\x1b[2J\u202e", ValueError), ("./lib", KeyboardInterrupt)):
            place = Target(name=name, path="/home/alice/x")
            charter = single_operator([place], NOON.replace(year=2100), who="alice")
            with suppress(ValueError, KeyboardInterrupt), ground().wall(charter).operation("scan", subject=(place,)):
                if error:
                    raise error
    return home


@pytest.fixture
def recorded(recording, home):
    """Three operations: one completed, one failed, one interrupted."""
    return shutil.copytree(recording, home)


def ledger(*arguments: str):
    return CliRunner().invoke(main, ["ledger", *arguments])


def flip(path):
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(bytes(data))


def test_show(recorded):
    """A row for each operation: index, time, what, on what, and how it ended; nothing writes on the terminal."""
    result = ledger("show")
    assert result.exit_code == 0
    rows = [re.split(r"\s{2,}", line.strip()) for line in result.stdout.splitlines() if line.strip()]
    assert rows[0] == ["index", "time", "operation", "subject", "outcome"]
    assert [(row[0], *row[2:]) for row in rows[2:]] == [
        ("0", "scan", "./src", "completed"),
        ("2", "scan", r"bad\x1b[2J\u202e", "failed"),
        ("4", "scan", "./lib", "interrupted"),
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", row[1]) for row in rows[2:])


def test_show_an_unfinished_operation(home):
    """An operation without an end is shown as such."""
    place = Target(name="./src", path="/home/alice/src")
    running = (
        ground()
        .wall(single_operator([place], NOON.replace(year=2100), who="alice"))
        .operation("scan", subject=(place,))
    )
    with running:
        result = ledger("show")
    assert "unfinished" in result.stdout
    assert json.loads(ledger("show", "--json").stdout)[0]["end"] == 1


def test_show_as_json(recorded):
    """Entries as they were recorded, in pairs."""
    operations = json.loads(ledger("show", "--json").stdout)
    assert [(o["index"], o["end"], o["before"]["entry"], o["after"]["outcome"]) for o in operations] == [
        (0, 1, "before", "completed"),
        (2, 3, "before", "failed"),
        (4, 5, "before", "interrupted"),
    ]
    assert operations[0]["before"]["subject"]["names"] == ["./src"]


def test_verify(recorded):
    """It says what was checked, and what nobody but a witness could rule out."""
    result = ledger("verify")
    assert result.exit_code == 0
    assert re.search(r"^checkpoint  6 entries, signature valid under casemate\.alt/ledger/\S+$", result.stdout, re.M)
    assert "compared    12 tiles and entry bundles" in result.stdout
    assert "operations  3, 0 of them unfinished" in result.stdout
    assert result.stdout.endswith(
        "The ledger is intact. No witness holds its checkpoints: the owner of the key could have rewritten it whole.\n"
    )


def test_verify_names_foreign_files_and_leftovers(recorded):
    """They are told of, and are no damage."""
    (recorded / "ledger" / "notes\x1b.txt").write_text("")
    (recorded / "ledger" / "tile" / "0" / "000.p" / "7").write_bytes(bytes(7 * 32))
    result = ledger("verify")
    assert result.exit_code == 0
    assert "leftovers   1 files of an interrupted append" in result.stdout
    assert r"foreign     notes\x1b.txt is none of the ledger's files" in result.stdout


def test_verify_a_damaged_ledger(recorded):
    """Every problem on a line of its own, exit code 1, and what to do."""
    flip(recorded / "ledger" / "tile" / "entries" / "000.p" / "6")
    result = ledger("verify")
    assert result.exit_code == 1
    assert "damaged     entry 0 does not have the hash that stands in tile/0/000.p/6" in result.stdout
    assert "intact" not in result.stdout
    assert result.stderr.startswith("Error: the ledger is damaged; see docs/ledger.md")


def test_verify_a_damaged_checkpoint(recorded):
    """A checkpoint that nobody signed: exit code 1 and one line."""
    flip(recorded / "ledger" / "checkpoint")
    result = ledger("verify")
    assert (result.exit_code, result.stdout) == (1, "")
    assert re.fullmatch(r"Error: the ledger's checkpoint is not valid \(.*\); run .*\n", result.stderr)


def test_show_a_damaged_ledger(recorded):
    """What is shown is marked as doubtful."""
    flip(recorded / "ledger" / "tile" / "0" / "000.p" / "6")
    result = ledger("show")
    assert result.exit_code == 1
    assert "./src" in result.stdout
    assert "what is shown may be false" in result.stderr


def test_prove(recorded):
    """The text on standard output is a proof that an outsider can check with the key named on standard error."""
    result = ledger("prove", "2")
    vkey = result.stderr.strip().rpartition(" ")[2]
    assert json.loads(outsider(result.stdout, vkey))["subject"]["names"] == ["bad\x1b[2J\u202e"]


def test_prove_as_json(recorded):
    """The parts of the same proof, by name."""
    parts = json.loads(ledger("prove", "5", "--json").stdout)
    assert (parts["index"], parts["size"], len(parts["inclusion_proof"])) == (5, 6, 2)
    assert json.loads(parts["entry"])["outcome"] == "interrupted"
    text = ledger("prove", "5").stdout
    for part in (*parts["inclusion_proof"], parts["root"], parts["checkpoint"]):
        assert part in text


@pytest.mark.parametrize(
    ("index", "said"),
    [("6", "6 is not below the ledger's 6 entries"), ("-1", "No such option"), ("x", "not a valid integer")],
)
def test_prove_an_absent_entry(recorded, index, said):
    """A usage error that names the bounds."""
    result = ledger("prove", index)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize("command", [["show"], ["verify"], ["prove", "0"]])
def test_nothing_recorded(home, command):
    """One line with the next step; nothing is made."""
    result = ledger(*command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(r"casemate: .*nothing was recorded yet; run a scan first, .*\n", result.stderr)
    assert not home.exists()


@pytest.mark.parametrize("command", [["show"], ["verify"], ["prove", "0"]])
@pytest.mark.parametrize(
    "damage",
    [
        lambda home: (home / "ledger" / "checkpoint").unlink(),
        lambda home: (home / "ledger" / "checkpoint").write_bytes(b"\xff" * 10),
        lambda home: (home / "ledger" / "tile" / "entries" / "000.p" / "6").write_bytes(b"\xff\xff"),
        lambda home: (home / "keys" / "operator.pem").chmod(0o644),
        lambda home: (home / "keys" / "operator.pem").write_bytes(b"?"),
    ],
)
def test_damage_is_one_line(recorded, command, damage):
    """Whatever is broken, there is an error with a next step, and no traceback."""
    damage(recorded)
    result = ledger(*command)
    assert result.exit_code in (1, 4)
    assert "fault of our own" not in result.stderr
    assert re.fullmatch(r"(casemate|Error): .*; .*\n", result.stderr)


def test_what_cannot_be_recorded_is_not_done(tmp_path, monkeypatch):
    """Where no ledger can be written a scan is refused in one line: the place, and CASEMATE_HOME."""
    (tmp_path / "file").write_text("")
    (tmp_path / "code.py").write_text("x = 1\n")
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "file" / "home"))
    result = CliRunner().invoke(main, ["scan", str(tmp_path / "code.py"), "--no-cache", "--quiet"])
    assert (result.exit_code, result.stdout) == (4, "")
    assert re.fullmatch(
        r"casemate: cannot \w+ the key '.*/file/home/keys/operator.pem': .* set CASEMATE_HOME.*\n", result.stderr
    )
