"""Puts the canary where a program gets its values from beside parameters: arguments, variables, standard input, files.

What is planted is what the source's line reads: the variable that it names, the option that it asks for, the content of the file
that it opens. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import contextlib
import io
import os
import sys
import tarfile
import zipfile

from . import stubs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_FIELDS = 8  # of a line

KINDS = (
    ("environment variable", "environment"),
    ("command-line argument", "arguments"),
    ("standard input", "input"),
    ("answer at the prompt", "input"),
    ("content of a file", "content"),
    ("row of a file", "content"),
    ("file found in a folder", "listing"),
    ("archive member", "archive"),
)
"""What knowledge calls a source, and how it is planted."""


def kind(note: str) -> str:
    """How the source of this note is planted, "" when nobody knows."""
    return next((how for words, how in KINDS if words in note), "")


def key(tree: ast.AST, line: int) -> str:
    """The name that a source's line asks for: `HOME` of `os.environ["HOME"]`, `host` of `options.host`."""
    for node in ast.walk(tree):
        if getattr(node, "lineno", None) != line:
            continue
        if isinstance(node, ast.Subscript):
            index: Any = getattr(node.slice, "value", node.slice)
            if isinstance(index, str):
                return index
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute):
            first: Any = getattr(node.args[0], "value", getattr(node.args[0], "s", None))
            if node.func.attr in ("get", "getenv", "pop", "setdefault") and isinstance(first, str):
                return first
    return ""


def separator(tree: ast.AST) -> str:
    """What the fields of a file's lines are separated by, where the module takes them apart; "" where it does not."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg in ("delimiter", "sep"))]
        if name in ("split", "partition", "reader", "DictReader", "rsplit"):
            texts = [getattr(part, "value", getattr(part, "s", None)) for part in given]
            found = next((text for text in texts if isinstance(text, str) and 0 < len(text) < 4), "")
            if found or name in ("reader", "DictReader"):
                return found or ","
    return ""


def suffixes(tree: ast.AST) -> list[str]:
    """What the names of files end in that a module looks for."""
    found = []
    for node in ast.walk(tree):
        text = getattr(node, "value", getattr(node, "s", None))
        if isinstance(text, str) and 1 < len(text) < 24 and text.lstrip("*").startswith(".") and "/" not in text:
            found.append(text.lstrip("*"))
    return list(dict.fromkeys(found))


@contextlib.contextmanager
def planted(plant: dict[str, Any], value: str | bytes, folder: str, target: str = "") -> Iterator[None]:
    """The value is where the source's line reads it. plant: how; key, what `key` said; source, the path below the target and
    the line of the source; separator and suffixes, of the files that the module reads. folder: to put files in."""
    how, name = plant.get("plant", ""), plant.get("key", "")
    path, line = plant.get("source", ("", 0))
    place = (os.path.realpath(os.path.join(target, path)), line)
    text = value if isinstance(value, str) else value.decode("utf-8", "surrogateescape")
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    with contextlib.ExitStack() as held:
        if how == "environment":
            _environment(name, text)
        elif how == "arguments":
            held.enter_context(_swapped(sys, "argv", [sys.argv[0], *[text] * 6]))
            held.enter_context(_swapped(argparse.ArgumentParser, "parse_known_args", _parsing(text)))
        elif how == "input":
            stream = io.TextIOWrapper(io.BytesIO((data + b"\n") * 20), encoding="utf-8", errors="surrogateescape")
            held.enter_context(_swapped(sys, "stdin", stream))
            held.enter_context(_swapped(builtins, "input", lambda prompt="": text))
        elif how == "content":
            between = plant.get("separator", "")
            content = between.encode().join([data] * _FIELDS) + b"\n" if between else data
            held.enter_context(_swapped(builtins, "open", _opening(content, place)))
        elif how == "outside":
            stubs.tells(place[0], place[1], text)
        elif how == "archive":
            _archived(held, value)
        elif how == "listing":
            for name in (text, *("given" + suffix for suffix in plant.get("suffixes", ()))):
                with contextlib.suppress(OSError, ValueError), open(os.path.join(folder, name), "wb") as file:
                    file.write(data)
        yield


def _environment(name: str, text: str) -> None:
    with contextlib.suppress(ValueError, OSError):  # a process of its own: nothing has to be put back
        os.environ[name or "VALUE"] = text


@contextlib.contextmanager
def _swapped(holder: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(holder, name)
    setattr(holder, name, value)
    try:
        yield
    finally:
        setattr(holder, name, before)


def _parsing(text: str) -> Any:
    """`parse_known_args` of a command line on which every value is the text: options that take one, and positional ones."""
    real = argparse.ArgumentParser.parse_known_args

    def parse(self: Any, args: Any = None, namespace: Any = None) -> Any:
        if args is not None and args != sys.argv[1:]:
            return real(self, args, namespace)  # the program's own line
        return real(self, _line(self, text), namespace)

    return parse


def _line(parser: Any, text: str) -> list[str]:
    options: list[str] = []
    positional: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            name, chosen = next(iter(action.choices.items()))
            positional += [str(name), *_line(chosen, text)]
            continue
        if action.nargs == 0 or isinstance(action, (argparse._HelpAction, argparse._VersionAction)):
            continue
        value = str(next(iter(action.choices))) if action.choices else "1" if action.type in (int, float) else text
        count = action.nargs if isinstance(action.nargs, int) else 1
        if action.option_strings:
            first = action.option_strings[-1]
            options += [f"{first}={value}"] if count == 1 and first.startswith("--") else [first, *[value] * count]
        else:
            positional += [value] * count
    return [*options, "--", *positional] if positional and positional[0].startswith("-") else [*options, *positional]


def _opening(data: bytes, place: tuple[Any, ...]) -> Any:
    """`open`, which gives the canary's content to the source's own line."""
    real = builtins.open

    def opening(file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        caller = sys._getframe(1)
        here = os.path.realpath(caller.f_code.co_filename) == place[0] and abs(caller.f_lineno - place[1]) <= 3
        if not here or not ("r" in mode or mode == ""):
            return real(file, mode, *rest, **named)
        if "b" in mode:
            return io.BytesIO(data)
        return io.StringIO(data.decode("utf-8", "surrogateescape"))

    return opening


def _archived(held: contextlib.ExitStack, value: str | bytes) -> None:
    """Every archive that is opened to be read is the one that is given; of a text, one with a member of that name."""

    start: Any = zipfile.ZipFile.__init__
    opened: Any = tarfile.TarFile.open.__func__  # type: ignore[attr-defined]
    is_zip = zipfile.is_zipfile

    def data(kind: str) -> io.BytesIO:
        if isinstance(value, bytes):
            return io.BytesIO(value)
        from .archives import make

        return io.BytesIO(make({kind: [[value, "file", "text"]]}, lambda text: text))  # type: ignore[arg-type]

    def zipped(self: Any, file: Any, mode: str = "r", *rest: Any, **named: Any) -> None:
        start(self, data("zip") if mode == "r" else file, mode, *rest, **named)

    def tarred(cls: Any, name: Any = None, mode: str = "r", fileobj: Any = None, *rest: Any, **named: Any) -> Any:
        if mode.startswith("r"):
            return opened(cls, None, "r", data("tar"))
        return opened(cls, name, mode, fileobj, *rest, **named)

    held.enter_context(_swapped(zipfile.ZipFile, "__init__", zipped))
    held.enter_context(_swapped(zipfile, "is_zipfile", lambda file: is_zip(data("zip"))))
    held.enter_context(_swapped(tarfile.TarFile, "open", classmethod(tarred)))
    held.enter_context(_swapped(tarfile, "open", tarfile.TarFile.open))
    held.enter_context(_swapped(tarfile, "is_tarfile", lambda name: True))
