"""The harness of all proofs: gets the target ready once, then drives one input for each case and reports what was seen.

It runs on the target's interpreter, in the sandbox. `settings` say where the target lies and what to arm; a case says what is
driven, with which input. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import os
import shutil
import sys

from . import bytecode, modules, overlay, payload, preparing, report, stubs
from .canaries import Canaries
from .probe import Probe, last_line, statement
from .reading import enclosing
from .watch import Place, Watch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

DRIVERS = {"web": "web.driver", "function": "functions"}
_PROBLEMS = 10  # that are told of what could not be loaded


def prepare(path: str) -> Callable[[bytes], None]:
    """Get ready by the settings in a file; the function that runs a case."""
    send = report.claim()
    with open(path, encoding="utf-8") as file:
        settings = json.load(file)
    bench = Bench(settings)

    def case(data: bytes) -> None:
        send(json.dumps(bench.run(json.loads(data)), sort_keys=True).encode("utf-8", "backslashreplace"))

    setattr(case, "ready", lambda data: bench.ready(json.loads(data)))  # noqa: B010 - for a server, which forks
    return case


class Bench:
    """The target, ready to be driven.

    settings: target (a folder below this job's), copied (whether the target is to get a writable copy of itself), patched
    (what the files of a copy are, in base64 by path), paths (folders of it to import from), driver (to load once), arms.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        job = os.getcwd()
        temporary = os.path.realpath(os.environ.get("TMPDIR", "/tmp"))
        target = os.path.realpath(os.path.join(job, settings["target"]))
        if settings.get("copied") or "patched" in settings:
            copy = os.path.join(temporary, "work", os.path.basename(target))
            overlay.lay(target, copy, settings.get("patched", {}), bool(settings.get("copied")))
            bytecode.also(copy, target)
            target = copy
        self.target = target
        self.watch = Watch(target)
        self.scratch = os.path.join(temporary, "scratch")
        os.makedirs(self.scratch, exist_ok=True)
        given = os.path.join(self.scratch, "folder")  # by synthesis
        self.canaries = Canaries(self.watch, os.path.join(temporary, "canaries"), os.path.join(job, "result"), given)
        os.chdir(target)
        sys.path[:0] = [os.path.normpath(os.path.join(target, path)) for path in settings.get("paths", ["."])]
        for name in settings.get("arms", ()):
            importlib.import_module(__package__ + ".arms." + name).arm(self.watch)
        stubs.install(self.watch, imports=bool(settings.get("stubs")))
        self._settings = dict(settings, target=target)
        self._ready: set[str] = set()
        self._trees: dict[str, ast.Module] = {}
        self._loaded: dict[str, tuple[Any, Any]] = {}
        if settings.get("driver"):
            self._driver(settings["driver"])
        self._tops = (temporary, self.scratch, given)
        self._kept = self._there()

    def _there(self) -> dict[str, set[str]]:
        """What is among the temporary files."""
        return {top: set(os.listdir(top)) for top in self._tops if os.path.isdir(top)}

    def _tidy(self) -> None:
        """Take away what an earlier case has left among the temporary files: it may be in the way, or have filled them."""
        for top, kept in self._kept.items():
            for name in set(os.listdir(top)) - kept:
                path = os.path.join(top, name)
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    with contextlib.suppress(OSError):
                        os.remove(path)

    def _driver(self, name: str) -> tuple[Any, Any]:
        if name not in self._loaded:
            module = importlib.import_module(__package__ + "." + DRIVERS[name])
            self._loaded[name] = module, module.load(self._settings)
        return self._loaded[name]

    def run(self, case: dict[str, Any]) -> dict[str, Any]:
        """Drive one input, or, without a variant, say in which ways this finding can be driven."""
        if case.get("variant") is None:
            return self._variants(case)
        self._tidy()
        module, loaded = self._driver(case["driver"])
        places = [self._place(step, case.get("spread")) for step in (case["steps"][-1], case["at"])]
        folder = self.canaries.place(case["canary"])
        words = {
            "canary": case["canary"],
            "calm": case["calm"],
            "folder": folder,
            "file": os.path.join(folder, case["canary"] + ".txt"),
            "host": case["canary"] + ".invalid",
        }
        filled = payload.fill(words)
        probe = Probe(places, self.watch.real)
        reach = self._reach(case["steps"][-1], places[0][0])
        if "use" in case["variant"]:  # a fact outside of functions takes effect where it is used
            reach = Place(reach.path, *case["variant"]["use"])
        elif "pattern" in case["variant"]:  # it is used by us alone
            reach = Place(os.path.realpath(module.__file__ or ""), 1, sys.maxsize)
        self.watch.begin(case["canary"], case["calm"], folder, reach)
        told: dict[str, Any] = {}

        def once(value: Any) -> dict[str, Any]:
            if case["driver"] != "web":
                return dict(module.drive(loaded, case["variant"], value, probe))
            probe.on()  # the request itself is what reaches the target
            return dict(module.drive(loaded, case["variant"], value))

        try:
            if "grow" in case["payload"]:
                growth = importlib.import_module(__package__ + ".growth")
                told = growth.drive(
                    case["payload"],
                    lambda one: payload.make(one, filled),
                    once,
                    self.watch,
                    lambda: min(probe.passed) > 0,
                )
            elif "nearby" in case["payload"]:
                nearby = importlib.import_module(__package__ + ".nearby")
                told = nearby.drive(case["payload"], filled, once, self.watch, probe)
            else:
                told = once(payload.make(case["payload"], filled))
        except BaseException as error:
            told["error"] = said(error)
        finally:
            probe.off()
            self.watch.end()
        told["events"] = self.watch.events + self.canaries.collect() + self.canaries.made(case["canary"], [self.target])
        told["python"] = sys.version.partition(" ")[0]
        told["passed"] = min(probe.passed)
        told["probes"] = probe.texts
        told["stubs"] = sorted({*told.get("stubs", ()), *stubs.modules()})
        told["through_stub"] = stubs.touched()
        if told["stubs"] and told.get("fidelity"):
            told["fidelity"] = "isolated function"
        return told

    def ready(self, case: dict[str, Any]) -> None:
        """Parse and import, in the process that forks for each case, what a case that ended well has parsed and imported."""
        if case.get("variant") is not None:
            self._place(case["steps"][-1])
            self._place(case["at"])
        variant = case.get("variant")
        path = variant.get("path") if isinstance(variant, dict) and case["driver"] == "function" else None
        if isinstance(path, str) and path not in self._ready:
            self._ready.add(path)
            self._tidy()
            with contextlib.suppress(BaseException):
                preparing.prepare(self.target, path)
                modules.module(self.target, path)
            self._kept = self._there()  # what a module makes when it is imported is there for every case

    def _variants(self, case: dict[str, Any]) -> dict[str, Any]:
        """The ways of driving it."""
        module, loaded = self._driver(case["driver"])
        problems = list(getattr(loaded, "problems", ()))[:_PROBLEMS]
        try:
            variants = module.variants(loaded, case)
        except SyntaxError as error:
            version = sys.version.partition(" ")[0]
            return {"variants": [], "problems": [f"Python {version} cannot parse it: {error}", *problems]}
        return {"variants": variants, "problems": problems}

    def _tree(self, path: str) -> ast.Module:
        """A file, parsed once for all cases that follow the server's `ready`."""
        if path not in self._trees:
            with open(path, "rb") as file:
                self._trees[path] = ast.parse(file.read())
        return self._trees[path]

    def _place(self, step: dict[str, Any], spread: list[int] | None = None) -> tuple[Place, list[ast.expr]]:
        """The lines of a step's statement, and what is on them. spread: lines that count as well, since a patch made them of
        the finding's own."""
        path = os.path.join(self.target, step["path"])
        try:
            first, last, heads = statement(self._tree(path), step["line"])
        except (OSError, SyntaxError, ValueError, RecursionError):
            first = last = step["line"]
            heads = []
        if spread is not None and spread[0] <= step["line"] <= spread[1]:
            first, last = min(first, spread[0]), max(last, spread[1])
        return Place(os.path.realpath(path), first, last), heads

    def _reach(self, step: dict[str, Any], place: Place) -> Place:
        """Where it counts as the finding's line: a check does nothing itself, what it lets through comes after it."""
        if "a check of" not in step.get("note", ""):
            return place
        around = enclosing(self._tree(place.path), step["line"], None)
        return Place(place.path, place.first, last_line(around[-1])) if around else place


def said(error: BaseException) -> str:
    """An exception in one line. Its text is the target's."""
    try:
        text = str(error)
    except Exception:
        text = "(it cannot be shown)"
    return (f"{type(error).__name__}: {text}")[:2000]
