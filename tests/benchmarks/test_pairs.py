"""Known-CVE pairs."""

from pairs import Corpus, measure, python_kloc, rows, share

from .helpers import pair, pairs_corpus, pairs_scorer, scanner


def corpus(folder):
    """Two pairs of PyPI and one of another ecosystem."""
    releases = pairs_corpus(folder / "the pairs")
    return Corpus(labels=releases / "labels.json", folder=releases, scorer=pairs_scorer(folder / "scorer.py"))


def test_whole_run(tmp_path):
    """Both pairs are hit; only the one whose fixed release is quiet is discriminated; other ecosystems do not count."""
    section = measure(corpus(tmp_path), [scanner(tmp_path)], tmp_path / "the work", jobs=2)
    texts = {row.measure: row.figures["casemate"].text.split(";")[0] for row in section.rows}
    assert section.title == "Known-CVE pairs, 2 of PyPI, whole packages"
    assert texts == {
        "hit": "100.0 (2/2",
        "discriminates": "50.0 (1/2",
        "hit, traces count (--flow)": "100.0 (2/2",
        "discriminates, traces count (--flow)": "50.0 (1/2",
        "hit, of those whose fix is `guard-added`": "100.0 (1/1",
        "discriminates, of those whose fix is `guard-added`": "0.0 (0/1",
        "findings per KLOC of Python": "500.00",
        "findings per KLOC, JavaScript and Cython lines counted too (the scorer's way)": "0.50",
    }
    assert section.missing == section.notes == []


def test_a_release_that_gave_nothing_is_counted(tmp_path):
    """A tool that fails everywhere has no figures, and the reason is told once with its count."""
    tools = [scanner(tmp_path), scanner(tmp_path, name="bandit", behaviour="crash")]
    section = measure(corpus(tmp_path), tools, tmp_path / "work", jobs=1)
    assert section.notes == ["bandit gave nothing for 4 of 4 releases: wrote no report: Error: it broke"]
    assert [item.why for item in section.missing] == ["no release could be scanned"]
    assert all(list(row.figures) == ["casemate"] for row in section.rows)


def test_flow_mode_is_a_row_of_its_own():
    """What only a trace hits shows in the rows that count traces, and not in the others."""
    quiet = {"hit": False, "discriminates": False, "findings": 0, "kloc": 1.0}
    table = rows([pair(1)], {"casemate": [quiet]}, {"casemate": [{**quiet, "hit": True, "discriminates": True}]}, [1.0])
    assert [(row.measure, row.figures["casemate"].value) for row in table[:4]] == [
        ("hit", 0),
        ("discriminates", 0),
        ("hit, traces count (--flow)", 100),
        ("discriminates, traces count (--flow)", 100),
    ]


def test_a_share_shows_count_and_interval():
    """Percentage, count, and Wilson's 95% interval."""
    assert share(21, 80).text == "26.2 (21/80; 17.9–36.8)"


def test_lines_of_python_that_are_not_blank(tmp_path):
    """Blank lines and other languages do not count; odd bytes do not matter."""
    (tmp_path / "a.py").write_bytes(b"x = 1\n\n   \n\xff\n")
    (tmp_path / "b.js").write_text("x\n")
    assert python_kloc(tmp_path) == 0.002
