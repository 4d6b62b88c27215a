"""The corpus: what it holds, and that a file that is no case says so."""

import re
from collections import Counter

import pytest

from casemate.evals.cases import CHECK, HELD, Difficulty, corpus, digest, program_files, read_case, read_corpus
from casemate.model.errors import UserError

SMALL = """difficulty = "easy"
cwe = 89
decided = "sql"
what = "Nothing is read as SQL."
names = ["one two"]
=== a.py
def one(): #!
    return 1
=== test_a.py
from a import one
=== held.py
from a import one
=== check.py
def violated():
    return True
"""


def test_there_are_enough_of_each_kind():
    """As many as a threshold of the gate asks for, of every difficulty; more is beyond rules than within them."""
    levels = Counter(case.difficulty for case in corpus())
    assert len(corpus()) >= 53
    assert min(levels[level] for level in Difficulty) >= 7
    assert len({case.cwe for case in corpus()}) >= 35
    assert sum(case.decided == "property" for case in corpus()) >= 25
    assert len({case.decided for case in corpus()} - {"property"}) >= 15


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.id)
def test_what_stands_for_a_name_stands_nowhere_else(case):
    """Else two things of a variant would be called alike."""
    words = set(re.findall(r"\w+", "\n".join(text for _, text in case.parts)))
    for name, *others in case.names:
        assert name in words
        assert name.startswith("K_") or not words & {other for other in others if other != name}, name
    every = [word for words in case.names for word in dict.fromkeys(words)]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.id)
def test_the_check_and_the_held_tests_are_no_part_of_the_program(case):
    """And the planted lines are in the program alone."""
    for path, text in case.parts:
        planted = re.search(r"^[-+]\|", text, re.MULTILINE) is not None
        assert not planted or path in program_files([path])


def test_a_case_is_read_from_its_file(tmp_path):
    """With all its parts."""
    (tmp_path / "small.case").write_text(SMALL)
    (case,) = read_corpus(tmp_path)
    assert (case.id, case.cwe, case.difficulty) == ("small", 89, Difficulty.EASY)
    assert [path for path, _ in case.parts] == ["a.py", "test_a.py", HELD, CHECK]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('difficulty = "easy"', 'difficulty = "trivial"'),
        ("cwe = 89", ""),
        ("=== held.py", "=== other.py"),
        ("=== check.py", "=== held.py"),
        ("=== a.py", "=== ../a.py"),
        (" #!", ""),
        ('names = ["one two"]', 'names = ["one"]'),
        ("=== a.py", "=== test_b.py"),
        ('decided = "sql"', "decided ="),
    ],
)
def test_a_file_that_is_no_case_says_so(was, now):
    """In one line, with the next step."""
    assert was in SMALL
    with pytest.raises(UserError, match="is no case of a corpus"):
        read_case("small", SMALL.replace(was, now))


def test_an_empty_or_missing_folder_says_so(tmp_path):
    """There is nothing to measure."""
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(UserError):
            read_corpus(folder)


def test_the_digest_is_of_every_byte_and_of_no_order():
    """One letter of one case makes another suite."""
    one, other = read_case("one", SMALL), read_case("other", SMALL)
    assert digest([one, other]) == digest([other, one]) != digest([one])
    assert digest([read_case("one", SMALL.replace("return 1", "return 2"))]) != digest([one])
