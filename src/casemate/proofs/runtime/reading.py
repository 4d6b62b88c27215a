"""Reads how a function is to be called: which definitions stand around a line, which parameters get there, in which shapes.

It reads source and runs nothing. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast

from .probe import first_line, last_line, statement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WORDS = (
    ("path", "path"),
    ("bytes", "bytes"),
    ("list", "list"),
    ("sequence", "list"),
    ("dict", "mapping"),
    ("mapping", "mapping"),
    ("io", "file"),
)
_FILES = ("path", "file", "filename", "archive", "document")
_ROUNDS = 6  # of following assignments backwards


def enclosing(tree: ast.AST, line: int, parameter: str | None) -> list[Any]:
    """The definitions around a line, outermost first; the innermost function among them has the parameter."""
    chain: list[Any] = []
    here: Any = tree
    while True:
        inner = None
        for node in ast.walk(here):
            if node is not here and isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                if first_line(node) <= line <= last_line(node) and (inner is None or node.lineno < inner.lineno):
                    inner = node
        if inner is None:
            break
        chain.append(inner)
        here = inner
    while chain and parameter is not None and not (isinstance(chain[-1], FUNCTIONS) and parameter in names(chain[-1])):
        chain.pop()
    return chain


def names(function: Any) -> list[str]:
    """The names of all parameters."""
    a = function.args
    every = [*getattr(a, "posonlyargs", []), *a.args, *a.kwonlyargs]
    return [arg.arg for arg in [*every, *([a.vararg] if a.vararg else []), *([a.kwarg] if a.kwarg else [])]]


def shapes(function: Any, parameter: str, lines: tuple[int, ...] = ()) -> list[str]:
    """What the canary may be wrapped in, by annotation and use, likeliest first. lines: of the trace."""
    a = function.args
    by_key = [f"key {key}" for key in _keys(function, parameter, lines)[:6]]
    if a.vararg is not None and a.vararg.arg == parameter:
        return ["list"]
    if a.kwarg is not None and a.kwarg.arg == parameter:
        return [*by_key, "keywords"]
    every = [*getattr(a, "posonlyargs", []), *a.args, *a.kwonlyargs]
    notes = [arg.annotation for arg in every if arg.arg == parameter and arg.annotation is not None]
    noted = ast.dump(notes[0]).lower() if notes else ""
    likely = [shape for word, shape in _WORDS if word in noted]
    if parameter in ("environ", "env"):
        likely.append("environ")
    if _opened(function, parameter):
        likely.append("filename")
    if _has_call(function, parameter, ("read", "readline", "readlines")):
        likely.append("file")
    if by_key or _has_call(function, parameter, ("get", "items", "keys", "values")):
        likely += ["mapping", *by_key[:2]]
    if parameter in things(function):
        likely.append("attributes")
    named = ["filename"] if parameter.rstrip("s").endswith(_FILES) else []
    return list(dict.fromkeys([*likely, "text", *named, "bytes", "list"]))[:4]


def things(function: Any) -> set[str]:
    """The parameters of which the function uses attributes that no text has, or which it calls."""
    out = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and not hasattr(str, node.attr):
            out.add(node.value.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            out.add(node.func.id)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            out.update(item.context_expr.id for item in node.items if isinstance(item.context_expr, ast.Name))
    return out & set(names(function))


def many(function: Any) -> set[str]:
    """The parameters that are gone through, and whose parts have attributes that no text has."""
    out = set()
    for node in ast.walk(function):
        if (
            isinstance(node, (ast.For, ast.AsyncFor))
            and isinstance(node.iter, ast.Name)
            and isinstance(node.target, ast.Name)
        ):
            part = node.target.id
            for inner in ast.walk(node):
                if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == part:
                    if not hasattr(str, inner.attr):
                        out.add(node.iter.id)
    return out & set(names(function))


def keepers(chain: list[Any], attribute: str) -> list[tuple[Any, str]]:
    """The other methods of a class that keep something of a parameter in the attribute, each with that parameter."""
    if len(chain) < 2 or not isinstance(chain[-2], ast.ClassDef):
        return []
    found = []
    for method in chain[-2].body:
        if not isinstance(method, FUNCTIONS) or method is chain[-1]:
            continue
        own = [name for name in names(method) if name not in ("self", "cls")]
        for node in ast.walk(method):
            if not isinstance(node, (ast.Assign, ast.AugAssign)):
                continue
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            held = {getattr(inner, "id", "") for inner in ast.walk(node.value)}
            if any(isinstance(one, ast.Attribute) and one.attr == attribute for one in targets):
                found += [(method, name) for name in own if name in held]
    return found


def roots(tree: ast.AST, line: int) -> list[str]:
    """The names at which the calls and attributes of a statement begin, `self.x` for an object's own."""
    _, _, heads = statement(tree, line)
    found = []
    for head in heads:
        for node in ast.walk(head):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.append(f"self.{node.attr}" if node.value.id == "self" else node.value.id)
    return list(dict.fromkeys(found))


def patterns(tree: ast.AST, line: int) -> list[str]:
    """The texts that stand on a line."""
    found = []
    for node in ast.walk(tree):
        text = getattr(node, "value", getattr(node, "s", None)) if isinstance(node, ast.expr) else None
        if isinstance(text, str) and len(text) > 3 and node.lineno <= line <= last_line(node):  # type: ignore[attr-defined]
            found.append(text)
    return list(dict.fromkeys(found))


def feeding(tree: ast.AST, function: Any, line: int) -> list[str]:
    """The parameters that get to the statement at a line by assignments within the function, then its other ones."""
    _, _, heads = statement(tree, line)
    wanted = {node.id for head in heads for node in ast.walk(head) if isinstance(node, ast.Name)}
    for _ in range(_ROUNDS):
        before = len(wanted)
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                targets, value = node.targets, node.value
            elif isinstance(node, (ast.For, ast.AsyncFor)):
                targets, value = [node.target], node.iter
            else:
                continue
            stored = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            if stored & wanted:
                wanted.update(one.id for one in ast.walk(value) if isinstance(one, ast.Name))
        if len(wanted) == before:
            break
    own = [name for name in names(function) if name not in ("self", "cls")]
    return [name for name in own if name in wanted] + [name for name in own if name not in wanted]


def users(tree: ast.Module, line: int) -> list[tuple[list[Any], int]]:
    """Functions that use what a statement outside of functions gives a name to, with the line on which they do."""
    made: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.lineno <= line <= last_line(node):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            made |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    out = []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
            continue
        if (node.id if isinstance(node, ast.Name) else node.attr) in made:
            chain = enclosing(tree, node.lineno, None)
            if chain and isinstance(chain[-1], FUNCTIONS):
                out.append((chain, node.lineno))
    return out


def _has_call(function: Any, parameter: str, methods: tuple[str, ...]) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in methods
        and isinstance(node.value, ast.Name)
        and node.value.id == parameter
        for node in ast.walk(function)
    )


def _keys(function: Any, parameter: str, lines: tuple[int, ...]) -> list[str]:
    """The texts by which something is read from the parameter, those on the trace's lines first."""
    found: list[tuple[bool, str]] = []

    def told(node: ast.AST) -> None:
        text = getattr(node, "value", getattr(node, "s", None))
        if isinstance(text, str) and text.isidentifier():
            found.append((getattr(node, "lineno", 0) not in lines, text))

    def own(node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == parameter

    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and own(node.value):
            told(getattr(node.slice, "value", node.slice) if type(node.slice).__name__ == "Index" else node.slice)
        elif isinstance(node, ast.Call) and node.args:
            if isinstance(node.func, ast.Attribute) and own(node.func.value):
                told(node.args[0])
            elif len(node.args) > 1 and own(node.args[0]):
                told(node.args[1])
    return list(dict.fromkeys(text for _, text in sorted(found, key=lambda one: one[0])))


def _opened(function: Any, parameter: str) -> bool:
    """Whether the function opens a file of that name to read it: then what matters may be in the file."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "open"
        and node.args
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id == parameter
        for node in ast.walk(function)
    )
