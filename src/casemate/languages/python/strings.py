"""Strings: constants, f-strings with their conversions and format specifications, implicit concatenation, backticks."""

from __future__ import annotations

import re
from typing import Final

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python import literals
from casemate.languages.python.builder import Builder
from casemate.languages.python.dispatch import EXPRESSIONS, expression

_QUOTES: Final = frozenset("'\"")
_NAME: Final = re.compile(r"(?<![\w.])[^\W\d]\w*")
_CONVERSIONS: Final = {"!r": "repr", "!a": "ascii", "!s": "str"}


@expression("string")
def string(b: Builder, node: Node) -> ir.Operand:
    """A string or bytes literal, or an f-string."""
    raw = b.text[node.start_byte : node.end_byte]
    operand = b.literals.get(raw)
    if operand is not None:
        return operand
    if raw[:1] not in _QUOTES:
        if "f" in literals.prefix(raw):
            return _joined(b, node, _parts(b, node))
        if raw[:1] == "`":
            return _backticks(b, node)
    values = b.file.literals
    value = values.get(raw)
    if value is None:
        value = values[raw] = literals.string(raw)
    operand = b.literals[raw] = b.const(value)
    return operand


@expression("concatenated_string")
def concatenated(b: Builder, node: Node) -> ir.Operand:
    """`"a" "b"`: one constant, or one f-string."""
    parts: list[_Text | ir.Operand] = []
    for child in node.children:
        if child.kind_id == k.STRING:
            raw = b.raw(child)
            if "f" in literals.prefix(raw):
                parts.extend(_parts(b, child))
            else:
                parts.append(_Text(literals.string(raw)))
    return _joined(b, node, parts)


class _Text:
    """A literal piece, not yet a constant: neighbours are joined first."""

    __slots__ = ("value",)

    def __init__(self, value: str | bytes) -> None:
        self.value = value


def _joined(b: Builder, node: Node, parts: list[_Text | ir.Operand]) -> ir.Operand:
    """One operand for pieces and values in a row."""
    merged: list[ir.Operand] = []
    run: list[str | bytes] = []
    for part in parts:
        if isinstance(part, _Text):
            run.append(part.value)
        else:
            _flush(b, run, merged)
            merged.append(part)
    if not merged:
        return b.const(_concatenated(run))
    _flush(b, run, merged)
    temp = b.new()
    b.emit((ir.FORMAT, node.start_byte, temp, tuple(merged)))
    return temp


def _flush(b: Builder, run: list[str | bytes], merged: list[ir.Operand]) -> None:
    piece = _concatenated(run)
    if piece:
        merged.append(b.const(piece))
    run.clear()


def _concatenated(run: list[str | bytes]) -> str | bytes:
    if run and all(isinstance(value, bytes) for value in run):
        whole: str | bytes = b"".join(value for value in run if isinstance(value, bytes))
    else:
        whole = "".join(value for value in run if isinstance(value, str))
    return whole if len(whole) <= literals.LIMIT else ""


def _parts(b: Builder, node: Node) -> list[_Text | ir.Operand]:
    """The pieces and values of an f-string."""
    children = node.children
    letters = literals.prefix(b.raw(children[0])) if children else ""
    parts: list[_Text | ir.Operand] = []
    for child in children:
        kind = child.kind_id
        if kind == k.STRING_CONTENT:
            raw = b.raw(child).replace("{{", "{").replace("}}", "}")
            parts.append(_Text(literals.piece(raw, letters)))
        elif kind == k.INTERPOLATION:
            _interpolation(b, child, parts)
        elif kind == k.ERROR:
            EXPRESSIONS[kind](b, child)
    return parts


def _interpolation(b: Builder, node: Node, parts: list[_Text | ir.Operand]) -> None:
    """`{x!r:spec}`: conversions and specifications are the built-in calls that they stand for."""
    held = node.child_by_field_id(k.F_EXPRESSION)
    if held is None:
        return
    pos = held.start_byte
    conversion_node = node.child_by_field_id(k.F_TYPE_CONVERSION)
    specification = node.child_by_field_id(k.F_FORMAT_SPECIFIER)
    conversion = b.raw(conversion_node) if conversion_node is not None else ""
    until = conversion_node or specification
    text = literals.utf8(b.text[pos : until.start_byte if until is not None else node.end_byte - 1])
    if any(child.kind_id == k.ASSIGN for child in node.children):
        parts.append(_Text(text))
        conversion = conversion or ("" if specification is not None else "!r")
    value = EXPRESSIONS[held.kind_id](b, held)
    builtin = _CONVERSIONS.get(conversion)
    if builtin is not None:
        value = _call(b, pos, builtin, (value,))
    if specification is not None:
        value = _call(b, pos, "format", (value, _specification(b, specification)))
    parts.append(value)


def _specification(b: Builder, node: Node) -> ir.Operand:
    """The text after the colon; it may hold interpolations itself."""
    parts: list[_Text | ir.Operand] = []
    at = node.start_byte + 1
    for child in node.children:
        if child.kind_id in _NESTED:
            parts.append(_Text(literals.utf8(b.text[at : child.start_byte])))
            _interpolation(b, child, parts)
            at = child.end_byte
    parts.append(_Text(literals.utf8(b.text[at : node.end_byte])))
    return _joined(b, node, parts)


def _call(b: Builder, pos: int, builtin: str, args: tuple[ir.Operand, ...]) -> ir.Operand:
    callee = b.load(builtin, pos)
    temp = b.new()
    b.emit((ir.CALL, pos, temp, callee, args, ()))
    return temp


def _backticks(b: Builder, node: Node) -> ir.Operand:
    """Python 2's repr. The grammar takes it for a string, so its names are read off the text."""
    start = node.start_byte
    text = b.text[start + 1 : node.end_byte - 1]
    found = [b.load(b.names[name.group()], start + 1 + name.start()) for name in _NAME.finditer(text)]
    temp = b.new()
    b.emit((ir.FORMAT, start, temp, tuple(found)))
    return _call(b, start, "repr", (temp,))


_NESTED: Final = frozenset((k.INTERPOLATION, k.FORMAT_EXPRESSION))
