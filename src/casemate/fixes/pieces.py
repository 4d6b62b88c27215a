"""Texts that are put together by an f-string, `+`, `%`, `.format(…)` or `"".join([…])`, taken apart into its parts."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from tree_sitter import Node

from casemate.fixes.names import dotted, text

_FIELD = re.compile(r"%(?:%|(?P<named>\([^)]*\))?[#0\- +]*\d*(?:\.\d+)?(?P<kind>[a-zA-Z]))")
_BRACE = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}!:]*)(?:!(?P<conversion>[rsa]))?(?::(?P<spec>[^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text. node: an expression that is put in; None for a fixed part. fixed: the characters of a fixed part.
    plain: it is put in as str() would, without a format of its own."""

    fixed: str = ""
    node: Node | None = None
    plain: bool = True


def pieces(node: Node) -> tuple[Piece, ...] | None:
    """The parts of a text that is put together, in order; None for what is none. A plain literal is one fixed part."""
    found = _parts(node)
    if found is None:
        return None
    merged: list[Piece] = []
    for piece in found:
        if piece.node is None and merged and merged[-1].node is None:
            merged[-1] = Piece(merged[-1].fixed + piece.fixed)
        elif piece.node is not None or piece.fixed:
            merged.append(piece)
    return tuple(merged)


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
                parts = [_parts(left) or [Piece(node=left)], _parts(right) or [Piece(node=right)]]
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
            out.append(Piece(node=inner, plain=plain))
        else:
            out.append(Piece(_unescaped(text(one), raw="r" in prefix, braces="f" in prefix)))
    return out or [Piece("")]


def _unescaped(source: str, *, raw: bool, braces: bool) -> str:
    if braces:
        source = source.replace("{{", "{").replace("}}", "}")
    if raw or "\\" not in source:
        return source
    try:
        quoted = source.replace('"', '\\"') if re.search(r'(?<!\\)"', source) else source
        value = ast.literal_eval(f'"""{quoted}"""')
    except (ValueError, SyntaxError):
        return source
    return str(value)


def _percent(left: Node, right: Node) -> list[Piece] | None:
    template = _parts(left)
    if template is None or any(one.node is not None for one in template):
        return None
    fixed = "".join(one.fixed for one in template)
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
        out.append(Piece(fixed[at : match.start()]))
        at = match.end()
        if match[0] == "%%":
            out.append(Piece("%"))
            continue
        value = next(waiting, None)
        if value is None or match["named"] or value.type in ("list_splat", "dictionary_splat"):
            return None
        out.append(Piece(node=value, plain=match[0] == "%s"))
    if next(waiting, None) is not None:
        return None
    return [*out, Piece(fixed[at:])]


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
    fixed = "".join(one.fixed for one in template)
    given = [one for one in arguments.named_children if one.type != "comment"]
    if text(name) == "join" and len(given) == 1 and given[0].type in ("list", "tuple"):
        out: list[Piece] = []
        for at, one in enumerate([one for one in given[0].named_children if one.type != "comment"]):
            if one.type == "list_splat":
                return None
            out += [Piece(fixed)] if at else []
            out += _parts(one) or [Piece(node=one)]
        return out or None
    return _format(fixed, given) if text(name) == "format" else None


def _format(fixed: str, given: list[Node]) -> list[Piece] | None:
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
        out.append(Piece(fixed[at : match.start()]))
        at = match.end()
        if match[0] in ("{{", "}}"):
            out.append(Piece(match[0][0]))
            continue
        name = match["name"]
        if not name:
            name, auto = str(auto), auto + 1
        value = positional[int(name)] if name.isdigit() and int(name) < len(positional) else named.get(name)
        if value is None:
            return None
        out.append(Piece(node=value, plain=not match["conversion"] and not match["spec"]))
    return [*out, Piece(fixed[at:])]


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
