"""What others claim, as their tools really write it; and what is no claim is told, not dropped."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.leads.claims import Claims, read_sarif, read_text
from casemate.leads.cwes import BANDIT, FAMILIES, GENERAL, same
from casemate.model.claim import Claim
from casemate.model.errors import UserError
from casemate.model.outcome import NotExamined, Reason

RULES = {"command-injection": 78, "xss": 79}


def sarif(*results, tool="Tool", rules=(), **run):
    """A SARIF file of one run."""
    driver = {"name": tool, "rules": list(rules)}
    return json.dumps(
        {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run}]}
    ).encode()


def result(name="CWE-78", uri="app/a.py", line=3, **more):
    """A result at a place."""
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    return {"ruleId": name, "message": {"text": "m"}, "locations": [{"physicalLocation": place}], **more}


def only(data, place=""):
    """The one claim of a file in which nothing is odd."""
    read = read_sarif(data, "f.sarif", place)
    assert read.not_examined == ()
    (claim,) = read.claims
    return claim


def odd(data, place=""):
    """Why the one result of a file is no claim."""
    read = read_sarif(data, "f.sarif", place)
    assert read.claims == ()
    (told,) = read.not_examined
    assert (told.reason, told.files) == (Reason.NO_SOURCE, 0)
    return told.detail


# --- tools as they write


BANDIT_RULE = {
    "id": "B602",
    "name": "subprocess_popen_with_shell_equals_true",
    "properties": {"tags": ["security", "external/cwe/cwe-78"], "precision": "high"},
    "helpUri": "https://bandit.readthedocs.io/en/1.9.4/plugins/b602_subprocess_popen_with_shell_equals_true.html",
}


def test_bandit():
    """Relative names, tags with the CWE, an index into the rules."""
    found = result("B602", "odd.py", 3, ruleIndex=0, level="error", properties={"issue_confidence": "HIGH"})
    assert only(sarif(found, tool="Bandit", rules=[BANDIT_RULE])) == Claim(
        tool="Bandit", rule="B602", cwe=78, path="odd.py", line=3, message="m"
    )


def test_bandit_where_its_own_cwe_is_another_flaw():
    """What the test looks for counts: of eval the tags say 78, of YAML 20."""
    for name, tag, cwe in (("B307", "external/cwe/cwe-78", 95), ("B506", "external/cwe/cwe-20", 502)):
        rule = {"id": name, "properties": {"tags": [tag]}}
        assert only(sarif(result(name, ruleIndex=0), rules=[rule])).cwe == cwe


def test_ruff():
    """No rules, no CWE, absolute places: its S rules are bandit's."""
    found = result("S602", "file:///home/bob/shop/app/a.py", 3)
    assert only(sarif(found, tool="ruff"), place="/home/bob/shop") == Claim(
        tool="ruff", rule="S602", cwe=78, path="app/a.py", line=3, message="m"
    )


def test_semgrep():
    """The CWE stands in words among the tags."""
    name = "python.lang.security.audit.subprocess-shell-true.subprocess-shell-true"
    rule = {
        "id": name,
        "properties": {
            "precision": "very-high",
            "tags": [
                "CWE-78: Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')",
                "LOW CONFIDENCE",
                "OWASP-A03:2021 - Injection",
            ],
        },
    }
    found = result(name, "src/app/a.py", 7)
    found["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "%SRCROOT%"
    found["fingerprints"] = {"matchBasedId/v1": "requires login"}
    claim = only(sarif(found, tool="Semgrep OSS", rules=[{"id": "other"}, rule]))
    assert (claim.tool, claim.cwe, claim.path, claim.line) == ("Semgrep OSS", 78, "src/app/a.py", 7)


def test_codeql():
    """Rules in an extension, CWE with leading zeros, files by index, and a reference instead of an id."""
    extension = {
        "name": "codeql/python-queries",
        "rules": [
            {"id": "py/unused", "properties": {"tags": ["maintainability"]}},
            {
                "id": "py/path-injection",
                "properties": {"tags": ["security", "external/cwe/cwe-022", "external/cwe/cwe-023"]},
            },
        ],
    }
    found = result("py/path-injection", rule={"id": "py/path-injection", "index": 1, "toolComponent": {"index": 0}})
    found["locations"][0]["physicalLocation"]["artifactLocation"] = {"index": 1}
    artifacts = [
        {"location": {"uri": "x.py"}},
        {"location": {"uri": "app/files.py", "uriBaseId": "%SRCROOT%", "index": 1}},
    ]
    document = json.loads(sarif(found, tool="CodeQL", artifacts=artifacts))
    document["runs"][0]["tool"]["extensions"] = [extension]
    data = json.dumps(document).encode("utf-8-sig")
    assert only(data) == Claim(
        tool="CodeQL", rule="py/path-injection", cwe=22, path="app/files.py", line=3, message="m"
    )
    del found["ruleId"], found["rule"]["id"]
    document["runs"][0]["results"] = [found]
    assert only(json.dumps(document).encode()).rule == "py/path-injection"


def test_a_tool_with_a_taxonomy():
    """CWE by taxa of the result, or by a relation of the rule; an id below the rule's."""
    taxon = {"id": "89", "toolComponent": {"name": "CWE"}}
    assert only(sarif(result("sqli", taxa=[{"id": "x", "toolComponent": {"name": "OWASP"}}, taxon]))).cwe == 89
    rule = {"id": "R1", "relationships": [{"target": {"id": "CWE-502"}, "kinds": ["superset"]}]}
    claim = only(sarif(result("R1/pickle"), rules=[rule]))
    assert (claim.rule, claim.cwe) == ("R1/pickle", 502)


@pytest.mark.parametrize(
    ("told", "cwe"),
    [
        ({"cwe": "CWE-79"}, 79),
        ({"cwe": ["CWE-79: Script", "CWE-80"]}, 79),
        ({"tags": ["external/cwe/cwe-0611"]}, 611),
        ({"tags": ["cwe:918"]}, 918),
        ({"tags": ["CWE_22"]}, 22),
    ],
)
def test_where_a_cwe_stands(told, cwe):
    """In a property of its own, or among tags in several spellings."""
    assert only(sarif(result("r", properties=told))).cwe == cwe
    assert only(sarif(result("r"), rules=[{"id": "r", "properties": told}])).cwe == cwe


def test_a_message_by_its_id():
    """With its arguments, in one line, of bounded length."""
    rule = {"id": "CWE-78", "messageStrings": {"default": {"text": "{0} runs\n  {1}"}}}
    message = {"id": "default", "arguments": ["run", "it"]}
    assert only(sarif(result(message=message), rules=[rule])).message == "run runs it"
    assert len(only(sarif(result(message={"text": "x" * 9_000}))).message) == 500
    assert only(sarif(result(message=None))).message == ""


# --- places


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("app/a.py", "app/a.py"),
        ("./app//a.py", "app/a.py"),
        ("app/x/../a.py", "app/a.py"),
        ("app%2Fa%20b.py", "app/a b.py"),
        ("app/caf%E9.py", r"app/caf\xe9.py"),
        ("app/caf%C3%A9.py", "app/café.py"),
        ("app\\sub\\a.py", "app/sub/a.py"),
        ("/srv/shop/app/a.py", "app/a.py"),
        ("file:///srv/shop/app/a.py", "app/a.py"),
        ("file:/srv/shop/app/a.py", "app/a.py"),
        ("file://host/srv/shop/app/a%20b.py", "app/a b.py"),
    ],
)
def test_how_a_file_is_named(uri, path):
    """Relative, absolute, encoded, with the separators of another system."""
    assert only(sarif(result(uri=uri)), place="/srv/shop").path == path


def test_files_below_a_base():
    """Of another machine, or below a folder of the target; a base may stand on a base."""
    based = result(uri="a.py")
    based["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "APP"
    far = {"ROOT": {"uri": "file:///github/workspace/"}, "APP": {"uri": "app/", "uriBaseId": "ROOT"}}
    assert only(sarif(based, originalUriBaseIds=far)).path == "app/a.py"
    near = {"APP": {"uri": "app"}}
    assert only(sarif(based, originalUriBaseIds=near)).path == "app/a.py"
    whole = result(uri="file:///github/workspace/app/a.py")
    assert only(sarif(whole, originalUriBaseIds=far)).path == "app/a.py"
    circle = {"APP": {"uri": "x/", "uriBaseId": "APP"}}
    assert only(sarif(based, originalUriBaseIds=circle)).path.endswith("x/a.py")


@pytest.mark.parametrize(
    "uri",
    [
        "/etc/passwd",
        "file:///etc/passwd",
        "../a.py",
        "app/../../a.py",
        "..%2Fa.py",
        "/srv/shop",
        "/srv/shopping/a.py",
        "C:\\x\\a.py",
        "https://example.com/a.py",
        ".",
        "a%00.py",
    ],
)
def test_a_place_outside_the_target(uri):
    """Is told, and nothing is looked for there."""
    assert any(words in odd(sarif(result(uri=uri)), place="/srv/shop") for words in ("outside", "no file below"))


# --- what is no claim


ODD = {
    "no place": (result(locations=[]), "it names no place"),
    "no file": (result(uri=""), "it names no file"),
    "no line": (result(line=None), "it names no line of 'app/a.py'"),
    "line 0": (result(line=0), "it names no line of 'app/a.py'"),
    "a line that is true": (result(line=True), "it names no line of 'app/a.py'"),
    "no weakness": (result("E501"), "it names no weakness (CWE), and its rule 'E501' is not known here"),
    "a CWE that is none": (result("CWE-000"), "it names no weakness (CWE), and its rule 'CWE-000' is not known here"),
    "passed": (result(kind="pass"), "the tool says that it is no problem (pass)"),
    "gone": (result(baselineState="absent"), "the tool says that it is no problem (absent)"),
    "suppressed": (result(suppressions=[{"kind": "inSource"}]), "it is suppressed"),
    "no object": ("nonsense", "it names no place"),
}


@pytest.mark.parametrize(("one", "why"), ODD.values(), ids=ODD)
def test_a_result_that_is_no_claim(one, why):
    """Why, and which one of which tool."""
    assert odd(sarif(one)) == why
    assert read_sarif(sarif(result(), one), "f").not_examined[0].what == "result 2 of Tool"


def test_a_suppression_under_review_hides_nothing():
    """Only what somebody accepted is settled."""
    assert only(sarif(result(suppressions=[{"kind": "external", "status": "underReview"}]))).cwe == 78


def test_a_run_without_results():
    """None at all is not the same as an empty list."""
    assert read_sarif(sarif(), "f") == Claims(claims=())
    assert "it has no results" in odd(json.dumps({"version": "2.1.0", "runs": [{}]}).encode())
    elsewhere = {"tool": {"driver": {"name": "T"}}, "externalPropertyFileReferences": {"results": [{}]}}
    assert odd(json.dumps({"version": "2.1.0", "runs": [elsewhere]}).encode()) == "its results stand in another file"
    assert odd(json.dumps({"version": "2.1.0", "runs": [3]}).encode()) == "it is no run"


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"[]", b"{}", b'{"runs": 3}', b'{"version": "1.0.0", "runs": []}', b"[" * 9999]
)
def test_what_is_no_sarif(data):
    """One line, with the next step."""
    with pytest.raises(UserError, match="'f' is no SARIF: it "):
        read_sarif(data, "f")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "ruleId",
                    "rule",
                    "index",
                    "locations",
                    "physicalLocation",
                    "artifactLocation",
                    "uri",
                    "region",
                    "startLine",
                    "message",
                    "text",
                    "taxa",
                    "properties",
                    "tags",
                    "tool",
                    "driver",
                    "rules",
                    "results",
                    "suppressions",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.lists(json_values, max_size=3))
def test_any_results_are_read(results):
    """Whatever stands there is a claim or is told; none is lost."""
    read = read_sarif(sarif(*results), "f")
    assert len(read.claims) + len(read.not_examined) == len(results)
    document = {"runs": results}
    read_sarif(json.dumps(document).encode(), "f")


# --- a line of text


@pytest.mark.parametrize(
    ("text", "rule", "cwe"),
    [
        ("command-injection:app/a.py:12", "command-injection", 78),
        ("CWE-89:app/a.py:12", "", 89),
        ("cwe-089:./app/a.py:12\n", "", 89),
        ("CWE79:app/a.py:12", "", 79),
    ],
)
def test_a_claim_as_text(text, rule, cwe):
    """By a rule of ours, or by a CWE."""
    assert read_text(text, RULES) == Claim(tool="claim", rule=rule, cwe=cwe, path="app/a.py", line=12, message="")


def test_a_file_with_a_colon():
    """The last one counts."""
    assert read_text("xss:a:b.py:3", RULES).path == "a:b.py"


@pytest.mark.parametrize(
    "text",
    ["", "xss", "xss:a.py", "xss:a.py:0", "xss:a.py:x", "::3", "no-rule:a.py:3", "xss:/etc/a.py:3", "xss:../a.py:3"],
)
def test_a_text_that_is_no_claim(text):
    """One line, with what to write."""
    with pytest.raises(UserError):
        read_text(text, RULES)


# --- what is meant as the same


@pytest.mark.parametrize(
    ("one", "other"),
    [(77, 78), (80, 79), (23, 22), (943, 89), (20, 89), (918, 441), (400, 1333), (259, 798), (78, 78), (74, 79)],
)
def test_weaknesses_that_are_meant_as_the_same(one, other):
    """Parents, children, siblings, and classes that say nothing; either way round."""
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (78, 89),
        (79, 89),
        (22, 78),
        (94, 78),
        (502, 94),
        (90, 643),
        (918, 601),
        (377, 367),
        (703, 89),
        (710, 78),
        (1, 2),
    ],
)
def test_weaknesses_that_are_not(one, other):
    """Another flaw is another flaw, also below the same class."""
    assert not same(one, other)
    assert not same(other, one)


def test_the_tables_fit_the_rules():
    """Each family holds something that a rule looks for, and so does each of bandit's tests."""
    from casemate.leads.catalogue import rules

    ours = {rule.cwe for rule in rules()}
    assert [family for family in FAMILIES if not family & ours] == []
    assert {cwe for cwe in BANDIT.values() if not any(same(cwe, own) for own in ours)} == set()
    assert GENERAL.isdisjoint(ours)


def test_a_claim_has_a_place():
    """Nothing else can be looked at."""
    for change in ({"line": 0}, {"path": ""}, {"cwe": 0}):
        with pytest.raises(ValueError, match="a claim has a place"):
            Claim(**{"tool": "t", "rule": "r", "cwe": 1, "path": "a", "line": 1, "message": ""} | change)
    assert str(Claim(tool="t", rule="", cwe=79, path="a.py", line=3, message="")) == "t CWE-79 at a.py:3"
    assert isinstance(NotExamined(what="x", reason=Reason.NO_SOURCE), NotExamined)
