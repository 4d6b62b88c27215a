"""Conditions: `and`, `or`, `not`, comparisons and conditional expressions as branches, so that each atom is visible."""

from __future__ import annotations

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import Builder
from casemate.languages.python.dispatch import EXPRESSIONS, expression


def condition(b: Builder, node: Node, yes: int, no: int, into: int | None = None) -> None:
    """Branch to a label by the truth of an expression. into: a temporary that receives the expression's value."""
    kind = node.kind_id
    while kind == k.PARENTHESIZED_EXPRESSION:
        node = inner(node)
        kind = node.kind_id
    if kind == k.BOOLEAN_OPERATOR:
        _boolean(b, node, yes, no, into)
    elif kind == k.NOT_OPERATOR:
        _not(b, node, yes, no, into)
    elif kind == k.COMPARISON_OPERATOR:
        _comparison(b, node, yes, no, into)
    elif kind == k.CONDITIONAL_EXPRESSION:
        then, test, other = operands(node, 3)[:3]
        here, there = b.label(), b.label()
        condition(b, test, here, there)
        b.start(here)
        condition(b, then, yes, no, into)
        b.start(there)
        condition(b, other, yes, no, into)
    else:
        atom(b, node.start_byte, EXPRESSIONS[kind](b, node), yes, no, into)


def atom(b: Builder, pos: int, operand: ir.Operand, yes: int, no: int, into: int | None) -> None:
    """Branch on one operand."""
    if into is not None:
        b.emit((ir.MOVE, pos, into, operand))
    if yes == no:
        b.jump(yes)
    else:
        b.branch(pos, operand, yes, no)


def operands(node: Node, count: int) -> list[Node]:
    """The named children that are no comments, at least `count`: broken source is padded with a child."""
    found = [child for child in node.children if child.is_named and child.kind_id not in k.EXTRA]
    if len(found) > count:
        found = [child for child in found if child.kind_id != k.ERROR] or found[:1]
    while len(found) < count:
        found.append(found[-1] if found else node.children[-1])
    return found


def inner(node: Node) -> Node:
    """What a pair of parentheses holds."""
    children = node.children
    return children[1] if len(children) == 3 else operands(node, 1)[0]


def chain(node: Node) -> list[Node]:
    """The operands of `a and b and c` (or of `or`), which parses to the left."""
    symbol = _operator(node)
    found: list[Node] = []
    while node.kind_id == k.BOOLEAN_OPERATOR and _operator(node) == symbol:
        left, right = operands(node, 2)[:2]
        found.append(right)
        node = left
    found.append(node)
    found.reverse()
    return found


def conjunction(node: Node) -> bool:
    """Whether a boolean operator is `and`."""
    return _operator(node) == k.AND


def _operator(node: Node) -> int:
    operator = node.child_by_field_id(k.F_OPERATOR)
    return operator.kind_id if operator is not None else k.AND


def _boolean(b: Builder, node: Node, yes: int, no: int, into: int | None) -> None:
    parts = chain(node)
    both = conjunction(node)
    for part in parts[:-1]:
        onward = b.label()
        if both:
            condition(b, part, onward, no, into)
        else:
            condition(b, part, yes, onward, into)
        b.start(onward)
    condition(b, parts[-1], yes, no, into)


def _not(b: Builder, node: Node, yes: int, no: int, into: int | None) -> None:
    argument = operands(node, 1)[0]
    if into is None:
        condition(b, argument, no, yes)
        return
    false, true = b.label(), b.label()
    condition(b, argument, false, true)
    for label, truth, onward in ((false, False, no), (true, True, yes)):
        b.start(label)
        b.emit((ir.MOVE, node.start_byte, into, b.const(truth)))
        b.jump(onward)


def _comparison(b: Builder, node: Node, yes: int, no: int, into: int | None) -> None:
    links = comparison(node)
    left = EXPRESSIONS[links[0][1].kind_id](b, links[0][1])
    for number, (operator, right_node) in enumerate(links[1:], 2):
        right = EXPRESSIONS[right_node.kind_id](b, right_node)
        temp = b.new()
        b.emit((ir.COMPARE, node.start_byte, temp, operator, left, right))
        if number == len(links):
            atom(b, node.start_byte, temp, yes, no, into)
        else:
            onward = b.label()
            atom(b, node.start_byte, temp, onward, no, into)
            b.start(onward)
        left = right


def comparison(node: Node) -> list[tuple[str, Node]]:
    """The operands of a chain of comparisons, each with the operator before it ("" for the first)."""
    links = []
    operator = ""
    for child in node.children:
        kind = child.kind_id
        if child.is_named:
            if kind not in k.EXTRA:
                links.append((operator, child))
        else:
            operator = child.type
            if operator == "<>":
                operator = "!="
    return links


@expression("boolean_operator", "conditional_expression")
def choice(b: Builder, node: Node) -> ir.Operand:
    """The value of an expression that takes one of several ways."""
    into, done = b.new(), b.label()
    condition(b, node, done, done, into)
    b.start(done)
    return into


@expression("not_operator")
def negation(b: Builder, node: Node) -> ir.Operand:
    """`not x` as a value."""
    argument = operands(node, 1)[0]
    value = EXPRESSIONS[argument.kind_id](b, argument)
    temp = b.new()
    b.emit((ir.UNARY, node.start_byte, temp, "not", value))
    return temp


@expression("comparison_operator")
def compared(b: Builder, node: Node) -> ir.Operand:
    """A comparison as a value; a chain stops at the first that fails."""
    links = comparison(node)
    if len(links) != 2:
        return choice(b, node)
    left_node, (operator, right_node) = links[0][1], links[1]
    left = EXPRESSIONS[left_node.kind_id](b, left_node)
    right = EXPRESSIONS[right_node.kind_id](b, right_node)
    temp = b.new()
    b.emit((ir.COMPARE, node.start_byte, temp, operator, left, right))
    return temp


def answer(b: Builder, node: Node) -> None:
    """`return` of an expression: each way that its value can arise returns by itself, under the branches that lead there."""
    kind = node.kind_id
    if kind == k.PARENTHESIZED_EXPRESSION:
        answer(b, inner(node))
    elif kind == k.CONDITIONAL_EXPRESSION:
        then, test, other = operands(node, 3)[:3]
        here, there = b.label(), b.label()
        condition(b, test, here, there)
        b.start(here)
        answer(b, then)
        b.start(there)
        answer(b, other)
    elif kind == k.NOT_OPERATOR:
        false, true = b.label(), b.label()
        condition(b, operands(node, 1)[0], false, true)
        for label, truth in ((true, True), (false, False)):
            b.start(label)
            b.end((ir.RETURN, node.start_byte, b.const(truth)))
    elif kind == k.BOOLEAN_OPERATOR:
        parts = chain(node)
        for part in parts[:-1]:
            onward = b.label()
            if conjunction(node):
                _unless(b, part, onward)
            else:
                _truth(b, part, onward)
            b.start(onward)
        answer(b, parts[-1])
    else:
        b.end((ir.RETURN, node.start_byte, EXPRESSIONS[kind](b, node)))


def _unless(b: Builder, node: Node, onward: int) -> None:
    """Return a false value, or go on."""
    stop = b.label()
    if _compound(node):
        condition(b, node, onward, stop)
        value: ir.Operand = b.const(False)
    else:
        value = EXPRESSIONS[node.kind_id](b, node)
        b.branch(node.start_byte, value, onward, stop)
    b.start(stop)
    b.end((ir.RETURN, node.start_byte, value))


def _truth(b: Builder, node: Node, onward: int) -> None:
    """Return a true value, or go on."""
    while node.kind_id == k.PARENTHESIZED_EXPRESSION:
        node = inner(node)
    stop = b.label()
    if node.kind_id == k.BOOLEAN_OPERATOR and conjunction(node):
        parts = chain(node)
        for part in parts[:-1]:
            step = b.label()
            condition(b, part, step, onward)
            b.start(step)
        _truth(b, parts[-1], onward)
        return
    if _compound(node):
        into: ir.Operand = b.new()
        condition(b, node, stop, onward, into)  # type: ignore[arg-type]
    else:
        into = EXPRESSIONS[node.kind_id](b, node)
        b.branch(node.start_byte, into, stop, onward)
    b.start(stop)
    b.end((ir.RETURN, node.start_byte, into))


def _compound(node: Node) -> bool:
    while node.kind_id == k.PARENTHESIZED_EXPRESSION:
        node = inner(node)
    kind = node.kind_id
    return kind in _COMPOUND or (kind == k.COMPARISON_OPERATOR and len(comparison(node)) > 2)


_COMPOUND = frozenset((k.BOOLEAN_OPERATOR, k.NOT_OPERATOR, k.CONDITIONAL_EXPRESSION))
