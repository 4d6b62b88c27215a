"""Where an untrusted value enters the text that reaches a sink: at the sink itself, in an assignment above it, in a text that
grew line by line, or in a function of the same file that returns it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.pieces import Piece, pieces
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit
from casemate.fixes.untrusted import holds, local_function, spot_of, untrusted

_DEPTH = 6
_TIDY = frozenset({"strip", "lstrip", "rstrip", "encode", "lower", "upper"})


@dataclass(frozen=True, slots=True)
class Entry:
    """spot: the statement. node: the untrusted expression. text: what it is put into, with its parts; () when it is the whole.
    before, after: the fixed characters on its two sides, to the next expression."""

    spot: Spot
    node: Node
    whole: Node
    parts: tuple[Piece, ...] = ()

    @property
    def before(self) -> str:
        """The fixed text in front of it."""
        at = self._at()
        return self.parts[at - 1].fixed if at > 0 and self.parts[at - 1].node is None else ""

    @property
    def after(self) -> str:
        """The fixed text behind it."""
        at = self._at()
        return self.parts[at + 1].fixed if -1 < at < len(self.parts) - 1 and self.parts[at + 1].node is None else ""

    @property
    def lead(self) -> str:
        """All the fixed text in front of it, expressions left out."""
        return "".join(one.fixed for one in self.parts[: max(self._at(), 0)])

    def _at(self) -> int:
        return next((at for at, one in enumerate(self.parts) if one.node == self.node), -1)

    def wrapped(self, function: str) -> Edit:
        """The expression becomes the argument of a function."""
        inner = self.node
        if inner.type == "parenthesized_expression":
            return self.spot.replace(inner, function + text(inner))
        return self.spot.replace(inner, f"{function}({text(inner)})")


class _Ways:
    """What is untrusted in the functions on the way, worked out once for each."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[tuple[str, int], frozenset[str]] = {}

    def names(self, spot: Spot) -> frozenset[str]:
        key = (spot.source.path, spot.scope.id)
        if key not in self._known:
            self._known[key] = untrusted(self._site, spot)
        return self._known[key]


def entries(site: Site, spot: Spot, value: Node, made: str = "") -> list[Entry]:
    """The places where untrusted data enters the value, each once, in the order of the text. made: a pattern of functions' names
    whose answers are as they should be, so that these are left alone."""
    found = {entry.node.start_byte: entry for entry in _entries(_Ways(site), spot, value, 0, set())}
    return [found[at] for at in sorted(found) if not made or not _made_by(found[at].spot, found[at].node, made)]


def _made_by(spot: Spot, node: Node, pattern: str) -> bool:
    """Whether a value is what such a function gives back, here or wherever the name was assigned."""
    if node.type == "call":
        return re.search(pattern, text(node.child_by_field_name("function") or node)) is not None
    if node.type == "identifier":
        known = [one for one in spot.definitions(text(node)) if one.type not in ("identifier", "string")]
        return bool(known) and all(_made_by(spot, one, pattern) for one in known)
    return False


def _entries(ways: _Ways, spot: Spot, node: Node, depth: int, seen: set[int]) -> Iterator[Entry]:
    if depth > _DEPTH or (node.type != "identifier" and node.id in seen):
        return
    seen.add(node.id)
    names = ways.names(spot)
    match node.type:
        case "parenthesized_expression" | "augmented_assignment" | "assignment":
            right = node.child_by_field_name("right") or next(
                (one for one in node.named_children if one.type != "comment"), None
            )
            if right is not None:
                yield from _entries(ways, spot, right, depth, seen)
            return
        case "identifier":
            known = spot.definitions(text(node))
            built = [one for one in known if _builds(one)]
            if not built:
                if len(known) == 1 and known[0].type in ("call", "conditional_expression", "identifier"):
                    inner = list(_entries(ways, spot_of(spot, known[0]), known[0], depth + 1, seen))
                    gathered = text(known[0]).rstrip().endswith(".getvalue()") and inner
                    if gathered or any(entry.parts for entry in inner):
                        yield from inner
                        return
                if holds(node, names):
                    yield Entry(spot, node, node)
                return
            for one in built:
                yield from _entries(ways, spot_of(spot, one), one, depth + 1, seen)
            return
        case "conditional_expression":
            for one in (node.named_children[0], node.named_children[-1]):
                yield from _entries(ways, spot, one, depth, seen)
            return
        case "boolean_operator" | "tuple" | "expression_list":
            for one in node.named_children:
                yield from _entries(ways, spot, one, depth, seen)
            return
    parts = pieces(node)
    if parts is not None:
        for piece in parts:
            if piece.node is not None and holds(piece.node, names):
                inner = list(_entries(ways, spot, piece.node, depth + 1, seen)) if _deep(spot, piece.node) else []
                if any(entry.parts for entry in inner):
                    yield from inner
                else:
                    yield Entry(spot, piece.node, node, parts)
        return
    filled = list(_filled(spot, node))
    for one in filled:
        yield from _entries(ways, spot_of(spot, one), one, depth + 1, seen)
    if filled:
        return
    if node.type == "call":
        function = local_function(spot, node)
        if function is not None:
            for one in walk(function):
                if one.type == "return_statement" and one.named_children:
                    yield from _entries(ways, spot_of(spot, one), one.named_children[0], depth + 1, seen)
            return
        called = node.child_by_field_name("function")
        held = called.child_by_field_name("object") if called is not None and called.type == "attribute" else None
        name = called.child_by_field_name("attribute") if called is not None else None
        if held is not None and name is not None and text(name) in _TIDY:
            inner = list(_entries(ways, spot, held, depth + 1, seen))
            if text(name) == "encode" or any(entry.parts for entry in inner):
                yield from inner
                return
        if held is not None and name is not None and text(name) == "join" and argument(node, 0) is not None:
            joined = argument(node, 0) or node
            yield from _entries(ways, spot, joined, depth + 1, seen)
            held = joined
        if held is not None and name is not None and text(name) in ("join", "getvalue"):
            for one in _grown(spot, text(held)):
                yield from _entries(ways, spot_of(spot, one), one, depth + 1, seen)
            return
    if node.type == "list":
        for one in node.named_children:
            yield from _entries(ways, spot, one, depth + 1, seen)
        return
    if holds(node, names):
        yield Entry(spot, node, node)


def _filled(spot: Spot, node: Node) -> Iterator[Node]:
    """The values of a dictionary that is put into a text: `"…".format(values)`, `"%(name)s" % values`."""
    function = node.child_by_field_name("function")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type == "call" and function is not None and text(function).endswith((".format", ".format_map")):
        held, values = function.child_by_field_name("object"), argument(node, 0)
    elif (
        node.type == "binary_operator"
        and left is not None
        and text(node.child_by_field_name("operator") or node) == "%"
    ):
        held, values = left, right
    else:
        return
    if held is None or values is None or held.type not in ("string", "concatenated_string"):
        return
    if values.type == "dictionary_splat" and values.named_children:
        values = values.named_children[0]
    for made in spot.definitions(text(values)) if values.type == "identifier" else [values]:
        if made.type == "dictionary":
            yield from (
                value for pair in made.named_children if (value := pair.child_by_field_name("value")) is not None
            )
    for one in walk(spot.scope):
        owner, value = one.child_by_field_name("left"), one.child_by_field_name("right")
        if one.type == "assignment" and owner is not None and value is not None and owner.type == "subscript":
            if text(owner.child_by_field_name("value") or owner) == text(values):
                yield value


def _grown(spot: Spot, name: str) -> Iterator[Node]:
    """What is put behind what a list or a file in memory holds."""
    for node in walk(spot.scope):
        if node.type == "call" and text(node.child_by_field_name("function") or node) in (
            f"{name}.write",
            f"{name}.append",
        ):
            value = argument(node, 0)
            if value is not None:
                yield value


def _builds(node: Node) -> bool:
    """Whether a text is put together there, of more than one part."""
    if node.type == "augmented_assignment":
        return True
    parts = pieces(node)
    return parts is not None and len(parts) > 1


def _deep(spot: Spot, node: Node) -> bool:
    """Whether a piece is itself a text that was put together above."""
    if node.type == "identifier":
        return any(_builds(one) for one in spot.definitions(text(node)))
    return node.type == "call" and local_function(spot, node) is not None
