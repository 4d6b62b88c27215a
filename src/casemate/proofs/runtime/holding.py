"""Watches one function of the target while a scenario, or the target's own tests, run: how often it was called, and how often
what must never happen happened. Standard library only, Python 3.7 and later.

The function is known by its code object, which is looked up before a line of a scenario runs.
"""

from __future__ import annotations

import ast
import json
import opcode
import os
import sys
import threading

from . import report, testing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

QUESTIONS = frozenset(
    (
        *("abs", "all", "any", "bool", "float", "int", "isinstance", "len"),
        *("max", "min", "round", "set", "sorted", "str", "sum", "type"),
    )
)
"""What a condition may call."""

MOST = 200  # answers that are told of a run
LONG = 2000  # characters of one


class Watched:
    """Counts the calls of a function, and asks the condition of what it returns: one that it refuses, by an exception, has not
    happened. settings: path and line of its `def`, never: the condition, answers: whether what came of each call is kept, as a
    text: what an object says of itself may change what it does later."""

    def __init__(self, target: str, settings: dict[str, Any]) -> None:
        self.place = os.path.realpath(os.path.join(target, settings["path"]))
        self.line, self.name = _function(self.place, settings["line"])
        self.calls = 0
        self.violated = 0
        self.unasked = ""  # why the condition could not be asked, the last time
        self.answers: list[str] | None = [] if settings.get("answers") else None
        self._names: dict[str, bool] = {}
        builtins: Any = __builtins__
        known = builtins if isinstance(builtins, dict) else vars(builtins)
        self._scope = {"__builtins__": {name: known[name] for name in QUESTIONS}}
        self._never = compile(settings["never"], "<property>", "eval")
        self._args: dict[int, dict[str, Any]] = {}

    def __call__(self, frame: Any, event: str, result: Any) -> None:
        """For `sys.setprofile`."""
        code = frame.f_code
        if event not in ("call", "return") or not self._here(code):
            return
        if event == "call":
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            self._args[id(frame)] = {name: frame.f_locals[name] for name in names if name in frame.f_locals}
            return
        args = self._args.pop(id(frame), None)
        if args is None:
            return
        self.calls += 1
        if result is None and not opcode.opname[code.co_code[frame.f_lasti]].startswith("RETURN"):
            self._answer("raises")
            return  # an exception ends it: a profiler is told so in no other way
        try:
            self.violated += bool(eval(self._never, dict(self._scope), {"args": args, "result": result}))
        except Exception as error:
            self.unasked = f"{type(error).__name__}: {str(error)[:200]}"
        if self.answers is not None:
            self._answer(shown(result))

    def _here(self, code: Any) -> bool:
        """Whether it is the function's."""
        if code.co_firstlineno != self.line or code.co_name != self.name:
            return False  # a lambda, or a comprehension, of its first line is another
        known = self._names.get(code.co_filename)
        if known is None:
            known = self._names[code.co_filename] = os.path.realpath(code.co_filename) == self.place
        return known

    def _answer(self, text: str) -> None:
        if self.answers is not None and len(self.answers) < MOST:
            self.answers.append(text)

    def start(self) -> None:
        """From now on, in every thread."""
        threading.setprofile(self)
        sys.setprofile(self)

    def told(self) -> dict[str, Any]:
        """What was seen."""
        python = ".".join(str(part) for part in sys.version_info[:3])
        return {"calls": self.calls, "violated": self.violated, "unasked": self.unasked, "python": python}


def shown(value: Any) -> str:
    """What a value says of itself, as far as it does."""
    try:
        return repr(value)[:LONG]
    except Exception as error:
        return type(error).__name__


def _function(place: str, line: int) -> tuple[int, str]:
    """The line that the code of the function says whose `def` stands at a line, that of its first decorator if it has one, and
    its name; "" where there is no such function, so that nothing is watched."""
    with open(place, "rb") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            # Before Python 3.8 a decorated function begins, for its tree too, at its first decorator.
            old = first == node.lineno and node.decorator_list and first < line <= node.body[0].lineno
            if node.lineno == line or old:
                return first, node.name
    return line, ""


def tests(path: str) -> None:
    """Run the target's own tests that the settings in a file name: target, paths, files, watched."""
    with open(path, encoding="utf-8") as file:
        settings = json.load(file)
    copy = testing.laid(settings)
    send = report.claim()
    watched = Watched(copy, settings["watched"])
    watched.start()
    told = testing.told_of(copy, settings)
    sys.setprofile(None)
    passed = sum(result == "passed" for result in told["results"].values())
    send(json.dumps(dict(watched.told(), passed=passed), sort_keys=True).encode("utf-8", "backslashreplace"))
    os._exit(0)


def scenario(path: str) -> None:
    """Run the scenario that the settings in a file name: target, paths, scenario (its text), watched."""
    send = report.claim()
    with open(path, encoding="utf-8") as file:
        settings = json.load(file)
    copy = testing.laid(settings)
    watched = Watched(copy, settings["watched"])
    code = compile(settings["scenario"], "<scenario>", "exec")
    raised = ""
    scope: dict[str, Any] = {"__name__": "scenario"}
    watched.start()
    try:
        exec(code, scope)
    except BaseException as error:
        raised = f"{type(error).__name__}: {str(error)[:200]}"
    sys.setprofile(None)
    told = dict(watched.told(), raised=raised)
    if watched.answers is not None:
        names = [name for name in sorted(scope) if name not in ("__builtins__", "__name__")]
        told["answers"] = watched.answers + [f"{name} = {shown(scope[name])}" for name in names[:MOST]]
    send(json.dumps(told, sort_keys=True).encode("utf-8", "backslashreplace"))
    os._exit(0)
