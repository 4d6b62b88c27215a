"""Compiles files that have no bytecode of their own, and what they import, into one file for `bytecode.py`.

It runs in a sandbox in which nothing of the target ever runs: files are read and compiled, none is imported, start-up files of
the environment included. So what it makes is what importing the same files would make. Standard library only, Python 3.7 and
later.
"""

from __future__ import annotations

import ast
import importlib.util
import marshal
import os
import sys

from .bytecode import SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

FILES, BYTES = 4_000, 16 << 20  # that are compiled at most
_SKIP = frozenset(("node_modules", "site-packages", "__pycache__"))
_CHECKED = (3).to_bytes(4, "little")  # PEP 552: by the hash of the source, which is looked at each time
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def main(out: str, interpreter: str, roots: list[str]) -> None:
    """Compile what lies below the roots. out: the file to make. interpreter: in whose environment imports are looked for."""
    search = [root for root in roots if os.path.isdir(root)]
    search += [os.path.join(root, "src") for root in search] + _installed(interpreter) + sys.path
    # Spelled as they are when they are imported: what lies in the job's folder by its real path.
    todo = [path for root in roots for path in _below(root if os.path.isabs(root) else os.path.realpath(root))]
    made: dict[str, bytes] = {}
    seen, left = set(todo), BYTES
    while todo and len(made) < FILES:
        path = todo.pop(0)
        cached = importlib.util.cache_from_source(path)
        try:
            with open(path, "rb") as file:
                source = file.read(left + 1)
            if len(source) > left or _current(cached, path, source):
                continue
            code = compile(source, path, "exec", dont_inherit=True)
            tree = ast.parse(source)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            continue
        left -= len(source)
        hashed = importlib.util.source_hash(source)
        made[cached] = importlib.util.MAGIC_NUMBER + _CHECKED + hashed + marshal.dumps(code)
        for found in _imported(tree, path, search):
            if found not in seen:
                seen.add(found)
                todo.append(found)
    _write(out, made)


def _write(out: str, made: dict[str, bytes]) -> None:
    index, at = [], 0
    for path, data in made.items():
        index.append((path, at, len(data)))
        at += len(data)
    head = marshal.dumps(index, 2)
    with open(out, "wb") as file:
        file.write(len(head).to_bytes(SIZE, "big") + head + b"".join(made.values()))


def _below(root: str) -> Iterator[str]:
    """The Python files of a folder, or a file itself; no environment that lies in it."""
    if root.endswith(".py") and os.path.isfile(root):
        yield root
    for folder, inner, names in os.walk(root):
        if "pyvenv.cfg" in names:
            inner.clear()
            continue
        inner[:] = sorted(name for name in inner if name not in _SKIP and not name.startswith("."))
        yield from (os.path.join(folder, name) for name in sorted(names) if name.endswith(".py"))


def _installed(interpreter: str) -> list[str]:
    """Where an interpreter's packages are, found by looking: asking `site` would run what they have it run."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    tops = [os.path.dirname(os.path.dirname(interpreter)), sys.prefix]
    places = [(version, "site-packages"), (version, "dist-packages"), ("python3", "dist-packages")]
    return [os.path.join(top, "lib", *place) for top in dict.fromkeys(tops) for place in places]


def _current(cached: str, path: str, source: bytes) -> bool:
    """Whether a file has bytecode that Python would take."""
    try:
        with open(cached, "rb") as file:
            head = file.read(16)
    except OSError:
        return False
    if head[:4] != importlib.util.MAGIC_NUMBER or len(head) < 16:
        return False
    flags = int.from_bytes(head[4:8], "little")
    if flags & 1:
        return not flags & 2 or head[8:] == importlib.util.source_hash(source)
    written = int(os.stat(path).st_mtime) & 0xFFFFFFFF
    return head[8:] == written.to_bytes(4, "little") + (len(source) & 0xFFFFFFFF).to_bytes(4, "little")


def _imported(tree: ast.Module, path: str, search: list[str]) -> Iterator[str]:
    """The files of what a module imports when it is imported itself."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(alias.name, search)
        elif isinstance(node, ast.ImportFrom):
            places = search
            if node.level:
                folder = path
                for _ in range(node.level):
                    folder = os.path.dirname(folder)
                places = [folder]
            for alias in node.names:
                yield from _files(".".join(filter(None, (node.module, alias.name))), places)
        elif not isinstance(node, (*_FUNCTIONS, ast.expr)):
            todo += ast.iter_child_nodes(node)


def _files(name: str, search: list[str]) -> Iterator[str]:
    """The files of a dotted name, as far as there are such: of each package on the way, then of the module."""
    for part in name.split("."):
        folder = next((top for top in search if os.path.isdir(os.path.join(top, part))), None)
        if folder is not None and os.path.isfile(os.path.join(folder, part, "__init__.py")):
            yield os.path.join(folder, part, "__init__.py")
        else:
            alone = next((top for top in search if os.path.isfile(os.path.join(top, part + ".py"))), None)
            if alone is not None:
                yield os.path.join(alone, part + ".py")
                return
        if folder is None:
            return
        search = [os.path.join(folder, part)]
