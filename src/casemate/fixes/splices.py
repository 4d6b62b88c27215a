"""Where untrusted pieces are put into a text on its way to the sink, and how to change the text there and nowhere else.

A text is flat: one item for each character that is fixed and for each expression that is put in, with the bytes that it is
written with, however the text is put together. So one edit of a run of items works for f-strings, `+`, `%`, `format` and `join`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from casemate.fixes.names import dotted, text, walk
from casemate.fixes.pieces import Piece, Range, filled, pieces
from casemate.fixes.site import Site, Spot, heads
from casemate.fixes.untrusted import local_function, spot_of

_NUMBERS = frozenset({"int", "float", "len", "bool", "ord", "id", "hash", "hex", "round", "abs", "sum", "time.time"})
_OURS = frozenset(
    {"sys.executable", "os.sep", "os.linesep", "os.pathsep", "os.devnull", "os.curdir", "__name__", "__file__"}
)
_LITERALS = frozenset({"integer", "float", "true", "false", "none", "comparison_operator", "not_operator"})
_OPEN = frozenset(
    {
        "argument_list",
        "keyword_argument",
        "list",
        "tuple",
        "parenthesized_expression",
        "conditional_expression",
        "boolean_operator",
        "binary_operator",
        "attribute",
        "await",
        "expression_statement",
        "assignment",
        "return_statement",
        "with_clause",
        "with_item",
        "as_pattern",
        "yield",
        "if_statement",
    }
)
_HAND_ON = frozenset(
    {"split", "join", "str", "text", "encode", "strip", "dedent", "list", "tuple", "literal", "raw", "format"}
)
_GROW = ("append", "extend", "insert", "write")


@dataclass(frozen=True, slots=True)
class Item:
    """A fixed character, or an expression that is put in. at: the bytes that it is written with."""

    at: Range
    char: str = ""
    hole: Piece | None = None

    @property
    def node(self) -> Node:
        """The expression of a hole."""
        if self.hole is None or self.hole.node is None:
            raise ValueError("a fixed character is no expression")
        return self.hole.node


@dataclass(frozen=True, slots=True)
class Text:
    """An expression that makes a text. spot: its statement. grows: it is put behind what a name held before (`+=`)."""

    spot: Spot
    node: Node
    items: tuple[Item, ...]
    grows: bool = False

    def holes(self) -> list[int]:
        """Where expressions are put in, by the number of the item."""
        return [at for at, item in enumerate(self.items) if item.hole is not None]

    def hole_is_quoted(self, at: int) -> bool:
        """Whether an expression is put in as `repr` writes it, `{name!r}`: between quotes when it is a text."""
        start, end = self.items[at].at
        return self.spot.source.text[start:end].endswith((b"!r}", b"%r"))

    def numeric(self, at: int) -> bool:
        """Whether an expression is put in by a format for numbers, `%d` or `{n:.2f}`."""
        start, end = self.items[at].at
        return re.search(rb"%[^s]*[dixXofeEgG]$|:[^{}]*[dxXofeEgG%]\}$", self.spot.source.text[start:end]) is not None

    def fixed(self, start: int, end: int) -> str:
        """The fixed characters among these items; a NUL stands for an expression."""
        return "".join(item.char or "\0" for item in self.items[start:end])


def as_text(spot: Spot, node: Node, *, grows: bool = False) -> Text | None:
    """A text of an expression that puts one together; None when it puts nothing in."""
    parts = pieces(node) or filled(node, spot.definition)
    if parts is None or all(part.node is None for part in parts):
        return None
    return Text(spot, node, _flat(parts), grows)


def _flat(parts: tuple[Piece, ...]) -> tuple[Item, ...]:
    out: list[Item] = []
    for part in parts:
        if part.node is not None:
            out.append(Item(part.at[0], hole=part))
        else:
            out += [Item(at, char) for char, at in zip(part.fixed, part.at, strict=True)]
    return tuple(out)


def texts(site: Site) -> Iterator[Text]:
    """The texts that go to the sink, those nearest to it first: in its call, in what its names were assigned, in the other
    statements of the trace."""
    seen: set[tuple[str, int, int]] = set()
    for spot in site.spots:
        call = next((one for one in spot.calls() if spot.covers(one)), None) if spot is site.sink else None
        for top in [call] if call is not None else heads(spot.statement):
            for one in feeding(spot, top, follow=spot is site.sink):
                mark = (one.spot.source.path, one.node.start_byte, one.node.end_byte)
                if mark not in seen:
                    seen.add(mark)
                    yield one


def feeding(spot: Spot, top: Node, *, follow: bool = True) -> Iterator[Text]:
    """The texts that an expression is made of, also by the names that the function around assigns (follow). An expression that is
    put into a text is looked into only when it carries text of the same kind."""
    seen: set[str] = set()
    waiting: list[tuple[Spot, Node, bool]] = [(spot, top, False)]
    while waiting:
        here, node, grows = waiting.pop(0)
        found = as_text(here, node, grows=grows)
        if found is not None:
            yield found
            waiting += [(here, found.items[hole].node, False) for hole in found.holes() if carried(found, hole)]
        elif node.type == "identifier" and follow:
            name = text(node)
            values = list(_made_of(here, name)) if name not in seen else []
            seen.add(name)
            if grows and not any(pieces(value) is not None for value, _ in values):
                yield Text(here, node, (Item((node.start_byte, node.end_byte), hole=Piece(node=node)),), grows=True)
            else:
                waiting += [(spot_of(here, value), value, more) for value, more in values]
        elif node.type == "augmented_assignment":
            right = node.child_by_field_name("right")
            waiting += [(here, right, True)] if right is not None else []
        elif follow and node.type == "call" and (function := local_function(here, node)) is not None:
            if (mark := f"{text(node)}()") not in seen:
                seen.add(mark)
                answers = [one for one in walk(function) if one.type == "return_statement" and one.named_children]
                waiting += [(spot_of(here, one), one.named_children[0], False) for one in answers]
                waiting += [(here, child, False) for child in node.named_children if here is spot]
        elif node.type in _OPEN or (node.type == "call" and (here is spot or dotted_end(node) in _HAND_ON)):
            waiting += [(here, child, False) for child in node.named_children]


def dotted_end(call: Node) -> str:
    """The last name of a call's function: `join` of `" ".join(…)`."""
    function = call.child_by_field_name("function")
    if function is not None and function.type == "attribute":
        function = function.child_by_field_name("attribute")
    return text(function) if function is not None else ""


def _made_of(spot: Spot, name: str) -> Iterator[tuple[Node, bool]]:
    """What a name was assigned in the function (or file) around, and what was put behind that."""
    for value in spot.definitions(name):
        right = value.child_by_field_name("right") if value.type == "augmented_assignment" else value
        if right is not None:
            yield right, value.type == "augmented_assignment"
    for node in walk(spot.scope):
        function = node.child_by_field_name("function") if node.type == "call" else None
        if function is not None and dotted(function) in {f"{name}.{one}" for one in _GROW}:
            arguments = node.child_by_field_name("arguments")
            for one in arguments.named_children if arguments is not None else ():
                yield one, False


def harmless(spot: Spot, node: Node, safe: frozenset[str] = frozenset(), depth: int = 4) -> bool:
    """Whether an expression is plainly none of others' making: a number, a constant, what a function of `safe` gives back."""
    match node.type:
        case "string" | "concatenated_string":
            return all(one.type != "interpolation" for one in walk(node))
        case "call":
            called = spot.called(node)
            return called in _NUMBERS or called in safe or called.rpartition(".")[2] in safe
        case "attribute":
            return spot.meaning(node) in _OURS or text(node).rpartition(".")[2].isupper()
        case "identifier":
            name = text(node)
            if name in parameters(spot.function):
                return False
            found = spot.definitions(name)
            if not found:
                return name.isupper() or name in _OURS
            values = [value.child_by_field_name("right") or value for value in found]
            return depth > 0 and all(harmless(spot, value, safe, depth - 1) for value in values)
        case "conditional_expression" | "parenthesized_expression" | "binary_operator" | "boolean_operator":
            return all(harmless(spot, one, safe, depth) for one in node.named_children)
        case "unary_operator":
            return True
        case kind:
            return kind in _LITERALS


def carried(one: Text, hole: int) -> bool:
    """Whether a hole holds text of the same kind, to which this text is put: `sql = sql + …`, `cmd = f"{base} -o {name}"`."""
    node = one.items[hole].node
    if node.type == "call" and dotted_end(node) == "join":
        given = node.child_by_field_name("arguments")
        node = given.named_children[0] if given is not None and given.named_child_count == 1 else node
    if node.type != "identifier":
        return False
    values = [value for value, _ in _made_of(one.spot, text(node))]
    made = [parts for value in values if (parts := pieces(value)) is not None]
    if hole == 0 and made and one.node.type != "string":
        return True
    firsts = [parts[0].fixed for parts in made if len(parts) > 1]
    return any(" " in first or first[:1] in ("'", '"') for first in firsts)


def parameters(function: Node | None) -> set[str]:
    """The names of a function's parameters."""
    given = function.child_by_field_name("parameters") if function is not None else None
    names: set[str] = set()
    for one in given.named_children if given is not None else ():
        name = one.child_by_field_name("name") or next((n for n in walk(one) if n.type == "identifier"), None)
        if name is not None:
            names.add(text(name))
    return names


def value_of(node: Node) -> Node:
    """An expression without what only turns it into text: `name` of `str(name)`."""
    given = (
        node.child_by_field_name("arguments") if node.type == "call" and dotted_end(node) in ("str", "fspath") else None
    )
    return given.named_children[0] if given is not None and given.named_child_count == 1 else node
