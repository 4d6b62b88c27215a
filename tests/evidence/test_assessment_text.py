"""An assessment as text that people edit: what is written is what is read, whatever stands in it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.evidence.assessment_text import parse, told, write
from casemate.governance.assessment import Misuse
from casemate.governance.fields import InvalidStatement
from casemate.safeguards.launching import an_assessment

NOON = an_assessment(()).since
texts = st.text(
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")) | st.sampled_from('"\\\n#[]=')
)
answers = texts.map(lambda text: __import__("unicodedata").normalize("NFC", text)[:200].strip())


@given(answers, answers, st.lists(answers.filter(lambda text: "\n" not in text), max_size=3))
def test_what_is_written_is_read(answer, residual, mitigations):
    """Quotes, backslashes, comment signs, lines: the same assessment comes back."""
    one = an_assessment(())
    sections = (replace(one.sections[0], answer=answer), *one.sections[1:])
    misuse = (Misuse(what="m", mitigations=tuple(mitigations), evidence=()),)
    one = replace(one, sections=sections, residual=residual, misuse=misuse)
    assert parse(write(one), "draft") == one


def test_open_questions_are_marked():
    """Each of them, and the residual risk; one that is answered is not."""
    one = an_assessment(())
    assert "OPEN" not in write(one)
    open_ = replace(one, residual="", sections=tuple(replace(section, answer="") for section in one.sections))
    assert write(open_).count("# OPEN: ") == len(one.sections) + 1
    assert f"# {len(one.sections) + 1} open, each marked OPEN" in write(open_)


@pytest.mark.parametrize(("days", "said"), [(-1, "yet to come"), (0, "now"), (400, "over")])
def test_it_says_whether_it_holds(days, said):
    """By the time that it is read at; a draft says that it is one, and an unsigned one that nobody signed."""
    one = an_assessment(())
    text = told(one, signed=None, now=one.since + timedelta(days=days))
    assert text.splitlines()[2].endswith(f": {said}")
    assert ": draft\n" in text
    assert "NOT SIGNED" in told(one, signed=(), now=one.since)


def test_what_hides_is_shown_escaped():
    """A name that a terminal would obey stands escaped in the words, and is refused in a draft."""
    one = an_assessment(())
    odd = replace(one, misuse=(Misuse(what="\x1b[2Jm", mitigations=("x",), evidence=()),))
    assert r"- \x1b[2Jm" in told(odd, signed=None, now=one.since)
    with pytest.raises(InvalidStatement, match="not seen"):
        parse(write(odd), "draft")
