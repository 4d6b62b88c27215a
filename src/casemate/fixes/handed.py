"""How a call that runs an SQL statement is handed the statement's parameters: as it takes them, with those that it has."""

from __future__ import annotations

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.parameters import Statement, always, row
from casemate.fixes.site import Spot, argument
from casemate.fixes.source import Edit, Source
from casemate.fixes.splices import dotted_end

Edits = list[tuple[Source, Edit]]
_BY_KEYWORD = {"read_sql": "params", "read_sql_query": "params", "extra": "params"}


def given(spot: Spot, call: Node, stated: Node, shown: str, one: Statement) -> Edit | None:
    """The call is given the parameters, with those that it has."""
    name = _BY_KEYWORD.get(dotted_end(call), "")
    held = argument(call, None, name) if name else argument(call, 1, "params")
    if held is None:
        return Edit(stated.end_byte, stated.end_byte, f", {name}={shown}" if name else f", {shown}")
    if held.type not in ("tuple", "list"):
        return None
    before = one.text.fixed(0, one.values[0].run.start)
    at = before.count("?") + before.count("%s")
    elements = [text(node) for node in held.named_children]
    elements[at:at] = [value.source for value in one.values]
    return spot.replace(held, ", ".join(elements).join("()" if held.type == "tuple" else "[]"))


def collected(spot: Spot, call: Node, stated: Node, bound: list[Statement]) -> Edits:
    """A statement that grows: its parameters grow with it."""
    name = spot.fresh("params")
    edits: Edits = [(spot.source, Edit(stated.end_byte, stated.end_byte, f", {name}"))]
    first = min(bound, key=lambda one: one.text.node.start_byte).text.spot
    begun = False
    for one in bound:
        here, values = one.text.spot, list(one.values)
        if not one.text.grows and dotted_end(here.statement.children[0]) not in ("append", "extend"):
            line = f"{name} = {row(values, brackets='[]')}"
            begun = begun or one.text.spot == first
        elif len(values) == 1 and values[0].many is None:
            line = f"{name}.append({values[0].source})"
        else:
            line = f"{name}.extend({row(values, brackets='[]')})"
        edits.append((here.source, here.below(line)))
    if not begun or not always(first, spot):
        start: Node = first.statement
        while start.parent is not None and not (
            start.parent.type in ("block", "module") and always(Spot(spot.source, 0, 0, start), spot)
        ):
            start = start.parent
        edits.append((spot.source, Spot(spot.source, first.line, 0, start).above(f"{name} = []")))
    return edits


def alchemy(spot: Spot, call: Node, stated: Node, pairs: str) -> list[Edit]:
    """Parameters with names for SQLAlchemy: of the call that runs the text, or bound to the text."""
    outer = call.parent.parent if call.parent is not None else None
    if dotted_end(call) not in ("text", "TextClause"):
        inner = stated if stated.type == "call" and dotted_end(stated) == "text" else None
        wrap: list[Edit] = []
        if inner is None and not (stated.type == "identifier" and "text(" in text(spot.definition(stated))):
            name, imports = spot.named_from("sqlalchemy.text")
            wrap = [
                Edit(stated.start_byte, stated.start_byte, f"{name}("),
                Edit(stated.end_byte, stated.end_byte, ")"),
                *imports,
            ]
        return [*wrap, Edit(stated.end_byte, stated.end_byte, f", {pairs}")] if argument(call, 1) is None else []
    if (
        outer is not None
        and outer.type == "call"
        and dotted_end(outer) in ("execute", "scalar", "scalars")
        and argument(outer, 1) is None
    ):
        return [Edit(call.end_byte, call.end_byte, f", {pairs}")]
    return [Edit(call.end_byte, call.end_byte, f".bindparams(**{pairs})")]
