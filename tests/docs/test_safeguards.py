"""The pages on safeguards and assessments say what there is."""

import tomllib
from importlib import resources
from pathlib import Path

from casemate.safeguards.catalogue import attacks

DOCS = Path(__file__).parents[2] / "docs"


def test_the_threat_model_lists_every_class():
    """Each class of attack once, in the order of the table, with its own words; and no other."""
    part = (DOCS / "threat-model.md").read_text().partition("## Tested as attacks")[2].partition("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{attack.id}` | {attack.title} |" for attack in attacks()]


def test_what_an_assessment_points_to_is_there():
    """Pages, files and classes that the shipped answers name as evidence exist."""
    asked = tomllib.loads((resources.files("casemate.governance") / "questions.toml").read_text("utf-8"))
    known = {attack.id for attack in attacks()}
    for entry in (*asked["question"], *asked["misuse"]):
        for evidence in entry.get("evidence", ()):
            if evidence.startswith("casemate safeguards: "):
                assert set(evidence.partition(": ")[2].split(", ")) <= known, evidence
            elif "/" in evidence or evidence.endswith(".md"):
                assert (DOCS.parent / evidence).exists(), evidence
