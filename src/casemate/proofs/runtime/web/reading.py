"""The target's own source, read with `ast`: what stands at a place of the trace, which functions hold it, which constants.

A file is parsed once. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast
import os
import sys

from ..probe import first_line, last_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BIGGEST = 2 << 20  # bytes of a file


class Source:
    """One file. lines: its text. parents: the node above each node."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.tree = ast.parse(data, path)
        self.lines = data.decode("utf-8", "replace").splitlines()
        self.parents: dict[ast.AST, ast.AST] = {}
        self.functions: list[Any] = []
        self.classes: list[ast.ClassDef] = []
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
            if isinstance(node, FUNCTIONS):
                self.functions.append(node)
            elif isinstance(node, ast.ClassDef):
                self.classes.append(node)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes that hold it, innermost first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def around(self, line: int) -> list[Any]:
        """The functions that hold a line, innermost first."""
        holding = [f for f in self.functions if first_line(f) <= line <= last_line(f)]
        return sorted(holding, key=lambda f: (-first_line(f), last_line(f)))

    def function_of(self, node: ast.AST) -> Any:
        """The function that holds a node, or None."""
        return next((above for above in self.above(node) if isinstance(above, FUNCTIONS)), None)

    def word(self, line: int, column: int) -> str:
        """The name that begins at a place; column counts from 1, in characters."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        end = start = max(column - 1, 0)
        while end < len(text) and (text[end].isalnum() or text[end] == "_"):
            end += 1
        return text[start:end]

    def on_line(self, line: int) -> list[ast.AST]:
        """Expressions that begin on the line, in no order."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.expr) and node.lineno == line]

    def at(self, line: int, column: int) -> ast.AST | None:
        """The attribute or name that a step of a trace points to."""
        word = self.word(line, column)
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        best = None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and node.attr == word:
                end = _attribute_at(node)
                if end == (line, column):
                    return node
                if node.lineno <= line <= last_line(node) and best is None:
                    best = node
            elif isinstance(node, ast.Name) and node.id == word and node.lineno == line:
                if _characters(text, node.col_offset) == column - 1:
                    return node
        return best

    def owner(self, function: Any) -> tuple[int, int, str]:
        """First line with decorators, line of the name, and name of a function."""
        return first_line(function), function.lineno, function.name


def _characters(text: str, octets: int) -> int:
    return len(text.encode()[:octets].decode("utf-8", "replace"))


def _attribute_at(node: ast.Attribute) -> tuple[int, int]:
    """Where the attribute's own name begins, as line and column from 1; only right when it follows its dot (3.8 and later)."""
    line, end = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
    if line is None or end is None:
        return 0, 0
    return line, end - len(node.attr.encode()) + 1


def place(source: Source, node: ast.Attribute) -> tuple[int, int]:
    """Where the attribute's own name stands, as line and column from 1."""
    line, column = _attribute_at(node)
    if line and source.word(line, column) == node.attr:
        return line, column
    text = source.lines[node.lineno - 1] if node.lineno <= len(source.lines) else ""
    return node.lineno, text.find("." + node.attr) + 2


def parameters(function: Any) -> list[str]:
    """Names, in order."""
    given = function.args
    return [a.arg for a in [*getattr(given, "posonlyargs", ()), *given.args, *given.kwonlyargs]]


class Library:
    """Parsed files by path."""

    def __init__(self) -> None:
        self._files: dict[str, Source | None] = {}

    def read(self, path: str) -> Source | None:
        """The file, None when it cannot be read or parsed."""
        path = os.path.realpath(path)
        if path not in self._files:
            try:
                with open(path, "rb") as file:
                    self._files[path] = Source(path, file.read(_BIGGEST))
            except (OSError, SyntaxError, ValueError, RecursionError):
                self._files[path] = None
        return self._files[path]

    def function(self, owner: tuple[str, int, str]) -> tuple[Source, Any] | None:
        """The function that a code object came from."""
        source = self.read(owner[0])
        for function in source.functions if source else ():
            if function.name == owner[2] and first_line(function) <= owner[1] <= function.lineno:
                assert source is not None
                return source, function
        return None

    def constant(self, source: Source, node: Any) -> str | None:
        """The text that an expression always is: literals, names bound once to one, and what the loaded module has."""
        return self._constant(source, node, 0)

    def members(self, source: Source, node: Any) -> list[str]:
        """The texts in a collection that an expression always is; of a dictionary its keys."""
        held = resolve(source, node)
        if isinstance(held, (set, frozenset, dict, list, tuple)) and len(held) <= 64:
            texts = [text for text in held if type(text) is str]
            return sorted(texts) if isinstance(held, (set, frozenset)) else texts
        return []

    def _constant(self, source: Source, node: Any, deep: int) -> str | None:
        if deep > 5:
            return None
        value = literal(node)
        if value is not None:
            return value
        if isinstance(node, ast.JoinedStr):
            parts = [
                self._constant(source, part.value if isinstance(part, ast.FormattedValue) else part, deep + 1)
                for part in node.values
            ]
            return None if None in parts else "".join(filter(None, parts))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = (self._constant(source, side, deep + 1) for side in (node.left, node.right))
            return None if left is None or right is None else left + right
        if isinstance(node, ast.Name):
            function = source.function_of(node)
            if function is not None and node.id in parameters(function):
                return None
            for scope in filter(None, (function, source.tree)):
                bound = [
                    n.value
                    for n in ast.walk(scope)
                    if isinstance(n, ast.Assign) and any(isinstance(t, ast.Name) and t.id == node.id for t in n.targets)
                ]
                if len(bound) == 1:
                    return self._constant(source, bound[0], deep + 1)
        return _loaded(source, node)


def literal(node: Any) -> str | None:
    """A literal text, in the trees of all versions."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    text = getattr(node, "s", None) if type(node).__name__ == "Str" else None
    return text if isinstance(text, str) else None


def _loaded(source: Source, node: Any) -> str | None:
    """The value of a dotted name in the module that was loaded from the file."""
    value = resolve(source, node)
    return value if type(value) is str else None


_modules: dict[str, Any] = {}
_counted = [0]


def module_of(path: str) -> Any:
    """The loaded module of a file, None when there is none."""
    if len(sys.modules) != _counted[0]:
        _counted[0] = len(sys.modules)
        _modules.clear()
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and getattr(module, "__name__", "") != "__main__":
                _modules[os.path.realpath(file)] = module
    return _modules.get(path)


def resolve(source: Source, node: Any) -> Any:
    """What a dotted name is in the module that was loaded from the file; None when that cannot be told."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    module = module_of(source.path)
    if not isinstance(node, ast.Name) or module is None:
        return None
    value = vars(module).get(node.id)
    try:
        while names and value is not None:
            value = getattr(value, names.pop(), None)
    except Exception:
        return None
    return value
