"""Youden's J per category."""

from dataclasses import replace

import pytest
from owasp import Corpus, measure

from .helpers import owasp_corpus, owasp_scorer, scanner


def test_per_category_and_mean(tmp_path):
    """One category where right and wrong are flagged alike, one where nothing is flagged: both zero, shown with their rates."""
    corpus = Corpus(folder=owasp_corpus(tmp_path / "corpus"), scorer=owasp_scorer(tmp_path / "scorer.py"))
    (tmp_path / "work").mkdir()
    section = measure(corpus, [scanner(tmp_path)], tmp_path / "work")
    assert [(row.measure, row.figures["casemate"].text) for row in section.rows] == [
        ("codeinj", "0.0 (100 − 100)"),
        ("sqli", "0.0 (0 − 0)"),
        ("mean of the categories", "0.0 (50 − 50)"),
        ("results in all, those that J does not look at among them", "2"),
    ]


def test_a_tool_is_scored_with_all_its_rules(tmp_path):
    """Its mean without those that it does not run by itself stands beside; a tool without such rules is scanned with once."""
    folder = owasp_corpus(tmp_path / "corpus")
    corpus = Corpus(folder=folder, scorer=owasp_scorer(tmp_path / "scorer.py"))
    (folder / "testcode" / "Case1.py").write_text("exec(input())\n")
    (tmp_path / "work").mkdir()
    tools = [replace(scanner(tmp_path), pedantic=("--all",)), scanner(tmp_path, name="bandit")]
    rows = {row.measure: row.figures for row in measure(corpus, tools, tmp_path / "work").rows}
    assert [f.text for f in rows["mean of the categories"].values()] == ["0.0 (50 − 50)", "-50.0 (0 − 50)"]
    assert [f.text for f in rows["mean of the categories, default rules only"].values()] == ["-50.0 (0 − 50)"] * 2


def test_a_tool_that_fails_is_named_and_has_no_figures(tmp_path):
    """A failed scan is not a scan that found nothing."""
    corpus = Corpus(folder=owasp_corpus(tmp_path / "corpus"), scorer=owasp_scorer(tmp_path / "scorer.py"))
    (tmp_path / "work").mkdir()
    section = measure(
        corpus, [scanner(tmp_path), scanner(tmp_path, name="bandit", behaviour="crash")], tmp_path / "work"
    )
    assert [list(row.figures) for row in section.rows] == [["casemate"]] * 4
    assert [item.why for item in section.missing] == ["wrote no report: Error: it broke"]


def test_a_folder_without_labels_is_refused(tmp_path):
    """The error names the folder and what was looked for."""
    with pytest.raises(FileNotFoundError, match=r"one expectedresults-\*.csv in .*found \[\]"):
        Corpus(folder=tmp_path, scorer=tmp_path).expected()
