"""`match`: patterns as the comparisons, `isinstance` calls, lookups and branches that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python import literals
from casemate.languages.python.builder import Builder
from casemate.languages.python.conditions import condition, operands
from casemate.languages.python.dispatch import EXPRESSIONS, check, statement, value
from casemate.languages.python.statements import block

# Classes whose single positional pattern is matched against the subject itself (PEP 634).
_WHOLE: Final = frozenset(
    ("bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")
)


@statement("match_statement")
def match_statement(b: Builder, node: Node) -> None:
    """`match` … `case`."""
    subjects = node.children_by_field_id(k.F_SUBJECT)
    if len(subjects) == 1:
        subject = value(b, subjects[0])
    else:
        several = tuple([value(b, one) for one in subjects])
        subject = b.new()
        b.emit((ir.SEQUENCE, node.start_byte, subject, "tuple", several))
    done = b.label()
    cases = node.child_by_field_id(k.F_BODY)
    for clause in cases.children if cases is not None else ():
        if clause.kind_id != k.CASE_CLAUSE:
            continue
        patterns = [child for child in clause.children if child.kind_id == k.CASE_PATTERN]
        following = b.label()
        for pattern in patterns:
            check(b, pattern)
        if len(patterns) == 1:
            match(b, patterns[0], subject, following)
        elif patterns:
            _sequence(b, patterns, subject, following, clause.start_byte)
        guard = clause.child_by_field_id(k.F_GUARD)
        if guard is not None:
            holds = b.label()
            condition(b, operands(guard, 1)[0], holds, following)
            b.start(holds)
        block(b, clause.child_by_field_id(k.F_CONSEQUENCE))
        b.jump(done)
        if following not in b.used:  # `case _`: nothing comes after it
            break
        b.start(following)
    b.join(done)


def match(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    """Go on where the pattern matches, its names bound; else branch to a label."""
    matcher = _MATCHERS.get(node.kind_id)
    if matcher is not None:
        matcher(b, node, subject, miss)
    else:
        _equal(b, node, subject, miss)


def _test(b: Builder, pos: int, operand: ir.Operand, miss: int) -> None:
    hit = b.label()
    b.branch(pos, operand, hit, miss)
    b.start(hit)


def _compare(b: Builder, pos: int, operator: str, left: ir.Operand, right: ir.Operand, miss: int) -> None:
    temp = b.new()
    b.emit((ir.COMPARE, pos, temp, operator, left, right))
    _test(b, pos, temp, miss)


def _call(b: Builder, pos: int, builtin: str, *args: ir.Operand) -> int:
    callee = b.load(builtin, pos)
    temp = b.new()
    b.emit((ir.CALL, pos, temp, callee, args, ()))
    return temp


def _parts(node: Node) -> list[Node]:
    return [child for child in node.children if child.is_named and child.kind_id not in k.EXTRA]


def _equal(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    _compare(b, node.start_byte, "==", subject, EXPRESSIONS[node.kind_id](b, node), miss)


def _same(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    _compare(b, node.start_byte, "is", subject, EXPRESSIONS[node.kind_id](b, node), miss)


def _case(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    """The grammar's wrapper; a wildcard and the minus of a number are its tokens."""
    parts = _parts(node)
    if not parts:
        return
    if node.children[0].kind_id == k.MINUS:
        operand = b.const(_negated(literals.number(b.raw(parts[0]))))
        _compare(b, node.start_byte, "==", subject, operand, miss)
    else:
        match(b, parts[0], subject, miss)


def _negated(number: int | float | str) -> int | float | str:
    return number if isinstance(number, str) else -number


def _dotted(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    """A capture, or a value looked up by its dotted name."""
    parts = _parts(node)
    if len(parts) == 1:
        _capture(b, parts[0], subject)
    else:
        _compare(b, node.start_byte, "==", subject, _lookup(b, node), miss)


def _capture(b: Builder, name: Node, subject: ir.Operand) -> None:
    if b.raw(name) != "_":
        b.store(b.name(name), subject, name.start_byte, shared=True)


def _lookup(b: Builder, node: Node) -> ir.Operand:
    first, *rest = _parts(node)
    found = b.load(b.name(first), first.start_byte)
    for name in rest:
        temp = b.new()
        b.emit((ir.ATTR, name.start_byte, temp, found, b.name(name)))
        found = temp
    return found


def _as(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    pattern, name = operands(node, 2)[:2]
    match(b, pattern, subject, miss)
    _capture(b, name, subject)


def _either(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    hit = b.label()
    alternatives: list[tuple[Node, bool]] = []
    minus = False
    for child in node.children:
        if child.kind_id == k.MINUS:
            minus = True
        elif (child.is_named and child.kind_id not in k.EXTRA) or child.kind_id == k.UNDERSCORE:
            alternatives.append((child, minus))
            minus = False
    for at, (alternative, negative) in enumerate(alternatives):
        following = miss if at == len(alternatives) - 1 else b.label()
        if negative:
            operand = b.const(_negated(literals.number(b.raw(alternative))))
            _compare(b, alternative.start_byte, "==", subject, operand, following)
        elif alternative.kind_id != k.UNDERSCORE:
            match(b, alternative, subject, following)
        b.jump(hit)
        if following == miss or following not in b.used:
            break
        b.start(following)
    b.start(hit)


def _group(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    """`[a, *b]`, `(a, b)`; parentheses around one pattern only group."""
    parts = _parts(node)
    single = len(parts) == 1 and node.children[0].type == "(" and node.children[-2].kind_id != k.COMMA
    if single and not _starred(parts[0]):
        match(b, parts[0], subject, miss)
    else:
        _sequence(b, parts, subject, miss, node.start_byte)


def _starred(pattern: Node) -> bool:
    while pattern.kind_id == k.CASE_PATTERN and pattern.children:
        pattern = pattern.children[0]
    return pattern.kind_id == k.SPLAT_PATTERN


def _sequence(b: Builder, patterns: list[Node], subject: ir.Operand, miss: int, pos: int) -> None:
    star = next((at for at, pattern in enumerate(patterns) if _starred(pattern)), len(patterns))
    fixed = len(patterns) - (star < len(patterns))
    length = _call(b, pos, "len", subject)
    _compare(b, pos, "==" if fixed == len(patterns) else ">=", length, b.const(fixed), miss)
    for at, pattern in enumerate(patterns):
        if _wildcard(pattern):
            continue
        temp = b.new()
        if at == star:
            after = len(patterns) - at - 1
            high = b.const(-after if after else None)
            b.emit((ir.SLICE, pattern.start_byte, temp, subject, b.const(at), high, b.const(None)))
            _splat(b, pattern, temp)
        else:
            key = b.const(at if at < star else at - len(patterns))
            b.emit((ir.INDEX, pattern.start_byte, temp, subject, key))
            match(b, pattern, temp, miss)


def _wildcard(pattern: Node) -> bool:
    return (
        pattern.kind_id == k.CASE_PATTERN and len(pattern.children) == 1 and pattern.children[0].kind_id == k.UNDERSCORE
    )


def _splat(b: Builder, pattern: Node, subject: ir.Operand) -> None:
    while pattern.kind_id == k.CASE_PATTERN:
        pattern = pattern.children[0]
    name = pattern.children[-1]
    if name.kind_id == k.IDENTIFIER:
        _capture(b, name, subject)


def _stray_splat(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    _splat(b, node, subject)


def _mapping(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    """`{"k": pattern, **rest}`."""
    keys = node.children_by_field_id(k.F_KEY)
    values = node.children_by_field_id(k.F_VALUE)
    for key_node, pattern in zip(keys, values, strict=False):
        key = _lookup(b, key_node) if key_node.kind_id == k.DOTTED_NAME else EXPRESSIONS[key_node.kind_id](b, key_node)
        _compare(b, key_node.start_byte, "in", key, subject, miss)
        temp = b.new()
        b.emit((ir.INDEX, key_node.start_byte, temp, subject, key))
        match(b, pattern, temp, miss)
    for child in node.children:
        if child.kind_id == k.SPLAT_PATTERN:
            _splat(b, child, _call(b, child.start_byte, "dict", subject))


def _class(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    """`C(pattern, name=pattern)`. A positional pattern is matched against an INDEX, as `__match_args__` is not known."""
    name, *patterns = _parts(node)
    pos = node.start_byte
    cls = _lookup(b, name) if name.kind_id == k.DOTTED_NAME else EXPRESSIONS[name.kind_id](b, name)
    _test(b, pos, _call(b, pos, "isinstance", subject, cls), miss)
    for at, pattern in enumerate(patterns):
        inner = pattern.children[0] if pattern.kind_id == k.CASE_PATTERN and pattern.children else pattern
        if inner.kind_id == k.KEYWORD_PATTERN:
            attribute, held = inner.children[0], inner.children[-1]
            temp = b.new()
            b.emit((ir.ATTR, attribute.start_byte, temp, subject, b.name(attribute)))
            if inner.children[-2].kind_id == k.MINUS:
                operand = b.const(_negated(literals.number(b.raw(held))))
                _compare(b, held.start_byte, "==", temp, operand, miss)
            elif held.kind_id != k.UNDERSCORE:
                match(b, held, temp, miss)
        elif b.raw(name) in _WHOLE:
            match(b, pattern, subject, miss)
        else:
            temp = b.new()
            b.emit((ir.INDEX, pattern.start_byte, temp, subject, b.const(at)))
            match(b, pattern, temp, miss)


def _complex(b: Builder, node: Node, subject: ir.Operand, miss: int) -> None:
    _compare(b, node.start_byte, "==", subject, b.const(""), miss)


_MATCHERS: Final[dict[int, Callable[[Builder, Node, ir.Operand, int], None]]] = {
    number: matcher
    for name, matcher in (
        ("case_pattern", _case),
        ("as_pattern", _as),
        ("union_pattern", _either),
        ("list_pattern", _group),
        ("tuple_pattern", _group),
        ("dict_pattern", _mapping),
        ("class_pattern", _class),
        ("complex_pattern", _complex),
        ("splat_pattern", _stray_splat),
        ("dotted_name", _dotted),
        ("true", _same),
        ("false", _same),
        ("none", _same),
    )
    for number in k.named(name)
}
