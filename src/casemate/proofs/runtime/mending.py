"""Learns from an error what was missing, so that a target is called again with it.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast
import os
import re
import sys

from . import stubs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .synthesis import Scratch

_WIDTH = re.compile(r"not enough values to unpack \(expected (?:at least )?(\d+), got 0\)")
_LACKS = re.compile(r"takes (?:exactly|at least) (\d+) (?:positional )?argument.*\b0 given")
_VARIABLE = re.compile(r"^KeyError: '([A-Z][A-Z0-9_]*)'$")
_KEY = re.compile(r"^KeyError: '([a-z_][A-Za-z0-9_]*)'$")
_ATTRIBUTE = re.compile(r"'(\w+)'(?: object)? has no attribute '(\w+)'")
_CONSTANT = re.compile(r"\b([a-z]\w*(?:\.\w+)*)\.([A-Z][A-Z0-9_]{2,})\b")
_FORMS = (
    (re.compile(r"(?i)non-hexadecimal|odd-length string"), "cafe"),
    (re.compile(r"(?i)badly formed hexadecimal uuid"), "00000000-0000-4000-8000-000000000000"),
    (re.compile(r"(?i)incorrect padding|invalid base64"), "Y2FmZQ=="),
    (re.compile(r"(?i)invalid literal for int|could not convert string to float"), "10"),
    (re.compile(r"(?i)invalid isoformat|unknown string format"), "2020-01-01"),
    (re.compile(r"^JSONDecodeError"), "{}"),
    (re.compile(r"(?i)no scheme supplied|missingschema|unknown url type|invalid url"), "https://localhost/"),
)
"""What a text has to be, by what is said of one that is not."""
_REQUIRED = re.compile(r"(?i)not set|required|missing|must be set|not (?:been )?(?:given|provided|specified)")
_PLACES = re.compile(r"(?i)does not exist|not a (?:valid )?(?:directory|folder)|NotADirectory")
_TEXTLESS = re.compile(r"(?i)(?:concatenate|must be|expected).*\bstr.*\bStandin\b")
_KEYS = 6  # that are learned


def mended(error: str, variant: dict[str, Any], scratch: Scratch, value: str | bytes) -> bool:
    """Whether something was learned from the error, so that it is worth another try. variant: gets what was learned. value: what
    was given; what is said of that teaches nothing."""
    narrow = _WIDTH.search(error)
    if narrow is not None:
        return stubs.widen(int(narrow.group(1)))
    lacks = _LACKS.search(error)
    if lacks is not None and "rest" not in variant:
        variant["rest"] = int(lacks.group(1))
        return True
    variable = _VARIABLE.search(error)
    if variable is not None and variable.group(1) not in os.environ:
        os.environ[variable.group(1)] = "text"
        return True
    lacking = _ATTRIBUTE.search(error)
    if lacking is not None and len(variant["names"]) > 1 and lacking.group(1) == variant["names"][-2]:
        if variant.get("heir") != lacking.group(2):
            variant["heir"] = lacking.group(2)
            return True
    said = value if isinstance(value, str) else value.decode("utf-8", "replace")
    if said and said in error:
        return False
    if _TEXTLESS.search(error) is not None and not scratch.texts:
        scratch.texts = True
        return True
    if _PLACES.search(error) is not None and scratch.file != scratch.folder:
        scratch.file = scratch.folder  # what is called a path is a folder
        return True
    return _key(error, variant) or _constant(error, scratch) or _form(error, scratch) or _fields(error, variant)


def detour(error: BaseException, variant: dict[str, Any], path: str, tree: ast.AST) -> bool:
    """Whether another method of the object could be named that fails for what the machine lacks, so that it can be done
    without. path: the real one of the file of the function that was called, of which `tree` is the source."""
    if not isinstance(error, OSError) or not variant.get("fact"):
        return False
    trace, line = error.__traceback__, 0
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name == variant["names"][-1] and os.path.realpath(code.co_filename) == path:
            line = trace.tb_lineno
            break
        trace = trace.tb_next
    if trace is None or trace.tb_next is None:
        return False
    known = variant.setdefault("detours", [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.lineno == line:
            name = node.func.attr
            if getattr(node.func.value, "id", "") == "self" and name not in known and len(known) < _KEYS:
                known.append(name)
                return True
    return False


def _key(error: str, variant: dict[str, Any]) -> bool:
    """A key that a mapping lacks, which somebody else would have filled in."""
    missing = _KEY.search(error)
    known = variant.setdefault("keys", [])
    if missing is None or missing.group(1) in known or len(known) >= _KEYS:
        return False
    known.append(missing.group(1))
    return True


def _constant(error: str, scratch: Scratch) -> bool:
    """A setting of a module that the error names, and that is None."""
    for path, name in _CONSTANT.findall(error):
        module = sys.modules.get(path)
        if module is not None and getattr(module, name, "") is None:
            setattr(module, name, scratch.text)
            return True
    return False


def _fields(error: str, variant: dict[str, Any]) -> bool:
    """Fields of an object that are not set."""
    if variant.get("complete") or _REQUIRED.search(error) is None or error.startswith("TypeError"):
        return False
    variant["complete"] = True
    return True


def _form(error: str, scratch: Scratch) -> bool:
    """The form that a text has to have."""
    for pattern, text in _FORMS:
        if pattern.search(error):
            new = scratch.text != text
            scratch.text = text
            return new
    return False
