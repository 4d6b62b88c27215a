"""Reads the packaged knowledge files of a language into one `Knowledge`; refuses contradictions between them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources

from casemate.knowledge.entries import Answer, Call, Entry, Hint, Kind, Knowledge, Value
from casemate.knowledge.schema import (
    ANSWER_KEYS,
    CALL_KEYS,
    ENTRY_KEYS,
    FILE_KEYS,
    HINT_KEYS,
    PART_KEYS,
    VALUE_KEYS,
    Reader,
    read_acts,
    read_hint,
    read_kinds,
    read_part,
)
from casemate.knowledge.table import KnowledgeError, Table, dotted

KINDS_FILE = "kinds.toml"


def load(language: str = "python", own: Mapping[str, bytes] | None = None) -> Knowledge:
    """All that is known of a language's libraries. own: files of a user by name, see `compile_files`.

    Raises KnowledgeError when there is no such language, or when a file is wrong.
    """
    return compile_files(language, *packaged(language), own) if own else _packaged(language)


@cache
def _packaged(language: str) -> Knowledge:
    """Compiled once a process: nobody changes it."""
    return compile_files(language, *packaged(language))


def packaged(language: str = "python") -> tuple[bytes, dict[str, bytes]]:
    """The bytes of `kinds.toml`, and those of the library files by name. Raises KnowledgeError when there is no such language."""
    root = resources.files("casemate.knowledge")
    folder = root / language
    if not language.isidentifier() or not folder.is_dir():
        raise KnowledgeError(
            language, f"no knowledge of the language {language!r}", "add a folder of TOML files of that name"
        )
    files = {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".toml")}
    return (root / KINDS_FILE).read_bytes(), files


def fingerprint(kinds: bytes, files: Mapping[str, bytes], own: Mapping[str, bytes] | None = None) -> str:
    """A digest of all that `compile_files` reads, in hex."""
    digest = hashlib.sha256(kinds)
    for name, content in sorted((own or {}).items()):
        digest.update(b"\0own\0" + name.encode() + b"\0" + content)
    for name, content in sorted(files.items()):
        digest.update(b"\0" + name.encode() + b"\0" + content)
    return digest.hexdigest()


def compile_files(
    language: str, kinds: bytes, files: Mapping[str, bytes], own: Mapping[str, bytes] | None = None
) -> Knowledge:
    """Knowledge out of the bytes of `kinds.toml` and of the library files by name, whatever the order of the mapping.

    own: files of a user, whose statements replace the packaged ones of the same name; those named `kinds.toml` add kinds
    and acts.
    """
    words = _parse(KINDS_FILE, kinds)
    own = own or {}
    for name in sorted(own):
        if is_kinds(name):
            words = _with(words, name, _parse(name, own[name]))
    collector = _Collector(read_kinds(KINDS_FILE, words), read_acts(KINDS_FILE, words))
    for name in sorted(files):
        collector.add(Table(name, _parse(name, files[name]), FILE_KEYS))
    collector.seal()
    for name in sorted(own):
        if not is_kinds(name):
            collector.add(Table(name, _parse(name, own[name]), FILE_KEYS))
    return collector.knowledge(language, fingerprint(kinds, files, own))


def is_kinds(name: str) -> bool:
    """Whether a file, by its name, declares kinds and acts."""
    return name.rpartition("/")[2] == KINDS_FILE


def _with(words: dict[str, object], name: str, more: Mapping[str, object]) -> dict[str, object]:
    """The declarations of kinds and acts, with those of another file behind them."""
    table = Table(name, more, frozenset({"kind", "act"}))
    out = dict(words)
    for section in ("kind", "act"):
        before = words.get(section, [])
        out[section] = [*(before if isinstance(before, list) else []), *table.items(section)]
    return out


def _parse(name: str, data: bytes) -> dict[str, object]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(name, f"not TOML: {error}", "mend the file") from error


def _named(table: Table, section: str) -> Iterator[tuple[str, str, object]]:
    """(place, name, content) of what `[section."name"]` says."""
    content = table.content.get(section, {})
    if not isinstance(content, Mapping):
        raise KnowledgeError(
            table.where, f"{section!r} is not a table: {content!r}", f'write [{section}."a.dotted.name"]'
        )
    for name, item in content.items():
        yield f'{table.where}: {section}."{name}"', name, item


class _Collector:
    """Gathers the files' statements; each name is spoken of once."""

    def __init__(self, kinds: dict[str, Kind], acts: dict[str, str]) -> None:
        self._kinds = kinds
        self._acts = acts
        self._reader = Reader(kinds, acts)
        self._calls: dict[str, Call] = {}
        self._values: dict[str, Value] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._aliases: dict[str, str] = {}
        self._entries: list[Entry] = []
        self._hints: list[Hint] = []
        self._answers: list[Answer] = []
        self._parts: dict[str, dict[str, str]] = {}
        self._said: dict[tuple[str, str], str] = {}
        self._sealed: frozenset[tuple[str, str]] = frozenset()
        self._replaced: list[str] = []

    def seal(self) -> None:
        """What is said from now on replaces what was said until now, where both speak of the same name."""
        self._sealed = frozenset(self._said)

    def _once(self, section: str, name: str, where: str) -> None:
        if (section, name) in self._sealed:
            self._sealed -= {(section, name)}
            self._replaced.append(name)
            self._said[section, name] = where
            return
        earlier = self._said.setdefault((section, name), where)
        if earlier is not where:
            raise KnowledgeError(where, f"{name!r} is spoken of twice", f"it stands already at {earlier}: keep one")

    def add(self, table: Table) -> None:
        """Take in one file."""
        table.text("library", None)
        if not table.text("docs", None).startswith("https://"):
            raise KnowledgeError(
                table.at("docs"), f"not an address: {table.text('docs')!r}", "give the https:// page it was read from"
            )
        table.texts("unchecked")
        self._add_calls(table)
        for where, name, item in _named(table, "value"):
            self._once("value", name, where)
            self._values[name] = self._reader.value(name, Table(where, item, VALUE_KEYS))
        for where, name, item in _named(table, "type"):
            self._once("type", dotted(where, name), where)
            bases = Table(where, item, frozenset({"bases"}))
            self._bases[name] = tuple(dotted(bases.at("bases"), b) for b in bases.texts("bases"))
        for where, name, item in _named(table, "alias"):
            self._once("alias", dotted(where, name), where)
            self._aliases[name] = dotted(where, item)
        for entry in table.tables("entry", ENTRY_KEYS):
            self._entries += self._reader.entries(entry)
        self._answers += [self._reader.answer(t) for t in table.tables("answer", ANSWER_KEYS)]
        self._hints += [read_hint(t) for t in table.tables("hint", HINT_KEYS)]
        for part in table.tables("part", PART_KEYS):
            for key, called in read_part(part).items():
                self._parts.setdefault(key, {}).update(called)

    def _add_calls(self, table: Table) -> None:
        for where, name, item in _named(table, "call"):
            self._once("call", name, where)
            self._calls[name] = self._reader.call(name, Table(where, item, CALL_KEYS))
        for group in table.tables("same", CALL_KEYS | {"calls"}):
            names = group.texts("calls")
            if not names:
                raise KnowledgeError(
                    group.where, "'calls' is missing or empty", "list the functions of which it is said"
                )
            model = self._reader.call(names[0], group)
            for name in names:
                where = f'{group.where}."{name}"'
                self._once("call", dotted(where, name), where)
                self._calls[name] = replace(model, name=name)

    def knowledge(self, language: str, fingerprint: str) -> Knowledge:
        """The whole, once it is known to hang together. A class's call makes an instance unless it says otherwise."""
        for name in self._bases:
            call = self._calls.get(name, Call(name=name))
            self._calls[name] = call if call.returns else replace(call, returns=name)
        for section, name in self._said:
            self._refuse_alias(self._said[section, name], name if section != "alias" else self._aliases[name])
        return Knowledge(
            language=language,
            kinds=self._kinds,
            acts=self._acts,
            calls=dict(sorted(self._calls.items())),
            values=dict(sorted(self._values.items())),
            bases=dict(sorted(self._bases.items())),
            aliases=dict(sorted(self._aliases.items())),
            entries=tuple(self._entries),
            hints=tuple(self._hints),
            answers=tuple(self._answers),
            parts=self._parts,
            fingerprint=fingerprint,
            replaced=tuple(sorted(set(self._replaced))),
        )

    def _refuse_alias(self, where: str, name: str) -> None:
        """Knowledge is kept under canonical names; what is said of another name would never be found."""
        lead = name
        while lead:
            if lead in self._aliases:
                canonical = self._aliases[lead] + name.removeprefix(lead)
                raise KnowledgeError(where, f"{name!r} goes by an alias", f"say it of {canonical!r}")
            lead = lead.rpartition(".")[0]
