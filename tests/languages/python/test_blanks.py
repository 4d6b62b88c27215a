"""Long runs of comment lines: blanked in place, so that the parser reads them once."""

import time

from hypothesis import given
from hypothesis import strategies as st

from casemate.languages.python.blanks import RUN, without_long_comments
from languages.python.support import lowered

COMMENT = "    # a word or two"


def program(comments: int) -> str:
    run = "\n".join([COMMENT] * comments)
    return f"def f():\n    x = 1\n{run}\n    # casemate: ignore[xss] known\n    return x\n{run}\n"


def test_a_long_run_is_lowered_like_a_short_one():
    """The same function, the same mark at its line, and lines that begin where they do."""
    long, short = lowered(program(20_000)), lowered(program(RUN // 4))
    assert [(f.name, f.consts, len(f.blocks)) for f in long.functions] == [
        (f.name, f.consts, len(f.blocks)) for f in short.functions
    ]
    assert [(mark.line, mark.text) for mark in long.marks] == [(20_003, "# casemate: ignore[xss] known")]
    more = (20_000 - RUN // 4) * (len(COMMENT) + 1)
    assert long.line_starts[20_003] == short.line_starts[RUN // 4 + 3] + more


def test_a_long_run_takes_no_time():
    """The parser alone takes half a minute for it; a second and a half is generous, since machines are shared."""
    start = time.process_time()
    lowered(program(16_000))
    assert time.process_time() - start < 1.5


def test_a_run_below_the_limit_is_left_alone():
    """However many there are in all."""
    text = (program(RUN - 2) + program(RUN - 2)).encode()
    assert without_long_comments(text) == text


@given(
    st.lists(
        st.sampled_from(["#", "# x\r", "x = 1", "", "  \t# y", '"""', "'#'", "# casemate: x", "é # ü"]), max_size=40
    )
)
def test_places_stay(lines: list[str]):
    """Whatever stands in a file, each line keeps its length and its end, and only comment lines change."""
    before = "\n".join([*lines, *["# run"] * RUN, *lines, *["\t#é"] * RUN]).encode()
    after = without_long_comments(before)
    for old, new in zip(before.splitlines(keepends=True), after.splitlines(keepends=True), strict=True):
        text = old.rstrip(b"\r\n")
        assert new == old or (text.lstrip()[:1] == b"#" and new == old.replace(text, b" " * len(text)))
