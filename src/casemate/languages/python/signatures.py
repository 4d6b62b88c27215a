"""What stands in the header of a definition: parameters, decorators, base classes; and the first line of its docstring."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python import literals
from casemate.languages.python.builder import Builder
from casemate.languages.python.conditions import inner, operands
from casemate.languages.python.literals import utf8
from casemate.languages.python.names import annotation, beside, dotted

DOC_LENGTH: Final = 200
SHORT_DEFAULT: Final = 64  # characters of a default that is told
_PREFIXED: Final = re.compile(r"[rRuU]?['\"]")


class Signature(NamedTuple):
    """Parameters, the expressions of their defaults, and Python 2's tuple parameters with the patterns to unpack."""

    parameters: tuple[ir.Parameter, ...]
    defaults: list[tuple[str, Node]]
    patterns: list[tuple[str, Node]]


def signature(b: Builder, node: Node | None) -> Signature:
    """The parameters of a function or lambda."""
    found: list[ir.Parameter] = []
    defaults: list[tuple[str, Node]] = []
    patterns: list[tuple[str, Node]] = []
    how = ir.POSITIONAL
    for child in node.children if node is not None else ():
        kind = child.kind_id
        if kind == k.POSITIONAL_SEPARATOR:
            found = [parameter._replace(how=ir.POSITIONAL_ONLY) for parameter in found]
        elif kind == k.KEYWORD_SEPARATOR:
            how = ir.KEYWORD
        elif kind in _PARAMETERS:
            target, given, default = _parts(child)
            taken = how
            if target.kind_id == k.LIST_SPLAT_PATTERN:
                taken, how = ir.VARARGS, ir.KEYWORD
            elif target.kind_id == k.DICTIONARY_SPLAT_PATTERN:
                taken = ir.VARKW
            if taken in {ir.VARARGS, ir.VARKW}:
                target = operands(target, 1)[0]
            if target.kind_id == k.IDENTIFIER:
                name = b.name(target)
            else:
                name = f".{len(found)}"  # as CPython 2 names it
                patterns.append((name, target))
            named = annotation(utf8(b.raw(given))) if given is not None else ""
            found.append(
                ir.Parameter(name, taken, named, default is not None, _default(b, default), _made(b, default, given))
            )
            if default is not None:
                defaults.append((name, default))
    return Signature(tuple(found), defaults, patterns)


def _parts(node: Node) -> tuple[Node, Node | None, Node | None]:
    """The target, annotation and default of one parameter."""
    kind = node.kind_id
    if kind == k.TYPED_PARAMETER:
        return node.children[0], node.child_by_field_id(k.F_TYPE), None
    if kind in _DEFAULTED:
        target = node.child_by_field_id(k.F_NAME) or node.children[0]
        return target, node.child_by_field_id(k.F_TYPE), node.child_by_field_id(k.F_VALUE)
    return node, None, None


def _default(b: Builder, node: Node | None) -> tuple[object, ...]:
    """A default that is one short constant."""
    if node is None:
        return ()
    if node.kind_id == k.NONE:
        return (None,)
    value = constant(b, node)
    if isinstance(value, (str, bytes)):
        return (value,) if len(value) <= SHORT_DEFAULT else ()
    return (value,) if isinstance(value, (bool, int, float)) else ()


def _made(b: Builder, node: Node | None, annotated: Node | None) -> tuple[str, ...]:
    """Of a call that is the default, or stands beside the type in an annotation, what is called and the first argument."""
    if node is None and annotated is not None:
        return beside(utf8(b.raw(annotated)))
    function = node.child_by_field_id(k.F_FUNCTION) if node is not None and node.kind_id == k.CALL else None
    given = node.child_by_field_id(k.F_ARGUMENTS) if node is not None and function is not None else None
    if function is None:
        return ()
    passed = [one for one in given.children if one.is_named and one.kind_id not in k.EXTRA] if given is not None else []
    first = [_named(b, one) for one in passed[:1] if one.kind_id != k.KEYWORD_ARGUMENT]
    return (_named(b, function), *first)


def _named(b: Builder, node: Node) -> str:
    """A name, or a name of something's; "" for another expression."""
    return dotted(utf8(b.raw(node))) if node.kind_id in {k.IDENTIFIER, k.ATTRIBUTE} else ""


def decorator(b: Builder, node: Node) -> ir.Decorator:
    """A decorator as written."""
    held = operands(node, 1)[0]
    while held.kind_id == k.PARENTHESIZED_EXPRESSION:
        held = inner(held)
    if held.kind_id != k.CALL:
        return ir.Decorator(dotted(utf8(b.raw(held))), (), (), False, node.start_byte)
    function = held.child_by_field_id(k.F_FUNCTION) or held
    given = held.child_by_field_id(k.F_ARGUMENTS)
    args: list[object] = []
    kwargs: list[tuple[str, object]] = []
    for child in given.children if given is not None and given.kind_id != k.GENERATOR_EXPRESSION else ():
        if child.kind_id == k.KEYWORD_ARGUMENT:
            kwargs.append((b.name(child.children[0]), constant(b, child.children[-1])))
        elif child.is_named and child.kind_id not in k.EXTRA and child.kind_id != k.DICTIONARY_SPLAT:
            args.append(constant(b, child))
    return ir.Decorator(dotted(utf8(b.raw(function))), tuple(args), tuple(kwargs), True, node.start_byte)


def constant(b: Builder, node: Node, depth: int = 0) -> object:
    """The value of a constant expression, lists and tuples as tuples; None where it is not constant."""
    kind = node.kind_id
    if kind == k.STRING:
        raw = b.raw(node)
        return None if "f" in literals.prefix(raw) or raw.startswith("`") else literals.string(raw)
    if kind == k.CONCATENATED_STRING:
        pieces = [constant(b, child) for child in node.children if child.kind_id == k.STRING]
        return "".join(map(str, pieces)) if all(isinstance(piece, str) for piece in pieces) else None
    if kind in {k.INTEGER, k.FLOAT}:
        return literals.number(b.raw(node))
    if kind in {k.TRUE, k.FALSE}:
        return kind == k.TRUE
    if kind in {k.PARENTHESIZED_EXPRESSION, k.UNARY_OPERATOR} and depth < 4:
        value = constant(b, operands(node, 1)[0], depth + 1)
        if kind == k.PARENTHESIZED_EXPRESSION:
            return value
        negative = node.children[0].kind_id == k.MINUS and type(value) in {int, float}
        return -value if negative and isinstance(value, int | float) else None
    if kind in {k.LIST, k.TUPLE, k.EXPRESSION_LIST} and depth < 4:
        held = (child for child in node.children if child.is_named and child.kind_id not in k.EXTRA)
        return tuple(constant(b, child, depth + 1) for child in held)
    return None


class Heritage(NamedTuple):
    """The bases and keywords of a class, and the arguments that are more than names: they are evaluated."""

    bases: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...]
    computed: list[Node]


def heritage(b: Builder, node: Node | None) -> Heritage:
    """What a class statement's parentheses hold. `with_metaclass(M, Base)` of Python 2 and 3 names Base too."""
    bases: list[str] = []
    keywords: list[tuple[str, str]] = []
    computed: list[Node] = []
    for child in node.children if node is not None else ():
        kind = child.kind_id
        if kind == k.KEYWORD_ARGUMENT:
            held = child.children[-1]
            keywords.append((b.name(child.children[0]), dotted(utf8(b.raw(held)))))
        elif not child.is_named or kind in k.EXTRA:
            continue
        else:
            held = child
            bases.append(dotted(utf8(b.raw(held))))
            if held.kind_id == k.CALL and bases[-1].rpartition(".")[2] == "with_metaclass":
                given = held.child_by_field_id(k.F_ARGUMENTS)
                names = [one for one in given.children if one.is_named] if given is not None else []
                bases.extend(dotted(utf8(b.raw(one))) for one in names[1:])
        if held.kind_id == k.CALL:
            computed.append(held)
    return Heritage(tuple(filter(None, bases)), tuple(keywords), computed)


def docstring(b: Builder, suite: Node | None) -> str:
    """The first line of a body's docstring, at most DOC_LENGTH characters."""
    for statement in suite.children if suite is not None else ():
        if statement.kind_id == k.COMMENT:
            continue
        if statement.kind_id != k.EXPRESSION_STATEMENT or statement.children[0].kind_id != k.STRING:
            break
        raw = b.raw(statement.children[0])
        if not _PREFIXED.match(raw):
            break
        text = literals.string(raw[:4096] if len(raw) <= 4096 else raw[:4096] + raw[-3:])
        return text.strip().partition("\n")[0].strip()[:DOC_LENGTH] if isinstance(text, str) else ""
    return ""


_DEFAULTED: Final = frozenset((k.DEFAULT_PARAMETER, k.TYPED_DEFAULT_PARAMETER))
_PARAMETERS: Final = _DEFAULTED | {
    k.IDENTIFIER, k.TYPED_PARAMETER, k.LIST_SPLAT_PATTERN, k.DICTIONARY_SPLAT_PATTERN, *k.named("tuple_pattern"),
}  # fmt: skip
