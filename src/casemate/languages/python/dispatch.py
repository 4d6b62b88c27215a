"""The tables that lowering dispatches through: node kind → what lowers it as an expression, as a statement, as a pattern.

The modules that lower fill them on import. Every kind has an entry, so that broken source finds one too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import Builder, Lower, Perform, TooDeep

LONG: Final = 256  # bytes: a shorter expression cannot nest deeper than lowering follows
DEPTH: Final = 150  # how deep an expression may nest, operator chains not counted


def _stray(b: Builder, node: Node) -> ir.Operand:
    """A node that is no expression, inside broken source: what it holds still runs."""
    for child in node.children:
        if child.is_named:
            EXPRESSIONS[child.kind_id](b, child)
    return b.const(None)


def _ignore(b: Builder, node: Node) -> None:
    """A token or comment between statements."""


def _evaluate(b: Builder, node: Node) -> None:
    """An expression in a statement's place, inside broken source."""
    value(b, node)


_NAMED: Final = [number for number in range(k.LANGUAGE.node_kind_count) if k.LANGUAGE.node_kind_is_named(number)]
EXPRESSIONS: Final[dict[int, Lower]] = dict.fromkeys([*range(k.LANGUAGE.node_kind_count), k.ERROR], _stray)
STATEMENTS: Final[dict[int, Perform]] = {
    **dict.fromkeys(range(k.LANGUAGE.node_kind_count), _ignore),
    **dict.fromkeys(_NAMED, _evaluate),
    **dict.fromkeys(k.named("comment") + k.named("line_continuation"), _ignore),
}


def expression(*names: str) -> Callable[[Lower], Lower]:
    """Register what lowers the named kinds of expression."""

    def register(lower: Lower) -> Lower:
        for name in names:
            EXPRESSIONS.update(dict.fromkeys(k.named(name), lower))
        return lower

    return register


def statement(*names: str) -> Callable[[Perform], Perform]:
    """Register what lowers the named kinds of statement."""

    def register(perform: Perform) -> Perform:
        for name in names:
            STATEMENTS.update(dict.fromkeys(k.named(name), perform))
        return perform

    return register


def value(b: Builder, node: Node) -> ir.Operand:
    """Lower the outermost expression of a statement, once it is known not to nest too deep."""
    if node.end_byte - node.start_byte > LONG:
        check(b, node)
    return EXPRESSIONS[node.kind_id](b, node)


def check(b: Builder, node: Node) -> None:
    """Count a long expression's steps and refuse one that nests too deep."""
    size = node.end_byte - node.start_byte
    if size > LONG:
        b.file.steps += size >> 4
        if _too_deep(node):
            raise TooDeep


def _too_deep(root: Node) -> bool:
    """Whether any path is longer than DEPTH. Left operands of operators do not count: they are followed in a loop."""
    stack = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > DEPTH:
            return True
        children = node.children
        if not children:
            continue
        first = children[0]
        level = depth if node.kind_id in _CHAINS and first.kind_id == node.kind_id else depth + 1
        if first.child_count:
            stack.append((first, level))
        for child in children[1:]:
            if child.child_count:
                stack.append((child, depth + 1))
    return False


_CHAINS: Final = frozenset((k.BINARY_OPERATOR, k.BOOLEAN_OPERATOR))
