"""Texts that are put together: a value wrapped where it stands, a run taken out for a mark, in whatever form the text has."""

from __future__ import annotations

import pytest

from casemate.fixes.rework import Run, bound, quoted_runs, wrapped
from casemate.fixes.site import Spot, statement_at
from casemate.fixes.source import Source
from casemate.fixes.splices import Text, as_text


def text(expression: str) -> Text:
    """The text of an expression."""
    source = Source.of("a.py", f"x = {expression}\n".encode())
    spot = Spot(source, 1, 1, statement_at(source.tree.root_node, 1))
    right = spot.statement.children[0].child_by_field_name("right")
    assert right is not None
    one = as_text(spot, right)
    assert one is not None
    return one


def runs(one: Text) -> list[Run]:
    """What parameters take the place of: values with the quotes around them."""
    quoted = quoted_runs(one)
    return list(dict.fromkeys(next((run for run in quoted if at in run), Run(at, at)) for at in one.holes()))


@pytest.mark.parametrize(
    ("before", "quoted", "marked"),
    [
        ("f'a \\'{x}\\' {{b}}'", "f'a {q(x)} {{b}}'", "'a ? {b}'"),
        ("\"x '%s' 100%% ä %s\" % (a, b)", '"x %s 100%% ä %s" % (q(a), q(b))', '"x ? 100% ä ?"'),
        ('"a \'" + b.c + "\'"', '"a " + q(b.c)', '"a ?"'),
        ('"a \'" + b + "\' z"', '"a " + q(b) + " z"', '"a ? z"'),
        ('"a " + b', '"a " + q(b)', '"a ?"'),
        ('b + " a"', 'q(b) + " a"', '"? a"'),
        ("\"{} {{}} '{}'\".format(a, b)", '"{} {{}} {}".format(q(a), q(b))', '"? {} ?"'),
        ('"{x}".format(x=a)', '"{x}".format(x=q(a))', '"?"'),
        ('"".join(["a \'", b, "\'"])', '"".join(["a ", q(b), ""])', '"".join(["a ?"])'),
        ("f'cd {d!r} && ls'", "f'cd {q(d)} && ls'", "'cd ? && ls'"),
        ("f\"'{d}/x'\"", 'f"{q(d)}/x"', '"?"'),
        ("f\"'{d} and'\"", "f\"''{q(d)}' and'\"", '"?"'),
    ],
)
def test_a_value_is_wrapped_or_taken_out(before: str, quoted: str, marked: str) -> None:
    """The text keeps its form, its other characters and its escapes."""
    one = text(before)
    source = one.spot.source
    assert source.edited(dict.fromkeys(wrapped(one, one.holes(), "q"))).decode() == f"x = {quoted}\n"
    assert source.edited(dict.fromkeys(bound(one, dict.fromkeys(runs(one), "?")))).decode() == f"x = {marked}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"a %s b %s" % (x, y)', '"a ? b %s" % y'),
        ('"a %s b %s c %s" % (x, y, z)', '"a ? b %s c %s" % (y, z)'),
        ('"a {} b {}".format(x, y)', '"a ? b {}".format(y)'),
        ('"a {0} b {1}".format(x, y)', 'f"a ? b {y}"'),
        ('f"a {x} b {y}"', 'f"a ? b {y}"'),
        ('"a " + x + " b " + y', '"a ? b " + y'),
        ("\"a \" + x + ' b'", '"a ? b"'),
    ],
)
def test_others_stay(before: str, after: str) -> None:
    """Only the first value leaves the text; what would then read otherwise is put together anew."""
    one = text(before)
    edits = bound(one, {Run(one.holes()[0], one.holes()[0]): "?"})
    assert one.spot.source.edited(dict.fromkeys(edits)).decode() == f"x = {after}\n"


def test_a_percent_is_doubled_where_the_driver_reads_percents() -> None:
    """And only then."""
    one = text("f\"a LIKE 'b%' AND c = '{d}'\"")
    run = next(run for run in quoted_runs(one) if one.holes()[0] in run)
    doubled = one.spot.source.edited(bound(one, {run: "%s"}, double=True)).decode()
    assert doubled == "x = \"a LIKE 'b%%' AND c = %s\"\n"
    assert one.spot.source.edited(bound(one, {run: "?"})).decode() == "x = \"a LIKE 'b%' AND c = ?\"\n"
