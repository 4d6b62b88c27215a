"""The measures of proofs: what they take for a hit, how they count, and a hunt that really runs."""

import json
import textwrap
from typing import ClassVar

import fixes_beaten
import proofs_examples
import proofs_owasp
import proofs_pairs
import proofs_verify
import release_metadata
from hunting import Asked, Spot, Told, hunted
from table import US

FINDING = {"result": "not triggered", "detail": "", "executions": 3, "path": "a.py"}
PAIR = {
    "id": "X-1",
    "package": "shop",
    "class": "cmdi",
    "cwe": "CWE-78",
    "file": "shop.py",
    "function": "label",
    "fix_shape": "guard-added",
    "vulnerable_lines": [4, 4],
    "fixed_lines": [9, 9],
    "function_lines_vulnerable": [2, 6],
}


class Scorer:
    """What of a scorer is asked here."""

    COMPAT: ClassVar = {"cmdi": {77, 88}}
    SLACK = 3
    STEPS = 12

    @staticmethod
    def cwes(text):
        return {78}


def test_a_hit_is_near_the_lines_or_in_the_function():
    """As the scorer has it: its classes, its slack, its traces."""
    near, function = proofs_pairs.spots(Scorer, PAIR, "vulnerable")
    assert near == Spot(path="shop.py", first=1, last=7, cwes=(77, 78, 88), steps=12)
    assert function == Spot(path="shop.py", first=2, last=6, cwes=(77, 78, 88), steps=12)
    assert proofs_pairs.spots(Scorer, PAIR, "fixed") == (
        Spot(path="shop.py", first=6, last=12, cwes=(77, 78, 88), steps=12),
    )


def test_pairs_are_counted_side_by_side():
    """Proven at both is not discriminated, and the funnel is of the vulnerable release."""
    proven = Told(findings=({**FINDING, "result": "proven"},), imported={"shop.py": ""}, seconds=1)
    quiet = Told(findings=(FINDING,), imported={"shop.py": "ImportError"}, seconds=1)
    none = Told(findings=(), imported={"shop.py": ""}, seconds=1)
    sides = [(proven, quiet), (proven, proven), (quiet, none), (none, none)]
    records = [proofs_pairs.record(PAIR, {"vulnerable": v, "fixed": f}) for v, f in sides]
    texts = {row.measure: row.figures[US].text.split(";")[0] for row in proofs_pairs.section(records).rows}
    assert texts["proven at the vulnerable release and not at the fixed one"] == "25.0 (1/4"
    assert texts["proven at the fixed release"] == "25.0 (1/4"
    assert texts["funnel: the labelled file can be imported"] == "75.0 (3/4"
    assert texts["funnel: a lead"] == "75.0 (3/4"
    assert texts["funnel: a lead whose line ran"] == "75.0 (3/4"
    assert texts["executions, both releases"] == "15"


def test_an_example_is_proven_through_an_entry_point_or_with_stand_ins(tmp_path, monkeypatch):
    """Both count as proven; what stood for something else is named."""
    folder = tmp_path / "shop"
    folder.mkdir()
    places = [{"rule": "xss", "file": "shop.py", "line": line} for line in (1, 2, 3)]
    words = "".join(f"[[weakness]]\nrule = 'xss'\nfile = 'shop.py'\nline = {one['line']}\n" for one in places)
    (folder / "expected.toml").write_text(words + "[[near_miss]]\nrule = 'xss'\nfile = 'shop.py'\nfunction = 'good'\n")
    proofs = [{"fidelity": "entry point", "stubs": []}, {"fidelity": "isolated function", "stubs": ["django"]}]
    found = [
        {"rule": "xss", "path": "shop.py", "line": line, "function": "bad", "result": "proven", "proof": proof}
        for line, proof in enumerate(proofs, 1)
    ]
    monkeypatch.setattr(proofs_examples, "EXAMPLES", tmp_path)
    monkeypatch.setattr(proofs_examples, "hunted", lambda *given, **more: Told(findings=tuple(found), imported={}))
    section, _ = proofs_examples.example("shop", None, tmp_path, jobs=1, fix=False)
    texts = {row.measure: row.figures[US].text.partition(";")[0] for row in section.rows}
    assert texts["planted weaknesses proven"] == "66.7 (2/3"
    assert texts["planted, proven through an entry point"] == "33.3 (1/3"
    assert texts["near-misses proven"] == "0.0 (0/1"
    assert "stand-ins stood for: django" in section.notes


def test_cases_are_counted_by_category():
    """True ones and safe ones apart, and misses by how they ended."""
    case = proofs_owasp.Case(name="T1", category="cmdi", true=True, cwe=78)
    safe = proofs_owasp.Case(name="T2", category="cmdi", true=False, cwe=78)
    records = [
        proofs_owasp.record(case, [{**FINDING, "result": "proven"}]),
        proofs_owasp.record(case, [FINDING]),
        proofs_owasp.record(case, []),
        proofs_owasp.record(safe, [{**FINDING, "result": "proven"}]),
    ]
    texts = {row.measure: row.figures[US].text.split(";")[0] for row in proofs_owasp.rows(records, [])}
    assert texts["cmdi, true cases proven"] == "33.3 (1/3"
    assert texts["safe cases proven"] == "100.0 (1/1"
    assert texts["funnel, true cases: driven"] == "66.7 (2/3"
    assert proofs_owasp.by_verdict(records) == {
        "not triggered: ": ["T1 cmdi"],
        "no lead: ": ["T1 cmdi"],
        "FALSE PROOF": ["T2 cmdi"],
    }


def test_requirements_are_read_and_not_run(tmp_path):
    """Of a wheel, of a built source release, and of a setup script's literals; those of extras are left out."""
    wheel = tmp_path / "wheel" / "shop-1.dist-info"
    wheel.mkdir(parents=True)
    text = "Requires-Python: >=3.7\nClassifier: Programming Language :: Python :: 3.8\n"
    (wheel / "METADATA").write_text(text + "Requires-Dist: six (>=1)\nRequires-Dist: lxml; extra == 'xml'\n")
    told = release_metadata.read(tmp_path / "wheel")
    assert (told.requirements, str(told.python), told.minors, told.origin) == (("six>=1",), ">=3.7", (8,), "METADATA")
    built = tmp_path / "built" / "shop.egg-info"
    built.mkdir(parents=True)
    (built / "requires.txt").write_text("six\n\n[:python_version<'3']\nmock\n\n[xml]\nlxml\n")
    assert release_metadata.read(tmp_path / "built").requirements == ("six", 'mock; python_version < "3"')
    script = tmp_path / "script"
    script.mkdir()
    (script / "setup.py").write_text("needs = ['six>1']\nraise SystemExit(1)\nsetup(install_requires=needs)\n")
    assert release_metadata.read(script).requirements == ("six>1",)


def test_a_hunt_runs_in_a_process_of_its_own_and_once(tmp_path):
    """Only what is of interest is tried; what stands is not hunted again; modules are imported without stand-ins."""
    target = tmp_path / "target"
    target.mkdir()
    (target / "shop.py").write_text(
        textwrap.dedent("""
            import os

            def label(name):
                os.system("echo " + name)

            def ticket(name):
                os.system("print " + name)
        """)
    )
    (target / "odd.py").write_text("import a_library_that_is_not_there\n")
    asked = Asked(target=target, spots=(Spot(path="shop.py", last=6, cwes=(78,)),), modules=("shop.py", "odd.py"))
    told = hunted(asked, tmp_path / "work" / "one", timeout=120)
    assert told.failure == ""
    assert [(one["path"], one["line"]) for one in told.findings] == [("shop.py", 5)]
    assert told.imported["shop.py"] == ""
    assert "a_library_that_is_not_there" in told.imported["odd.py"]
    (tmp_path / "work" / "one" / "result.json").write_text(json.dumps({"findings": [], "imported": {}, "seconds": 7}))
    assert hunted(asked, tmp_path / "work" / "one", timeout=1).seconds == 7


def test_without_a_patch_nothing_is_measured(tmp_path):
    """It is told, and no share of nothing is worked out."""
    section, records = fixes_beaten.measure(tmp_path, jobs=1, limit=None)
    assert [one.what for one in section.missing] == ["beaten"]
    assert records == []


def test_bundles_of_each_hunt_are_verified_and_what_was_told_of_them_is_kept(tmp_path, monkeypatch):
    """One of each hunt before the second of any; a second run asks nothing again, and a bundle that changed is another one."""
    for name in ("a/bundles/1", "a/bundles/2", "a/bundles/3", "b/bundles/1"):
        bundle = tmp_path / f"{name}.casemate"
        bundle.parent.mkdir(parents=True, exist_ok=True)
        bundle.write_text(name)
    asked = []

    def twice(bundle, work):
        asked.append(str(bundle.relative_to(work)))
        return {"bundle": asked[-1], "codes": [0, 1 if "a/bundles/2" in asked[-1] else 0], "said": ""}

    monkeypatch.setattr(proofs_verify, "twice", twice)
    section, _ = proofs_verify.measure(tmp_path, jobs=1, limit=3)
    assert asked == ["a/bundles/1.casemate", "b/bundles/1.casemate", "a/bundles/2.casemate"]
    assert "(2/3;" in section.rows[0].figures[US].text
    again, records = proofs_verify.measure(tmp_path, jobs=1, limit=3)
    assert len(asked) == 3 and len(records) == 3 and again.rows == section.rows
    (tmp_path / "b/bundles/1.casemate").write_text("other")
    proofs_verify.measure(tmp_path, jobs=1, limit=3)
    assert asked[3:] == ["b/bundles/1.casemate"]
