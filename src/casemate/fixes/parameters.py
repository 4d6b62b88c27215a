"""Values of an SQL statement as parameters: what stands in the statement instead, and how the call is given them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.pieces import joined
from casemate.fixes.rework import Run, bound
from casemate.fixes.site import Spot, enclosing
from casemate.fixes.source import Edit
from casemate.fixes.splices import Text, carried, dotted_end, harmless
from casemate.fixes.statements import Slot, slot

_SAFE = frozenset({"quote_name", "Identifier", "quote_ident", "quoted_name", "SQL", "escape_identifier"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a parameter takes the place of. name: what a parameter with a name would be called. many: it is a list's
    elements, for as many marks."""

    run: Run
    source: str
    name: str
    many: Node | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A text of a statement. values: what can be bound. names: holes that stand for a table, a column or an order."""

    text: Text
    values: tuple[Value, ...]
    names: tuple[tuple[int, Slot], ...]


def statement(one: Text) -> Statement:
    """What a text of a statement has in it."""
    values: list[Value] = []
    names: list[tuple[int, Slot]] = []
    for hole in one.holes():
        node = one.items[hole].node
        if harmless(one.spot, node, _SAFE) or one.numeric(hole) or carried(one, hole):
            continue
        kind, run = slot(one, hole)
        if kind in (Slot.NAME, Slot.ORDER):
            names.append((hole, kind))
        elif kind in (Slot.VALUE, Slot.NUMBER) and not (values and values[-1].run == run):
            many = _elements(node) if run.start == run.end else None
            shown = joined(_parts(one, run))
            if many is not None:
                shown = f"*{text(many)}"
            elif kind is Slot.NUMBER:
                shown = f"int({shown})"
            values.append(Value(run, shown, _called(node), many))
    return Statement(one, tuple(values), tuple(names))


def _parts(one: Text, run: Run) -> tuple[str | Node, ...]:
    """What a parameter is: the expression, with what stood around it between the quotes."""
    out: list[str | Node] = []
    quote = one.items[run.start].char
    for item in one.items[run.start : run.end + 1][1 if quote else 0 : -1 if quote else None]:
        if item.hole is not None:
            out.append(item.node)
        elif out and isinstance(out[-1], str):
            out[-1] += item.char
        else:
            out.append(item.char)
    return tuple(out)


def _elements(node: Node) -> Node | None:
    """The list whose elements `", ".join(…)` puts together."""
    given = node.child_by_field_name("arguments") if node.type == "call" and dotted_end(node) == "join" else None
    inner = given.named_children[0] if given is not None and given.named_child_count == 1 else given
    if inner is not None and inner.type in ("generator_expression", "list_comprehension"):
        loop = next((one for one in inner.named_children if one.type == "for_in_clause"), None)
        inner = loop.child_by_field_name("right") if loop is not None else None
    elif inner is not None and inner.type == "call" and dotted_end(inner) == "map":
        mapped = inner.child_by_field_name("arguments")
        inner = mapped.named_children[1] if mapped is not None and mapped.named_child_count == 2 else None
    return inner if inner is not None and inner.type in ("identifier", "attribute") else None


def _called(node: Node) -> str:
    inner = re.findall(r"[A-Za-z_]\w*", text(node))
    return inner[-1].lower() if inner else "value"


def rewritten(one: Statement, mark: str, first: int, *, double: bool) -> list[Edit]:
    """The text with marks. first: the number of its first parameter, where marks are numbered."""
    marks: dict[Run, str] = {}
    edits: list[Edit] = []
    for at, value in enumerate(one.values, first):
        if value.many is not None:
            node = one.text.items[value.run.start].node
            edits.append(Edit(node.start_byte, node.end_byte, f'", ".join(["{mark}"] * len({text(value.many)}))'))
        else:
            marks[value.run] = mark.replace("1", str(at)) if mark[-1] == "1" else mark
    return edits + bound(one.text, marks, double=double)


def named(one: Statement) -> tuple[list[Edit], str]:
    """The text with marks that have names, and the dictionary of the parameters."""
    marks: dict[Run, str] = {}
    pairs: dict[str, str] = {}
    for value in one.values:
        name = next(
            shown
            for number in range(1, 100)
            if pairs.get(shown := value.name if number == 1 else f"{value.name}_{number}", value.source) == value.source
        )
        pairs[name] = value.source
        marks[value.run] = f":{name}"
    return bound(one.text, marks), "{" + ", ".join(f'"{name}": {source}' for name, source in pairs.items()) + "}"


def row(values: list[Value], *, brackets: str = "()") -> str:
    """The parameters as a tuple, or as a list."""
    inner = ", ".join(value.source for value in values)
    if len(values) == 1 and values[0].many is not None:
        return f"list({values[0].source[1:]})"
    return f"{brackets[0]}{inner}{',' if len(values) == 1 and brackets == '()' else ''}{brackets[1]}"


def always(one: Spot, sink: Spot) -> bool:
    """Whether a statement runs whenever the sink's does: its block is around the sink's."""
    block = enclosing(one.statement.parent or one.statement, "block", "module")
    here: Node | None = sink.statement
    while here is not None and here != block:
        here = here.parent
    return here is not None
