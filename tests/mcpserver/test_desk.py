"""The desk: what a client may ask, and what is recorded of what it may not."""

import json

import pytest

from casemate.governance.errors import Denied
from casemate.mcp import desk as module
from casemate.mcp.catalogue import MAX_LINES, TOOLS
from casemate.mcp.desk import NoSuchTool
from casemate.mcp.record import ELSEWHERE
from casemate.mcp.roots import OutOfRoots, Roots
from casemate.model.errors import UserError
from mcpserver.conftest import operations

FINDING = {
    "identity": "ab" * 32,
    "rule": "xss",
    "cwe": 79,
    "severity": "high",
    "evidence": "traced",
    "title": "t",
    "message": "m" * 5000,
    "disposition": "active",
    "location": {"path": "a.py", "uri": "a.py", "line": 3, "column": 1},
    "trace": [{"role": "sink", "note": "n", "location": {"path": "a.py", "uri": "a.py", "line": 3, "column": 1}}],
}
EXCERPT = {"path": "a.py", "uri": "a.py", "start": 1, "lines": [str(number) for number in range(1, 9)]}


def a_report(*findings):
    return json.dumps({"findings": findings, "excerpts": [EXCERPT], "not_examined": []})


def outside(tmp_path):
    return [
        "..",
        "../shop-other",
        "../shop-other/secret.py",
        "notes/../../shop-other",
        "out",
        "out/secret.py",
        "circle",
        "/",
        "/etc/passwd",
        "/proc/self/root/etc",
        str(tmp_path),
        str(tmp_path / "shop-other"),
        str(tmp_path / "nothing"),
        "../nothing",
        "x" * 300 + "/" + "../" * 300,
    ]


def test_no_name_leads_out(shop, tmp_path):
    """By dots, links, another folder that begins with the same letters, or an absolute path; whether it exists or not."""
    roots = Roots([shop])
    for name in outside(tmp_path):
        with pytest.raises(OutOfRoots):
            roots.place(name)


def test_names_inside(shop):
    """Relative to the first root or absolute; a link that stays inside is resolved."""
    roots = Roots([shop])
    assert roots.place(".") == shop
    assert roots.place("shop.py") == roots.place(str(shop / "shop.py")) == roots.place("in") == shop / "shop.py"
    with pytest.raises(UserError, match=r"cannot look at 'nothing': No such file"):
        roots.place("nothing")


def test_roots_are_folders(shop, tmp_path):
    """A root that is a link is where it leads; a file, or what is not there, is none."""
    assert Roots([shop / "out"]).places == (tmp_path / "shop-other",)
    for name in ("shop.py", "nothing", "circle"):
        with pytest.raises(UserError, match="root"):
            Roots([shop / name])


def test_a_place_outside_is_recorded_as_refused(at_the_desk):
    """By the operation that was wanted, with the reason; nothing of the place is looked at."""
    with pytest.raises(
        Denied, match=r"slice is not permitted: '/etc/passwd' is outside of what this server may look at; name a"
    ):
        at_the_desk().admit("slice", {"path": "/etc/passwd"})
    assert operations() == [("slice", "denied", "'/etc/passwd' is outside of what this server may look at")]


def test_a_tool_beyond_the_level_is_refused(at_the_desk):
    """And recorded: it is not even listed."""
    made = at_the_desk("find")
    assert {tool.name for tool in made.tools} == {tool.name for tool in TOOLS if tool.level == "find"}
    for name in ("prove", "fix", "undo"):
        with pytest.raises(Denied, match=f"{name} is not permitted: this server goes as far as 'find'"):
            made.admit(name, {})
    assert [(operation, outcome) for operation, outcome, _ in operations()] == [
        ("prove", "denied"),
        ("fix", "denied"),
        ("undo", "denied"),
    ]


def test_refusals_do_not_fill_the_ledger(at_the_desk, monkeypatch):
    """So many are recorded, and the rest are refused all the same."""
    monkeypatch.setattr(module, "MAX_RECORDED", 3)
    made = at_the_desk()
    for _ in range(8):
        with pytest.raises(UserError):
            made.admit("slice", {"path": "/etc/passwd"})
    assert len(operations()) == 3


def test_wrong_arguments_are_not_recorded(at_the_desk):
    """They ask for nothing that anybody could give."""
    made = at_the_desk()
    for name, given in (
        ("scan", {"paths": [1]}),
        ("slice", {}),
        ("explain", {}),
        ("slice", {"path": "shop.py", "start": 9, "end": 1}),
    ):
        with pytest.raises(UserError):
            made.admit(name, given)
    with pytest.raises(NoSuchTool, match="there is no tool 'rm'; the tools are: scan, findings"):
        made.admit("rm", {})
    assert operations() == []


def test_the_operators_own_records_are_closed(tmp_path):
    """Also where they lie within a root: keys, bundles and their inputs are nobody's target."""
    from casemate.mcp.catalogue import Level
    from casemate.mcp.start import desk

    made = desk([tmp_path], Level.FIX, python=None)
    (tmp_path / "home").mkdir(mode=0o700, exist_ok=True)
    with pytest.raises(Denied, match="is of Casemate's own keys and records"):
        made.admit("scan", {"paths": ["home"]})


def test_what_is_left_out_is_the_first_root(at_the_desk, shop):
    """Of each tool that needs a place; a host needs one that the operator gave."""
    made = at_the_desk("apply")
    assert made.admit("scan", {}).given == {"paths": [str(shop)]}
    assert made.admit("prove", {"budget": 5}).given == {"budget": 5, "target": str(shop)}
    assert made.admit("host", {"root": "notes"}).given == {"root": str(shop / "notes")}
    with pytest.raises(Denied, match="'/' is outside"):
        made.admit("host", {})
    with pytest.raises(UserError, match="root and image name two hosts"):
        made.admit("host", {"root": ".", "image": "shop.py"})


def test_lines_of_a_file(at_the_desk, shop):
    """Numbered, secrets hidden, recorded."""
    made = at_the_desk()
    told = made.quick(made.admit("slice", {"path": "shop.py", "start": 3, "end": 6}))
    assert told["lines"] == [
        {"number": 3, "text": ""},
        {"number": 4, "text": 'PASSWORD = "‹redacted›"'},
        {"number": 5, "text": ""},
        {"number": 6, "text": "def tag(title, track):"},
    ]
    assert (told["of"], told["path"]) == (10, str(shop / "shop.py"))
    assert operations() == [("slice", "completed", "")]
    assert made.quick(made.admit("slice", {"path": "shop.py", "start": 11}))["lines"] == []


def test_the_inner_lines_of_a_key_are_hidden(at_the_desk, shop):
    """What makes them a secret stands above the slice."""
    body = "\n".join("QUJD" * 4 for _ in range(30))
    (shop / "key.py").write_text(f'KEY = """-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"""\n')
    made = at_the_desk()
    told = made.quick(made.admit("slice", {"path": "key.py", "start": 20, "end": 22}))
    assert "QUJD" not in json.dumps(told["lines"])


def test_what_is_no_text(at_the_desk, shop):
    """A folder, a FIFO, bytes: one line, and the next step."""
    import os

    (shop / "data").write_bytes(b"PK\0\1")
    os.mkfifo(shop / "fifo")
    made = at_the_desk()
    for name, why in (
        ("notes", "is a folder; name a file in it"),
        ("data", "is no text"),
        ("fifo", "cannot read 'fifo'"),
    ):
        with pytest.raises(UserError, match=why):
            made.quick(made.admit("slice", {"path": name}))


def test_a_slice_is_bounded(at_the_desk):
    """In lines."""
    made = at_the_desk()
    assert made.admit("slice", {"path": "shop.py", "start": 2}).given["end"] == MAX_LINES + 1
    with pytest.raises(UserError, match=f"ask for 1 to {MAX_LINES} lines"):
        made.admit("slice", {"path": "shop.py", "start": 1, "end": MAX_LINES + 1})


def test_reports_are_kept_for_a_while(at_the_desk):
    """The last ones, named by their content."""
    made = at_the_desk()
    names = [made.answer({"report": a_report(dict(FINDING, line=n)), "said": []})["report"] for n in range(9)]
    assert len(set(names)) == 9
    assert made.quick(made.admit("findings", {"report": names[-1]}))["total"] == 1
    with pytest.raises(UserError, match="there is no report"):
        made.quick(made.admit("findings", {"report": names[0]}))


def test_pages_of_findings(at_the_desk):
    """In the order of the report, by rule and evidence, to the last; long texts are cut."""
    made = at_the_desk()
    others = [dict(FINDING, identity=f"{n:064x}", rule="ssrf", evidence="proven") for n in range(70)]
    hidden = dict(FINDING, identity="f" * 64, disposition="suppressed")
    told = made.answer({"report": a_report(FINDING, *others, hidden), "said": ["charter: x"]})
    assert (told["findings"], told["counts"], told["said"]) == (71, {"traced": 1, "proven": 70}, ["charter: x"])
    assert len(told["listed"]) == 20

    def page(**given):
        return made.quick(made.admit("findings", {"report": told["report"], **given}))

    first, second = page(), page(offset=50)
    assert (first["total"], len(first["listed"]), first["next"]) == (71, 50, 50)
    assert (len(second["listed"]), second["next"]) == (21, None)
    assert page(offset=500) == {"total": 71, "listed": [], "next": None}
    assert page(all=True)["total"] == 72
    assert page(rule="xss")["total"] == 1
    assert page(evidence="proven", limit=5)["next"] == 5
    assert len(first["listed"][0]["message"]) == 2001


def test_the_way_of_a_finding(at_the_desk):
    """Steps with the lines around each; digits must name one finding."""
    made = at_the_desk()
    other = dict(FINDING, identity="ab" * 31 + "cd")
    report = made.answer({"report": a_report(FINDING, other), "said": []})["report"]
    told = made.quick(made.admit("paths", {"report": report, "finding": "ab" * 32}))
    assert [line["number"] for line in told["steps"][0]["lines"]] == [1, 2, 3, 4, 5]
    assert [line["number"] for line in told["steps"][0]["lines"] if line["hit"]] == [3]
    for digits, why in (("ab" * 8, "2 findings begin with"), ("cd" * 8, "no finding begins with")):
        with pytest.raises(UserError, match=why):
            made.quick(made.admit("paths", {"report": report, "finding": digits}))


def test_rules_are_explained(at_the_desk):
    """Of code and of hosts."""
    made = at_the_desk()
    assert made.quick(made.admit("explain", {"rule": "xss"}))["page"].startswith("# ")
    with pytest.raises(UserError, match="there is no rule 'nothing'"):
        made.quick(made.admit("explain", {"rule": "nothing"}))


def test_the_ledger_names_no_place_outside(at_the_desk, shop, tmp_path):
    """Operations elsewhere are there, and where they were is not."""
    from casemate.app.scan import ScanRequest, run_scan

    def scanned(place):
        run_scan(ScanRequest(paths=(place,)), announce=lambda line: None, progress=lambda *seen: None)

    scanned(tmp_path / "shop-other")
    scanned(shop)
    made = at_the_desk()
    told = made.quick(made.admit("ledger_show", {}))
    assert [(one["operation"], one["subject"]) for one in told["operations"]] == [
        ("scan", [str(shop)]),
        ("scan", [ELSEWHERE]),
    ]
    checked = made.quick(made.admit("ledger_verify", {}))
    assert (checked["intact"], checked["operations"], checked["unfinished"]) == (True, 2, 0)
    proof = made.quick(made.admit("ledger_prove", {"index": 1}))
    assert (proof["size"], len(proof["inclusion_proof"])) == (4, 2)
    assert "shop-other" not in json.dumps([told, checked, proof])
    with pytest.raises(UserError, match="entry 4 is not below the ledger's 4 entries"):
        made.quick(made.admit("ledger_prove", {"index": 4}))
