"""Variants: the same for a seed, others for another, and between the weak program and its twin the planted lines alone."""

import ast
import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.evals.cases import corpus, read_case
from casemate.evals.variants import variant

from .test_cases import SMALL

CASES = st.sampled_from(corpus())
SEEDS = st.integers(0, 10_000)


def changed(one, other):
    lines = difflib.ndiff(one.splitlines(), other.splitlines())
    return [line for line in lines if line[:2] in ("- ", "+ ")]


@settings(max_examples=120)
@given(CASES, SEEDS)
def test_a_variant_is_a_program_without_a_mark(case, seed):
    """It parses, shows nothing of how it was made, and its places are lines of it."""
    made = variant(case, seed)
    for program in (made.weak, made.twin):
        assert program.places
        for path, text in program.files.items():
            ast.parse(text)
            assert not any(mark in text for mark in ("#!", "#~", "#{", "#|", "#}", "-|", "+|", "K_"))
            assert path not in ("check.py", "held.py")
        for place in program.places:
            assert program.files[place.path].splitlines()[place.line - 1].strip()
    ast.parse(made.check)
    ast.parse(made.held)


@settings(max_examples=60)
@given(CASES, SEEDS)
def test_weak_and_twin_differ_where_it_was_planted_and_nowhere_else(case, seed):
    """In as many lines as the case plants at most, and in one at least."""
    made = variant(case, seed)
    assert made.weak.files.keys() == made.twin.files.keys()
    planted = sum(line.startswith(("-|", "+|")) for _, text in case.parts for line in text.splitlines())
    lines = [line for path, text in made.weak.files.items() for line in changed(text, made.twin.files[path])]
    assert 1 <= len(lines) <= planted


@settings(max_examples=40)
@given(CASES, SEEDS)
def test_a_seed_makes_the_same_bytes(case, seed):
    """Today and tomorrow: nothing of the process goes into it."""
    assert variant(case, seed) == variant(case, seed)


@pytest.mark.parametrize("case", corpus(), ids=lambda case: case.id)
def test_seeds_make_different_programs(case):
    """Of twelve at least eight, in more than spaces."""
    shown = {tuple(sorted(variant(case, seed).weak.files.items())) for seed in range(12)}
    assert len(shown) >= 8


def test_names_change_in_every_part_and_as_whole_words():
    """A name in the tests is the name in the program; a part of a word is no name."""
    case = read_case("small", SMALL.replace("return 1", "return 1  # oneself"))
    seen = {variant(case, seed).weak.files["test_a.py"].split()[-1] for seed in range(20)}
    assert seen == {"one", "two"}
    for seed in range(20):
        made = variant(case, seed)
        name = made.weak.files["test_a.py"].split()[-1]
        assert f"def {name}():" in made.weak.files["a.py"]
        assert f"import {name}\n" in made.held
        assert "oneself" in made.weak.files["a.py"]


def test_a_place_is_where_its_line_went():
    """The marked line, wherever it was moved to."""
    text = SMALL.replace(
        "def one(): #!\n    return 1\n", "X = 1\n\n#~\ndef one(): #!\n    return 1\n\n#~\ndef b():\n    return 2\n"
    )
    for seed in range(20):
        made = variant(read_case("small", text), seed)
        (place,) = made.weak.places
        assert made.weak.files["a.py"].splitlines()[place.line - 1] in ("def one():", "def two():")
