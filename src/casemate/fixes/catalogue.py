"""The table of rewrites, in the order in which they are asked."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from casemate.fixes.rewrite import Rewrite

MODULES: Final = (
    "deserialization",
    "command",
    "argument",
    "code",
    "archive",
    "prefix",
    "path",
    "randomness",
    "digest",
    "cookie",
    "debug",
    "csrf",
    "certificate",
    "token",
    "secret",
    "compare",
    "keys",
    "sql",
    "pages",
    "markup",
    "xml",
    "temporary",
    "shared_folder",
    "modes",
    "race",
    "regex",
    "redirect",
    "requests",
    "template",
    "ldap",
    "xpath",
    "lines",
    "nosql",
    "trust",
    "attributes",
    "nobody",
    "cipher",
)


def rewrites() -> tuple[Rewrite, ...]:
    """Every rewrite."""
    return tuple(import_module(f"casemate.fixes.rewrites.{name}").REWRITE for name in MODULES)


def for_cwe(cwe: int) -> tuple[Rewrite, ...]:
    """Those for a CWE."""
    return tuple(one for one in rewrites() if cwe in one.cwes)
