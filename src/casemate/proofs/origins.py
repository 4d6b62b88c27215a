"""Where a name that a line uses comes from: the file of the target that it is imported from, and the line that sets its value.

It reads source and runs nothing.
"""

from __future__ import annotations

import ast
import posixpath
import warnings
from collections.abc import Callable


def origins(code: bytes, path: str, line: int, source: Callable[[str], bytes | None]) -> list[tuple[str, int]]:
    """File and line of the values of what a line of a file names and the file imports from another one of the target. source:
    bytes of a file."""
    tree = _parsed(code)
    if tree is None:
        return []
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.lineno == line}
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            if (alias.asname or alias.name) in used:
                found += _defined(_files(path, node.module or "", node.level), alias.name, source)
    return found


def _parsed(code: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _files(path: str, module: str, level: int) -> list[str]:
    """The files that an import may mean. A name without a leading dot begins at the file's own folder or at one above it."""
    parts = module.split(".") if module else []
    folder = posixpath.dirname(path)
    starts = []
    if level:
        for _ in range(level - 1):
            folder = posixpath.dirname(folder)
        starts = [folder]
    else:
        while folder:
            starts.append(folder)
            folder = posixpath.dirname(folder)
        starts.append("")
    names = [posixpath.join(start, *parts) for start in starts]
    return [one for name in names for one in (f"{name}.py", posixpath.join(name, "__init__.py"))]


def _defined(paths: list[str], name: str, source: Callable[[str], bytes | None]) -> list[tuple[str, int]]:
    for path in paths:
        code = source(path)
        tree = _parsed(code) if code is not None else None
        for node in tree.body if tree is not None else ():
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                return [(path, node.lineno)]
    return []
