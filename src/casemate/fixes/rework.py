"""Changes of a text that is put together, where it stands: a value wrapped in a call, a run of it taken out for a mark.

The text keeps its form (f-string, `+`, `%`, `format`, `join`) where that can be; what would not read as meant is put together
anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node, Parser

from casemate.fixes.names import text
from casemate.fixes.pieces import joined, pieces, quoted
from casemate.fixes.site import enclosing
from casemate.fixes.source import Edit
from casemate.fixes.splices import Item, Text
from casemate.languages.python import kinds as k

_BARE = re.compile(r"[\w./:=@%+,-]*")


@dataclass(frozen=True, slots=True)
class Run:
    """Items start to end, both in it. Of a quoted one these are its quotes; end is past the text when it is not closed."""

    start: int
    end: int

    def __contains__(self, at: int) -> bool:
        return self.start <= at <= self.end


def quoted_runs(one: Text, quotes: str = "'\"") -> list[Run]:
    """What stands between quotes in the fixed characters."""
    runs: list[Run] = []
    start = -1
    for at, item in enumerate(one.items):
        if not item.char or item.char not in quotes or (at and one.items[at - 1].char == "\\"):
            continue
        if start < 0:
            start = at
        elif one.items[start].char == item.char:
            runs.append(Run(start, at))
            start = -1
    return [*runs, Run(start, len(one.items))] if start >= 0 else runs


def wrapped(one: Text, holes: Iterable[int], call: str, quotes: str = "'\"") -> list[Edit]:
    """These expressions go through a function (`quote`, or `quote(str({}))`) that quotes what it is given: quotes of the text's
    own around them go away, or end before them and begin again behind them."""
    form = call if "{}" in call else call + "({})"
    runs = quoted_runs(one, quotes)
    edits: list[Edit] = []
    dropped: set[int] = set()
    for hole in holes:
        edits += _value(one, one.items[hole], form.replace("{}", text(one.items[hole].node)))
        run = next((run for run in runs if hole in run), None)
        if run is None:
            continue
        inside = one.fixed(run.start + 1, run.end).replace("\0", "")
        if run.end < len(one.items) and _BARE.fullmatch(inside):
            dropped |= {run.start, run.end}
            continue
        for at, side in ((hole - 1, 1), (hole + 1, 0)):
            beside = one.items[at] if 0 <= at < len(one.items) else None
            if beside is not None and beside.char:
                place = beside.at[side]
                edits.append(Edit(place, place, _spelled(one, beside, one.items[run.start].char)))
    return edits + [edit for at in sorted(dropped) for edit in _without(one, one.items[at])]


def _value(one: Text, item: Item, new: str) -> list[Edit]:
    """An expression of the text becomes another one, put in as it is."""
    node = item.node
    if node.parent is not None and node.parent.type == "interpolation":
        return [Edit(*item.at, "{" + new + "}")]
    edits = [Edit(node.start_byte, node.end_byte, new)]
    if item.hole is not None and not item.hole.plain:
        place = one.spot.source.text[item.at[0] : item.at[1]].decode()
        edits.append(Edit(*item.at, re.sub(r"[!:][^}]*", "", place) if place.startswith("{") else "%s"))
    return edits


def _spelled(one: Text, item: Item, quote: str) -> str:
    """A quote as the literal around an item writes it."""
    start = _start(literal(one, item))
    return f"\\{quote}" if start.endswith(quote) and len(start.lstrip("rRbBuUfF")) == 1 else quote


def _without(one: Text, item: Item) -> list[Edit]:
    """A fixed character goes away; and with the last one of a literal between `+` the literal."""
    string = literal(one, item)
    around = string.parent if string is not None else None
    content = list(string.children[1:-1]) if string is not None else []
    if string is not None and around is not None and around.type == "binary_operator" and len(content) == 1:
        left, right = around.child_by_field_name("left"), around.child_by_field_name("right")
        if (content[0].start_byte, content[0].end_byte) == item.at and left is not None and right is not None:
            if string == right:
                return [Edit(left.end_byte, string.end_byte, "")]
            return [Edit(string.start_byte, right.start_byte, "")]
    return [Edit(*item.at, "")]


def literal(one: Text, item: Item) -> Node | None:
    """The literal that an item is written in."""
    return enclosing_at(one, *item.at)


def enclosing_at(one: Text, start: int, end: int) -> Node | None:
    """The innermost literal around these bytes."""
    node = one.node.descendant_for_byte_range(start, end)
    return enclosing(node, "string") if node is not None else None


def _start(string: Node | None) -> str:
    return text(string.children[0]) if string is not None and string.children else ""


def bound(one: Text, marks: dict[Run, str], *, double: bool = False) -> list[Edit]:
    """Each run becomes a mark, and the expressions in it leave the text. double: a `%` that is meant as one is doubled."""
    wanted: list[str | Node] = []
    at = 0
    while at < len(one.items):
        run = next((run for run in marks if run.start == at), None)
        item = one.items[at]
        new = marks[run] if run is not None else item.char.replace("%", "%%") if double else item.char
        at = run.end + 1 if run is not None else at + 1
        if item.hole is not None and run is None:
            wanted.append(item.node)
        elif wanted and isinstance(wanted[-1], str):
            wanted[-1] += new
        else:
            wanted.append(new)
    edits = _in_place(one, marks, double=double)
    if edits is not None and _reads(_applied(one, edits), wanted):
        return edits
    return [Edit(one.node.start_byte, one.node.end_byte, joined(tuple(wanted)))]


def _reads(source: str, wanted: list[str | Node]) -> bool:
    """Whether the source of an expression is a text of these parts."""
    tree = Parser(k.LANGUAGE).parse(f"({source})\n".encode())
    top = tree.root_node.named_child(0)
    node = top.named_child(0) if top is not None and top.type == "expression_statement" else None
    if tree.root_node.has_error or node is None:
        return False
    shown = [part.fixed if part.node is None else text(part.node) for part in pieces(node) or ()]
    return shown == [part if isinstance(part, str) else text(part) for part in wanted]


def _applied(one: Text, edits: list[Edit]) -> str:
    start, end = one.node.start_byte, one.node.end_byte
    out, at = b"", start
    for edit in sorted(dict.fromkeys(edits)):
        if edit.start < at or edit.end > end:
            return ""
        out += one.spot.source.text[at : edit.start] + edit.text.encode()
        at = edit.end
    return (out + one.spot.source.text[at:end]).decode()


def _in_place(one: Text, marks: dict[Run, str], *, double: bool) -> list[Edit] | None:
    gone = [one.items[at].node for at in one.holes() if any(at in run for run in marks)]
    stay = [one.items[at].node for at in one.holes() if not any(at in run for run in marks)]
    edits = [edit for run, mark in marks.items() for edit in _mark(one, run, mark)]
    ended: list[Node] = []
    for holder in dict.fromkeys(holder for node in gone if (holder := _holder(node)) is not None):
        here = [node for node in gone if _holder(node) == holder]
        if any(_holder(node) == holder for node in stay):
            edits += _left_out(here)
            continue
        function = holder.child_by_field_name("function")
        kept = (function or holder).child_by_field_name("object" if function is not None else "left")
        if kept is None:
            return None
        ended.append(holder)
        edits.append(Edit(kept.end_byte, holder.end_byte, ""))
    touched = [(edit.start, edit.end) for edit in edits]
    bare = {node for node in _strings(one) if _loses_prefix(node, gone)}
    for item in one.items:
        if not item.char or any(start <= item.at[0] < end for start, end in touched):
            continue
        written = one.spot.source.text[item.at[0] : item.at[1]].decode()
        string = literal(one, item)
        new = item.char if string in bare or any(_in(item, holder) for holder in ended) else written
        new = item.char * 2 if double and item.char == "%" else new if written in ("{{", "}}", "%%") else written
        if new != written:
            edits.append(Edit(*item.at, new))
    for node in bare:
        start = node.children[0]
        edits.append(Edit(start.start_byte, start.end_byte, re.sub("[fF]", "", text(start))))
    return edits


def _mark(one: Text, run: Run, mark: str) -> list[Edit]:
    first, last = one.items[run.start], one.items[run.end]
    start, end = first.at[0], last.at[1]
    before = one.items[run.start - 1] if run.start else None
    after = one.items[run.end + 1] if run.end + 1 < len(one.items) else None
    left = literal(one, before) if before is not None and before.char and first.hole is not None else None
    right = literal(one, after) if after is not None and after.char and last.hole is not None else None
    if first.hole is not None and enclosing_at(one, *first.at) is None:
        if left is not None and right is not None:
            return [Edit(left.children[-1].start_byte, right.children[0].end_byte, mark)]
        if left is not None:
            return [Edit(left.children[-1].start_byte, end, mark + text(left.children[-1]))]
        if right is not None:
            return [Edit(start, right.children[0].end_byte, text(right.children[0]) + mark)]
        return [Edit(start, end, quoted(mark))]
    return [Edit(start, end, mark)]


def _holder(node: Node) -> Node | None:
    """The `%` or `.format(…)` that a value belongs to."""
    around = node.parent
    if around is not None and around.type == "keyword_argument":
        around = around.parent
    if around is not None and around.type in ("tuple", "parenthesized_expression", "argument_list"):
        around = around.parent
    if around is None or around.type == "call":
        return around
    operator = around.child_by_field_name("operator") if around.type == "binary_operator" else None
    return around if operator is not None and operator.type == "%" else None


def _left_out(nodes: list[Node]) -> list[Edit]:
    """Values leave the tuple or the arguments that they stand in, where others stay."""
    leave = [
        node.parent if node.parent is not None and node.parent.type == "keyword_argument" else node for node in nodes
    ]
    around = leave[0].parent
    if around is None:
        return []
    stay = [one for one in around.named_children if one not in leave]
    brackets = ("", "") if around.type == "tuple" and len(stay) == 1 else ("(", ")")
    return [Edit(around.start_byte, around.end_byte, ", ".join(text(one) for one in stay).join(brackets))]


def _strings(one: Text) -> set[Node]:
    found = {literal(one, item) for item in one.items}
    return {node for node in found if node is not None}


def _loses_prefix(string: Node, gone: list[Node]) -> bool:
    inner = [one for one in string.children if one.type == "interpolation"]
    return bool(inner) and all(one.child_by_field_name("expression") in gone for one in inner)


def _in(item: Item, holder: Node) -> bool:
    return holder.start_byte <= item.at[0] < holder.end_byte
