"""The target's own `casemate.toml`: what it asks to leave out. It can only narrow a scan, and what it hides is counted.

    exclude = ["vendored/", "*_pb2.py"]

    [[ignore]]
    rule = "sql-injection"     # or "*"
    path = "legacy/**"

It was written by whoever wrote the target: it is data, read within limits, and a broken one changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from casemate.model.outcome import NotExamined, Reason
from casemate.targets.globs import BadPattern, Glob

NAME = "casemate.toml"
MAX_SIZE = 64 * 1024  # bytes
MAX_ENTRIES = 1_000  # patterns and ignores, each


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Findings of one rule ("*": of every rule) are suppressed in what the glob covers."""

    rule: str
    glob: Glob


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What a target asks for. The empty one asks for nothing."""

    exclude: tuple[Glob, ...] = ()
    ignore: tuple[Ignore, ...] = ()

    def suppresses(self, rule: str, path: str) -> bool:
        """Whether a finding of this rule in this file is to be reported as suppressed."""
        return any(ignore.rule in ("*", rule) and ignore.glob.covers(path) for ignore in self.ignore)


def parse(content: bytes) -> Configuration | NotExamined:
    """Read a configuration; NotExamined with the reason in one line when it is not one, whole or in part."""
    if len(content) > MAX_SIZE:
        return _refused(Reason.TOO_LARGE, f"{len(content)} bytes, of at most {MAX_SIZE}")
    try:
        return _configuration(tomllib.loads(content.decode("utf-8")))
    except UnicodeDecodeError:
        return _refused(Reason.ENCODING, "it is not UTF-8")
    except RecursionError:
        return _refused(Reason.TOO_DEEP, "its values are nested too deeply")
    except BadPattern as error:
        return _refused(Reason.SYNTAX, error.what)
    except ValueError as error:  # tomllib's own errors are ValueErrors, and so are those of numbers it cannot hold
        return _refused(Reason.SYNTAX, " ".join(str(error).split())[:200])


def _refused(reason: Reason, detail: str) -> NotExamined:
    return NotExamined(what=NAME, reason=reason, detail=f"the whole file is ignored: {detail}")


def _configuration(document: Mapping[str, object]) -> Configuration:
    if unknown := sorted(document.keys() - {"exclude", "ignore"}):
        raise ValueError(f"unknown key {unknown[0]!r}; it has exclude and ignore")
    return Configuration(
        exclude=tuple(_glob(pattern, "exclude") for pattern in _list(document, "exclude")),
        ignore=tuple(_ignore(entry) for entry in _list(document, "ignore")),
    )


def _list(document: Mapping[str, object], key: str) -> list[object]:
    value = document.get(key, [])
    if not isinstance(value, list) or len(value) > MAX_ENTRIES:
        raise ValueError(f"{key} is to be a list of at most {MAX_ENTRIES} entries")
    return value


def _glob(pattern: object, key: str) -> Glob:
    if not isinstance(pattern, str):
        raise ValueError(f"{key} is to hold patterns in quotes, not {pattern!r}")
    return Glob.parse(pattern)


def _ignore(entry: object) -> Ignore:
    if not isinstance(entry, dict) or entry.keys() != {"rule", "path"} or not isinstance(entry["rule"], str):
        raise ValueError(f"ignore is to hold tables of a rule and a path, not {entry!r}")
    return Ignore(rule=entry["rule"], glob=_glob(entry["path"], "path"))
