"""Scripts: what runs them, and what a script in Python, Perl, Ruby, PHP or JavaScript calls and reads as code.

Only what is written out is followed: a literal text, a literal list of words, a literal path.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.host import Host
from casemate.host.python_text import Told, told
from casemate.host.shell import MAX_TEXT
from casemate.model.host import NodeKind

MAX_LINES: Final = 20_000  # of a script in Python
MAX_LINE: Final = 4000  # characters; longer lines are data


@dataclass(frozen=True, slots=True)
class Script:
    """A file that the kernel or a shell runs by an interpreter. path: of the file itself. by: the words of its first line."""

    path: str
    by: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Each line that may be code, with its number."""
        return ((number, line) for number, line in enumerate(self.lines, 1) if len(line) <= MAX_LINE)


@dataclass(frozen=True, slots=True)
class Spawned:
    """A command that a script has run. text: a shell reads it; else words, None for one that is not known."""

    line: int
    text: str = ""
    words: tuple[str | None, ...] = ()


def _known(host: Host) -> dict[str, Script | None]:
    return {}


def script(host: Host, path: str) -> Script | None:
    """The script that a path leads to; None for a program, a folder, nothing. Without a first line that says so, sh runs it."""
    node = host.fs.node(path)
    if node is None or node.kind is not NodeKind.FILE:
        return None
    known = host.once(_known)
    if node.path not in known:
        known[node.path] = _read(host, node.path, node.size)
    return known[node.path]


def _read(host: Host, path: str, size: int) -> Script | None:
    head = host.fs.head(path, 256)
    if head is None or head.startswith(b"\x7fELF") or b"\0" in head or size > 4 * MAX_TEXT:
        return None
    text = host.fs.text(path)
    if text is None:
        return None
    first = text.lines[0] if text.lines else ""
    by: tuple[str, ...] = ()
    if first.startswith("#!"):  # execve(2): all behind the interpreter's name is one argument
        program, _, rest = first[2:].strip().partition(" ")
        by = tuple(word for word in (program, rest.strip()) if word)
    return Script(path, by, text.lines)


def python(found: Script) -> Told:
    """What a script in Python says."""
    return told(found.text if len(found.lines) < MAX_LINES else "", found.path)


_QUOTED: Final = r"""(?:[rbuf]{0,2})(["'])((?:(?!\1)[^\\\n]|\\.){1,500})\1"""
_TEXTS: Final = re.compile(
    r"\b(?:system|shell_exec|"
    r"passthru|proc_open|execSync|(?:child_process\.)?exec|popen|qx)\s*\(?\s*" + _QUOTED
)
_LISTS: Final = re.compile(r"\b(?:system|exec|spawn|spawnSync|execFile|execFileSync)\s*\(\s*\[?([^\])\n]{1,800})")
_BACKTICKS: Final = re.compile(r"`([^`\n$]{1,500})`")
_SCALAR: Final = re.compile(r"\s*(?:(?:my|our|local)\s+)?\$(\w+)\s*=\s*([\"'])([^\"'$@\n]{1,300})\2\s*;")
_VARIABLE: Final = re.compile(r"\$(\w+)")
_LITERAL: Final = re.compile(_QUOTED)


def spawned(found: Script, language: str) -> Iterator[Spawned]:
    """The commands that a script in another language than the shell's has run."""
    if language == "python":
        yield from (Spawned(each.line, each.text, each.words) for each in python(found).ran)
        return
    known: dict[str, str] = {}
    for number, line in found.numbered():
        if line.lstrip().startswith(("#", "//", "*")):
            continue
        given = _SCALAR.match(line) if language in ("perl", "php") else None
        if given is not None:
            known[given[1]] = given[3]
        for match in _TEXTS.finditer(line):
            yield Spawned(number, text=_VARIABLE.sub(lambda name: known.get(name[1], name[0]), match[2]))
        if language in ("perl", "ruby", "php"):
            for match in _BACKTICKS.finditer(line):
                yield Spawned(number, text=match[1])
        for match in _LISTS.finditer(line):
            words = tuple(m[2] for m in _LITERAL.finditer(match[1]))
            if len(words) > 1 or (words and "[" in match[0]):
                yield Spawned(number, words=words)


_INCLUDED: Final = {
    "perl": re.compile(r"^\s*(?:require|do)\s+" + _QUOTED),
    "ruby": re.compile(r"^\s*(?:require_relative|load|require)\s*\(?\s*" + _QUOTED),
    "node": re.compile(r"\brequire\(\s*" + _QUOTED + r"|^\s*import\s.{0,200}?from\s+" + _QUOTED.replace(r"\1", r"\3")),
    "php": re.compile(
        r"\b(?:include|require)(?:_once)?\s*\(?\s*(?:__DIR__\s*\.\s*|dirname\(__FILE__\)\s*\.\s*)?" + _QUOTED
    ),
    "lua": re.compile(r"\b(?:dofile|loadfile)\s*\(?\s*" + _QUOTED),
    "make": re.compile(r"^-?s?include\s+()(\S+)"),
}
_SUFFIXES: Final = {"node": ("", ".js", ".cjs", ".mjs", ".json", "/index.js"), "ruby": ("", ".rb")}


def included(host: Host, found: Script, language: str) -> Iterator[tuple[int, str]]:
    """The files of fixed names that a script reads as code, absolute, each with the line that says so."""
    own = posixpath.dirname(found.path)
    if language == "python":
        yield from python(found).code
        return
    for number, line in found.numbered():
        if line.lstrip().startswith(("#", "//", "*")):
            continue
        pattern = _INCLUDED.get(language)
        for match in pattern.finditer(line) if pattern else ():
            named = match[2] or (match[4] if match.re.groups > 2 else "") or ""
            if language in ("node", "ruby") and not named.startswith((".", "/")) and "require_relative" not in line:
                continue
            whole = posixpath.normpath(posixpath.join(own, named.lstrip("/") if "__DIR__" in match[0] else named))
            places = [whole + suffix for suffix in _SUFFIXES.get(language, ("",))]
            yield number, next((place for place in places if host.fs.is_file(place)), places[0])
