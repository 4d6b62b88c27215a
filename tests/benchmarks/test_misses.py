"""What is missed, for reading."""

from misses import arguments, owasp_lines, pairs_lines
from owasp import Corpus as Cases
from owasp import measure as measure_cases
from pairs import Corpus as Pairs
from pairs import measure as measure_pairs

from .helpers import owasp_corpus, owasp_scorer, pairs_corpus, pairs_scorer, scanner


def cases(tmp_path, *more):
    """The listing for the small corpus of cases."""
    corpus, scorer = owasp_corpus(tmp_path / "corpus"), owasp_scorer(tmp_path / "scorer.py")
    (tmp_path / "work").mkdir()
    measure_cases(Cases(folder=corpus, scorer=scorer), [scanner(tmp_path)], tmp_path / "work")
    words = ["owasp", str(corpus), "--scorer", str(scorer), "--sarif", str(tmp_path / "work" / "casemate.sarif"), *more]
    return list(owasp_lines(arguments(words)))


def test_cases_by_category(tmp_path):
    """A safe case that is flagged is false, a true one that is not is missed; what is right is not listed."""
    assert cases(tmp_path) == ["codeinj, false: 1", "  Case3", "sqli, missed: 1", "  Case2"]


def test_cases_of_one_category_with_their_code(tmp_path):
    """The code from the first definition on, and what was reported there."""
    assert cases(tmp_path, "--category", "sqli", "--show") == [
        "sqli, missed: 1",
        "  Case2",
        "        2 def g(x):",
        "        3     return x",
    ]


def pairs(tmp_path, *more):
    """The listing for the small corpus of pairs."""
    folder, scorer = pairs_corpus(tmp_path / "pairs"), pairs_scorer(tmp_path / "scorer.py")
    labels, work = folder / "labels.json", tmp_path / "work"
    measure_pairs(Pairs(labels=labels, folder=folder, scorer=scorer), [scanner(tmp_path)], work, jobs=1)
    words = ["pairs", str(labels), "--dir", str(folder), "--scorer", str(scorer), "--work", str(work), *more]
    return list(pairs_lines(arguments(words)))


def test_pairs_that_are_not_discriminated(tmp_path):
    """The pair whose fixed release is still flagged, with its description; the other is right and not listed."""
    assert pairs(tmp_path) == [
        "codei, the fixed release is flagged too: 1",
        "  CVE-2000-2 package 2 a.py f: evaluates its argument (guard-added)",
    ]


def test_pairs_with_their_labelled_lines(tmp_path):
    """Both releases' functions, the labelled line marked, and what was reported in the file."""
    assert pairs(tmp_path, "--show")[2:] == [
        "    vulnerable, 1:",
        "          1 def f(x):",
        "    >     2     eval(x)",
        "    ! line 2: eval traced eval",
        "    fixed, 2:",
        "          1 def f(x):",
        "    >     2     eval(x)",
        "    ! line 2: eval traced eval",
    ]
