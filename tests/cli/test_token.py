"""`casemate token`: made, narrowed, presented, checked and revoked between machines, and used by the commands that act."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from casemate.cli.main import main
from casemate.governance.fields import time_text

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Run a command line on somebody's machine."""

    def run(who, *arguments, code=0):
        monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / who))
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def bank(tmp_path):
    """What is examined."""
    place = tmp_path / "bank"
    (place / "web").mkdir(parents=True)
    (place / "web" / "app.py").write_text("import os\n\n\ndef run(name):\n    os.system('ls ' + name)\n")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "app.py").write_text("x = 1\n")
    return place


@pytest.fixture
def charter(machine, tmp_path, bank):
    """One of the office's for Alice, installed for alice, worker and job."""
    alice = machine("alice", "token", "key").stdout.strip()
    office = machine("office", "token", "key").stdout.strip()
    file = tmp_path / "bank.charter"
    new = ("--issuer", "The office", "--purpose", "Review", "--holder", f"Alice={alice}", "--path", bank)
    machine("office", "charter", "new", *new, "--tier", "fix", "--until", "2099-12-31", "-o", file)
    for who in ("alice", "worker", "job"):
        machine(who, "charter", "add", file, "--key", office)
    return file


def key(machine, who, *options):
    return machine(who, "token", "key", *options).stdout.strip()


@pytest.fixture
def token(machine, charter, tmp_path):
    file = tmp_path / "worker.token"
    machine("alice", "token", "issue", "--holder", key(machine, "worker"), "-o", file)
    return file


def denied(machine, who, *arguments):
    """The one line with which it is refused."""
    result = machine(who, *arguments, code=2)
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("casemate: ")]
    return line.removeprefix("casemate: ")


def last_outcome(machine, who):
    operation = json.loads(machine(who, "ledger", "show", "--json").stdout)[-1]
    return operation["before"]["operation"], operation["after"]["outcome"], operation["before"]["actor"]


def test_the_whole_way(machine, token, bank, tmp_path):
    """Issued, used, narrowed for another, presented, checked once, revoked."""
    assert token.read_text().count("~") == 0
    machine("worker", "scan", bank, "--token", token, code=1)
    operation, outcome, actor = last_outcome(machine, "worker")
    assert (operation, outcome) == ("scan", "completed")
    assert re.fullmatch(r"casemate\.alt/key/[0-9a-f]{32} by token [0-9a-f]{32} of Alice", actor)
    job = tmp_path / "job.token"
    machine("worker", "token", "attenuate", token, bank / "web", "--holder", key(machine, "job"), "-o", job)
    proof = tmp_path / "job.proof"
    verifier = key(machine, "alice", "--verifier")
    ask = ("--operation", "scan", bank / "web")
    machine("job", "token", "present", job, *ask, "--verifier", verifier, "-o", proof)
    seen = machine("alice", "token", "verify", job, "--proof", proof, *ask).stdout.splitlines()
    assert seen[-1] == "possession shown for scan, now and once; scan is permitted"
    assert f"target     {bank / 'web'}" in seen
    assert last_outcome(machine, "alice")[:2] == ("token", "completed")
    again = denied(machine, "alice", "token", "verify", job, "--proof", proof, *ask)
    assert again == "the proof of possession was used before; present the token again (casemate token present)"
    assert last_outcome(machine, "alice")[:2] == ("token", "denied")
    machine("job", "scan", bank / "web", "--token", job, code=1)
    listed = tmp_path / "revoked.list"
    machine("office", "token", "revoke", token, "-o", listed)
    machine("job", "charter", "add", listed)
    assert "block 1 of the token" in denied(machine, "job", "token", "verify", job)
    assert "was revoked" in denied(machine, "job", "scan", bank / "web", "--token", job)
    assert last_outcome(machine, "job")[:2] == ("scan", "denied")
    machine("worker", "token", "verify", token)  # the list is not installed there


def test_verify_without_a_proof(machine, token, bank):
    """It says what was checked, and what is open."""
    lines = machine("worker", "token", "verify", token).stdout.splitlines()
    assert lines[0] == f"holder     {key(machine, 'worker').partition('+')[0]}"
    assert lines[2:6] == [
        "tier       find",
        f"target     {bank}",
        "ports      AdvisoryStore, Executor, History, LanguageModel, Operation, RootFilesystem, SourceTree, Store",
        "models     none",
    ]
    assert lines[-2:] == [
        "checked    1 signature, order, issuer, charter, time, revocations of this machine",
        "open       whether whoever presents it is its holder: give --proof; without that it gives nothing",
    ]


def test_inspect(machine, token, bank, tmp_path):
    """Block by block, in words; also where no charter is, and when it does not hold."""
    job = tmp_path / "job.token"
    narrower = ("--tier", "find", "--executions", 5, "--no-model", "--until", time_text(NOW + timedelta(hours=1)))
    machine("worker", "token", "attenuate", token, *narrower, "-o", job)
    lines = machine("stranger", "token", "inspect", job).stdout.splitlines()
    assert lines[0] == "A token of 2 blocks. Nothing of it was verified: this is what it says."
    assert lines[-1] == "Whether it holds is said by: casemate token verify TOKEN"
    second = lines[lines.index("") + 1 :]
    second = second[second.index("") + 1 :]
    worker = key(machine, "worker").partition("+")[0]
    assert second[1:7] == [
        f"  made by  {worker}, the holder of block 1",
        f"  holder   {worker}",
        "  tier     find",
        "  models   none",
        "  quota    5 executions a day",
        f"  until    {time_text(NOW + timedelta(hours=1))}",
    ]


def test_look_alikes_show(machine, charter, token, bank, tmp_path):
    """A path with a letter that only looks like one is spelled out, in what a token says and in a refusal."""
    odd = bank / "w\u0435b"
    file = tmp_path / "odd.token"
    machine("worker", "token", "attenuate", token, odd, "-o", file)
    shown = machine("worker", "token", "inspect", file).stdout
    assert f"  target   '{bank}/w\\u0435b' (holds characters beyond ASCII)" in shown
    outside = tmp_path / "b\u0430nk"
    assert "bank" not in denied(machine, "worker", "token", "attenuate", token, outside).replace("casemate", "")
    assert "is not permitted" in denied(machine, "worker", "scan", bank / "web", "--token", file)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--tier", "release"), "the charter does not allow the tier 'release', where 'fix' is the most"),
        (("--model", "https://models.example"), "the charter does not allow the model endpoint"),
        (("--until", "2100-02-01T00:00:00Z"), "the charter does not allow a time after 2100-01-01T00:00:00Z"),
        (("--until", "2099-12-01T00:00:00Z"), "a token holds for at most 31 days; give an earlier end"),
        (("--until", "2001-01-01T00:00:00Z"), "the token would end before it begins; give a later end"),
        (("--charter", "ffff"), "no charter in force of that identity names this operator"),
        (("--holder", "nobody"), "the holder's key 'nobody' is none"),
        (("--mark", "file:x"), "'file:x' is none of repository:NAME, image:sha256:DIGEST and host:ID"),
        (("--mark", "image:sha256:1"), "an image is named by sha256: and 64 hex digits"),
        (("--mark", "repository:bank/pay"), "the charter does not allow the target 'bank/pay'"),
        (("/",), "the charter does not allow the target '/'"),
    ],
)
def test_what_is_not_issued(machine, charter, options, says):
    """One line, with the reason; and the ledger has it, where somebody asked for more than they have."""
    line = denied(machine, "alice", "token", "issue", "--holder", key(machine, "worker"), *options)
    assert says in line
    assert "; " in line
    if "charter does not allow" in says:
        assert last_outcome(machine, "alice")[:2] == ("token", "denied")


@pytest.mark.parametrize(
    "time", ["2026-11-30T12:00:00+02:00", "2026-11-30 12:00", "tomorrow", "2026-11-30T12:00:00", "0"]
)
def test_times_are_in_utc(machine, charter, time):
    """No other zone and no other form is guessed at."""
    result = machine("alice", "token", "issue", "--holder", key(machine, "worker"), "--until", time, code=2)
    assert "not a time such as 2026-11-30T12:00:00Z: in UTC, with a Z at its end" in " ".join(result.stderr.split())


def test_who_may_issue(machine, charter, bank):
    """Somebody whom no charter names may not; and without a charter nobody may."""
    holder = key(machine, "job")
    assert "no charter in force names this operator" in denied(machine, "worker", "token", "issue", "--holder", holder)
    assert denied(machine, "stranger", "token", "issue", "--holder", holder) == (
        "no charter is installed, and a token is issued under one; install it (casemate charter add)"
    )


def test_a_token_in_other_hands(machine, token, bank, tmp_path):
    """Whoever copies the file gets nothing: to use it, to narrow it, to present it."""
    not_theirs = "the proof of possession is not signed with the key of the token's holder"
    assert not_theirs in denied(machine, "job", "scan", bank, "--token", token)
    assert last_outcome(machine, "job")[:2] == ("scan", "denied")
    assert not_theirs in denied(
        machine, "alice", "scan", bank, "--token", token
    )  # the charter names her, the token does not
    assert "only its holder can narrow it" in denied(machine, "job", "token", "attenuate", token)
    present = (
        "token",
        "present",
        token,
        "--operation",
        "scan",
        "--verifier",
        key(machine, "alice", "--verifier"),
        bank,
    )
    assert "not to this operator" in denied(machine, "job", *present)


def test_a_token_for_some_operations(machine, charter, bank, tmp_path):
    """It says so, nothing else begins under it, and its holder makes it no wider."""
    file, narrower = tmp_path / "scan.token", tmp_path / "none.token"
    holder = ("--holder", key(machine, "worker"))
    machine("alice", "token", "issue", *holder, "--operation", "scan", "--operation", "host", "-o", file)
    assert "may do     host, scan" in machine("worker", "token", "verify", file).stdout.splitlines()
    machine("worker", "scan", bank, "--token", file, code=1)
    more = denied(machine, "worker", "token", "attenuate", file, "--operation", "slice")
    assert more.startswith("the token does not allow the operation 'slice'; ")
    machine("worker", "token", "attenuate", file, "--operation", "host", "-o", narrower)
    assert "the grant is not for the operation 'scan'" in denied(machine, "worker", "scan", bank, "--token", narrower)
    assert last_outcome(machine, "worker")[:2] == ("scan", "denied")


@pytest.mark.parametrize("name", ["scna", "charter-add", "gate"])
def test_no_operation_on_targets(machine, charter, name):
    """A word that is none, and one on the operator's own records, are refused with those that there are."""
    said = machine("alice", "token", "issue", "--holder", key(machine, "worker"), "--operation", name, code=2).stderr
    assert f"'{name}' is no operation on targets; these are: agent-adversary, " in said


def test_a_run_beyond_the_token(machine, token, bank, tmp_path):
    """Another place or a higher tier is refused, with the next step; links and dots are resolved first."""
    other = tmp_path / "other"
    (bank / "link").symlink_to(other)
    for path in (other, bank / ".." / "other", bank / "link", tmp_path):
        line = denied(machine, "worker", "scan", path, "--token", token)
        assert line.startswith("scan is not permitted: the grant does not cover")
        assert line.endswith("ask whoever issued the token for a wider one")
    line = denied(machine, "worker", "fix", "--undo", "--target", bank, "--token", token)
    assert "takes a grant for 'fix', this one is for 'find'" in line


def test_the_environment_names_a_token(machine, token, bank, tmp_path, monkeypatch):
    """And then nothing else gives authority, also where the charter names the operator; when the command has ended it is over."""
    machine("alice", "scan", bank, code=1)
    monkeypatch.setenv("CASEMATE_TOKEN", str(token))
    machine("worker", "scan", bank, code=1)
    assert "not signed with the key" in denied(machine, "alice", "scan", bank)
    monkeypatch.delenv("CASEMATE_TOKEN")
    machine("alice", "scan", bank, code=1)
    monkeypatch.setenv("CASEMATE_TOKEN", "")
    machine("alice", "scan", bank, code=1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no token: that is one line in ASCII"),
        (b"\xff\xfe", "holds no token"),
        (b"one line\nmore\n", "holds no token"),
        ("tok\u0435n\n".encode(), "holds no token"),
        (b"A" * 70_000, "the token has 70000 characters, of at most 65536"),
        (b"a.b.c\n", "block 1 of the token is not readable"),
        (b"~" * 20, "the token has 21 blocks, of at most 16"),
        (None, "cannot read"),
    ],
    ids=["empty", "bytes", "lines", "look-alike", "large", "nonsense", "long", "absent"],
)
@pytest.mark.parametrize("command", ["inspect", "verify", "attenuate", "scan"])
def test_bad_files(machine, charter, bank, tmp_path, content, says, command):
    """One line with the next step, in each command."""
    file = tmp_path / "bad.token"
    if content is not None:
        file.write_bytes(content)
    arguments = ("scan", bank, "--token", file) if command == "scan" else ("token", command, file)
    line = denied(machine, "worker", *arguments)
    assert says in line
    assert "; " in line


def test_the_charter_must_be_there(machine, token, bank, tmp_path):
    """Where it is not installed, or was revoked, a token gives nothing."""
    assert "no charter is installed here; install it (casemate charter add)" in denied(
        machine, "stranger", "token", "verify", token
    )
    assert "no charter is installed here" in denied(machine, "stranger", "scan", bank, "--token", token)
    listed = tmp_path / "revoked.list"
    charter = re.search(r"charter  ([0-9a-f]{64})", machine("worker", "token", "inspect", token).stdout)[1]
    machine("office", "charter", "revoke", charter, "-o", listed)
    machine("worker", "charter", "add", listed)
    assert "which is not in force here" in denied(machine, "worker", "token", "verify", token)
    assert "which is not in force here" in denied(machine, "worker", "scan", bank, "--token", token)


def test_a_missing_list_of_revocations_permits_nothing(machine, token, bank, tmp_path):
    """Deleting the file does not bring a token back."""
    listed = tmp_path / "revoked.list"
    machine("office", "token", "revoke", token, "-o", listed)
    machine("worker", "charter", "add", listed)
    (tmp_path / "worker" / "charters" / "revoked").unlink()
    assert "the list of revocations number 1 is missing" in denied(machine, "worker", "scan", bank, "--token", token)


def test_lists_of_revocations_grow(machine, token, tmp_path):
    """The next one has the next number and all that stood before; a stranger's does not count."""
    first, second, foreign = (tmp_path / name for name in ("one", "two", "three"))
    machine("office", "token", "revoke", token, "-o", first)
    machine("office", "token", "revoke", "f" * 32, "-o", second)
    body = json.loads(second.read_text().split("\n", 1)[1].partition("\n\n")[0])
    assert (body["number"], len(body["revoked"])) == (2, 2)
    machine("worker", "charter", "add", second)
    assert "was revoked" in denied(machine, "worker", "token", "verify", token)
    machine("alice", "token", "revoke", "e" * 32, "-o", foreign)
    assert "is not installed" in denied(machine, "worker", "charter", "add", foreign)
    assert "cannot read" in denied(machine, "office", "token", "revoke", "no-such-token", "-o", first)


def test_a_clock_that_was_set_back(machine, token, bank, monkeypatch):
    """The ledger knows the time; an expired token stays so."""
    from casemate.adapters.clock import SystemClock

    expired = NOW + timedelta(hours=9)
    monkeypatch.setattr(SystemClock, "now", lambda self: expired)
    assert "the token expired at" in denied(machine, "worker", "scan", bank, "--token", token)
    monkeypatch.undo()
    monkeypatch.setenv("COLUMNS", "100")
    assert "the token expired at" in denied(machine, "worker", "scan", bank, "--token", token)
    assert "the token expired at" in denied(machine, "worker", "token", "verify", token)
    machine("job", "token", "verify", token)


def test_what_verify_needs(machine, token, bank):
    """An operation with its targets, and a proof, or neither."""
    for arguments in (("--operation", "scan"), (bank,), ("--proof", token), ("--proof", token, "--operation", "scan")):
        assert "Error:" in machine("worker", "token", "verify", token, *arguments, code=2).stderr


def test_a_permitted_proof_for_what_the_token_does_not_allow(machine, token, bank, tmp_path):
    """The proof is good and the operation is not: it is refused and recorded."""
    proof = tmp_path / "proof"
    verifier = key(machine, "alice", "--verifier")
    for operation, place, says in (
        ("fix", bank, "takes a grant for 'fix', this one is for 'find'"),
        ("scan", tmp_path / "other", "the grant does not cover"),
        ("dance", bank, "no rule permits Operation.dance"),
    ):
        ask = ("--operation", operation, place)
        machine("worker", "token", "present", token, *ask, "--verifier", verifier, "-o", proof)
        assert says in denied(machine, "alice", "token", "verify", token, "--proof", proof, *ask)
        assert last_outcome(machine, "alice")[:2] == ("token", "denied")


def test_a_hundred_thousand_revoked_ids(tmp_path):
    """They are read and checked in less than eight times what JSON itself takes to write and read them (it is three times)."""
    import time

    from casemate.adapters.keys import FileSigner
    from casemate.governance.charter_file import REVOCATION, open_revocations
    from casemate.governance.statement import person_key, sign_statement

    signer = FileSigner(bytes(32))
    ids = sorted(f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}" for number in range(100_000))
    data = sign_statement(REVOCATION, {"number": 1, "revoked": ids}, signer)

    def cost(act):
        start = time.process_time()
        assert ids[77] in act()
        return time.process_time() - start

    def opened():
        return open_revocations(data, (person_key(signer.public_key),)).ids

    def plain():
        return frozenset(json.loads(json.dumps(ids)))

    assert min(cost(opened) for _ in range(3)) < 8 * min(cost(plain) for _ in range(3))


def test_a_token_to_fix(machine, charter, bank, tmp_path):
    """With the tier, and with it the ports, other commands do what they do."""
    token = tmp_path / "fix.token"
    machine("alice", "token", "issue", "--tier", "fix", "--holder", key(machine, "worker"), "-o", token)
    assert "WorkingTree" in machine("worker", "token", "inspect", token).stdout
    done = machine("worker", "fix", "--undo", "--target", bank, "--token", token)
    assert "there is nothing that a patch has written here" in done.stdout
    assert last_outcome(machine, "worker")[:2] == ("undo", "completed")
    few = tmp_path / "few.token"
    machine("worker", "token", "attenuate", token, "--port", "Operation", "--port", "Sandbox", "-o", few)
    assert "does not reach the port WorkingTree" in denied(
        machine, "worker", "fix", "--undo", "--target", bank, "--token", few
    )


def test_targets_that_are_no_paths(machine, tmp_path):
    """Repositories, images and hosts are handed on as the charter names them, and each for itself."""
    alice, office = key(machine, "alice"), key(machine, "office")
    image, host = f"sha256:{'a' * 64}", "b" * 64
    file, token, narrow = (tmp_path / name for name in ("charter", "token", "narrow"))
    new = ("--issuer", "The office", "--purpose", "Review", "--holder", f"Alice={alice}", "--until", "2099-12-31")
    targets = ("--repository", f"bank/pay={office}", "--image", image, "--host", host, "--path", tmp_path)
    machine("office", "charter", "new", *new, *targets, "-o", file)
    machine("alice", "charter", "add", file, "--key", office)
    machine("alice", "token", "issue", "--holder", alice, "-o", token)
    machine("alice", "token", "attenuate", token, "--mark", "repository:bank/pay", "-o", narrow)
    shown = machine("alice", "token", "verify", token).stdout
    for place in (f"host:{host}", f"image:{image}", "repository:bank/pay", tmp_path):
        assert f"target     {place}\n" in shown
    shown = machine("alice", "token", "verify", narrow).stdout
    assert re.findall(r"target +(.*)", shown) == ["repository:bank/pay"]
    for mark in ("repository:bank/other", f"image:sha256:{'c' * 64}", f"host:{'c' * 64}", "host:me"):
        assert "does not allow the target" in denied(machine, "alice", "token", "attenuate", token, "--mark", mark)


def test_several_charters(machine, charter, bank, tmp_path):
    """Under which one a token is issued is said by whoever issues it."""
    file, holder = tmp_path / "second.charter", key(machine, "worker")
    new = ("--issuer", "The office", "--purpose", "Again", "--holder", f"Alice={key(machine, 'alice')}", "--path", bank)
    machine("office", "charter", "new", *new, "--until", "2099-12-30", "-o", file)
    machine("alice", "charter", "add", file)
    assert denied(machine, "alice", "token", "issue", "--holder", holder) == (
        "2 charters in force name this operator; choose one with --charter"
    )
    ids = re.findall(r"charter ([0-9a-f]{12})", machine("alice", "charter", "show").stdout)
    for one in ids:
        text = machine("alice", "token", "issue", "--holder", holder, "--charter", one).stdout
        (tmp_path / "t").write_text(text)
        assert f"  charter  {one}" in machine("alice", "token", "inspect", tmp_path / "t").stdout
