"""Reports and bundles after what was proven was fixed: the patch, its ladder, and no secret of the target."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from casemate.evidence import gitlab, html, jsonreport, markdown, sarif, table
from casemate.evidence.bundle import digest, read, seal
from casemate.evidence.fixes import Splice, diff, fix_words, fixed_words, size, splices
from casemate.evidence.mended import mended
from casemate.evidence.verdicts import sealed
from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.lead import Evidence
from tests.evidence.proven import exhibit, hunted_bank, proven_finding
from tests.evidence.support import RULES, lead_of
from tests.evidence.test_schema import VALIDATOR

PATH = "backoffice/settlement/runner.py"
BEFORE = b"""import os
PASSWORD = 'hunter2'

def settle(name):
    os.system('settle -p hunter2 ' + name)
    return name
"""
AFTER = BEFORE.replace(b"import os\n", b"import os\nimport subprocess\n").replace(
    b"os.system('settle -p hunter2 ' + name)", b"subprocess.call(['settle', '-p', PASSWORD, name])"
)
LADDER = tuple(
    Climb(rung=rung, step=Step.NOT_APPLICABLE if rung is Rung.TESTS else Step.HOLDS, detail=f"saw {rung.name}")
    for rung in Rung
)


def patch(after=AFTER, before=BEFORE):
    change = Change(path=PATH, before=before, after=after)
    return Patch(proposer="rewrite:command", what="run it without a shell", changes=(change,))


def fix(after=AFTER):
    return Fix(patch=patch(after), ladder=LADDER, executions=120)


def fixed_bank(mending):
    """The bank after a hunt that proved one and tried to fix it."""
    report, _ = hunted_bank()
    findings = tuple(replace(f, mending=mending) if f.lead.rule == "command-injection" else f for f in report.findings)
    told, bundles = sealed(
        replace(report, findings=findings), {lead_of(report, "command-injection").identity: exhibit()}
    )
    return told, bundles


OFFERED, BUNDLES = fixed_bank(Mending(fix=fix()))
LEFT, _ = fixed_bank(
    Mending(
        attempts=(
            Fix(patch=patch(), ladder=(Climb(rung=Rung.DEAD, step=Step.FAILS, detail="it still takes effect"),)),
        ),
        why="the only patch failed at the proof is dead: it still takes effect",
    )
)


def test_a_patch_as_runs_of_lines():
    """Applied by number, first line first; the size is what a person would call changed lines."""
    (change,) = patch().changes
    assert splices(change) == (
        Splice(2, 2, (b"import subprocess\n",)),
        Splice(5, 6, (b"    subprocess.call(['settle', '-p', PASSWORD, name])\n",)),
    )
    assert size(patch()) == 2
    assert size(patch(BEFORE.replace(b"    return name\n", b""))) == 1


def test_a_diff_to_read_holds_no_secret():
    """Lines are redacted as everywhere in a report."""
    lines = list(diff(patch()))
    assert lines[:2] == [f"--- a/{PATH}", f"+++ b/{PATH}"]
    assert "+    subprocess.call(['settle', '-p', PASSWORD, name])" in lines
    whole = "\n".join(diff(patch(BEFORE.replace(b"os.system", b"os.popen"))))
    assert "hunter2'" not in whole.replace("-p hunter2 ", "") and "PASSWORD = '‹redacted›'" in whole


def test_what_is_offered_counts_as_fixed():
    """And is said so at the head; what failed is proven as before."""
    assert lead_of(OFFERED, "command-injection").evidence is Evidence.FIXED
    assert lead_of(LEFT, "command-injection").evidence is Evidence.PROVEN
    assert (fixed_words(OFFERED), fixed_words(LEFT)) == ("1 of 1 proven finding", "0 of 1 proven finding")
    assert fixed_words(hunted_bank()[0]) == ""
    assert fix_words(fix()) == (
        f"run it without a shell: 2 lines in {PATH}; 7 of 8 rungs hold, without tests of the target"
    )


RENDERERS = {
    "table": lambda report: table.render(report, 200, False),
    "json": jsonreport.render,
    "html": lambda report: html.render(report, RULES),
    "md": lambda report: markdown.render(report, RULES),
    "sarif": lambda report: sarif.render(report, RULES),
    "gitlab": lambda report: gitlab.render(report, RULES),
}


@pytest.mark.parametrize("form", RENDERERS)
def test_every_report_says_what_became_of_it(form):
    """What is offered, or why nothing is; nothing of it where nobody tried."""
    assert "run it without a shell" in RENDERERS[form](OFFERED)
    assert "still takes effect" in RENDERERS[form](LEFT)
    untried = RENDERERS[form](hunted_bank()[0])
    assert "without a shell:" not in untried and '"fix"' not in untried


def test_json_and_its_schema():
    """Every rung with how it ended, and the attempts that were not good enough."""
    for report in (OFFERED, LEFT):
        VALIDATOR.validate(json.loads(jsonreport.render(report)))
    (told,) = [f["fix"] for f in json.loads(jsonreport.render(OFFERED))["findings"] if "fix" in f]
    assert [climb["rung"] for climb in told["offered"]["ladder"]] == [str(rung) for rung in Rung]
    assert told["offered"]["executions"] == 120 and told["why"] == "" and told["attempts"] == []
    (left,) = [f["fix"] for f in json.loads(jsonreport.render(LEFT))["findings"] if "fix" in f]
    assert left["offered"] is False and left["attempts"][0]["ladder"][0]["step"] == "fails"


def applied(replacements, text):
    """What a tool makes of SARIF's replacements."""
    lines = text.splitlines(keepends=True)
    for one in reversed(replacements):
        region = one["deletedRegion"]
        assert (region["startColumn"], region["endColumn"]) == (1, 1)
        lines[region["startLine"] - 1 : region["endLine"] - 1] = [one["insertedContent"]["text"]]
    return "".join(lines)


def test_sarif_carries_a_fix_that_applies():
    """By its replacements, and by the standard's schema; without one where a new line would hold a secret."""
    document = json.loads(sarif.render(OFFERED, RULES))
    jsonschema.validate(document, json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text()))
    (told,) = [result["fixes"] for result in document["runs"][0]["results"] if "fixes" in result]
    (changed,) = told[0]["artifactChanges"]
    assert changed["artifactLocation"]["uri"] == PATH
    assert applied(changed["replacements"], BEFORE.decode()) == AFTER.decode()
    secret, _ = fixed_bank(
        Mending(fix=fix(AFTER.replace(b"import subprocess\n", b"import subprocess\npassword = 'hunter3'\n")))
    )
    text = sarif.render(secret, RULES)
    assert "hunter3" not in text and '"fixes"' not in text


def test_a_bundle_holds_the_patch_and_the_ladder():
    """Enough to apply it to the file that it was made for, and to no other; the format says that it is newer."""
    (data,) = BUNDLES.values()
    bundle = read(data, "b")
    assert digest(data) == lead_of(OFFERED, "command-injection").verdict.proof.bundle
    assert bundle.fix == mended(fix())
    (file,) = bundle.fix.files
    assert file.applied(BEFORE) == AFTER
    assert file.applied(BEFORE + b"\n") is None
    # What tests print is another each time, and a bundle is the same.
    assert bundle.fix.ladder == tuple(replace(c, detail="") if c.rung is Rung.TESTS else c for c in LADDER)


def test_a_bundle_with_a_secret_in_a_new_line_cannot_be_applied():
    """Rather than hand the secret out."""
    loud = fix(AFTER.replace(b"import subprocess\n", b"import subprocess\npassword = 'hunter3'\n"))
    _, data = seal(replace(proven_finding(), mending=Mending(fix=loud)), exhibit(), "0.1.0")
    assert b"hunter3" not in data
    (file,) = read(data, "b").fix.files
    assert file.applied(BEFORE) is None


def test_a_secret_below_its_name_is_hidden_too():
    """In the diff, in SARIF and in the bundle: the lines above say what a line is."""
    after = AFTER.replace(b"import subprocess\n", b'import subprocess\nDB_PASSWORD = (\n    "hunter3-prod-9"\n)\n')
    told, bundles = fixed_bank(Mending(fix=fix(after)))
    (data,) = bundles.values()
    assert b"hunter3" not in data
    for form, render in RENDERERS.items():
        assert "hunter3" not in render(told), form


def test_a_mending_is_one_or_the_other():
    """What is offered holds, and what is not says why."""
    with pytest.raises(ValueError, match="either"):
        Mending()
    with pytest.raises(ValueError, match="either"):
        Mending(fix=fix(), why="no")
    with pytest.raises(ValueError, match="not offered"):
        Mending(fix=Fix(patch=patch(), ladder=(Climb(rung=Rung.DEAD, step=Step.UNTRIED),)))
    assert not Fix(patch=patch(), ladder=()).offered
