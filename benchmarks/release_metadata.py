"""What an unpacked release says of itself: its dependencies and the Pythons that it is for. Read, never run.

A wheel says it in METADATA, a built source release in `requires.txt`; older ones only in setup.cfg, pyproject.toml, a file of
requirements, or in literals of setup.py.
"""

from __future__ import annotations

import ast
import configparser
import email
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

_MINOR = re.compile(r"^Programming Language :: Python :: 3\.(\d+)$")
_EXTRA = re.compile(r"\bextra\s*==")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """requirements: without those of extras, as the release writes them. minors: of Python 3, as its classifiers have them."""

    requirements: tuple[str, ...] = ()
    python: SpecifierSet = field(default_factory=SpecifierSet)
    minors: tuple[int, ...] = ()
    origin: str = "nothing"


def read(release: Path) -> Metadata:
    """The metadata of the release in this folder; requirements from the first place that has any."""
    head = _head(release)
    lines, origin = next(((found, origin) for found, origin in _places(release) if found), ([], "nothing"))
    classifiers = [value.strip() for value in head.get_all("Classifier", [])]
    try:
        python = SpecifierSet(head.get("Requires-Python", "").strip())
    except InvalidSpecifier:
        python = SpecifierSet()
    return Metadata(
        requirements=tuple(dict.fromkeys(line for line in map(_clean, lines) if line)),
        python=python,
        minors=tuple(sorted({int(found[1]) for line in classifiers if (found := _MINOR.match(line))})),
        origin=origin,
    )


def _head(release: Path) -> email.message.Message:
    found = [*sorted(release.glob("*.dist-info/METADATA")), release / "PKG-INFO"]
    text = next((_text(path) for path in found if path.is_file()), "")
    return email.message_from_string(text)


def _places(release: Path) -> Iterator[tuple[list[str], str]]:
    for path in sorted(release.glob("*.dist-info/METADATA")):
        yield email.message_from_string(_text(path)).get_all("Requires-Dist", []), path.name
    for path in sorted([*release.glob("*.egg-info/requires.txt"), *release.glob("*/*.egg-info/requires.txt")]):
        yield _sections(_text(path)), path.name
    if (release / "setup.cfg").is_file():
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(_text(release / "setup.cfg"))
        except configparser.Error:
            parser = configparser.RawConfigParser()
        yield parser.get("options", "install_requires", fallback="").splitlines(), "setup.cfg"
    if (release / "pyproject.toml").is_file():
        try:
            project = tomllib.loads(_text(release / "pyproject.toml")).get("project", {})
        except tomllib.TOMLDecodeError:
            project = {}
        yield list(project.get("dependencies", [])), "pyproject.toml"
    if (release / "setup.py").is_file():
        yield _literals(_text(release / "setup.py")), "setup.py"
    if (release / "requirements.txt").is_file():
        yield _text(release / "requirements.txt").splitlines(), "requirements.txt"


def _sections(text: str) -> list[str]:
    """The lines of a requires.txt that hold without an extra; `[:marker]` becomes a marker."""
    out: list[str] = []
    extra, marker = "", ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            extra, _, marker = line[1:-1].partition(":")
        elif line and not extra:
            out.append(f"{line}; {marker}" if marker else line)
    return out


def _literals(source: str) -> list[str]:
    """The texts in `install_requires=[…]`, or in the list that it names."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    named = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    given = [
        node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in ("install_requires",)
    ]
    lists = [named.get(value.id) if isinstance(value, ast.Name) else value for value in given]
    return [
        part.value
        for value in lists
        if isinstance(value, (ast.List, ast.Tuple))
        for part in value.elts
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def _clean(line: str) -> str:
    """One requirement as today's tools read it, "" for what is none."""
    line = line.split(" #", maxsplit=1)[0].strip()
    if not line or line.startswith(("#", "-")) or _EXTRA.search(line):
        return ""
    try:
        return str(Requirement(line))
    except InvalidRequirement:
        name = re.match(r"[A-Za-z0-9][\w.-]*", line)
        return name[0] if name else ""


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
