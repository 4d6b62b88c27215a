"""A property as a harness: what agents demonstrated of one program, as a module that a judge can run against that program and
against its twin.

The function that a property is about is known by its file and name here, because lines of weak program and twin differ.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pprint import pformat
from typing import Final

from casemate.model.proposal import Property
from casemate.proofs.runtime.holding import QUESTIONS

_TEXT: Final = '''\
"""A property: {statement}"""

import builtins
import opcode
import os
import sys
import threading

FILE, NAME, LAST = {file!r}, {name!r}, {last!r}
NEVER = compile({never!r}, "<property>", "eval")
PROGRAM = {program}
KNOWN = {{"__builtins__": {{name: getattr(builtins, name) for name in {questions!r}}}}}


def violated():
    """Whether it happens: what an exception ends has not happened."""
    begun, seen = {{}}, []

    def watch(frame, event, result):
        code = frame.f_code
        known = getattr(code, "co_qualname", "")  # from Python 3.11 on
        if os.path.basename(code.co_filename) != FILE or (known or code.co_name) != (NAME if known else LAST):
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if event == "call":
            begun[id(frame)] = {{name: frame.f_locals[name] for name in names if name in frame.f_locals}}
        elif event == "return" and id(frame) in begun:
            args = begun.pop(id(frame))
            if result is not None or opcode.opname[code.co_code[frame.f_lasti]].startswith("RETURN"):
                try:
                    seen.append(bool(eval(NEVER, dict(KNOWN), {{"args": args, "result": result}})))
                except Exception:
                    pass

    code = compile(PROGRAM, "<scenario>", "exec")
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        exec(code, {{"__name__": "scenario"}})
    except Exception:
        pass
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return any(seen)
'''


def from_property(stated: Property, files: Mapping[str, str]) -> str:
    """The harness. files: of the program that the property was stated for. "" where it watches no function of that program."""
    name = next(
        (name for name, line in _functions(files.get(stated.watched.path, "")) if line == stated.watched.line), ""
    )
    if not name:
        return ""
    return _TEXT.format(
        statement=" ".join(stated.statement.split()).replace("\\", "").replace('"', "'"),
        file=stated.watched.path.rpartition("/")[2],
        name=name,
        last=name.rpartition(".")[2],
        never=stated.never.strip(),
        program=pformat(stated.violates),
        questions=sorted(QUESTIONS),
    )


def _functions(text: str) -> Iterator[tuple[str, int]]:
    """Qualified name and first line of each function, as Python names it."""

    def within(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield f"{prefix}{child.name}", child.lineno
                yield from within(child, f"{prefix}{child.name}.<locals>.")
            elif isinstance(child, ast.ClassDef):
                yield from within(child, f"{prefix}{child.name}.")
            else:
                yield from within(child, prefix)

    try:
        yield from within(ast.parse(text), "")
    except (SyntaxError, ValueError, RecursionError):
        return
