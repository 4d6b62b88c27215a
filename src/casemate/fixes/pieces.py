"""Texts that are put together by an f-string, `+`, `%`, `.format(…)` or `"".join([…])`, taken apart into its parts."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from casemate.fixes.names import dotted, text

_FIELD = re.compile(r"%(?:%|(?P<named>\([^)]*\))?[#0\- +]*\d*(?:\.\d+)?(?P<kind>[a-zA-Z]))")
_BRACE = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}!:]*)(?:!(?P<conversion>[rsa]))?(?::(?P<spec>[^{}]*))?\}")


Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text. node: an expression that is put in; None for a fixed part. fixed: the characters of a fixed part.
    plain: it is put in as str() would, without a format of its own. at: the bytes that each character of a fixed part is written
    with; of an expression the one range that holds its place, as `{name}` or `%s` (its own, where it stands by itself)."""

    fixed: str = ""
    node: Node | None = None
    plain: bool = True
    at: tuple[Range, ...] = ()


def pieces(node: Node) -> tuple[Piece, ...] | None:
    """The parts of a text that is put together, in order; None for what is none. A plain literal is one fixed part."""
    return _merged(_parts(node))


def _merged(found: list[Piece] | None) -> tuple[Piece, ...] | None:
    if found is None:
        return None
    merged: list[Piece] = []
    for piece in found:
        if piece.node is None and merged and merged[-1].node is None:
            merged[-1] = Piece(merged[-1].fixed + piece.fixed, at=merged[-1].at + piece.at)
        elif piece.node is not None or piece.fixed:
            merged.append(piece)
    return tuple(merged)


def filled(node: Node, template: Callable[[Node], Node]) -> tuple[Piece, ...] | None:
    """The parts of `name.format(…)` or `name % …`, where the name stands for a literal. template: what a name was assigned."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    right, operator = node.child_by_field_name("right"), node.child_by_field_name("operator")
    held = node.child_by_field_name("left") if function is None else function.child_by_field_name("object")
    literal = _parts(template(held)) if held is not None and held.type == "identifier" else None
    if literal is None or any(one.node is not None for one in literal):
        return None
    if right is not None and operator is not None and operator.type == "%":
        found = _spread(*_whole(literal), right)
    elif function is not None and arguments is not None and text(function).endswith(".format"):
        found = _format(*_whole(literal), [one for one in arguments.named_children if one.type != "comment"])
    else:
        return None
    return _merged(found)


def _parts(node: Node) -> list[Piece] | None:
    match node.type:
        case "parenthesized_expression":
            inner = [one for one in node.named_children if one.type != "comment"]
            return _parts(inner[0]) if len(inner) == 1 else None
        case "string":
            return _string(node)
        case "concatenated_string":
            return _all(list(node.named_children))
        case "binary_operator":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            operator = node.child_by_field_name("operator")
            if left is None or right is None or operator is None:
                return None
            if operator.type == "+":
                parts = [_parts(left) or [_alone(left)], _parts(right) or [_alone(right)]]
                known = [one for part in parts for one in part]
                return known if any(one.node is None for one in known) else None
            if operator.type == "%":
                return _percent(left, right)
            return None
        case "call":
            return _call(node)
        case _:
            return None


def _all(nodes: list[Node]) -> list[Piece] | None:
    out: list[Piece] = []
    for one in nodes:
        if one.type == "comment":
            continue
        parts = _parts(one)
        if parts is None:
            return None
        out += parts
    return out


def _string(node: Node) -> list[Piece] | None:
    """A literal; an f-string in its parts. None for bytes."""
    start = next((one for one in node.children if one.type == "string_start"), None)
    prefix = text(start).rstrip("\"'").lower() if start is not None else ""
    if "b" in prefix:
        return None
    out: list[Piece] = []
    for one in node.children:
        if one.type in ("string_start", "string_end"):
            continue
        if one.type == "interpolation":
            inner = one.child_by_field_name("expression")
            if inner is None:
                return None
            plain = len([c for c in one.children if c.type in ("type_conversion", "format_specifier")]) == 0
            out.append(Piece(node=inner, plain=plain, at=((one.start_byte, one.end_byte),)))
        else:
            out.append(_fixed(one))
    return out or [Piece("")]


def _alone(node: Node) -> Piece:
    return Piece(node=node, at=((node.start_byte, node.end_byte),))


def _fixed(node: Node) -> Piece:
    """The characters of a literal's content, each with the bytes that it is written with."""
    shown: list[str] = []
    at: list[Range] = []
    here = node.start_byte
    for child in (*node.children, None):
        end = child.start_byte if child is not None else node.end_byte
        for one in (node.text or b"")[here - node.start_byte : end - node.start_byte].decode():
            shown.append(one)
            at.append((here, here + len(one.encode())))
            here += len(one.encode())
        if child is None:
            break
        value = text(child)[0] if child.type == "escape_interpolation" else _unescaped(text(child))
        shown += value
        at += [(child.start_byte, child.end_byte)] * len(value)
        here = child.end_byte
    return Piece("".join(shown), at=tuple(at))


def _unescaped(escape: str) -> str:
    try:
        return str(ast.literal_eval(f'"{escape}"'))
    except (ValueError, SyntaxError):
        return escape


def _percent(left: Node, right: Node) -> list[Piece] | None:
    template = _parts(left)
    if template is None or any(one.node is not None for one in template):
        return None
    return _spread(*_whole(template), right)


def _spread(fixed: str, marks: tuple[Range, ...], right: Node) -> list[Piece] | None:
    """The parts of a template with `%`."""
    if right.type in ("tuple", "parenthesized_expression"):
        values = [one for one in right.named_children if one.type != "comment"]
    elif right.type in ("dictionary", "list", "set"):
        return None
    else:
        values = [right]
    out: list[Piece] = []
    at = 0
    waiting = iter(values)
    for match in _FIELD.finditer(fixed):
        out.append(Piece(fixed[at : match.start()], at=marks[at : match.start()]))
        at = match.end()
        place = (marks[match.start()][0], marks[at - 1][1])
        if match[0] == "%%":
            out.append(Piece("%", at=(place,)))
            continue
        value = next(waiting, None)
        if value is None or match["named"] or value.type in ("list_splat", "dictionary_splat"):
            return None
        out.append(Piece(node=value, plain=match[0] == "%s", at=(place,)))
    if next(waiting, None) is not None:
        return None
    return [*out, Piece(fixed[at:], at=marks[at:])]


def _whole(template: list[Piece]) -> tuple[str, tuple[Range, ...]]:
    return "".join(one.fixed for one in template), tuple(place for one in template for place in one.at)


def _call(node: Node) -> list[Piece] | None:
    """`"…".format(…)` and `"…".join([…])`."""
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None or arguments is None or function.type != "attribute":
        return None
    held, name = function.child_by_field_name("object"), function.child_by_field_name("attribute")
    if held is None or name is None:
        return None
    template = _parts(held)
    if template is None or any(one.node is not None for one in template):
        return None
    fixed, marks = _whole(template)
    given = [one for one in arguments.named_children if one.type != "comment"]
    if text(name) == "join" and len(given) == 1 and given[0].type in ("list", "tuple"):
        out: list[Piece] = []
        for at, one in enumerate([one for one in given[0].named_children if one.type != "comment"]):
            if one.type == "list_splat":
                return None
            out += [Piece(fixed, at=marks)] if at else []
            out += _parts(one) or [_alone(one)]
        return out or None
    return _format(fixed, marks, given) if text(name) == "format" else None


def _format(fixed: str, marks: tuple[Range, ...], given: list[Node]) -> list[Piece] | None:
    positional = [one for one in given if one.type not in ("keyword_argument", "list_splat", "dictionary_splat")]
    if any(one.type in ("list_splat", "dictionary_splat") for one in given):
        return None
    named = {
        text(key): value
        for one in given
        if one.type == "keyword_argument"
        and (key := one.child_by_field_name("name")) is not None
        and (value := one.child_by_field_name("value")) is not None
    }
    out: list[Piece] = []
    at = auto = 0
    for match in _BRACE.finditer(fixed):
        out.append(Piece(fixed[at : match.start()], at=marks[at : match.start()]))
        at = match.end()
        place = (marks[match.start()][0], marks[at - 1][1])
        if match[0] in ("{{", "}}"):
            out.append(Piece(match[0][0], at=(place,)))
            continue
        name = match["name"]
        if not name:
            name, auto = str(auto), auto + 1
        value = positional[int(name)] if name.isdigit() and int(name) < len(positional) else named.get(name)
        if value is None:
            return None
        out.append(Piece(node=value, plain=not match["conversion"] and not match["spec"], at=(place,)))
    return [*out, Piece(fixed[at:], at=marks[at:])]


def quoted(value: str) -> str:
    """A text as a Python literal in double quotes, where that reads well."""
    shown = repr(value)
    if '"' not in value and "\\" not in shown:
        return f'"{value}"'
    return shown


def joined(parts: tuple[str | Node, ...]) -> str:
    """An expression of a text put together of fixed parts and of expressions, as an f-string, or as one of the parts alone."""
    if len(parts) == 1:
        return quoted(parts[0]) if isinstance(parts[0], str) else text(parts[0])
    body = "".join(
        part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else "{" + text(part) + "}"
        for part in parts
    )
    shown = quoted("".join(part for part in parts if isinstance(part, str)))
    inner = "".join(text(part) for part in parts if not isinstance(part, str))
    if "\\" in shown or "\\" in inner or ('"' in inner and "'" in inner) or ('"' in body and "'" in body):
        return " + ".join(quoted(p) if isinstance(p, str) else _as_text(p) for p in parts)
    quote = "'" if '"' in body else '"'
    return f"f{quote}{body}{quote}"


def _as_text(node: Node) -> str:
    return text(node) if node.type in ("string", "concatenated_string") else f"str({text(node)})"


def callee(node: Node) -> str:
    """`a.b.c` of a call's function, as it is written."""
    return dotted(node.child_by_field_name("function"))
