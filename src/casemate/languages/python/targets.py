"""Assignment: storing a value to names, attributes, subscripts and patterns of them."""

from __future__ import annotations

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import Builder
from casemate.languages.python.conditions import inner, operands
from casemate.languages.python.dispatch import EXPRESSIONS, check, value
from casemate.languages.python.expressions import attribute_parts, subscript_key, subscript_parts


def store(b: Builder, target: Node, value: ir.Operand, shared: bool = False) -> None:
    """Store a value to a target. shared: the value is stored to other targets too."""
    kind = target.kind_id
    if kind == k.IDENTIFIER:
        start = target.start_byte
        b.store(b.names[b.text[start : target.end_byte]], value, start, shared=shared)
    elif kind == k.ATTRIBUTE:
        children = target.children
        base_node, name_node = (children[0], children[2]) if len(children) == 3 else attribute_parts(target)
        base = EXPRESSIONS[base_node.kind_id](b, base_node)
        b.emit((ir.SETATTR, name_node.start_byte, None, base, b.name(name_node), value))
    elif kind == k.SUBSCRIPT:
        base_node, keys = subscript_parts(target)
        base = EXPRESSIONS[base_node.kind_id](b, base_node)
        key = subscript_key(b, target, keys)
        b.emit((ir.SETINDEX, target.start_byte, None, base, key, value))
    elif kind in _GROUPS:
        if kind in _PARENTHESES and b.text[target.start_byte] == "(" and len(target.children) == 3:
            store(b, target.children[1], value, shared)  # `(a)` groups, `(a,)` unpacks
        else:
            unpack(b, elements(target), value)
    elif kind == k.PARENTHESIZED_EXPRESSION:
        store(b, inner(target), value, shared)
    elif kind in _SPLATS:
        store(b, operands(target, 1)[0], value, shared)
    else:  # broken source
        EXPRESSIONS[kind](b, target)


def elements(target: Node) -> list[Node]:
    """The targets in a tuple or list of targets, or the items of a display."""
    return [child for child in target.children if child.is_named and child.kind_id not in k.EXTRA]


def unpack(b: Builder, targets: list[Node], value: ir.Operand) -> None:
    """Store the elements of a value: by constant index, and by SLICE where a target is starred."""
    star = next((at for at, target in enumerate(targets) if target.kind_id in _SPLATS), len(targets))
    for at, target in enumerate(targets):
        temp = b.new()
        if at == star:
            after = len(targets) - at - 1
            high = b.const(-after if after else None)
            b.emit((ir.SLICE, target.start_byte, temp, value, b.const(at), high, b.const(None)))
        else:
            b.emit((ir.INDEX, target.start_byte, temp, value, b.const(at if at < star else at - len(targets))))
        store(b, target, temp)


def assign(b: Builder, node: Node) -> None:
    """`a = b = value`, `a, b = c, d`, `a: T = value`."""
    targets: list[Node] = []
    while True:
        children = node.children
        if len(children) == 3 and children[1].kind_id == k.ASSIGN:
            left, right = children[0], children[2]
        else:
            given = node.child_by_field_id(k.F_RIGHT)
            if given is None:  # `a: T`
                return
            left, right = node.child_by_field_id(k.F_LEFT) or children[0], given
        if left.kind_id != k.IDENTIFIER:
            check(b, left)
        targets.append(left)
        if right.kind_id != k.ASSIGNMENT:
            break
        node = right
    if right.kind_id == k.AUGMENTED_ASSIGNMENT:  # broken source, `a = b += c`
        augment(b, right)
        return
    if len(targets) == 1:
        target = targets[0]
        if target.kind_id in _GROUPS and right.kind_id in _DISPLAYS and _pairwise(b, target, right):
            return
        store(b, target, value(b, right))
        return
    source = value(b, right)
    for target in targets:
        store(b, target, source, shared=True)


def _pairwise(b: Builder, target: Node, right: Node) -> bool:
    """`a, b = b, a` without a tuple in between, when both sides have as many elements and none is starred."""
    targets, sources = elements(target), elements(right)
    if len(targets) != len(sources) or len(targets) < 2:
        return False
    if any(node.kind_id in _SPLATS or node.kind_id == k.ERROR for node in (*targets, *sources)):
        return False
    values: list[ir.Operand] = []
    for source in sources:
        operand = value(b, source)
        if isinstance(operand, str):  # a variable that one of the targets may overwrite
            temp = b.new()
            b.emit((ir.MOVE, source.start_byte, temp, operand))
            operand = temp
        values.append(operand)
    for one, operand in zip(targets, values, strict=True):
        store(b, one, operand)
    return True


def augment(b: Builder, node: Node) -> None:
    """`a += b`: the target's object and key are evaluated once."""
    left, right = node.child_by_field_id(k.F_LEFT), node.child_by_field_id(k.F_RIGHT)
    operator_node = node.child_by_field_id(k.F_OPERATOR)
    if left is None or right is None or operator_node is None:
        return
    check(b, left)
    operator, pos = operator_node.type, node.start_byte
    while left.kind_id == k.PARENTHESIZED_EXPRESSION:
        left = inner(left)
    if left.kind_id == k.ATTRIBUTE:
        base_node, name_node = attribute_parts(left)
        base, name = EXPRESSIONS[base_node.kind_id](b, base_node), b.name(name_node)
        old = b.new()
        b.emit((ir.ATTR, name_node.start_byte, old, base, name))
        added = _added(b, pos, operator, old, right)
        b.emit((ir.SETATTR, name_node.start_byte, None, base, name, added))
    elif left.kind_id == k.SUBSCRIPT:
        base_node, keys = subscript_parts(left)
        base = EXPRESSIONS[base_node.kind_id](b, base_node)
        key = subscript_key(b, left, keys)
        old = b.new()
        b.emit((ir.INDEX, pos, old, base, key))
        added = _added(b, pos, operator, old, right)
        b.emit((ir.SETINDEX, pos, None, base, key, added))
    else:
        store(b, left, _added(b, pos, operator, EXPRESSIONS[left.kind_id](b, left), right))


def _added(b: Builder, pos: int, operator: str, old: ir.Operand, right: Node) -> int:
    operand = value(b, right)
    temp = b.new()
    b.emit((ir.BINARY, pos, temp, operator, old, operand))
    return temp


def delete(b: Builder, target: Node) -> None:
    """`del` of one target: of a variable a DELETE, of a key or attribute the method call that it stands for."""
    kind = target.kind_id
    pos = target.start_byte
    if kind == k.IDENTIFIER:
        local = b.scope.get(b.name(target))
        if local is not None:
            b.emit((ir.DELETE, pos, None, local))
    elif kind == k.ATTRIBUTE:
        base_node, name_node = attribute_parts(target)
        base = EXPRESSIONS[base_node.kind_id](b, base_node)
        b.emit((ir.INVOKE, pos, None, base, "__delattr__", (b.const(b.name(name_node)),), ()))
    elif kind == k.SUBSCRIPT:
        base_node, keys = subscript_parts(target)
        base = EXPRESSIONS[base_node.kind_id](b, base_node)
        key = subscript_key(b, target, keys)
        b.emit((ir.INVOKE, pos, None, base, "__delitem__", (key,), ()))
    elif kind in _GROUPS or kind == k.PARENTHESIZED_EXPRESSION:
        for child in elements(target):
            delete(b, child)
    else:
        EXPRESSIONS[kind](b, target)


_SPLATS = frozenset((k.LIST_SPLAT, k.LIST_SPLAT_PATTERN))
_DISPLAYS = frozenset((k.EXPRESSION_LIST, k.TUPLE, k.LIST))
_PARENTHESES = frozenset(k.named("tuple_pattern"))
_GROUPS = frozenset(
    number
    for name in ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list")
    for number in k.named(name)
)
