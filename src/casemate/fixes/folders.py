"""The folder that a path from outside is meant to stay in: what stands in front of the first untrusted part of it."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.pieces import joined, pieces
from casemate.fixes.site import Spot
from casemate.fixes.untrusted import holds

_JOINS = frozenset({"os.path.join", "posixpath.join", "path.join"})
_PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath", "Path"})
_SAME = frozenset(
    {
        "os.path.realpath",
        "os.path.abspath",
        "os.path.normpath",
        "os.path.expanduser",
        "os.path.dirname",
        "os.fspath",
        "str",
        "urllib.parse.unquote",
    }
)


@dataclass(frozen=True, slots=True)
class Folder:
    """base: its expression, "" when there is none, only a name. pathlib: whether the path is a pathlib one. name: the untrusted
    part where it is one expression by itself."""

    base: str
    pathlib: bool
    name: Node | None = None


def folder(spot: Spot, node: Node, names: frozenset[str], depth: int = 0) -> Folder | None:
    """The folder of a path's expression; None when the expression is not understood."""
    if depth > 5:
        return None
    match node.type:
        case "parenthesized_expression":
            return folder(spot, node.named_children[0], names, depth + 1)
        case "identifier":
            known = [one for one in spot.definitions(text(node)) if one.type != "augmented_assignment"]
            known = [one for one in known if holds(one, names)] or known
            if known and known[-1] is not node:
                found = folder(spot, known[-1], names, depth + 1)
                if found is not None:
                    return found
            return Folder("", pathlib=False, name=node) if holds(node, names) else None
        case "binary_operator" if _operator(node) == "/":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None:
                return None
            if not holds(left, names):
                return Folder(text(left), pathlib=True, name=right)
            return folder(spot, left, names, depth + 1)
        case "call":
            return _call(spot, node, names, depth)
    return _text(node, names) or (Folder("", pathlib=False, name=node) if holds(node, names) else None)


def _call(spot: Spot, node: Node, names: frozenset[str], depth: int) -> Folder | None:
    called = spot.called(node)
    given = _given(node)
    if called in _JOINS and len(given) > 1:
        base = list(_until(given, names))
        if not base:
            return Folder("", pathlib=False, name=given[0])
        whole = text(base[0]) if len(base) == 1 else f"{text(_function(node))}({', '.join(text(one) for one in base)})"
        left = given[len(base) :]
        inner = _text(left[0], names) if left else None
        if inner is not None and inner.base and not inner.base.startswith(("f", "os.path.dirname(")):
            whole = f"{text(_function(node))}({whole}, {inner.base})"
        return Folder(whole, pathlib=False, name=left[0] if len(left) == 1 else None)
    if called in _PATHS and given:
        if len(given) == 1:
            inner = folder(spot, given[0], names, depth + 1)
            if inner is None or not inner.base or inner.pathlib:
                return Folder(inner.base if inner else "", pathlib=True, name=inner.name if inner else None)
            return Folder(f"{text(_function(node))}({inner.base})", pathlib=True, name=inner.name)
        base = _until(given, names)
        if not base:
            return Folder("", pathlib=True, name=given[0])
        return Folder(f"{text(_function(node))}({', '.join(text(one) for one in base)})", pathlib=True, name=given[-1])
    if called in _SAME and given:
        inner = folder(spot, given[0], names, depth + 1)
        return Folder(inner.base, inner.pathlib and called not in ("str", "os.fspath"), inner.name) if inner else None
    function = _function(node)
    if function.type == "attribute":
        held = function.child_by_field_name("object")
        name = text(function.child_by_field_name("attribute") or function)
        if held is not None and name == "joinpath" and given and not holds(held, names):
            return Folder(text(held), pathlib=True, name=given[-1])
        if held is not None and name in ("resolve", "absolute", "expanduser", "with_suffix"):
            inner = folder(spot, held, names, depth + 1)
            return Folder(inner.base, pathlib=True, name=inner.name) if inner else None
    return _text(node, names) or (Folder("", pathlib=False, name=node) if holds(node, names) else None)


def _text(node: Node, names: frozenset[str]) -> Folder | None:
    """Of a text that is put together: what stands in front, up to its last slash."""
    parts = pieces(node)
    if parts is None:
        return None
    lead: list[str | Node] = []
    for part in parts:
        if part.node is not None and holds(part.node, names):
            break
        lead.append(part.node if part.node is not None else part.fixed)
    else:
        return None
    name = parts[len(lead)].node if len(parts) == len(lead) + 1 else None
    if not lead:
        return Folder("", pathlib=False, name=name)
    last = lead[-1]
    if not isinstance(last, str):
        if len(lead) == 1:  # a folder's name that ends in its slash, or the beginning of files' names
            return Folder(f"os.path.dirname({text(last)})", pathlib=False, name=name)
        return None
    if "/" in last:
        last = last[: last.rindex("/")]
        if last or len(lead) > 1:
            return Folder(joined((*lead[:-1], *([last] if last else []))), pathlib=False, name=name)
        return Folder('"/"', pathlib=False, name=name)
    if len(lead) == 1:
        return Folder("", pathlib=False, name=name)
    return None


def _until(given: list[Node], names: frozenset[str]) -> list[Node]:
    out: list[Node] = []
    for one in given:
        if holds(one, names):
            break
        out.append(one)
    return out


def _given(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return (
        [one for one in arguments.named_children if one.type not in ("comment", "keyword_argument")]
        if arguments
        else []
    )


def _function(call: Node) -> Node:
    return call.child_by_field_name("function") or call


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""
