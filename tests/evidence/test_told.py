"""What may be told of a finding: read back from reports and bundles, in words, without inputs and secrets."""

import json
from dataclasses import replace

import pytest

from casemate.evidence.advice import verify_words, way_words
from casemate.evidence.bundle import digest, read, seal
from casemate.evidence.jsonreport import render
from casemate.evidence.told import WITHHELD, chosen, of_bundle, of_report, page_of
from casemate.evidence.verdicts import released
from casemate.leads.catalogue import page
from casemate.model.errors import UserError
from casemate.model.lead import Evidence, Severity
from tests.evidence.drafts import FIXED, TRACED, told
from tests.evidence.proven import as_json, exhibit, hunted_bank, proven_finding, sealed
from tests.evidence.support import bank
from tests.evidence.test_fixes import BUNDLES, OFFERED

REPORT, KEPT = hunted_bank()


def test_a_traced_finding():
    """Place, function, way and boundary; nothing of a proof, and no line of the source."""
    assert (TRACED.cwe, TRACED.severity, TRACED.evidence) == (78, Severity.CRITICAL, Evidence.TRACED)
    assert (TRACED.place, TRACED.function) == ("backoffice/settlement/runner.py:88", "Runner.settle")
    assert TRACED.message == "subprocess.run runs a command made from the form field"
    assert TRACED.boundary == "from the network"
    assert TRACED.way == (
        "backoffice/settlement/runner.py:80: form field enters",
        "backoffice/settlement/runner.py:88: reaches subprocess.run",
    )
    assert (TRACED.happened, TRACED.seen, TRACED.bundle, TRACED.patch, TRACED.hidden) == ("", "", "", "", "")
    assert "hunter2" not in str(TRACED)
    assert "settle --password" not in str(TRACED)


def test_a_proof_and_a_patch_that_held():
    """What happened, from where it was seen, the bundle's digest; what the patch does, and the rungs by name."""
    assert (FIXED.evidence, FIXED.patch) == (Evidence.FIXED, "run it without a shell")
    assert FIXED.happened == "a program named in the input was run"
    assert FIXED.seen.startswith("seen from outside the process, through the public API, in 5 of 5 runs")
    assert FIXED.bundle == digest(next(iter(BUNDLES.values())))
    assert FIXED.rungs[:2] == ("applies", "loads")
    assert FIXED.without == ("the target's tests",)


def test_a_bundle_tells_the_same_as_its_report():
    """Of the same finding, also when it was fixed."""
    for report, bundles in ((REPORT, KEPT), (OFFERED, BUNDLES)):
        ((identity, data),) = bundles.items()
        one = of_bundle(read(data, "b"), digest(data))
        assert one.identity == identity
        assert one == told(report=report)


def test_an_input_is_taken_out_whole():
    """Also when a part of it is known by itself."""
    case = as_json(canary="cm1234567", payload={"parts": ["--file", "x --file=/tmp/a"]})
    _, data = seal(proven_finding(happened="given x --file=/tmp/a"), exhibit(cases=(case,)), "0.1.0")
    assert of_bundle(read(data, "b"), digest(data)).happened == f"given {WITHHELD}"


def test_the_way_says_each_place_once():
    """A step that only goes on at the line before says nothing; elsewhere it says that the value goes on."""
    document = json.loads(render(bank()))
    finding = document["findings"][0]
    steps = [
        ("source", "", 1),
        ("flow", "", 1),
        ("flow", "", 2),
        ("flow", "joined", 2),
        ("call", "", 2),
        ("sink", "", 3),
    ]
    finding["trace"] = [
        {"role": role, "note": note, "location": {"path": "a.py", "line": line}} for role, note, line in steps
    ]
    assert of_report(json.dumps(document).encode(), "r")[0].way == (
        "a.py:1: the value enters",
        "a.py:2: the value goes on",
        "a.py:2: joined",
        "a.py:2: the value is passed to a function",
        "a.py:3: the place where it does harm",
    )


def test_hidden_findings_say_why():
    """By design, or suppressed by whom and why."""
    findings = of_report(render(bank()).encode(), "r.json")
    assert [one.hidden for one in findings if one.hidden] == [
        "by design",
        "suppressed: The target's own configuration ignores it.",
    ]


def test_what_a_report_released_is_not_told():
    """A report with the input gives the same as one without; and an input that stands in another text is taken out of it."""
    full = render(released(REPORT, KEPT.values()))
    assert ";{canary};" in full
    assert of_report(full.encode(), "r.json") == of_report(render(REPORT).encode(), "r.json")
    document = json.loads(full)
    for finding in document["findings"]:
        finding["message"] += " when given ;{canary};"
        finding["title"] += ' {"text":";{canary};"}'
    for one in of_report(json.dumps(document).encode(), "r.json"):
        assert one.message.endswith(f" when given {WITHHELD}")
        assert "{canary}" not in str(one)


def test_what_a_bundle_was_driven_with_is_not_told():
    """Its inputs and canary words, wherever a text quotes them."""
    case = as_json(canary="cm1234567", calm="ok7654321", payload={"text": ";{canary};"})
    finding = proven_finding(happened="cm1234567 was run by ;{canary};")
    lead = replace(finding.lead, message="a command made from ;{canary}; and ok7654321", function="f_cm1234567")
    _, data = seal(replace(finding, lead=lead), exhibit(cases=(case,), controls=(case,)), "0.1.0")
    one = of_bundle(read(data, "b"), digest(data))
    assert one.happened == f"{WITHHELD} was run by {WITHHELD}"
    assert (one.message, one.function) == (f"a command made from {WITHHELD} and {WITHHELD}", f"f_{WITHHELD}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("uses password = 'hunter2'", "uses password = '‹redacted›'"),
        ("reads AKIAIOSFODNN7EXAMPLE", "reads ‹redacted›"),
        ("a key\nof lines", "a key of lines"),
        ("a\x1b[2Jb\u202e", r"a\x1b[2Jb\u202e"),
    ],
)
@pytest.mark.parametrize("field", ["message", "function", "title", "note", "path"])
def test_secrets_and_controls_in_any_text(field, text, shown):
    """A report that somebody edited shows neither."""
    document = json.loads(render(bank()))
    finding = next(one for one in document["findings"] if one["rule"] == "command-injection")
    if field == "note":
        finding["trace"][0]["note"] = text
    elif field == "path":
        finding["location"]["path"] = text
    else:
        finding[field] = text
    one = next(f for f in of_report(json.dumps(document).encode(), "r") if f.identity == finding["identity"])
    assert {
        "message": one.message,
        "function": one.function,
        "title": one.title,
        "note": one.way[0].partition(": ")[2],
        "path": one.place.rpartition(":")[0],
    }[field] == shown


BROKEN = {
    "no JSON": (b"{", "it is not as Casemate writes it"),
    "another tool": (b'{"tool": {"name": "other"}, "format": 1}', "it is one of 'other'"),
    "SARIF": (b'{"runs": []}', "it names no tool"),
    "a newer form": (b'{"tool": {"name": "casemate"}, "format": 2}', "its format is '2', this version reads 1"),
    "no findings": (b'{"tool": {"name": "casemate"}, "format": 1}', "it is not as Casemate writes it"),
    "too deep": (b"[" * 100_000, "it is not as Casemate writes it|nested too deeply"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_report(name):
    """One line with what is wrong."""
    content, why = BROKEN[name]
    with pytest.raises(UserError, match=why):
        of_report(content, "r.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("identity", "x" * 64),
        ("cwe", "78"),
        ("cwe", True),
        ("evidence", "certain"),
        ("severity", 3),
        ("message", None),
        ("trace", [{"role": "source"}]),
        ("boundary", "moon"),
        ("location", {"path": "a", "line": "x"}),
        ("location", {"path": "a", "line": float("inf")}),
        ("location", {"path": "a", "line": True}),
        ("location", {"path": "a", "line": 0}),
        ("verdict", {"proof": {"input": 3}}),
        ("fix", {"offered": {"what": "x", "ladder": [{"rung": "applies", "step": "maybe"}]}}),
    ],
)
def test_a_finding_that_is_not_as_we_write_it(key, value):
    """Is refused, never told wrongly."""
    document = json.loads(render(bank()))
    document["findings"][0][key] = value
    with pytest.raises(UserError, match="is no JSON report of Casemate"):
        of_report(json.dumps(document).encode(), "r.json")


@pytest.mark.parametrize("case", [b"[]", b"{", b"3", b'{"payload":' + b"[" * 3000 + b"]" * 3000 + b"}", b'"\xff"'])
def test_a_bundle_whose_inputs_cannot_be_read(case):
    """Is not told at all, because it is not known what must not be told."""
    _, data = seal(proven_finding(), exhibit(cases=(case,)), "0.1.0")
    with pytest.raises(UserError, match="holds cases that Casemate does not write; get it again"):
        of_bundle(read(data, "b"), digest(data))


def test_a_finding_of_a_host():
    """Its evidence in a host's words, and no scan to find it again."""
    document = json.loads(render(bank()))
    document["host"] = {}
    one = next(f for f in of_report(json.dumps(document).encode(), "r") if f.rule == "sql-injection")
    assert one.meaning == "Read off the host's own files, modes and owners, each with its place."
    assert "(casemate host --root ROOT)" in verify_words(one)
    assert way_words(one).startswith("1. backoffice/routes.py:41: ")
    assert "(casemate scan PATH --rule sql-injection)" in verify_words(replace(one, host=False))


def test_choosing():
    """By the beginning of an identity, in the order asked, each once; alone without asking."""
    findings = of_report(render(bank()).encode(), "r.json")
    first, second = findings[0], findings[1]
    assert chosen(findings, [second.identity[:9], first.identity.upper(), second.identity]) == (second, first)
    assert chosen([first], []) == (first,)
    for given, why in (
        ([], "there are 6 findings; name one of them by --finding ID"),
        (["zz"], "no finding has"),
        ([""], "no"),
    ):
        with pytest.raises(UserError, match=why):
            chosen(findings, given)
    alike = replace(second, identity=first.identity[:8] + "0" * 56)
    with pytest.raises(UserError, match=r"2 findings have an identity that begins with .*; give more of it"):
        chosen([first, alike], [first.identity[:8]])
    with pytest.raises(UserError, match="stands in two of the files"):
        chosen([first, first], [])
    with pytest.raises(UserError, match="there is no finding in it"):
        chosen([], [])


def test_a_rules_page_in_parts():
    """What it is, why it matters, how to fix it; an unknown rule has none."""
    parts = page_of(page("sql-injection"))
    assert parts.what.startswith("Text from outside becomes part of an SQL statement")
    assert parts.why
    assert parts.fix.startswith("Bind values")
    assert page_of("") == type(parts)()


def test_the_bundle_of_the_tests_holds_its_input():
    """So that the tests above could fail."""
    assert b"{canary}" in sealed()[1]
