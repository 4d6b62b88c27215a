"""Reports after a hunt: proven first, with what happened, and how every other attempt ended; and no input in any of them."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from casemate.cli.deliver import exit_code
from casemate.evidence import gitlab, html, jsonreport, markdown, sarif, table
from casemate.evidence.bundle import digest, read
from casemate.evidence.earlier import read_back
from casemate.evidence.verdicts import FIDELITY, OBSERVER, RESULT, WAY, released, sealed, tried_words, verdict_words
from casemate.model.finding import Disposition
from casemate.model.lead import Evidence
from casemate.model.proof import Fidelity, Observer, ProofKind, Result, Verdict
from tests.evidence.proven import as_json, exhibit, hunted_bank, proven_finding
from tests.evidence.support import RULES, bank, decided_bank, lead_of
from tests.evidence.test_schema import SCHEMA, VALIDATOR

REPORT, BUNDLES = hunted_bank()
PROVEN = lead_of(REPORT, "command-injection")
HASH = PROVEN.verdict.proof.bundle
SCREEN = Path(__file__).parent / "screens/table-hunted-100.txt"
RENDERERS = {
    "table": lambda report: table.render(report, 100, False),
    "json": jsonreport.render,
    "html": lambda report: html.render(report, RULES),
    "md": lambda report: markdown.render(report, RULES),
    "sarif": lambda report: sarif.render(report, RULES),
    "gitlab": lambda report: gitlab.render(report, RULES),
}


def results(report):
    return [f.verdict and f.verdict.result for f in report.findings]


def test_sealing_a_report():
    """Each proof names its bundle, which holds its own inputs; the others stay as they were."""
    assert list(BUNDLES) == [PROVEN.identity]
    assert digest(BUNDLES[PROVEN.identity]) == HASH
    assert results(REPORT)[:4] == [Result.PROVEN, Result.NOT_TRIGGERED, Result.MISSING, Result.NOT_EXAMINED]
    assert read(BUNDLES[PROVEN.identity], "b").exhibit.cases == exhibit().cases


def test_what_verdicts_quote_is_redacted():
    """What a target raises may hold a password, and a line break."""
    loud = Verdict(result=Result.BROKEN, detail="ValueError: bad url\n  http://bob:hunter2@db/")
    finding = replace(lead_of(bank(), "sql-injection"), verdict=loud)
    quiet, _ = sealed(replace(bank(), findings=(finding,)), {})
    assert quiet.findings[0].verdict.detail == "ValueError: bad url http://bob:‹redacted›@db/"
    for form, render in RENDERERS.items():
        text = render(replace(bank(), findings=(finding,)))  # also where nobody sealed it
        assert "hunter2" not in text, form
        assert "ValueError" in text, form
    said = proven_finding(happened="it read password = 'hunter2'")
    quiet, bundles = sealed(replace(bank(), findings=(said,)), {said.identity: exhibit()})
    assert quiet.findings[0].verdict.proof.happened == "it read password = '‹redacted›'"
    assert b"hunter2" not in bundles[said.identity]


def test_the_screen_after_a_hunt():
    """Byte for byte what `screens/` holds."""
    assert table.render(REPORT, 100, False) == SCREEN.read_text()


@pytest.mark.parametrize("form", RENDERERS)
def test_every_form_says_what_happened(form):
    """In plain words, with the bundle that shows it; and how the others ended."""
    text = RENDERERS[form](REPORT)
    assert "a program named in the input was run" in text
    assert "there is no module" in text
    assert (HASH[:12] if form == "table" else HASH) in text


@pytest.mark.parametrize("form", RENDERERS)
def test_no_form_holds_an_input(form):
    """Neither a payload nor a word that a canary was called: only who releases it hands it on."""
    text = RENDERERS[form](REPORT)
    assert "cm1k1" not in text
    assert "{canary}" not in text
    assert "payload" not in text


def test_released_inputs():
    """What a proof was driven with, with the canary under its name, in the forms that somebody reads to understand it."""
    report = released(REPORT, BUNDLES.values())
    assert report.inputs == ((PROVEN.identity, '{"text":";{canary};"}'),)
    (told,) = [f for f in json.loads(jsonreport.render(report))["findings"] if f["evidence"] == "proven"]
    assert told["verdict"]["proof"]["input"] == '{"text":";{canary};"}'
    (result,) = [
        r for r in json.loads(sarif.render(report, RULES))["runs"][0]["results"] if "bundle" in r["properties"]
    ]
    assert result["properties"]["input"] == '{"text":";{canary};"}'
    assert "{&#34;text&#34;:&#34;;{canary};&#34;}" in html.render(report, RULES)
    assert "Driven with: <code>" in markdown.render(report, RULES)
    VALIDATOR.validate(json.loads(jsonreport.render(report)))


def test_only_what_is_proven_is_released():
    """A bundle of something that this report does not prove adds nothing."""
    assert released(bank(), BUNDLES.values()).inputs == ()
    _, other = sealed(replace(bank(), findings=(proven_finding(),)), {PROVEN.identity: exhibit(python="3.8.1")})
    assert released(REPORT, other.values()).inputs == ()


def test_a_report_after_a_hunt_is_read_back():
    """As an earlier one, from either form that can be: what is proven there is known to be."""
    for text in (jsonreport.render(REPORT), sarif.render(REPORT, RULES)):
        earlier = read_back(text.encode(), "earlier")
        assert earlier.results[PROVEN.identity].evidence is Evidence.PROVEN


def test_a_verdict_in_json():
    """Every field, under names that stay; a finding that was not tried has none."""
    findings = json.loads(jsonreport.render(REPORT))["findings"]
    assert findings[0]["verdict"] == {
        "result": "proven",
        "detail": "",
        "executions": 23,
        "proof": {
            "oracle": "command",
            "kind": "canary",
            "observer": "outside the process",
            "fidelity": "public API",
            "happened": "a program named in the input was run",
            "runs": 5,
            "stubs": ["mainframe"],
            "bundle": HASH,
        },
    }
    assert findings[1]["verdict"] == {
        "result": "not triggered",
        "detail": "driven 40 times, and no oracle fired",
        "executions": 40,
        "proof": None,
    }
    assert "verdict" not in findings[-1]


def test_the_schema_knows_every_term_of_a_verdict():
    """A new outcome in the model is a new one in the schema."""
    properties = SCHEMA["$defs"]["proof"]["properties"]
    assert SCHEMA["$defs"]["verdict"]["properties"]["result"]["enum"] == list(Result)
    assert properties["kind"]["enum"] == list(ProofKind)
    assert properties["observer"]["enum"] == list(Observer)
    assert properties["fidelity"]["enum"] == list(Fidelity)
    document = json.loads(jsonreport.render(REPORT))
    VALIDATOR.validate(document)
    document["findings"][0]["verdict"]["result"] = "believed"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def test_every_outcome_has_words():
    """None is left to be looked up."""
    assert [*map(list, (RESULT, FIDELITY, OBSERVER))] == [*map(list, (Result, Fidelity, Observer))]
    assert list(WAY) == list(Fidelity)


def test_properties_in_sarif():
    """Flat, and on the rung that it stands on; still SARIF by its schema."""
    log = json.loads(sarif.render(REPORT, RULES))
    found = {result["ruleId"]: result["properties"] for result in log["runs"][0]["results"]}
    proof = found["command-injection"]
    assert (proof["evidence"], proof["fidelity"], proof["bundle"]) == ("proven", "public API", HASH)
    assert (proof["verdict"], proof["observer"], proof["stubs"]) == ("proven", "outside the process", ["mainframe"])
    assert found["sql-injection"]["verdict"] == "not triggered"
    assert found["sql-injection"]["why"] == "driven 40 times, and no oracle fired"
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text())
    jsonschema.Draft7Validator(schema).validate(log)


def test_details_for_gitlab():
    """What happened, from where it was seen, and the bundle."""
    first, second, *_ = json.loads(gitlab.render(REPORT, RULES))["vulnerabilities"]
    assert first["details"]["proof"]["value"] == (
        "a program named in the input was run; seen from outside the process, through the public API, in 5 of 5 runs, "
        "with a stand-in for mainframe"
    )
    assert first["details"]["bundle"]["value"] == HASH
    assert second["details"]["proof"]["value"] == "not triggered: driven 40 times, and no oracle fired"


def test_how_many_were_tried():
    """Of those that count; nothing where nothing was put to the proof."""
    assert tried_words(REPORT) == "4 findings: 1 proven, 1 not triggered, 1 dependency missing, 1 not examined"
    assert tried_words(bank()) == ""
    meant = next(f for f in bank().findings if f.disposition is Disposition.BY_DESIGN)
    meant = replace(meant, verdict=Verdict(result=Result.BY_DESIGN, detail="it is meant to"))
    assert tried_words(replace(bank(), findings=(meant,))) == ""
    assert verdict_words(meant.verdict) == "by design: it is meant to"


@pytest.mark.parametrize("form", RENDERERS)
def test_a_report_without_verdicts_says_nothing_of_proofs(form):
    """It is what it was before there were any."""
    for report in (bank(), decided_bank()):
        text = RENDERERS[form](report)
        assert "ut to the proof" not in text
        assert "undle" not in text
        assert "verdict" not in text


def test_failing_on_proven():
    """`--fail-on proven` fails for what is proven, and for nothing less."""
    assert exit_code(REPORT, fail_on="proven", strict=False) == 1
    unproven = replace(REPORT, findings=tuple(f for f in REPORT.findings if f.evidence != "proven"))
    assert exit_code(unproven, fail_on="proven", strict=False) == 0
    assert exit_code(unproven, fail_on="traced", strict=False) == 1


def test_a_stand_in_is_named():
    """One, several, none."""
    for stubs, words in (((), "in 5 of 5 runs"), (("a", "b"), "in 5 of 5 runs, with stand-ins for a, b")):
        report, _ = sealed(replace(bank(), findings=(proven_finding(stubs=stubs),)), {})
        text = table.render(report, 140, False)
        assert f"seen from outside the process, through the public API, {words}\n" in text


def test_reports_are_numbered_in_the_exhibit():
    """What was reported travels along, by number, for whoever wants to read it."""
    _, bundles = sealed(
        replace(bank(), findings=(proven_finding(),)), {PROVEN.identity: exhibit(reports=(as_json(a=1),))}
    )
    assert read(bundles[PROVEN.identity], "b").exhibit.reports == (b'{"a":1}',)
