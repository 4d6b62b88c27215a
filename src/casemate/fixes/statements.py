"""SQL statements that are put together: what a value in one stands for, and how a program's driver writes a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from tree_sitter import Node

from casemate.fixes.elsewhere import files
from casemate.fixes.names import imported, text, walk
from casemate.fixes.pieces import pieces
from casemate.fixes.rework import Run, quoted_runs
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Source
from casemate.fixes.splices import Text, dotted_end

_VALUE = re.compile(
    r"(?i)(?:[=<>+*/|~-]|\b(?:I?LIKE|REGEXP|RLIKE|GLOB|MATCH|BETWEEN|LIMIT|OFFSET|THEN|ELSE|RETURN|TO|VALUES?)|\bBETWEEN\s+\S+\s+AND)"
    r"\s*(?:\b(?:BINARY|ANY|ALL)\b\s*)?\(?\s*$"
)
_NAME = re.compile(
    r"(?i)(?:\b(?:FROM|JOIN|INTO|UPDATE|TABLE|VIEW|BY|SELECT|DISTINCT|DESCRIBE|DESC|PRAGMA|INDEX|DATABASE|SCHEMA|COLUMN|EXISTS|SET|"
    r"USE|ON|TRUNCATE|ANALYZE|VACUUM|AS|WHERE|AND|OR|NOT)|[.\[`\"])\s*$"
)
_ORDER = re.compile(r"(?i)\b(?:ORDER|GROUP)\s+BY\s+[^()]*$")
_NUMBER = re.compile(r"(?i)\b(?:LIMIT|OFFSET)\s*$")
_OPEN_PAREN = re.compile(r"(?is)(?:\bINTO\s+\S+|\b(?:KEY|COLUMNS?|INDEX))\s*\([^()]*$")
_MARKS = {
    "sqlite3": "?",
    "aiosqlite": "?",
    "apsw": "?",
    "pyodbc": "?",
    "duckdb": "?",
    "pysqlite2": "?",
    "psycopg": "%s",
    "psycopg2": "%s",
    "MySQLdb": "%s",
    "pymysql": "%s",
    "mysql": "%s",
    "aiomysql": "%s",
    "django": "%s",
    "pg8000": "%s",
    "flask_mysqldb": "%s",
    "flaskext": "%s",
    "pymssql": "%s",
    "cx_Oracle": ":1",
    "oracledb": ":1",
    "asyncpg": "$1",
}
_BY_NAME = (("sqlite", "?"), ("mysql", "%s"), ("postgres", "%s"), ("psycopg", "%s"), ("maria", "%s"))


class Slot(StrEnum):
    """What a value in a statement stands for."""

    VALUE = "value"
    NUMBER = "number"
    NAME = "name"
    ORDER = "order"
    UNKNOWN = "unknown"


def slot(one: Text, hole: int) -> tuple[Slot, Run]:
    """What the value of a hole stands for, and the items that a parameter takes the place of."""
    single = next((run for run in quoted_runs(one, "'") if hole in run and run.end < len(one.items)), None)
    alone = Run(hole, hole)
    if single is not None:
        return Slot.VALUE, single
    double = next((run for run in quoted_runs(one) if hole in run and run.end < len(one.items)), None)
    before = one.fixed(0, double.start if double is not None else hole)
    if double is not None and one.items[double.start].char == '"':
        return (Slot.VALUE, double) if _VALUE.search(before) or _listed(before) else (Slot.NAME, alone)
    behind = one.fixed(hole + 1, len(one.items)).lstrip()
    if one.hole_is_quoted(hole):
        return Slot.VALUE, alone
    if _NUMBER.search(before):
        return Slot.NUMBER, alone
    if _ORDER.search(before):
        return Slot.ORDER, alone
    if re.match(r"(?i)(?:[=<>]|!=|I?LIKE\b|IN\b|IS\b|BETWEEN\b|\()", behind) and not _VALUE.search(before):
        return Slot.NAME, alone
    if _VALUE.search(before) or _listed(before):
        return Slot.VALUE, alone
    if not re.search(r"\w", one.fixed(0, len(one.items))):
        return Slot.ORDER, alone
    if _OPEN_PAREN.search(before) or _NAME.search(before) or not re.search(r"\w", before):
        return Slot.NAME if re.search(r"\w", before) else Slot.UNKNOWN, alone
    return (Slot.NAME, alone) if before.rstrip().endswith(",") else (Slot.UNKNOWN, alone)


def _listed(before: str) -> bool:
    """Whether a value comes next in the brackets of IN, VALUES or a function."""
    if _OPEN_PAREN.search(before):
        return False
    return re.search(r"(?i)(?:\bIN|\bVALUES|\w)\s*\((?:[^()]|\([^()]*\))*$", before) is not None and not re.search(
        r"(?i)\(\s*(?:SELECT|WITH)\b[^()]*$", before
    )


def marks(site: Site, spot: Spot, call: Node) -> tuple[str, ...]:
    """How the driver writes a parameter, the likeliest first: by the calls of the file, what it imports, what is near it."""
    sure = _by_calls(spot.root) or _by_imports(spot.root)
    if sure:
        return (sure,)
    near = [source.tree.root_node for source in _imported(site, spot)] + [one.root for one in site.spots]
    for root in near:
        sure = _by_imports(root) or _by_calls(root)
        if sure:
            return (sure,)
    shown = " ".join(imported(spot.root).values()).lower() + text(call).partition("(")[0].lower()
    sure = next((mark for name, mark in _BY_NAME if name in shown), "")
    return (sure,) if sure else ("?", "%s")


def _by_imports(root: Node) -> str:
    found = {_MARKS[first] for one in imported(root).values() if (first := one.partition(".")[0]) in _MARKS}
    return found.pop() if len(found) == 1 else ""


def _by_calls(root: Node) -> str:
    for node in walk(root):
        if (
            node.type == "call"
            and dotted_end(node) in ("execute", "executemany", "raw")
            and argument(node, 1) is not None
        ):
            statement = argument(node, 0)
            parts = pieces(statement) if statement is not None else None
            fixed = "".join(part.fixed for part in parts or ())
            if fixed:
                return "%s" if "%s" in fixed else "?" if "?" in fixed else ""
    return ""


def _imported(site: Site, spot: Spot) -> Iterator[Source]:
    """The files of the project that a file imports."""
    for meaning in sorted(set(imported(spot.root).values()) | _modules(spot.root)):
        yield from files(site, spot, meaning)
        yield from files(site, spot, meaning.rpartition(".")[0])


def _modules(root: Node) -> set[str]:
    return {text(one) for node in walk(root) if node.type == "import_statement" for one in node.named_children}
