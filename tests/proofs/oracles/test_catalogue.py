"""What the catalogue says of its oracles holds for all of them."""

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from casemate.leads.catalogue import MODULES
from casemate.model.trace import Boundary
from casemate.proofs import oracles, runtime
from casemate.proofs.catalogue import ORACLES, for_cwe, for_lead, oracle
from casemate.proofs.inputs.redos import aimed
from casemate.proofs.origins import origins
from casemate.proofs.runtime.payload import fill, make
from proofs.oracles.table import NOTHING, judged, seen, sink
from proofs.questions import question, written

FILES = {path.stem for path in Path(oracles.__file__).parent.glob("*.py")} - {"__init__"}
ARMS = {path.stem for path in (Path(runtime.__file__).parent / "arms").glob("*.py")} - {"__init__", "caller", "late"}
WORDS = {
    "canary": "cm1a2b3c",
    "calm": "ok1a2b3c",
    "folder": "/f/cm1a2b3c",
    "file": "/f/cm1a2b3c/cm1a2b3c.txt",
    "host": "cm1a2b3c.invalid",
}
UNDECIDED = {489, 352, 862, 639, 798, 915, 943, 367, 326}  # nothing that a run shows, or no oracle yet


def test_every_oracle_is_in_the_catalogue():
    assert {import_module(f"casemate.proofs.oracles.{name}").ORACLE.id for name in FILES} == {one.id for one in ORACLES}
    assert len(FILES) == len(ORACLES) == len({one.id for one in ORACLES})
    assert oracle("sql").id == "sql"
    assert oracle("no such") is None


def test_every_arm_is_armed_by_some_oracle():
    assert {arm for one in ORACLES for arm in one.watch} == ARMS


def test_an_oracle_that_knows_a_weakness_as_its_own_comes_first():
    assert [one.id for one in for_cwe(22)] == ["path", "archive"]
    assert [one.id for one in for_cwe(29)] == ["archive"]
    assert [one.id for one in for_cwe(94)] == ["code", "template"]
    assert [one.id for one in for_cwe(327)] == ["cipher", "hash"]
    assert for_cwe(1) == ()


@pytest.mark.parametrize(
    ("rule", "boundary", "ids"),
    [
        ("path-traversal", Boundary.API, ["path", "archive"]),
        ("path-traversal", Boundary.FILE, ["archive", "path"]),
        ("archive-extraction", Boundary.API, ["archive", "path"]),
    ],
)
def test_what_comes_out_of_an_archive_is_tried_as_one_first(tmp_path, rule, boundary, ids):
    text = "def f(name):  # source: parameter `name` of the public API\n    open(name)  # sink\n"
    lead = question(written(tmp_path, {"a.py": text}), "a.py", boundary=boundary).lead
    assert [one.id for one in for_lead(22, replace(lead, rule=rule))] == ids


def test_every_rules_weakness_has_an_oracle_or_a_reason():
    rules = [import_module(f"casemate.leads.rules.{module}").RULE for module in MODULES.values()]
    assert {rule.cwe for rule in rules if not for_cwe(rule.cwe)} == UNDECIDED


@pytest.mark.parametrize("one", ORACLES, ids=lambda one: one.id)
def test_inputs(one):
    """Each can be made and is called differently; a control holds nothing of the canary; nothing fires on nothing."""
    names = [given.name for given in one.inputs]
    assert len(names) == len(set(names))
    assert names
    filled = fill(WORDS)
    for given in one.inputs:
        payload = {**given.payload, **({"times": 3} if "grow" in given.payload else {})}
        assert make(payload, filled) == make(payload, filled)
        assert make(given.control, filled) != make(payload, filled)
        assert "canary" not in json.dumps(given.control)
    assert judged(one, NOTHING) == ""
    assert judged(one, NOTHING, None) == ""


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("path", ("canary.path", "read", "/f")),
        ("archive", ("canary.path", "written", "/f")),
        ("code", ("canary.called", "cmq7x1")),
        ("deserialization", ("canary.called", "cmq7x1")),
        ("template", ("canary.called", "cmq7x1")),
        ("sql", ("canary.called", "cmq7x1", "sqlite")),
        ("xxe", ("canary.read", "read", "/f")),
        ("ssrf", ("socket.getaddrinfo", "cmq7x1.invalid", 80)),
        ("log", ("log.written", "INFO a\ncmq7x1 INFO b")),
    ],
)
def test_a_control_is_judged_as_well(name, event):
    """What happened is seen without anything to compare it with: a control in which it happened speaks against a proof."""
    assert judged(oracle(name), seen(sink(*event)), None) != ""


def test_inputs_are_made_for_the_patterns_of_a_file():
    """Those nearest to the line first, at most eight, and none for what is no slow pattern."""
    source = b"import re\nA = re.compile(r'^(b+)+$')\nB = '^c+$'\n\nre.match(r'^([d-f]+)*$', x)\n"
    payloads = [given.payload for given in aimed(source, 5)]
    assert [payload["repeat"] for payload in payloads] == ["d"] * 3 + ["b"] * 3
    assert aimed(b"x = '^c+$'", 1) == ()
    assert aimed(b"no python (", 1) == ()


def test_a_pattern_that_is_imported_is_found_where_it_is_made():
    """By a relative import and by an absolute one; what is not used on the line, or is not the target's, is not."""
    files = {
        "shop/words.py": b"import re\n\nSLOW = re.compile(r'^(b+)+$')\nOTHER = 1\n",
        "shop/deep/use.py": b"from ..words import SLOW as PATTERN, OTHER\nfrom re import match\nPATTERN.match(x)\n",
        "shop/whole.py": b"from shop.words import SLOW\nSLOW.match(x)\nmatch(x)\n",
    }

    def found(path, line):
        return origins(files[path], path, line, files.get)

    assert found("shop/deep/use.py", 3) == [("shop/words.py", 3)]
    assert found("shop/whole.py", 2) == [("shop/words.py", 3)]
    assert found("shop/whole.py", 3) == found("shop/words.py", 3) == []
    assert origins(b"no python (", "shop/whole.py", 1, files.get) == []


def test_the_page_of_oracles_is_the_catalogue():
    """Ids, CWEs and kinds, in the order in which a reader finds them."""
    page = (Path(__file__).parents[3] / "docs" / "oracles.md").read_text()
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in page.splitlines() if line.startswith("| `")]
    told = {name.strip("`"): (cwes, kind) for name, cwes, kind in rows}
    assert told == {one.id: (", ".join(map(str, one.cwes)), one.kind.value) for one in ORACLES}
