"""`casemate fix`: what a person sees, what is left on disk, what is put back, and the exit codes."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from casemate.adapters.sandbox.choice import Chosen
from casemate.app.apply import run_apply
from casemate.app.ground import recorded_ledger
from casemate.governance.audit import audit
from casemate.model.finding import FindingId
from casemate.model.fix import Change, Climb, Fix, Patch, Rung, Step
from casemate.pipeline.combine import Left, Series, combined
from cli.repository import Repository

SETTINGS = '''"""Settings of a shop."""

import yaml


def settings(text):
    """What users may set."""
    return yaml.load(text, Loader=yaml.Loader)["settings"]


def name():
    return "shop"


def prices(text):
    """What things cost."""
    return yaml.load(text, Loader=yaml.Loader)
'''
SAFE = SETTINGS.replace("yaml.load(text, Loader=yaml.Loader)", "yaml.safe_load(text)")
HOLDS = tuple(Climb(rung=rung, step=Step.HOLDS) for rung in Rung)


@pytest.fixture
def shop(tmp_path):
    """A folder of a repository, with two weaknesses in one file."""
    repository = Repository(tmp_path / "clone")
    repository.commit(**{"apps/shop/settings.py": SETTINGS, "README": "a shop"})
    return tmp_path / "clone/apps/shop"


@pytest.fixture
def no_sandbox(monkeypatch):
    """A machine on which no sandbox holds."""
    monkeypatch.setattr("casemate.app.prove.sandbox", lambda: Chosen(()))


def operations():
    """What the ledger says that was done."""
    return [one.before.operation for one in audit(recorded_ledger()).operations]


def test_from_a_finding_to_a_file(shop, casemate, tmp_path):
    """Both are proven, both patches hold, also together; they are written, handed over with tests, put back, applied by git."""
    out = tmp_path / "out"
    result = casemate("fix", "--target", shop, "--apply", "-o", out, "--with-tests")
    if "no-sandbox" in result.stdout or "not examined" in result.stdout:
        pytest.skip(result.stdout)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[-3:] == [
        "written         settings.py",
        "",
        "2 claims: 2 proven; 2 of 2 proven findings have a fix",
    ]
    assert "fix             load YAML with the safe loader, which makes plain data only" in lines
    assert '  -    return yaml.load(text, Loader=yaml.Loader)["settings"]' in lines
    assert '  +    return yaml.safe_load(text)["settings"]' in lines
    assert "  the target's tests     does not apply  it has no tests" in lines
    assert sum("every rung holds" in " ".join(pair) for pair in pairwise(lines)) >= 1
    assert all(len(line) <= 100 for line in lines)
    said = result.stderr.splitlines()
    assert f"patches: 4 in {out} (git am {out}/*.patch)" in said
    tests = [line.split()[1] for line in lines if line.startswith("test  ")]
    assert len(tests) == 2
    assert said[-2].startswith("what was there before is kept: `casemate fix --undo`")
    assert (shop / "settings.py").read_text() == SAFE

    undone = casemate("fix", "--undo", "--target", shop)
    assert (undone.exit_code, undone.stdout) == (0, "put back: settings.py\n")
    assert (shop / "settings.py").read_text() == SETTINGS

    clone = Repository(shop.parents[1])
    for patch in sorted(out.iterdir()):
        clone.git("am", "-q", patch)
    assert (shop / "settings.py").read_text() == SAFE
    assert clone.git("log", "--format=%s").splitlines()[:4] == [
        *["Test the fix of unsafe-deserialization (CWE-502)"] * 2,
        *["Fix unsafe-deserialization in apps/shop/settings.py (CWE-502)"] * 2,
    ]
    assert "together with patch 1 before it" in " ".join(clone.git("log", "-1", "--format=%b", "HEAD~2").split())
    assert all(b"casemateprobe" in (shop / name).read_bytes() for name in tests)
    assert operations() == ["scan", "scan", "prove", "fix", "release", "apply", "undo"]


def test_one_claim_as_json(shop, casemate):
    """The patch and its ladder for a program; nothing is written. What is not proven has no patch."""
    result = casemate(
        "fix", "CWE-502:settings.py:8", "CWE-78:settings.py:12", "--target", shop, "--format", "json", "--quiet"
    )
    told = json.loads(result.stdout)
    one, other = told["answers"]
    if one["verdict"]["result"] == "not examined":
        pytest.skip(result.stdout)
    assert result.exit_code == 0
    offered = one["mending"]["offered"]
    assert (offered["added"], offered["removed"], offered["proposer"]) == (1, 1, "rewrite:deserialization")
    assert [rung["rung"] for rung in offered["ladder"]] == [rung.value for rung in Rung]
    assert '-    return yaml.load(text, Loader=yaml.Loader)["settings"]' in offered["diff"]
    assert (one["delivered"], told["written"], other["mending"]) == (True, None, None)
    assert (shop / "settings.py").read_text() == SETTINGS


def test_without_a_sandbox_there_is_no_patch(shop, casemate, no_sandbox):
    """Nothing is proven, so nothing is fixed; --strict tells the shell."""
    result = casemate("fix", "--target", shop, "--apply", "--strict", "--quiet")
    assert result.exit_code == 3
    assert result.stdout.splitlines()[-3:] == [
        "not written     there is no patch to write",
        "",
        "2 claims: 2 not examined",
    ]
    assert (shop / "settings.py").read_text() == SETTINGS


@pytest.mark.parametrize(
    "arguments",
    [
        ("--undo", "--confirm"),
        ("--undo", "--apply"),
        ("--confirm", "CWE-502:settings.py:8"),
        ("--undo", "-o", "out"),
        ("--with-tests",),
        ("nonsense",),
        ("0123456789",),
    ],
)
def test_what_cannot_be_meant(shop, casemate, arguments):
    """Exit code 2, and nothing is done."""
    assert casemate("fix", *arguments, "--target", shop).exit_code == 2


def test_a_folder_that_has_patches(shop, casemate, tmp_path):
    """Those of two runs would not apply one after the other: refused before anything is run."""
    (tmp_path / "0001-old.patch").write_text("")
    for arguments in (("fix", "--target", shop, "-o", tmp_path), ("hunt", shop, "--patches", tmp_path)):
        result = casemate(*arguments)
        assert result.exit_code == 2
        assert "name a new folder" in result.stderr
    assert "--no-fix" in casemate("hunt", shop, "--patches", tmp_path / "new", "--no-fix").stderr


def test_nothing_to_put_back(shop, casemate):
    """Which is no fault."""
    for flag in ("--undo", "--confirm"):
        result = casemate("fix", flag, "--target", shop, "--quiet")
        assert (result.exit_code, result.stdout) == (0, "there is nothing that a patch has written here\n")


def offers(*changes):
    """A fix for each change."""
    fixes = (Fix(patch=Patch(proposer="somebody", what="it", changes=(change,)), ladder=HOLDS) for change in changes)
    return [(FindingId(str(number)), fix) for number, fix in enumerate(fixes, 1)]


def always(identity, patch):
    return Fix(patch=patch, ladder=HOLDS)


BUNDLES = {FindingId(str(number)): f"{number}" * 64 for number in range(1, 4)}


def test_what_stands_in_the_way_of_some(shop):
    """Files with somebody's work are left with all that hangs together with them; the others are written."""
    (shop / "other.py").write_text("one\n")
    Repository(shop.parents[1]).commit()
    (shop / "settings.py").write_text(SETTINGS + "# mine\n")
    mine, before = (shop / "settings.py").read_bytes(), SETTINGS.encode()
    series = combined(
        offers(
            Change(path="settings.py", before=before, after=before.replace(b"of a shop", b"of the shop")),
            Change(path="other.py", before=b"one\n", after=b"two\n"),
            Change(path="settings.py", before=mine, after=mine.replace(b"prices", b"costs")),
        ),
        always,
    )
    series = replace(series, parts=series.parts[:2])
    done = run_apply(shop, series, BUNDLES, announce=lambda line: None)
    assert (done.paths, done.fixed) == (("other.py",), {FindingId("2")})
    assert [(entry.path, entry.why.partition(":")[0]) for entry in done.withheld] == [
        ("settings.py", "it is no longer the file that the patch was made for")
    ]
    assert (shop / "settings.py").read_bytes() == mine
    (operation,) = audit(recorded_ledger()).operations
    assert (operation.before.operation, operation.after.evidence.count) == ("apply", 1)


def test_what_is_confirmed(shop, casemate):
    """There is nothing to undo any more."""
    before = SETTINGS.encode()
    series = combined(offers(Change(path="settings.py", before=before, after=SAFE.encode())), always)
    assert run_apply(shop, series, BUNDLES, announce=lambda line: None).paths == ("settings.py",)
    (shop / "settings.py").write_text(SAFE + "# mine\n")
    refused = casemate("fix", "--undo", "--target", shop, "--quiet")
    assert refused.exit_code == 1
    assert refused.stdout.startswith("not put back: settings.py: it was changed after the patch was written")
    assert casemate("fix", "--confirm", "--target", shop, "--quiet").stdout == "confirmed: settings.py\n"
    assert casemate("fix", "--undo", "--target", shop, "--quiet").exit_code == 0
    assert (shop / "settings.py").read_text() == SAFE + "# mine\n"


def test_words_for_what_does_not_go_together(a_proof):
    """Which patch it is that stands before it, and what to type."""
    from casemate.cli.patches import notes

    _, finding, _ = a_proof
    other = replace(finding, identity=FindingId("f" * 64))
    series = Series(left=(Left(identity=finding.identity, why="it changes the same lines", beside=(other.identity,)),))
    place = f"{finding.lead.rule} at {finding.lead.location}"
    assert notes(series, [finding, other])[finding.identity] == (
        f"left out beside the patch for {place}: it changes the same lines; apply that first, then run "
        f"`casemate fix {finding.identity[:12]}`"
    )
