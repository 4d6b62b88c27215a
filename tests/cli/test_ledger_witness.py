"""`casemate ledger` among several machines, each with a data folder of its own, as a person types it."""

import json
import shutil
import stat
import subprocess
import sys

import pytest
from click.testing import CliRunner
from governance.support import NOON

from casemate.adapters.keys import FileSigner
from casemate.app.authority import ground
from casemate.cli.main import main
from casemate.governance.charter import Target, Tier, single_operator
from casemate.governance.ledger import log_key
from casemate.governance.note import Checkpoint, sign_checkpoint


class Machine:
    """A data folder, and what is typed with it."""

    def __init__(self, home, patch):
        self.home = home
        self._patch = patch

    def __call__(self, *words, code=0):
        self._patch.setenv("CASEMATE_HOME", str(self.home))
        result = CliRunner().invoke(main, ["ledger", *map(str, words)])
        assert result.exit_code == code, result.output
        assert "fault of our own" not in result.stderr
        return result.stdout if code == 0 else result.stderr

    def record(self, bundle=None):
        self._patch.setenv("CASEMATE_HOME", str(self.home))
        place = Target(name="./src", path="/home/alice/src")
        charter = single_operator([place], NOON.replace(year=2100), who="alice", tier=Tier.FIND)
        with ground().wall(charter).operation("scan", subject=(place,)) as operation:
            if bundle:
                operation.keep(bundle)
        return operation.entry

    @property
    def key(self):
        return str(log_key(FileSigner.load(self.home).public_key))


@pytest.fixture
def machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda name: Machine(tmp_path / name, monkeypatch)


@pytest.fixture
def owner(machine):
    made = machine("owner")
    made.record()
    return made


@pytest.fixture
def auditor(machine):
    return machine("auditor")


def cosigned(owner, auditor, folder, old=0):
    """The owner asks, the auditor cosigns, the owner takes it back; the cosigned file. old: size or file that it holds."""
    back = folder / f"cosigned-{len(list(folder.glob('cosigned-*')))}"
    (folder / "request").write_text(owner("checkpoint", "--for-witness", old))
    auditor("witness", folder / "request", "--key", owner.key, "-o", back)
    owner("witnessed", back, "--key", auditor("key", "--witness").strip())
    return back


def test_a_checkpoint_goes_round(owner, auditor, tmp_path):
    """Asked for, cosigned, taken back, shown: by whom, how many, since when; and again after the ledger grew."""
    first = cosigned(owner, auditor, tmp_path)
    name = auditor("key", "--witness").partition("+")[0]
    assert f"held        2 entries by {name} since " in owner("verify")
    assert f"Its first 2 of 4 entries are as {name} saw them on " in owner("verify")
    second = cosigned(owner, auditor, tmp_path, first)
    assert second != first
    found = json.loads(owner("verify", "--json"))
    assert [(one["by"], one["size"], one["named"]) for one in found["held"]] == [(name, 2, False), (name, 4, False)]
    assert (found["size"], found["problems"]) == (6, [])
    assert "4 entries of casemate.alt/ledger/" in auditor("witness")
    operations = [
        (one["before"]["operation"], one["after"]["outcome"]) for one in json.loads(auditor("show", "--json"))
    ]
    assert operations == [("witness", "completed")] * 2


def test_checkpoints(owner, auditor, tmp_path):
    """The latest has no cosignature yet; the witnessed one has."""
    assert "no witness holds a checkpoint" in owner("checkpoint", "--witnessed", code=2)
    cosigned(owner, auditor, tmp_path)
    latest, witnessed = owner("checkpoint"), owner("checkpoint", "--witnessed")
    assert (latest.split("\n")[1], latest.count("— ")) == ("4", 1)
    assert (witnessed.split("\n")[1], witnessed.count("— ")) == ("2", 2)
    parts = json.loads(owner("checkpoint", "--witnessed", "--json"))
    assert (parts["size"], len(parts["signatures"])) == (2, 2)
    assert witnessed == f"{parts['origin']}\n2\n{parts['root']}\n\n" + "".join(f"{s}\n" for s in parts["signatures"])


def test_consistency(owner, tmp_path):
    """Between sizes, from a file, and refused in the words of what is wrong."""
    (tmp_path / "earlier").write_text(owner("checkpoint"))
    owner.record()
    assert "What the ledger held at size 2 is unchanged at size 4." in owner("consistency", tmp_path / "earlier")
    parts = json.loads(owner("consistency", "1", "3", "--json"))
    assert (parts["first"]["size"], parts["second"]["size"], len(parts["proof"])) == (1, 3, 2)
    assert "there is no way from 9 to 4" in owner("consistency", "9", code=2)
    assert "there is no way from 3 to 1" in owner("consistency", "3", "1", code=2)
    assert "cannot read" in owner("consistency", "nothing", code=2)
    (tmp_path / "noise").write_text("noise")
    assert "no checkpoint of this ledger" in owner("consistency", tmp_path / "noise", code=2)
    fork = Checkpoint(origin=owner.key.partition("+")[0], size=2, root=bytes(32))
    (tmp_path / "fork").write_bytes(sign_checkpoint(fork, FileSigner.load(owner.home)))
    assert "history was rewritten" in owner("consistency", tmp_path / "fork", code=1)
    longer = Checkpoint(origin=owner.key.partition("+")[0], size=9, root=bytes(32))
    (tmp_path / "longer").write_bytes(sign_checkpoint(longer, FileSigner.load(owner.home)))
    assert "cut short or set back" in owner("consistency", tmp_path / "longer", code=1)


def test_two_machines_with_one_ledger(owner, auditor, machine, tmp_path):
    """Copies that both go on are two branches: the witness takes the first, and says so of the second; so does `verify`."""
    cosigned(owner, auditor, tmp_path)
    shutil.copytree(owner.home, tmp_path / "copy")
    copy = machine("copy")
    owner.record()
    copy.record()
    (tmp_path / "first").write_text(owner("checkpoint", "--for-witness", "2"))
    (tmp_path / "second").write_text(copy("checkpoint", "--for-witness", "2"))
    auditor("witness", tmp_path / "first", "-o", tmp_path / "back")
    assert "two different histories of 6 entries: this is a second branch" in auditor(
        "witness", tmp_path / "second", code=1
    )
    outcomes = [one["after"]["outcome"] for one in json.loads(auditor("show", "--json"))]
    assert outcomes == ["completed", "completed", "denied"]
    vkey = auditor("key", "--witness").strip()
    assert "history was rewritten" in copy("witnessed", tmp_path / "back", "--key", vkey, code=2)
    owner("witnessed", tmp_path / "back", "--key", vkey)
    shutil.copytree(owner.home / "cosigned", copy.home / "cosigned", dirs_exist_ok=True)
    copy("verify", code=1)


def test_a_ledger_that_was_set_back(owner, auditor, tmp_path):
    """A backup that is put back lacks what a witness holds: it shows, and nothing is added to hide it."""
    shutil.copytree(owner.home / "ledger", tmp_path / "backup")
    owner.record()
    cosigned(owner, auditor, tmp_path)
    shutil.rmtree(owner.home / "ledger")
    shutil.copytree(tmp_path / "backup", owner.home / "ledger")
    result = owner("verify", "--json", code=1)
    assert result.startswith("Error: the ledger is damaged")
    (problem,) = json.loads(CliRunner().invoke(main, ["ledger", "verify", "--json"]).stdout)["problems"]
    assert "holds 4 entries since" in problem
    assert "the ledger has 2: it was cut short or set back" in problem


def test_a_witness_that_was_set_back(owner, auditor, tmp_path):
    """Its memory alone: its own ledger knows better, and it cosigns nothing."""
    cosigned(owner, auditor, tmp_path)
    shutil.copytree(auditor.home / "witness", tmp_path / "memory")
    cosigned(owner, auditor, tmp_path, 2)
    shutil.rmtree(auditor.home / "witness")
    shutil.copytree(tmp_path / "memory", auditor.home / "witness")
    (tmp_path / "request").write_text(owner("checkpoint", "--for-witness", "2"))
    assert "ledger says that it cosigned 4 entries" in auditor("witness", tmp_path / "request", code=4)


def test_what_is_no_request(owner, auditor, tmp_path):
    """One line each, with what to do; the log must be known by its key."""
    (tmp_path / "noise").write_text("noise")
    (tmp_path / "request").write_text(owner("checkpoint", "--for-witness", "0"))
    assert "no request for a witness" in auditor("witness", tmp_path / "noise", code=2)
    assert "cannot read" in auditor("witness", tmp_path / "nothing", code=2)
    assert "is no key of a ledger" in auditor("witness", tmp_path / "request", "--key", "x", code=2)
    assert "by --key VKEY" in auditor("witness", tmp_path / "request", code=1)
    assert "by its own key" in owner("witness", tmp_path / "request", "--key", owner.key, code=1)


def test_an_export(owner, auditor, machine, tmp_path):
    """A stranger without a data folder checks all of it; nothing in it is a private key; it is never written over anything."""
    cosigned(owner, auditor, tmp_path)
    owner("export", tmp_path / "export")
    vkey, stranger = auditor("key", "--witness").strip(), machine("stranger")
    verify = ("verify", "--from", tmp_path / "export", "--key", owner.key)
    assert "Its first 2 of 4 entries" in stranger(*verify, "--witness", vkey)
    assert "No --witness was named" in stranger(*verify)
    assert not stranger.home.exists()
    other = machine("other")
    other("key", "--witness")
    assert "the ledger is damaged" in stranger(*verify, "--witness", other("key", "--witness").strip(), code=1)
    assert "own key is no witness" in stranger(*verify, "--witness", str(owner_as_witness(owner)), code=2)
    assert "--from needs --key" in stranger(*verify[:3], code=2)
    assert "is no export" in stranger("verify", "--from", tmp_path, "--key", owner.key, code=2)
    assert "exists already" in owner("export", tmp_path / "export", code=2)
    assert "cannot write the folder" in owner("export", tmp_path / "none" / "export", code=4)
    seed = (owner.home / "keys" / "operator.pem").read_bytes().splitlines()[1]
    files = [path for path in (tmp_path / "export").rglob("*") if path.is_file()]
    assert len(files) == 5
    assert not any(seed in path.read_bytes() for path in files)
    head = tmp_path / "export" / "export"
    head.write_text(head.read_text().replace("@v1", "@v2"))
    assert "newer version of Casemate" in stranger(*verify, code=2)


def test_a_checkpoint_from_the_witness_itself(owner, auditor, machine, tmp_path):
    """An owner who set the ledger back and left out what would show it: the reader's own checkpoint does."""
    shutil.copytree(owner.home, tmp_path / "back")
    owner.record()
    file, vkey = cosigned(owner, auditor, tmp_path), auditor("key", "--witness").strip()
    machine("back")("export", tmp_path / "export")
    verify = ("verify", "--from", tmp_path / "export", "--key", owner.key)
    stranger = machine("stranger")
    assert "The ledger is intact." in stranger(*verify)
    assert stranger(*verify, "--checkpoint", file, code=1).startswith("Error: the ledger is damaged")
    owner("export", tmp_path / "whole")
    whole = ("verify", "--from", tmp_path / "whole", "--key", owner.key, "--checkpoint", file, "--witness", vkey)
    assert "Its first 4 of 6 entries are as " in stranger(*whole)
    (tmp_path / "noise").write_text("noise")
    assert "no checkpoint of this ledger" in stranger(*verify, "--checkpoint", tmp_path / "noise", code=2)


def test_several_branches_at_once(owner, auditor, tmp_path):
    """Asked by several processes at the same moment for different histories of one size: one of them is cosigned."""
    auditor("key", "--witness")
    requests, origin = [], owner.key.partition("+")[0]
    for number in range(4):
        head = Checkpoint(origin=origin, size=9, root=bytes([number]) * 32)
        requests.append(tmp_path / f"request-{number}")
        requests[-1].write_bytes(b"old 0\n\n" + sign_checkpoint(head, FileSigner.load(owner.home)))
    words = [
        sys.executable,
        "-c",
        "from casemate.cli.main import main; main()",
        "ledger",
        "witness",
        "--key",
        owner.key,
    ]
    running = [
        subprocess.Popen([*words, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for path in requests
    ]
    told = [(process.communicate(), process.returncode) for process in running]
    assert sorted(code for _, code in told) == [0, 1, 1, 1], told
    assert sum("two different histories of 9 entries" in said for (_, said), _ in told) == 3


def owner_as_witness(owner):
    from casemate.governance.cosignature import witness_key

    return witness_key(FileSigner.load(owner.home).public_key)


def test_a_receipt_under_a_witnessed_checkpoint(owner, auditor, machine, tmp_path):
    """Keys, checkpoint and receipt alone show by when a bundle was recorded; each of them may be wrong."""
    from casemate.app.prove import receipt

    bundle = "ab" * 32
    entry = owner.record(bundle)
    (tmp_path / "receipt").write_text(receipt(entry, [bundle], bundle))
    assert "no witness holds" in owner("receipt", tmp_path / "receipt", "--renew", code=2)
    file = cosigned(owner, auditor, tmp_path)
    (tmp_path / "renewed").write_text(owner("receipt", tmp_path / "receipt", "--renew"))
    vkey, stranger = auditor("key", "--witness").strip(), machine("stranger")
    keys = ("--key", owner.key, "--witness", vkey)
    for words in ((tmp_path / "renewed",), (tmp_path / "renewed", "--checkpoint", file)):
        shown = stranger("receipt", *words, *keys)
        assert f"bundle      {bundle}\n" in shown
        assert "ledger      entry 3 of 4 in casemate.alt/ledger/" in shown
        assert f"witnessed   by {vkey.partition('+')[0]} on " in shown
    assert "rests on the ledger's owner alone" in stranger("receipt", tmp_path / "receipt", "--key", owner.key)
    assert "not one that the witness holds" in stranger("receipt", tmp_path / "receipt", *keys, code=2)
    owner.record()
    later = owner.record(bundle)
    (tmp_path / "later").write_text(receipt(later, [bundle], bundle))
    assert "no checkpoint that a witness holds covers" in owner("receipt", tmp_path / "later", "--renew", code=2)
    assert "under another checkpoint" in stranger("receipt", tmp_path / "later", "--checkpoint", file, *keys, code=2)
    assert "is no key of a witness" in stranger("receipt", tmp_path / "renewed", *keys[:2], "--witness", "x", code=2)
    assert not stranger.home.exists()


def test_a_lost_key(owner, auditor, tmp_path):
    """Nothing is added and no new key made; what can be verified, proven and exported still can."""
    vkey = owner.key
    (owner.home / "keys" / "operator.pem").unlink()
    with pytest.raises(Exception, match=r"the signing key of the ledger .* is gone, so nothing can be added"):
        owner.record()
    assert not (owner.home / "keys" / "operator.pem").exists()
    assert "note        the signing key is gone: nothing can be added" in owner("verify")
    assert owner("prove", "0").startswith("c2sp.org/tlog-proof@v1")
    owner("export", tmp_path / "export")
    (owner.home / "keys" / "ledger.vkey").unlink()
    assert "verify --key VKEY" in owner("verify", code=4)
    assert "The ledger is intact." in owner("verify", "--key", vkey)


def test_a_cosignature_that_was_removed(owner, auditor, tmp_path):
    """The ledger itself says that it was there."""
    cosigned(owner, auditor, tmp_path)
    for path in (owner.home / "cosigned").glob("*-*"):
        path.unlink()
    assert "the ledger is damaged" in owner("verify", code=1)
    (problem,) = json.loads(CliRunner().invoke(main, ["ledger", "verify", "--json"]).stdout)["problems"]
    assert problem.endswith("holds 2 entries, and what shows it is gone")


def test_a_newer_version(owner, auditor, tmp_path):
    """A kept cosignature of a form that is not known is said to be so."""
    cosigned(owner, auditor, tmp_path)
    (path,) = (owner.home / "cosigned").glob("*-*")
    path.write_bytes(path.read_bytes().replace(b"@v1", b"@v9"))
    owner("verify", code=1)
    problems = json.loads(CliRunner().invoke(main, ["ledger", "verify", "--json"]).stdout)["problems"]
    assert "made by a newer version of Casemate" in problems[0]


APPEND = """
import resource, sys
from pathlib import Path
from casemate.adapters.keys import FileSigner
from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.ledger import Ledger

ledger = Ledger(store=LedgerFolder(Path(sys.argv[1])), signer=FileSigner(bytes(32)))
print(ledger.append_many([b"one", b"two"]), flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
ledger.append_many([b"x" * 500] * 3)
print(ledger.head()[0].size, flush=True)
ledger.append_many([b"x" * 500] * 300)
"""


def test_no_room_in_the_middle_of_an_append(tmp_path):
    """A write that does not get all its room: the append is refused in one line, and the ledger is as it was."""
    done = subprocess.run([sys.executable, "-c", APPEND, tmp_path], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["0", "5"]
    assert "LedgerUnavailable" in done.stderr
    assert "what cannot be recorded is not done" in done.stderr
    from casemate.adapters.ledger_files import LedgerFolder
    from casemate.governance.audit import audit
    from casemate.governance.ledger import Ledger

    ledger = Ledger(store=LedgerFolder(tmp_path), signer=FileSigner(bytes(32)))
    assert (audit(ledger).head.size, audit(ledger).problems) == (5, ())
    assert ledger.append(b"and on") == 5
    assert audit(ledger).problems == ()


def test_what_a_witness_writes_is_its_own(owner, auditor, tmp_path):
    """Folders for their owner alone."""
    cosigned(owner, auditor, tmp_path)
    for path in (*owner.home.rglob("*"), *auditor.home.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_cosigned_file_may_have_others_too(owner, auditor, machine, tmp_path):
    """Two witnesses on one note: each is taken by its own key."""
    second = machine("second")
    (tmp_path / "request").write_text(owner("checkpoint", "--for-witness", "0"))
    one = auditor("witness", tmp_path / "request", "--key", owner.key)
    two = second("witness", tmp_path / "request", "--key", owner.key)
    (tmp_path / "both").write_text(one + two.rpartition("\n\n")[2])
    for witness in (auditor, second):
        owner("witnessed", tmp_path / "both", "--key", witness("key", "--witness").strip())
    assert owner("checkpoint", "--witnessed").count("— casemate.alt/witness/") == 2
