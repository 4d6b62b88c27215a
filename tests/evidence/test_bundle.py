"""The evidence bundle: the same bytes for the same proof, whole when read back, and refused when anything of it differs."""

import io
import json
import random
import zipfile
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casemate.evidence import archive
from casemate.evidence.bundle import FORMAT, MANIFEST, canonical, digest, encode, read, seal
from casemate.model.errors import UserError
from casemate.model.proof import Result, Verdict
from tests.evidence.proven import as_json, exhibit, proof, proven_finding, sealed
from tests.evidence.support import bank, leads, nasty

FOUND, DATA = sealed()
MEMBERS = archive.unpack(DATA)
AGAIN = "get it again from where it was made: one changed byte and a bundle is refused whole"


def refusal(data):
    """Why it is refused. Fails when it is not."""
    with pytest.raises(UserError) as raised:
        read(data, "a.casemate")
    return raised.value


def repacked(**changes):
    """The archive with some of its manifest changed, and its own checks made good."""
    manifest = json.loads(MEMBERS[MANIFEST])
    return archive.pack(MEMBERS | {MANIFEST: canonical(manifest | changes)})


def test_what_a_bundle_holds():
    """A zip file that any program opens: the manifest first, and the hash of everything that it rests on."""
    with zipfile.ZipFile(io.BytesIO(DATA)) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
        manifest = json.loads(opened.read(MANIFEST))
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    parts = [f"{part}/{n:03}.json" for part in ("cases", "controls", "reports") for n in range(1, 6)]
    assert names == [MANIFEST, *parts, "settings.json"]
    assert [one["name"] for one in manifest.pop("members")] == names[1:]
    finding = manifest.pop("finding")
    assert manifest == {
        "format": 1,
        "kind": "casemate-evidence",
        "tool": {"name": "casemate", "version": "0.1.0"},
        "proof": {
            "oracle": "command",
            "kind": "canary",
            "observer": "outside the process",
            "fidelity": "public API",
            "happened": "a program named in the input was run",
            "runs": 5,
            "stubs": ["mainframe"],
        },
        "python": "3.12.1",
        "sandbox": "bubblewrap 0.8.0",
        "sources": [{"path": "backoffice/settlement/runner.py", "sha256": "ab" * 32}],
    }
    assert finding["identity"] == FOUND.identity
    assert (finding["rule"], finding["cwe"], finding["boundary"]) == ("command-injection", 78, "remote")
    assert finding["location"] == {"path": "backoffice/settlement/runner.py", "line": 88, "column": 9}
    assert [step["note"] for step in finding["trace"]] == ["form field enters", "reaches subprocess.run"]


def test_the_same_proof_gives_the_same_bytes():
    """Neither what people decided nor how many runs it took changes them; another input does."""
    finding = proven_finding()
    decided = replace(finding, note="later by carol")
    decided = replace(decided, verdict=replace(finding.verdict, executions=99))
    assert seal(decided, exhibit(), "0.1.0")[1] == DATA
    other = exhibit(cases=(as_json(canary="cm1", calm="ok1"),))
    assert seal(finding, other, "0.1.0")[1] != DATA


def test_a_sealed_finding_names_its_bundle():
    """Its proof holds the digest of the bytes, and everything else of the verdict stays."""
    assert FOUND.verdict.proof.bundle == digest(DATA)
    assert replace(FOUND.verdict.proof, bundle="") == proof()
    assert FOUND.verdict.executions == 23


def test_only_what_is_proven_is_sealed():
    """An attempt that failed has nothing to show."""
    failed = Verdict(result=Result.NOT_TRIGGERED, detail="no oracle fired")
    for verdict in (failed, None):
        with pytest.raises(ValueError, match="only what is proven"):
            seal(replace(proven_finding(), verdict=verdict), exhibit(), "0.1.0")


def test_a_bundle_read_back():
    """All that was claimed, and what is replayed as it was, byte for byte."""
    bundle = read(DATA, "a.casemate")
    assert bundle.version == "0.1.0"
    assert bundle.proof == proof()
    assert bundle.finding.lead == FOUND.lead
    assert replace(bundle.exhibit, reports=()) == replace(exhibit(), reports=())
    assert encode(bundle) == DATA


def test_secrets_that_the_target_said_are_redacted():
    """In what is quoted of it, as in a report."""
    assert b"hunter2" not in DATA
    assert json.loads(MEMBERS["reports/001.json"])["returned"] == "settle --password ‹redacted› {canary}"
    told = as_json(
        probes={'row["password"]': "hunter2\nand more", "name": "alice"},
        returned="{'api_key': 'hunter2', 'name': 'a\\\\'}",
        events=[{"name": "open", "args": ["/srv/a", "token=hunter2"]}],
    )
    _, data = seal(proven_finding(), exhibit(reports=(told,)), "0.1.0")
    assert json.loads(archive.unpack(data)["reports/001.json"]) == {
        "probes": {'row["password"]': "‹redacted›\n‹redacted›", "name": "alice"},
        "returned": "{'api_key': '‹redacted›', 'name': 'a\\\\'}",
        "events": [{"name": "open", "args": ["/srv/a", "token=‹redacted›"]}],
    }


def test_what_no_json_holds_is_text():
    """A figure that is none does not keep a proof from being sealed."""
    told = b'{"measures":[1.5,NaN,-Infinity]}'
    _, data = seal(proven_finding(), exhibit(reports=(told,)), "0.1.0")
    assert archive.unpack(data)["reports/001.json"] == b'{"measures":[1.5,"nan","-inf"]}'


def test_a_long_text_of_the_target_is_cut():
    """A page of megabytes stays out; what was before the cut is there."""
    _, data = seal(proven_finding(), exhibit(reports=(as_json(returned="ab " * 50_000),)), "0.1.0")
    assert len(json.loads(archive.unpack(data)["reports/001.json"])["returned"]) == 4_001


@given(st.data())
def test_any_finding_comes_back(data):
    """Whatever names and words a target has."""
    lead = data.draw(leads)
    places = [lead.location, *(step.location for step in (lead.trace.steps if lead.trace else ()))]
    assume(not any("\0" in place.path for place in places))  # which no file system can hold
    finding = bank((lead,)).findings[0]
    text = data.draw(nasty)
    finding = proven_finding(finding, happened=text or "h", stubs=(text,))
    shown = exhibit(reports=(as_json(error=text),), sources=data.draw(st.sampled_from([(), (("a.py", "0" * 64),)])))
    found, packed = seal(finding, shown, text)
    assert found.verdict.proof.bundle == digest(packed)
    assert encode(read(packed, "b")) == packed


# --- what is refused


def test_one_flipped_byte_anywhere_is_refused():
    """Every position of a real bundle, with every kind of flip at some: a `UserError` of one line each time."""
    chance = random.Random(7)
    for position in range(len(DATA)):
        flipped = bytearray(DATA)
        flipped[position] ^= 1 << position % 8 if position % 3 else chance.randrange(1, 256)
        error = refusal(bytes(flipped))
        assert error.what.startswith("'a.casemate' is no sound evidence bundle: ")
        assert error.next_step == AGAIN


def test_a_truncated_bundle_is_refused():
    """Wherever it ends, and what stands behind its end as well."""
    for length in range(len(DATA)):
        assert "no sound evidence bundle" in refusal(DATA[:length]).what
    assert refusal(DATA[:-1]).what == "'a.casemate' is no sound evidence bundle: it ends before its end"
    assert "its directory is not what its members give" in refusal(DATA + b"\0").what
    assert "it is no zip archive" in refusal(b"#!/bin/sh\n" + DATA).what


@settings(deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda tail: DATA[:900] + tail))
def test_any_other_bytes_are_refused(data):
    """Reading is total."""
    refusal(data)


def test_a_bundle_of_a_newer_version():
    """Is said to be that, with its own next step; whatever else of it is unknown here."""
    error = refusal(repacked(format=FORMAT + 1, members="elsewhere"))
    assert error.what == ("'a.casemate' was made by a newer version of Casemate: its format is 4, this version reads 3")
    assert error.next_step == "update Casemate and verify it again"


MANIFESTS = {
    "no format": {"format": "1"},
    "a boolean for a format": {"format": True},
    "format 0": {"format": 0},
    "another kind": {"kind": "something"},
    "an unknown key": {"extra": 1},
    "a proof in other words": {"proof": {"oracle": "command"}},
    "an unknown observer": {"proof": json.loads(MEMBERS[MANIFEST])["proof"] | {"observer": "the moon"}},
    "runs as text": {"proof": json.loads(MEMBERS[MANIFEST])["proof"] | {"runs": "5"}},
    "no runs": {"proof": json.loads(MEMBERS[MANIFEST])["proof"] | {"runs": 0}},
    "a source that climbs out": {"sources": [{"path": "a/../../etc/passwd", "sha256": "ab" * 32}]},
    "an absolute source": {"sources": [{"path": "/etc/passwd", "sha256": "ab" * 32}]},
    "a source with a NUL": {"sources": [{"path": "a\0b", "sha256": "ab" * 32}]},
    "a source of no hash": {"sources": [{"path": "a.py", "sha256": "AB" * 32}]},
    "members as a number": {"members": 3},
    "a member left out": {"members": json.loads(MEMBERS[MANIFEST])["members"][1:]},
    "nested deeply": {"sources": json.loads("[" * 900 + "]" * 900)},
}


@pytest.mark.parametrize("changes", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_that_is_not_ours_is_refused(changes):
    """Also when its archive was put in order afterwards."""
    assert "no sound evidence bundle" in refusal(repacked(**changes)).what


@pytest.mark.parametrize(
    "text",
    [b"[]", b"null", b"{", b"\xff", b"[" * 100_000, json.dumps(json.loads(MEMBERS[MANIFEST]), indent=1).encode()],
    ids=["a list", "null", "cut", "no text", "too deep", "another spelling"],
)
def test_a_manifest_in_another_spelling_is_refused(text):
    """There is one for each."""
    assert "no sound evidence bundle" in refusal(archive.pack(MEMBERS | {MANIFEST: text})).what


NAMES = ("../../etc/cron.d/x", "/etc/passwd", "cases/../x.json", "cases/1.json", "cases/", "readme.txt", "")


@pytest.mark.parametrize("name", NAMES)
def test_a_member_that_no_bundle_has_is_refused(name):
    """Nothing is ever unpacked to a name; nor does anything travel along. The manifest naming it makes no difference."""
    stated = [{"name": name, "size": 1, "sha256": digest(b"x")}]
    for members in (json.loads(MEMBERS[MANIFEST])["members"], json.loads(MEMBERS[MANIFEST])["members"] + stated):
        made = MEMBERS | {name: b"x", MANIFEST: canonical(json.loads(MEMBERS[MANIFEST]) | {"members": members})}
        error = refusal(archive.pack(made))
        assert (
            f"it holds {name!r}, which no bundle has" in error.what or "does not begin with the manifest" in error.what
        )


def test_members_and_manifest_must_agree():
    """One that is not named, that is lacking, or whose content is another one."""
    extra = archive.pack(MEMBERS | {"cases/006.json": b"{}"})
    assert "it holds 'cases/006.json', which its manifest does not name" in refusal(extra).what
    lacking = archive.pack({name: data for name, data in MEMBERS.items() if name != "controls/002.json"})
    assert "it lacks 'controls/002.json'" in refusal(lacking).what
    other = archive.pack(MEMBERS | {"cases/001.json": b"{}"})
    assert "the content of 'cases/001.json' is not what its manifest states" in refusal(other).what


def test_a_bundle_without_a_control_is_refused():
    """There is nothing to compare with: it proves nothing."""
    _, data = seal(proven_finding(), exhibit(controls=()), "0.1.0")
    assert "it has no case, or no control, to see again" in refusal(data).what


def test_a_member_twice_is_refused():
    """Two programs may take different ones for the true one."""
    twice = io.BytesIO(DATA)
    with zipfile.ZipFile(twice, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr(zipfile.ZipInfo("settings.json"), b"{}")
    assert "it holds 'settings.json' twice" in refusal(twice.getvalue()).what


def test_sizes_that_explode_are_refused():
    """A member that says to be larger than what is there, one that is compressed, and more than a bundle ever has."""
    larger = bytearray(DATA)
    larger[18:26] = (0xFFFFFFF0).to_bytes(4, "little") * 2
    assert "a member is larger than what is there" in refusal(bytes(larger)).what
    squeezed = io.BytesIO()
    with zipfile.ZipFile(squeezed, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(MANIFEST, b"0" * 1_000_000)
    assert "a member is not stored as it is" in refusal(squeezed.getvalue()).what
    many = archive.pack({MANIFEST: MEMBERS[MANIFEST], **{f"cases/{n:05}": b"" for n in range(5_000)}})
    assert "more than 4,000 members" in refusal(many).what
    assert "more than 67,108,864 bytes" in refusal(DATA + bytes(64 << 20)).what
