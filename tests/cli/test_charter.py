"""`casemate charter`: an organisation signs who may examine what, and from then on only that counts."""

import json
import os
import re
import subprocess
from datetime import timedelta

import pytest
from adapters.roots.images import Layout, archive, entry, files

from casemate.adapters.roots import folder
from casemate.adapters.roots.image import ImageRoot
from casemate.app.authority import ground
from casemate.governance.entries import Outcome
from casemate.governance.statement import sign_statement
from cli.people import LATER, TODAY, chartered
from cli.repository import IDENTITY

CODE = "import os\nimport sys\nos.system('ls ' + sys.argv[1])\n"


@pytest.fixture
def place(tmp_path):
    """Two folders with the same code."""
    for name in ("mine", "other"):
        (tmp_path / "src" / name).mkdir(parents=True)
        (tmp_path / "src" / name / "a.py").write_text(CODE)
    return tmp_path / "src"


def test_without_one_a_named_path_is_enough(people, place):
    _, alice, _ = people
    assert alice.shown["charters"] == [] and alice.shown["issuer"] is None
    assert "charter: find under" in alice("scan", place / "mine").output


def test_only_what_it_covers_counts(people, place, tmp_path):
    """From the first one on: a path beside it is refused, and the refusal stands in the ledger."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    well = alice("scan", place / "mine")
    assert (well.exit_code, well.stdout.count("os.system")) == (1, 1)
    assert re.search(r"charter [0-9a-f]{12}: find under .*/mine, for Alice, until .* \(installed\)", well.output)
    refused = alice("scan", place / "other")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "the charter does not cover" in refused.output and "ask for a charter that allows it" in refused.output
    assert alice.operations()[-1][:2] == ("scan", Outcome.DENIED)


@pytest.mark.parametrize("spelling", ["mine/../other", "link", "mine/link", "Mine", "mine-too", "mine\u200b", "."])
def test_no_spelling_widens_it(people, place, tmp_path, spelling):
    """Links, dots, case, names that begin alike, characters that are not seen, and the folder above."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    (place / "link").symlink_to(place / "other")
    (place / "mine/link").symlink_to(place / "other")
    for name in ("Mine", "mine-too", "mine\u200b"):
        (place / name).mkdir(exist_ok=True)
    assert alice("scan", place / spelling).exit_code == 2


def test_how_far(people, place, tmp_path):
    """A charter to find does not let anything be proven."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place)
    refused = alice("hunt", place / "mine")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "the charter allows 'find', not 'fix'" in refused.output


def test_who(people, place, tmp_path):
    """People are their keys: installed by somebody else it permits them nothing, and their key is said."""
    issuer, alice, bob = people
    chartered(issuer, alice, tmp_path / "c", "--path", place)
    assert bob("charter", "add", tmp_path / "c", "--key", issuer.key).exit_code == 0
    refused = bob("scan", place / "mine")
    assert refused.exit_code == 2 and "name other people" in refused.output
    assert bob.key.partition("+")[0] in refused.output


def test_when(people, place, tmp_path):
    """Neither before its first day nor, installed in time, after its last; one that has ended is not installed."""
    issuer, alice, _ = people
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    chartered(issuer, alice, tmp_path / "c", "--path", place, "--from", tomorrow)
    refused = alice("scan", place / "mine")
    assert refused.exit_code == 2 and f"the charter begins on {tomorrow}" in refused.output
    past = (TODAY - timedelta(days=2)).isoformat()
    issuer(
        *("charter", "new", "--issuer", "Bank", "--purpose", "x", "--holder", f"Alice={alice.key}", "--path", place),
        *("--from", past, "--until", past, "-o", tmp_path / "old"),
    )
    ended = alice("charter", "add", tmp_path / "old")
    assert ended.exit_code == 2 and f"it ended on {past}" in ended.output


def test_revoked(people, place, tmp_path):
    """What its issuer takes back does not count, and cannot be installed again; the list cannot be put back to an earlier one."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place)
    assert issuer("charter", "revoke", "ab" * 32, "-o", tmp_path / "first").exit_code == 0
    assert issuer("charter", "revoke", tmp_path / "c", "-o", tmp_path / "second").exit_code == 0
    assert alice("charter", "add", tmp_path / "second").exit_code == 0
    refused = alice("scan", place / "mine")
    assert refused.exit_code == 2 and "no charter is in force" in refused.output
    assert "it was revoked" in alice("charter", "add", tmp_path / "c").output
    assert "number 2 is known already" in alice("charter", "add", tmp_path / "first").output
    (alice.home / "charters/revoked").write_bytes((tmp_path / "first").read_bytes())
    assert "the list of revocations number 2 is missing" in alice("scan", place / "mine").output


@pytest.mark.parametrize("left", ["nothing", "damaged", "first"])
def test_no_list_forgets_what_was_revoked(people, tmp_path, left):
    """Without its last list the issuer signs no other; with it put back, the next follows it."""
    issuer, _, _ = people
    for name, identity in (("first", "ab"), ("second", "cd")):
        assert issuer("charter", "revoke", identity * 32, "-o", tmp_path / name).exit_code == 0
    kept = issuer.home / "issued/revoked"
    (tmp_path / "damaged").write_bytes(kept.read_bytes()[:-9])
    kept.unlink()
    if left != "nothing":
        kept.write_bytes((tmp_path / left).read_bytes())
    refused = issuer("charter", "revoke", "ef" * 32, "-o", tmp_path / "third")
    assert refused.exit_code == 2 and "the last is missing, or was changed" in refused.output
    assert not (tmp_path / "third").exists()
    kept.write_bytes((tmp_path / "second").read_bytes())
    assert "list number 3: 3 revoked" in issuer("charter", "revoke", "ef" * 32, "-o", tmp_path / "third").output


def test_what_the_ledger_knows_cannot_be_deleted(people, place, tmp_path):
    """Without the installed file nothing is permitted; put back, it counts again."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    (file,) = (alice.home / "charters").iterdir()
    kept = file.read_bytes()
    file.unlink()
    refused = alice("scan", place / "other")
    assert refused.exit_code == 2 and "is missing or was changed" in refused.output
    (alice.home / "standing.json").unlink(missing_ok=True)
    assert alice("scan", place / "other").exit_code == 2
    file.write_bytes(kept.replace(b"/mine", b"/other"))
    assert alice("scan", place / "other").exit_code == 2
    file.write_bytes(kept)
    assert alice("scan", place / "mine").exit_code == 1


def test_given_back(people, place, tmp_path):
    """Only the issuer gives the machine back; then a named path is enough again."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    assert alice("charter", "revoke", "--free", alice.key, "-o", tmp_path / "own").exit_code == 0
    assert alice("charter", "add", tmp_path / "own").exit_code == 2
    assert issuer("charter", "revoke", "--free", alice.key, "-o", tmp_path / "free").exit_code == 0
    assert "given this machine back" in alice("charter", "add", tmp_path / "free").output
    assert alice("scan", place / "other").exit_code == 1


def free(issuer, alice, file):
    return issuer("charter", "revoke", "--free", alice.key, "-o", file)


def test_given_back_once(people, place, tmp_path):
    """What gave the machine back does not do so again, once charters are installed anew; and what was revoked stays revoked."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "old", "--path", place / "other")
    assert issuer("charter", "revoke", tmp_path / "old", "-o", tmp_path / "list").exit_code == 0
    assert free(issuer, alice, tmp_path / "free").exit_code == 0
    assert alice("charter", "add", tmp_path / "free").exit_code == 0
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    again = alice("charter", "add", tmp_path / "free")
    assert again.exit_code == 2 and "number 2 is known already" in again.output
    assert "it was revoked" in alice("charter", "add", tmp_path / "old").output
    assert alice("scan", place / "other").exit_code == 2
    assert alice("scan", place / "mine").exit_code == 1
    assert issuer("charter", "revoke", tmp_path / "c", "-o", tmp_path / "next").exit_code == 0
    assert alice("charter", "add", tmp_path / "next").exit_code == 0
    assert "no charter is in force" in alice("scan", place / "mine").output


def test_given_back_is_one_machine(people, place, tmp_path):
    """What gives back one machine does not give back a colleague's."""
    issuer, alice, bob = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    assert free(issuer, bob, tmp_path / "free").exit_code == 0
    refused = alice("charter", "add", tmp_path / "free")
    assert refused.exit_code == 2 and "gives other machines back" in refused.output
    assert alice("scan", place / "other").exit_code == 2


def test_a_lost_list_is_put_back(people, place, tmp_path):
    """The very list that the ledger knows, and no other of its number."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    assert issuer("charter", "revoke", "ab" * 32, "-o", tmp_path / "list").exit_code == 0
    assert alice("charter", "add", tmp_path / "list").exit_code == 0
    (alice.home / "charters/revoked").unlink()
    assert "number 1 is missing" in alice("scan", place / "mine").output
    assert alice("charter", "add", tmp_path / "list").exit_code == 0
    assert alice("scan", place / "mine").exit_code == 1


@pytest.mark.parametrize("filled", [0, 252, 600])
def test_an_edited_entry_undoes_nothing(people, place, tmp_path, filled):
    """Entries are believed only as the checkpoint covers them, however far back they stand: the memory beside the ledger is
    deleted, and the entry that installed the charter made to say nothing."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    alice("charter", "key")
    ground().ledger.append_many([b"filling"] * filled)
    for file in (alice.home / "ledger/tile/entries").rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b'"after"', b'"other"'))
    (alice.home / "standing.json").unlink(missing_ok=True)
    refused = alice("scan", place / "other")
    assert refused.exit_code == 4 and "ledger verify" in refused.output
    assert "findings" not in refused.output


def test_another_issuer(people, place, tmp_path):
    """Whoever is first counts: nobody else's charter is taken beside it, their own least of all."""
    issuer, alice, bob = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine")
    for other in (bob, alice):
        other(
            *("charter", "new", "--issuer", "X", "--purpose", "x", "--holder", f"A={alice.key}", "--path", place),
            *("--until", LATER, "-o", tmp_path / "x"),
        )
        assert "signed by nobody whose signature counts" in alice("charter", "add", tmp_path / "x").output
        assert (
            "another issuer's charters count here" in alice("charter", "add", tmp_path / "x", "--key", other.key).output
        )
    assert alice("scan", place / "other").exit_code == 2


def test_the_first_wants_a_key(people, place, tmp_path):
    issuer, alice, _ = people
    issuer(
        *("charter", "new", "--issuer", "X", "--purpose", "x", "--holder", f"A={alice.key}", "--path", place),
        *("--until", LATER, "-o", tmp_path / "c"),
    )
    refused = alice("charter", "add", tmp_path / "c")
    assert refused.exit_code == 2 and "give its key by --key" in refused.output
    assert alice.operations() == [("charter-add", Outcome.DENIED, alice.operations()[0][2])]


@pytest.mark.parametrize(
    "command",
    [
        ("scan", "{other}", "--since", "nothing"),
        ("host", "--image", "{other}/a.py"),
        ("release", "request", "{proof}", "--target", "{other}", "--to", "x", "--reason", "y", "-o", "{proof}.r"),
        ("verify", "{proof}", "--target", "{other}", "--python", "{other}/nothing"),
    ],
    ids=lambda words: words[0],
)
def test_nothing_is_said_of_what_is_out_of_bounds(people, place, tmp_path, a_proof, command):
    """Not even what is amiss with it: it is refused and recorded before it is looked into."""
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", place / "mine", "--tier", "release")
    repository(place / "other")
    (tmp_path / "proof").write_bytes(a_proof[2])
    refused = alice(*(word.format(other=place / "other", proof=tmp_path / "proof") for word in command))
    assert refused.exit_code == 2 and "does not cover" in refused.output
    assert (alice.operations()[-1][1], len(alice.operations())) == (Outcome.DENIED, 2)


def git(place, *arguments):
    subprocess.run(["git", "-C", place, *arguments], check=True, capture_output=True, env={**os.environ, **IDENTITY})


def repository(place):
    git(place, "init", "-q")
    git(place, "add", ".")
    git(place, "commit", "-q", "-m", place.name)


def test_a_repository_by_its_owner_s_word(people, place, tmp_path):
    """The signed file counts in the repository whose history it names, and nowhere else: copied, with or without the commit."""
    issuer, alice, bob = people
    chartered(issuer, alice, tmp_path / "c", "--repository", f"ledger={bob.key}")
    for name in ("mine", "other"):
        repository(place / name)
    assert alice("scan", place / "mine").exit_code == 2
    assert bob("charter", "authorise", place / "mine", "--name", "ledger").exit_code == 0
    assert alice("scan", place / "mine").exit_code == 1
    assert alice("scan", place / "mine/a.py").exit_code == 1
    word = (place / "mine/.casemate-authorisation").read_bytes()
    (place / "other/.casemate-authorisation").write_bytes(word)
    copied = alice("scan", place / "other")
    assert copied.exit_code == 2 and "its history has no commit" in copied.output
    git(place / "other", "fetch", "-q", place / "mine")
    assert alice("scan", place / "other").exit_code == 2
    (place / "third").mkdir()
    (place / "third/a.py").write_text(CODE)
    (place / "third/.casemate-authorisation").write_bytes(word)
    (place / "third/.git").write_text(f"gitdir: {place / 'mine/.git'}\n")
    assert alice("scan", place / "third").exit_code == 2
    (place / "third/.git").unlink()
    (place / "third/.git").symlink_to(place / "mine/.git")
    assert alice("scan", place / "third").exit_code == 2


def test_another_s_word_for_a_repository(people, place, tmp_path):
    """Signed by whom the charter does not name, for another name, or run out: it does not count."""
    issuer, alice, bob = people
    chartered(issuer, alice, tmp_path / "c", "--repository", f"ledger={bob.key}")
    repository(place / "mine")
    alice("charter", "authorise", place / "mine", "--name", "ledger")
    assert "signed by nobody whose signature counts" in alice("scan", place / "mine").output
    bob("charter", "authorise", place / "mine", "--name", "other")
    assert "is of the repository 'other'" in alice("scan", place / "mine").output
    head = subprocess.run(
        ["git", "-C", place / "mine", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    body = {"repository": "ledger", "commit": head.stdout.strip()}
    for since, until, words in (
        ("2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z", "ended at"),
        ("2090-01-01T00:00:00Z", "2091-01-01T00:00:00Z", "begins at"),
    ):
        data = sign_statement("casemate/authorisation@v1", {**body, "from": since, "until": until}, bob.signer())
        (place / "mine/.casemate-authorisation").write_bytes(data)
        assert words in alice("scan", place / "mine").output


def test_a_submodule_is_another_repository(people, place, tmp_path):
    """What lies in a repository within is not examined under the word for the outer one, and counted."""
    issuer, alice, bob = people
    chartered(issuer, alice, tmp_path / "c", "--repository", f"ledger={bob.key}")
    repository(place / "mine")
    bob("charter", "authorise", place / "mine", "--name", "ledger")
    (place / "mine/vendored").mkdir()
    (place / "mine/vendored/b.py").write_text(CODE)
    (place / "mine/vendored/.git").write_text("gitdir: ../.git/modules/vendored\n")
    report = json.loads(alice("scan", place / "mine", "--format", "json", "--quiet").stdout)
    assert {finding["location"]["path"] for finding in report["findings"]} == {"a.py"}
    assert ("vendored", "denied") in {(lost["what"], lost["reason"]) for lost in report["not_examined"]}


def test_hosts_by_identity_and_images_by_digest(people, tmp_path, monkeypatch):
    """The very image and the very host that the charter names, wherever they lie."""
    issuer, alice, _ = people
    image = tmp_path / "image.tar"
    layout = Layout()
    layout.add([archive(entry("etc/passwd", content=b"root:x:0:0::/root:/bin/sh\n"))])
    image.write_bytes(files(layout.contents()))
    (named,) = ImageRoot(image).marks()
    monkeypatch.setattr(folder, "machine_identity", lambda: "1" * 64)
    chartered(issuer, alice, tmp_path / "c", "--image", named.removeprefix("image:"), "--host", "2" * 64)
    assert alice("host", "--image", image).exit_code == 0
    refused = alice("host")
    assert refused.exit_code == 2 and "the charter does not cover" in refused.output
    other = Layout()
    other.add([archive(entry("etc/passwd", content=b"eve::0:0::/:/bin/sh\n"))])
    image.write_bytes(files(other.contents()))
    assert alice("host", "--image", image).exit_code == 2


def test_executions_of_a_day(people, place, tmp_path, a_proof):
    """What the quota leaves is the budget; then nothing runs any more."""
    shop, _, _ = a_proof
    issuer, alice, _ = people
    chartered(issuer, alice, tmp_path / "c", "--path", shop, "--tier", "prove", "--executions", "3")
    asked = ("hunt", shop, "--no-fix", "--rule", "command-injection", "--no-cache")
    first = alice(*asked)
    assert "the budget of 3 executions is used up" in first.output or "not examined" in first.output
    second = alice(*asked)
    assert second.exit_code == 2 and "the charter's quota of 3 executions a day is used up" in second.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((b"find", b"prove"), "does not verify"),
        ((b"@v1", b"@v2"), "made by a newer version"),
        ((b"casemate/charter@v1\n{\n", b"casemate/charter@v1\n{\n\n"), "one spelling"),
        ((b"casemate/charter@", b"casemate/assessment@"), "is a casemate/assessment@v1"),
        ((b"\xe2\x80\x94", b"-"), "no signature line"),
    ],
)
def test_a_changed_one(people, place, tmp_path, change, words):
    issuer, alice, _ = people
    issuer(
        *("charter", "new", "--issuer", "X", "--purpose", "x", "--holder", f"A={alice.key}", "--path", place),
        *("--until", LATER, "-o", tmp_path / "c"),
    )
    data = (tmp_path / "c").read_bytes()
    (tmp_path / "c").write_bytes(data.replace(*change))
    refused = alice("charter", "add", tmp_path / "c", "--key", issuer.key)
    assert refused.exit_code == 2 and words in refused.output


def test_names_that_look_alike(people, place, tmp_path):
    """Two people whose names look the same, and names with characters that are not seen, are refused."""
    issuer, alice, bob = people
    for first, second, words in (("Alice", "\u0410lice", "look alike"), ("Alice", "Bob\u202e", "U+202E")):
        made = issuer(
            *("charter", "new", "--issuer", "X", "--purpose", "x", "--holder", f"{first}={alice.key}"),
            *("--holder", f"{second}={bob.key}", "--path", place, "--until", LATER, "-o", tmp_path / "c"),
        )
        assert made.exit_code == 2 and words in made.output
