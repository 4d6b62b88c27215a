"""A regression test for a fix, in the target's own framework: it gives the proof's input, with a harmless marker in the place of
the canary, to the function that was proven weak, and asks that the marker has no effect.

It is written for functions that are called as they are, and for Flask's queries and forms; what was proven in another way gets
none, and is told why. Whether a test fails without the patch and passes with it is for the sandbox to say.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from casemate.model.finding import Finding
from casemate.model.proof import Exhibit

MARKER: Final = "casemateprobe"
"""The word in the place of the canary: it names a program, a function, a file or an element, which only notes its use."""

_CALM: Final = "harmless"
_HOST: Final = f"{MARKER}.example"  # a host that never is (RFC 2606)
_APPLICATION: Final = re.compile(r"(?P<module>[A-Za-z_][\w.]*):(?P<name>[A-Za-z_]\w*)")
_FACTORY: Final = re.compile(r"(?:create|make|build|get)_\w*app\w*|app_factory")
_TEST: Final = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_tests?)\.py$")
_PYTEST: Final = re.compile(rb"^\s*(?:import pytest|from pytest\b)|^def test_|^@pytest\.", re.MULTILINE)
_UNITTEST: Final = re.compile(rb"^\s*(?:import unittest|from unittest\b)", re.MULTILINE)
_HOLES: Final = re.compile(r"(\{(?:file|folder)\})")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionTest:
    """A new file of the target, by its path."""

    path: str
    content: bytes


class NoTest(Exception):
    """Why none is written, in words that go on after "no test: "."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How the effect of a kind of weakness is looked for. imports: modules. ready: statements before the call. around: contexts
    in which it runs. after: statements behind it. ask: what must hold afterwards, as both sides of an equation."""

    imports: tuple[str, ...]
    ready: tuple[str, ...]
    around: tuple[str, ...]
    ask: tuple[str, str]
    after: tuple[str, ...] = ()


_CALLED: Final = _Kind(
    imports=("builtins",),
    ready=(
        "calls = []",
        "",
        "class Probe:",
        "    def __new__(cls, *args, **named):",
        "        calls.append(args)",
        f'        return "{MARKER}"',
        "",
    ),
    around=(f'mock.patch.object(builtins, "{MARKER}", Probe, create=True)',),
    ask=("calls", "[]"),
)
_RAN: Final = _Kind(
    imports=("os", "pathlib", "tempfile"),
    ready=(
        "folder = pathlib.Path(tempfile.mkdtemp())",
        f'program = folder / "{MARKER}"',
        'program.write_text(f"#!/bin/sh\\necho ran > {folder}/ran\\n")',
        "program.chmod(0o700)",
        "search = f\"{folder}{os.pathsep}{os.environ['PATH']}\"",
    ),
    around=('mock.patch.dict(os.environ, {"PATH": search})',),
    ask=('(folder / "ran").exists()', "False"),
)
_REACHED: Final = _Kind(
    imports=("pathlib", "tempfile"),
    ready=(
        "folder = pathlib.Path(tempfile.mkdtemp())",
        f'file = folder / "{MARKER}.txt"',
        f'file.write_text("content of {MARKER}")',
    ),
    around=(),
    ask=(
        f'("content of {MARKER}" in repr(result), file.exists() and file.read_text(), len(list(folder.iterdir())))',
        f'(False, "content of {MARKER}", 1)',
    ),
)
_MARKED: Final = _Kind(
    imports=("html.parser",),
    ready=(
        "marks = []",
        "",
        "class Reader(html.parser.HTMLParser):",
        "    def handle_starttag(self, tag, attrs):",
        "        marks.extend([tag, *(name for name, _ in attrs)])",
        '        marks.extend(value for _, value in attrs if value and value.startswith("javascript:"))',
        "",
    ),
    around=(),
    after=("Reader().feed(str(result))",),
    ask=(f'[mark for mark in marks if "{MARKER}" in mark]', "[]"),
)
_LEFT: Final = _Kind(
    imports=(),
    ready=(),
    around=(),
    after=('location = "" if result is None else result.headers.get("Location", "")',),
    ask=(f'"{_HOST}" in location', "False"),
)
_KINDS: Final[Mapping[str, _Kind]] = {
    "command": _RAN,
    "code": _CALLED,
    "deserialization": _CALLED,
    "path": _REACHED,
    "redirect": _LEFT,
    "xss": _MARKED,
}


def regression_test(
    finding: Finding, exhibit: Exhibit, files: Sequence[str], source: Callable[[str], bytes | None]
) -> RegressionTest:
    """The test. finding: proven. files: every path of the target. source: bytes of a file. Raises NoTest."""
    verdict = finding.verdict
    if verdict is None or verdict.proof is None:
        raise NoTest("it is not proven")
    kind = _KINDS.get(verdict.proof.oracle)
    if kind is None:
        raise NoTest(f"none is written for what the oracle {verdict.proof.oracle!r} sees")
    case: dict[str, Any] = json.loads(exhibit.cases[0])
    call = _call(case)
    if kind is _LEFT and not call.web:
        raise NoTest("where a function leads a browser is seen in a response alone")
    tests = [path for path in files if _TEST.search(path)]
    style = _pytest if _uses_pytest(tests, source) else _unittest
    stem = f"{finding.lead.rule.replace('-', '_')}_{finding.identity[:8]}"
    path = f"{_folder(tests, files)}test_{stem}.py"
    if path in files:
        raise NoTest(f"there is a file {path} already")
    about = f"{finding.lead.rule} at {finding.lead.location.path}, CWE-{finding.cwe}"
    return RegressionTest(path=path, content=style(stem, about, kind, call).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """What gives the input to the target. module, name: imported from it. expression: with the input. ready: statements before
    it. web: it gives a response."""

    module: str
    name: str
    expression: str
    ready: tuple[str, ...] = ()
    web: bool = False


def _call(case: Mapping[str, Any]) -> _Call:
    variant = case["variant"]
    if variant.get("framework") == "flask":
        return _request(case["payload"], variant)
    plain = case["driver"] == "function" and variant.get("object") == "none" and not variant.get("inner")
    if not plain or variant.get("loading") or len(variant.get("names", ())) != 1:
        raise NoTest("it was not proven by the call of a function that stands by itself")
    if variant.get("parameter") is None or variant.get("then") or variant.get("roots"):
        raise NoTest("the input did not come by a parameter of the function")
    name = variant["names"][0]
    expression = f"{name}({variant['parameter']}={_value(case['payload'], variant.get('shape', 'text'))})"
    return _Call(module=_module(variant["path"]), name=name, expression=expression)


def _request(payload: Mapping[str, Any], variant: Mapping[str, Any]) -> _Call:
    """By the test client of the framework."""
    application = _APPLICATION.fullmatch(str(variant.get("app")))
    if application is None:
        raise NoTest("the application has no name that can be imported")
    channel, keys = variant["channel"], variant["keys"]
    if variant["carrier"] != "value" or channel not in ("query", "form") or len(keys) != 1:
        raise NoTest("the input came by another part of a request than a query or a form")
    if any(variant.get(name) for name in ("session", "login", "then", "wrap", "affixes", "json", "file", "cookie")):
        raise NoTest("the request needs a session, or more than a query or a form")
    path = "".join(
        piece[1] if piece[0] == "text" else str(variant["path"].get(piece[1], "ok")) for piece in variant["pieces"]
    )
    given = [repr(path), f"method={variant['method']!r}"]
    for name, argument in (("query", "query_string"), ("form", "data")):
        values = {key: repr(value) for key, value in (variant.get(name) or {}).items()}
        if name == channel:
            values[keys[0]] = _value(payload, "text")
        if values:
            given.append(f"{argument}={{{', '.join(f'{key!r}: {value}' for key, value in values.items())}}}")
    made = f"{application['name']}{'()' if _FACTORY.fullmatch(application['name']) else ''}"
    return _Call(
        module=application["module"],
        name=application["name"],
        expression=f"client.open({', '.join(given)})",
        ready=(f"client = {made}.test_client()",),
        web=True,
    )


def _value(payload: Mapping[str, Any], shape: str) -> str:
    if shape not in ("text", "bytes"):
        raise NoTest(f"the input was given as {shape!r}, not as a text")
    if set(payload) == {"text"}:
        text = _filled(payload["text"])
        pieces = [repr(piece) if not _HOLES.fullmatch(piece) else f"str({piece[1:-1]})" for piece in _HOLES.split(text)]
        whole = " + ".join(piece for piece in pieces if piece != "''") or "''"
        return f"({whole}).encode()" if shape == "bytes" else whole
    if set(payload) in ({"latin1"}, {"base64"}):
        (name, text), *_ = payload.items()
        data = _filled(text).encode("latin-1")
        return repr(data if name == "latin1" else base64.b64encode(data).decode())
    raise NoTest("the input is no text")


def _filled(text: str) -> str:
    return text.replace("{canary}", MARKER).replace("{calm}", _CALM).replace("{host}", _HOST)


def _module(path: str) -> str:
    """The module's name."""
    parts = list(PurePosixPath(path.removeprefix("src/")).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    if not parts or not all(part.isidentifier() for part in parts):
        raise NoTest(f"{path} cannot be imported by a name")
    return ".".join(parts)


def _uses_pytest(tests: Sequence[str], source: Callable[[str], bytes | None]) -> bool:
    """Whether most of the tests are those of pytest; without tests they are those of unittest, which is always there."""
    contents = [source(path) or b"" for path in tests[:200]]
    ours = sum(bool(_PYTEST.search(content)) for content in contents)
    return ours > sum(bool(_UNITTEST.search(content)) and not _PYTEST.search(content) for content in contents)


def _folder(tests: Sequence[str], files: Sequence[str]) -> str:
    """Where most of the tests lie, with a slash at the end; at the top when there are none."""
    folders = [path.rpartition("/")[0] for path in tests]
    best = max(sorted(set(folders)), key=folders.count, default="")
    return f"{best}/" if best else ""


def _statements(kind: _Kind, call: _Call) -> list[str]:
    around = ", ".join((*kind.around, "contextlib.suppress(Exception)"))
    wanted = any("result" in line for line in (*kind.after, kind.ask[0]))
    body = ".get_data(as_text=True)" if call.web and wanted and kind is not _LEFT else ""
    first = ["result = None"] if wanted else []
    run = f"    {'result = ' if wanted else ''}{call.expression}{body}"
    inner = [f"with {around}:  # to refuse the input is right as well", run]
    return [*kind.ready, *call.ready, *first, *inner, *kind.after]


def _head(about: str, call: _Call, kind: _Kind, more: Sequence[str]) -> list[str]:
    modules = sorted({"contextlib", *kind.imports, *more})
    mock = ["from unittest import mock"] if kind.around else []
    return [
        f'"""What was weak stays mended: {about}."""',
        "",
        *(f"import {one}" for one in modules),
        *mock,
        "",
        f"from {call.module} import {call.name}",
        "",
        "",
    ]


def _pytest(stem: str, about: str, kind: _Kind, call: _Call) -> str:
    equals = "is" if kind.ask[1] in ("None", "False") else "=="
    left = f"({kind.ask[0]})" if " in " in kind.ask[0] and equals == "is" else kind.ask[0]
    body = [*_statements(kind, call), f"assert {left} {equals} {kind.ask[1]}"]
    return "\n".join([*_head(about, call, kind, ()), f"def test_{stem}():", *_indented(body, 4)]) + "\n"


def _unittest(stem: str, about: str, kind: _Kind, call: _Call) -> str:
    body = [*_statements(kind, call), f"self.assertEqual({kind.ask[0]}, {kind.ask[1]})"]
    lines = ["class TestMended(unittest.TestCase):", f"    def test_{stem}(self):", *_indented(body, 8)]
    head = _head(about, call, kind, ("unittest",))
    return "\n".join([*head, *lines, "", "", 'if __name__ == "__main__":', "    unittest.main()"]) + "\n"


def _indented(lines: Sequence[str], blanks: int) -> list[str]:
    return [" " * blanks + line if line else "" for line in lines]
