"""The triage file: TOML that people read and write, and that a command changes without touching what it need not.

    [[finding]]
    identity = "3fa9…"          # all 64 digits
    state = "accepted"          # accepted, false or fixed-later
    why = "the pattern is a constant of ours"
    who = "alice"               # optional, like the rest
    until = 2026-12-31          # the last day on which this holds
    rule = "sql-injection"      # rule and place are notes for people
    place = "shop/dao.py:27"

Writing replaces text between entries' headers only where each entry can be read alone; comments and order stay.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime

from casemate.evidence.earlier import IDENTITY
from casemate.evidence.triage import Entry, State, Triage
from casemate.model.errors import UserError
from casemate.model.finding import FindingId

NAME = ".casemate-triage.toml"
KEYS = ("identity", "state", "why", "who", "until", "rule", "place")
MAX_TEXT = 1_000  # characters of one value
HEAD = "# What was decided about findings of Casemate. Changed by `casemate triage`, or by hand.\n"

_HEADER = re.compile(r"[ \t]*\[\[[ \t]*finding[ \t]*\]\][ \t]*(#.*)?")
_KEY = re.compile(r"[ \t]*([a-z]+)[ \t]*=")
_STATES = ", ".join(State)


class Broken(ValueError):
    """What is wrong with a file's content."""


def parse(content: bytes, name: str) -> tuple[Entry, ...]:
    """The entries of a file, in order. name: the file's, for errors. Raises UserError."""
    try:
        return _entries(_text(content))
    except Broken as error:
        raise UserError(f"the triage file {name!r} cannot be used: {error}", "correct it") from error


def with_entry(content: bytes, name: str, entry: Entry) -> bytes:
    """The file with an entry, in the place of one of the same identity or at the end. Raises UserError."""
    entries = parse(content, name)
    text = _text(content)
    numbers = [number for number, old in enumerate(entries) if old.identity == entry.identity]
    if not numbers:
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        return _checked(f"{text or HEAD + chr(10)}{gap}[[finding]]\n{_lines(entry)}", (*entries, entry), name, content)
    (number,) = numbers
    head, blocks = _blocks(text, entries, name)
    blocks[number] = _replaced(blocks[number], entries[number], entry)
    return _checked("".join([head, *blocks]), (*entries[:number], entry, *entries[number + 1 :]), name, content)


def without_entry(content: bytes, name: str, identity: FindingId) -> bytes:
    """The file without the entry of that identity, and without the comment right above it. Raises UserError."""
    entries = parse(content, name)
    head, blocks = _blocks(_text(content), entries, name)
    kept = [number for number, entry in enumerate(entries) if entry.identity != identity]
    left = "".join(blocks[n] if n in kept else _apart(blocks[n]) for n in range(len(blocks)))
    return _checked(head + left, tuple(entries[n] for n in kept), name, content)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Broken("it is not UTF-8") from error


def _entries(text: str) -> tuple[Entry, ...]:
    try:
        document = tomllib.loads(text)
    except RecursionError as error:
        raise Broken("its values are nested too deeply") from error
    except ValueError as error:
        raise Broken(" ".join(str(error).split())[:200]) from error
    if unknown := sorted(document.keys() - {"finding"}):
        raise Broken(f"it has tables [[finding]] only, not {unknown[0]!r}")
    tables = document.get("finding", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Broken("each entry is to be a table [[finding]]")
    entries = tuple(_entry(table, f"entry {number}") for number, table in enumerate(tables, 1))
    seen: dict[FindingId, int] = {}
    for number, entry in enumerate(entries, 1):
        if (first := seen.setdefault(entry.identity, number)) != number:
            raise Broken(f"entries {first} and {number} are about the same identity {entry.identity!r}")
    return entries


def _entry(table: Mapping[str, object], where: str) -> Entry:
    if unknown := sorted(table.keys() - set(KEYS)):
        raise Broken(f"{where} has the unknown key {unknown[0]!r}; there are {', '.join(KEYS)}")
    if absent := [key for key in ("identity", "state", "why") if key not in table]:
        raise Broken(f"{where} has no {absent[0]}")
    until = table.get("until")
    if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
        raise Broken(f"{where} has until = {str(until)!r}; a day is written 2026-12-31, without quotes")
    texts = {key: _value(table[key], key, where) for key in KEYS if key in table and key != "until"}
    if not IDENTITY.fullmatch(texts["identity"]):
        raise Broken(f"{where} has the identity {texts['identity']!r}; it is to be all 64 digits, as in a JSON report")
    if texts["state"] not in tuple(State):
        raise Broken(f"{where} has the unknown state {texts['state']!r}; there are {_STATES}")
    if not texts["why"].strip():
        raise Broken(f"{where} does not say why")
    return Entry(
        identity=FindingId(texts["identity"]),
        state=State(texts["state"]),
        why=texts["why"],
        who=texts.get("who", ""),
        until=until,
        rule=texts.get("rule", ""),
        place=texts.get("place", ""),
    )


def _value(value: object, key: str, where: str) -> str:
    if not isinstance(value, str):
        raise Broken(f"{where} has {key} = {str(value)[:80]!r}; it is to be text in quotes")
    if len(value) > MAX_TEXT:
        raise Broken(f"{where} has a {key} of {len(value)} characters, of at most {MAX_TEXT}")
    return " ".join(value.split())


# --- changing the text


def _blocks(text: str, entries: Triage, name: str) -> tuple[str, list[str]]:
    """What stands before the first entry, and the text of each, from the comment right above its header on."""
    lines = text.splitlines(keepends=True)
    starts = []
    for number, line in enumerate(lines):
        if _HEADER.fullmatch(line.rstrip("\n")):
            start = number
            while start and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            starts.append(number if start == 0 else start)  # a comment at the very top is about the file
    ends = [*starts[1:], len(lines)]
    blocks = ["".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)] if starts else []
    try:
        alone = [_entries(block) for block in blocks]
    except Broken:
        alone = []
    if alone != [(entry,) for entry in entries]:
        raise UserError(
            f"the entries of the triage file {name!r} cannot be told apart in its text",
            "change it by hand, or write each entry below a line [[finding]] of its own",
        )
    return "".join(lines[: starts[0]] if starts else lines), blocks


def _replaced(block: str, old: Entry, new: Entry) -> str:
    """The block with the lines of changed values replaced; whole where values stand on several lines."""
    had, want = _values(old), _values(new)
    lines = block.splitlines(keepends=True)
    keys = [match[1] if (match := _KEY.match(line)) else "" for line in lines]
    if "'''" in block or '"""' in block or sorted(filter(None, keys)) != sorted(had):
        header = next(number for number, line in enumerate(lines) if _HEADER.fullmatch(line.rstrip("\n")))
        return "".join([*lines[:header], "[[finding]]\n", _lines(new), *(["\n"] if block.endswith("\n\n") else [])])
    out: list[str] = []
    last = 0
    for key, line in zip(keys, lines, strict=True):
        if not key or had[key] == want.get(key):
            out.append(line if line.endswith("\n") else f"{line}\n")
        elif key in want:
            out.append(f"{key} = {want[key]}\n")
        last = len(out) if key else last
    out[last:last] = [f"{key} = {value}\n" for key, value in want.items() if key not in had]
    return "".join(out)


def _apart(block: str) -> str:
    """What of a block goes on to stand when its entry goes: comments at its end, behind an empty line."""
    lines = block.splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if not line.lstrip().startswith("#") and line.strip())
    blank = next((number for number in range(last, len(lines)) if not lines[number].strip()), len(lines))
    rest = lines[blank + 1 :]
    return "".join(rest) if any(line.strip() for line in rest) else ""


def _values(entry: Entry) -> dict[str, str]:
    """An entry's values as TOML, by key."""
    until = "" if entry.until is None else entry.until.isoformat()
    out = {"until": until} if until else {}
    out |= {key: _quoted(text) for key in KEYS if key != "until" and (text := str(getattr(entry, key)))}
    return {key: out[key] for key in KEYS if key in out}


def _lines(entry: Entry) -> str:
    return "".join(f"{key} = {value}\n" for key, value in _values(entry).items())


def _quoted(text: str) -> str:
    """A basic string of TOML 1.0: JSON's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _checked(text: str, entries: tuple[Entry, ...], name: str, before: bytes) -> bytes:
    """The text as bytes, once it is certain that it says what it is to say. Raises UserError."""
    try:
        if _entries(text) == entries:
            return (text.replace("\n", "\r\n") if b"\r\n" in before else text).encode()
        why = "its text does not read back as meant"
    except (Broken, UnicodeEncodeError) as error:
        why = str(error)
    raise UserError(f"the triage file {name!r} cannot be changed so: {why}", "give other values, or change it by hand")
