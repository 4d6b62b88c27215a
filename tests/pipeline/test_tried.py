"""How answers to benign inputs are compared."""

from casemate.pipeline.tried import _steady, alike, answered

FIRST = ("response", "200", "", "text/html", "at 12:00")
LATER = ("response", "200", "", "text/html", "at 12:01")
OTHER = ("response", "400", "", "text/html", "no")


def test_an_answer_that_wavers_is_compared_by_how_it_went():
    """A page with the time in it is the same page; one that is refused is another."""
    steady = _steady(FIRST, LATER)
    assert steady == ("response", "200")
    assert alike(steady, LATER, weakly=False)
    assert not alike(steady, OTHER, weakly=False)
    assert _steady(FIRST, FIRST) == FIRST
    assert not alike(FIRST, LATER, weakly=False)
    assert alike(FIRST, LATER, weakly=True)
    assert _steady(FIRST, OTHER) is None


def test_what_is_no_answer_says_nothing():
    """A run that failed, or that could not be driven, is not compared."""
    assert answered(FIRST) and answered(("call", "", "1"))
    assert not answered(("failed", "timeout")) and not answered(("broken", "")) and not answered(None)
