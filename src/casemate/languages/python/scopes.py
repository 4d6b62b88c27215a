"""Which names a function binds: a light pass over its binding constructs, before its body is lowered.

Only statements and binding targets are looked at, never expressions, except where the source of the function contains
a walrus. The children of a node are made once and kept by the node, so that lowering finds them ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from tree_sitter import Node

from casemate.languages.python import kinds as k


class Bindings:
    """The names that one function body binds, and those that it declares to live elsewhere."""

    __slots__ = ("globals", "locals", "names", "nonlocals", "text")

    def __init__(self, text: str, names: dict[str, str]) -> None:
        self.text = text
        self.names = names
        self.locals: dict[str, str] = {}
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()

    def bind(self, node: Node) -> None:
        """Count an identifier node as bound here."""
        name = self.names[self.text[node.start_byte : node.end_byte]]
        self.locals[name] = name

    def body(self, block: Node) -> None:
        """Everything that the statements below a block bind; nested functions and classes bind only their names."""
        stack = [block]
        while stack:
            for node in stack.pop().children:
                kind = node.kind_id
                if kind == k.EXPRESSION_STATEMENT:
                    first = node.children[0]
                    kind = first.kind_id
                    if kind in _ASSIGNMENTS:
                        _assignment(self, first)
                    continue
                binder = _BINDERS.get(kind)
                if binder is not None:
                    binder(self, node)
                if kind in _NESTING:
                    stack.append(node)
        if self.text.find(":=", block.start_byte, block.end_byte) >= 0:
            self.walrus(block)
        for name in self.globals | self.nonlocals:
            self.locals.pop(name, None)

    def walrus(self, root: Node) -> None:
        """The targets of assignment expressions, those in comprehensions too, but not in nested functions."""
        stack = [root]
        while stack:
            node = stack.pop()
            kind = node.kind_id
            if kind == k.NAMED_EXPRESSION:
                target = node.child_by_field_id(k.F_NAME)
                if target is not None:
                    self.bind(target)
            if kind not in _CLOSED:
                stack.extend(node.children)


def targets(node: Node | None) -> Iterable[Node]:
    """The identifiers that an assignment to a target binds."""
    stack = [node] if node is not None else []
    while stack:
        node = stack.pop()
        kind = node.kind_id
        if kind == k.IDENTIFIER:
            yield node
        elif kind not in _NO_TARGETS:
            stack.extend(reversed(node.children))


def _assignment(found: Bindings, node: Node) -> None:
    while True:
        left = node.child_by_field_id(k.F_LEFT)
        if left is not None:
            if left.kind_id == k.IDENTIFIER:
                found.bind(left)
            else:
                for target in targets(left):
                    found.bind(target)
        right = node.child_by_field_id(k.F_RIGHT)
        if right is None or right.kind_id not in _ASSIGNMENTS:
            return
        node = right


def _left(found: Bindings, node: Node) -> None:
    for target in targets(node.child_by_field_id(k.F_LEFT)):
        found.bind(target)


def _named(found: Bindings, node: Node) -> None:
    name = node.child_by_field_id(k.F_NAME)
    if name is not None:
        found.bind(name)


def _decorated(found: Bindings, node: Node) -> None:
    definition = node.child_by_field_id(k.F_DEFINITION)
    if definition is not None:
        _named(found, definition)


def _import(found: Bindings, node: Node) -> None:
    for name in node.children_by_field_id(k.F_NAME):
        if name.kind_id == k.ALIASED_IMPORT:
            alias = name.child_by_field_id(k.F_ALIAS)
            if alias is not None:
                found.bind(alias)
        elif name.children:
            found.bind(name.children[0])


def _with(found: Bindings, node: Node) -> None:
    for clause in node.children:
        for item in clause.children:
            if item.kind_id == k.WITH_ITEM:
                _as(found, item.child_by_field_id(k.F_VALUE))


def _as(found: Bindings, node: Node | None) -> None:
    if node is not None and node.kind_id in k.AS_PATTERN:
        for target in targets(node.child_by_field_id(k.F_ALIAS)):
            found.bind(target)


def _except(found: Bindings, node: Node) -> None:
    values = node.children_by_field_id(k.F_VALUE)
    if values:
        _as(found, values[0])
    for target in values[1:]:  # Python 2: `except X, name`
        for name in targets(target):
            found.bind(name)


def _case(found: Bindings, node: Node) -> None:
    stack = [child for child in node.children if child.kind_id == k.CASE_PATTERN]
    while stack:
        node = stack.pop()
        children = node.children
        kind = node.kind_id
        if kind == k.DOTTED_NAME:
            if len(children) == 1:
                found.bind(children[0])
        elif kind == k.SPLAT_PATTERN or kind in k.AS_PATTERN:
            if children and children[-1].kind_id == k.IDENTIFIER:
                found.bind(children[-1])
            stack.extend(children[:-1])
        elif kind == k.CLASS_PATTERN:
            stack.extend(children[1:])
        else:
            stack.extend(children)


def _global(found: Bindings, node: Node) -> None:
    found.globals.update(_identifiers(found, node))


def _nonlocal(found: Bindings, node: Node) -> None:
    found.nonlocals.update(_identifiers(found, node))


def _identifiers(found: Bindings, node: Node) -> Iterable[str]:
    for child in node.children:
        if child.kind_id == k.IDENTIFIER:
            yield found.names[found.text[child.start_byte : child.end_byte]]


def _alias(found: Bindings, node: Node) -> None:
    name = alias_name(node)
    if name is not None:
        found.bind(name)


def alias_name(node: Node) -> Node | None:
    """The name that `type X[T] = …` binds; None if it is an assignment to something of `type(…)`."""
    left = node.child_by_field_id(k.F_LEFT)
    while left is not None and left.kind_id in _ALIASED:
        left = left.children[0]
    return left if left is not None and left.kind_id == k.IDENTIFIER else None


def _table(entries: dict[str, Callable[[Bindings, Node], None]]) -> dict[int, Callable[[Bindings, Node], None]]:
    return {kind: binder for name, binder in entries.items() for kind in k.named(name)}


_ALIASED: Final = frozenset(k.named("type") + k.named("generic_type"))
_ASSIGNMENTS: Final = frozenset((k.ASSIGNMENT, k.AUGMENTED_ASSIGNMENT))
_CLOSED: Final = frozenset((k.FUNCTION_DEFINITION, k.CLASS_DEFINITION, *k.named("lambda")))
_NO_TARGETS: Final = frozenset((k.ATTRIBUTE, k.SUBSCRIPT, k.CALL))
_NESTING: Final = frozenset(
    number
    for name in (
        "block", "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "try_statement",
        "except_clause", "finally_clause", "with_statement", "match_statement", "case_clause",
    )
    for number in k.named(name)
) | {k.ERROR}  # fmt: skip
_BINDERS: Final = _table(
    {
        "for_statement": _left,
        "function_definition": _named,
        "class_definition": _named,
        "decorated_definition": _decorated,
        "import_statement": _import,
        "import_from_statement": _import,
        "future_import_statement": _import,
        "with_statement": _with,
        "except_clause": _except,
        "case_clause": _case,
        "global_statement": _global,
        "nonlocal_statement": _nonlocal,
        "type_alias_statement": _alias,
    }
)
