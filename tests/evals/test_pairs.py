"""Known flaws given by path: both releases are asked about, and a file of pairs that is none says so."""

import pytest

from casemate.evals.answers import Answer, Claim
from casemate.evals.pairs import digest, read_pairs, run
from casemate.model.errors import UserError

FORM = """
[[pair]]
id = "a-package"
cwe = 78
weak = "one"
fixed = "two"
file = "pack/a.py"
first = 4
last = 5
fixed_first = 4
fixed_last = 6
"""


@pytest.fixture
def file(tmp_path):
    for name, text in (("one", "weak"), ("two", "fixed")):
        (tmp_path / name / "pack").mkdir(parents=True)
        (tmp_path / name / "pack" / "a.py").write_text(f"# {text}\n" * 8)
    (tmp_path / "pairs.toml").write_text(FORM)
    return tmp_path / "pairs.toml"


def measured(file, lines):
    """lines: those that are reported of each of the two releases."""

    def solver(posed):
        side = "weak" if "weak" in posed.files["pack/a.py"] else "fixed"
        return Answer(claims=tuple(Claim(path="pack/a.py", line=line, cwe=78) for line in lines[side]))

    (item,) = run(read_pairs(file), solver, progress=lambda *told: None).items
    return item.successes, item.false_alarms


def test_both_releases_count_by_their_own_lines(file):
    """At the ends of the function, and not beside it."""
    assert measured(file, {"weak": [4], "fixed": []}) == (1, 0)
    assert measured(file, {"weak": [5], "fixed": [6]}) == (1, 1)
    assert measured(file, {"weak": [3, 6], "fixed": [3, 7]}) == (0, 0)


def test_the_digest_is_of_the_releases_too(file):
    """Other code is another suite."""
    before = digest(read_pairs(file))
    assert digest(read_pairs(file)) == before
    (file.parent / "two" / "pack" / "a.py").write_text("x = 1\n")
    assert digest(read_pairs(file)) != before


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("[[pair]]", "[[pears]]"),
        ("cwe = 78", 'cwe = "78"'),
        ("first = 4", "first = 0"),
        ("last = 5", ""),
        ('fixed = "two"', 'fixed = "three"'),
        ("cwe = 78", "cwe = 78\nmore = 1"),
        (FORM, FORM + FORM),
        (FORM, "["),
    ],
)
def test_a_file_that_holds_no_pairs_says_so(file, was, now):
    """In one line."""
    file.write_text(FORM.replace(was, now, 1))
    with pytest.raises(UserError):
        read_pairs(file)
