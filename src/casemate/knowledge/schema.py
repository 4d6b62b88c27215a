"""The written form of knowledge, and its translation into `entries`. The one place that knows the keys of a TOML file.

    library = "subprocess"                                  what the file is about
    docs = "https://docs.python.org/3/library/subprocess.html"
    unchecked = ["subprocess.mswindows"]                    names below that not every release or platform has

    [call."subprocess.run"]                                 a function, method or class
    sinks = [{ arg = [0, "args"], kind = "shell", when = [{ arg = "shell", is = [true] }] }]
    [[same]]                                                the same said of several
    calls = ["os.remove", "os.unlink"]
    sinks = [{ arg = [0, "path"], kind = "path" }]
    [value."flask.Request.args"]                            a module's value or an attribute
    source = "remote"
    what = "query string"
    [type."pathlib.Path"]                                   a class; calling it makes an instance
    bases = ["pathlib.PurePath"]
    [alias]                                                 another importable name of the same thing
    "flask.globals.request" = "flask.request"
    [[entry]]                                               who is called from outside
    [[hint]]                                                a parameter's name that tells its type
    [[answer]]                                              what anything gives by a method of this name
    [[part]]                                                what a key of what came from outside is called

The keys are the fields of `entries`, one to one, with these conveniences: a selector of one alternative needs no list;
`source`, `what` and `source_kinds` stand side by side; a condition says `is`, `is-not`, `absent` or `present`; moves are
`into = [{ from = 0, to = "@receiver" }]` and callbacks `invokes = [{ callback = 0, given = [1] }]`; an entry may list several
decorators, bases or calls. Two kinds of type stand only here, as lower-case names below a class: a state of its objects
(`lxml.etree.XMLParser.safe`, see Narrowing), and `several` of them, with what iterating and indexing gives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from casemate.knowledge.entries import (
    Act,
    Answer,
    Call,
    Condition,
    Entry,
    Guard,
    Hint,
    Kind,
    Narrowing,
    Sink,
    Source,
    Value,
)
from casemate.knowledge.table import KnowledgeError, Table, dotted
from casemate.model.trace import Boundary

FILE_KEYS: Final = frozenset(
    {"library", "docs", "unchecked", "call", "same", "value", "type", "alias", "entry", "hint", "answer", "part"}
)
SOURCE_KEYS: Final = frozenset({"source", "what", "source_kinds"})
CALL_KEYS: Final = (frozenset(f.name for f in fields(Call)) - {"name"}) | SOURCE_KEYS
VALUE_KEYS: Final = (frozenset(f.name for f in fields(Value)) - {"name"}) | SOURCE_KEYS
SINK_KEYS: Final = frozenset(f.name for f in fields(Sink))
NARROWING_KEYS: Final = frozenset(f.name for f in fields(Narrowing))
GUARD_KEYS: Final = frozenset(f.name for f in fields(Guard))
ENTRY_KEYS: Final = frozenset(f.name for f in fields(Entry))
HINT_KEYS: Final = frozenset(f.name for f in fields(Hint))
ANSWER_KEYS: Final = frozenset({"methods", "of"}) | SOURCE_KEYS
PART_KEYS: Final = frozenset({"of", "keys", "what"})
ACT_KEYS: Final = frozenset(f.name for f in fields(Act))
KIND_KEYS: Final = frozenset(f.name for f in fields(Kind)) - {"bit", "part"}
CONDITION_TESTS: Final = (
    "is", "is-not", "any-case", "words", "no-words", "begins", "ends", "bits", "below", "absent", "present", "slow",
    "slow-whole",
)  # fmt: skip
BARE_TESTS: Final = ("absent", "present", "slow", "slow-whole")
NUMBER_TESTS: Final = ("bits", "below")
CONDITION_KEYS: Final = frozenset({"arg", "item", *CONDITION_TESTS})

BOUNDARIES: Final = tuple(b.value for b in Boundary)
CHECKS: Final = (
    "prefix", "no-prefix", "suffix", "pattern", "containment", "common", "membership", "fixpoint", "opens", "closes",
    "rooted", "absolute", "origin", "subset", "instance",
)  # fmt: skip
ANSWERS: Final = ("true", "false", "returns", "equal", "bounded")
INTRINSICS: Final = (
    "add", "answer", "append", "bytes", "clear", "columns", "copy", "declare", "dict", "ending", "enumerate", "extend",
    "format", "get", "get_in", "getattr", "insert", "int", "isinstance", "items", "join", "keys", "list", "map", "object",
    "pattern", "pop", "popitem", "remove", "replace", "row_dict", "row_replace", "rsplit", "set", "set_in", "setattr",
    "setdefault", "some", "sorted", "split", "str", "substitute", "super", "tempdir", "tuple", "update", "values",
    "words", "zip",
)  # fmt: skip
RETURNS: Final = ("@0", "@receiver")
MAX_KINDS: Final = 28


def read_kinds(where: str, content: Mapping[str, object]) -> dict[str, Kind]:
    """The kinds in their order, which is that of their bits."""
    out: dict[str, Kind] = {}
    for table in Table(where, content, frozenset({"kind", "act"})).tables("kind", KIND_KEYS):
        name = table.text("name", None)
        if name in out or not name.isidentifier():
            raise KnowledgeError(table.at("name"), f"repeated or not one word: {name!r}", "give each kind its own word")
        for pattern in table.texts("pinned_by"):
            compilable(table.at("pinned_by"), pattern)
        out[name] = Kind(
            name=name,
            bit=len(out),
            title=table.text("title", None),
            words=table.texts("words"),
            data=table.texts("data"),
            pinned_by=table.texts("pinned_by"),
            dangers=table.texts("dangers"),
            dangers_below=table.texts("dangers_below"),
            everything=table.texts("everything"),
            whole_is_use=table.flag("whole_is_use"),
            of_right=table.flag("of_right"),
            reflected=table.flag("reflected"),
            owned=table.texts("owned"),
            foreign=table.texts("foreign"),
            installs=table.texts("installs"),
            tidied=table.flag("tidied"),
            callers_own=table.flag("callers_own"),
            whole_own=table.flag("whole_own"),
            in_files=table.flag("in_files"),
            text_is_program=table.flag("text_is_program"),
            adds_up=table.flag("adds_up"),
            quotes=table.texts("quotes"),
            doubled=table.texts("doubled"),
            composed=table.texts("composed"),
            loads=table.texts("loads"),
            clients=table.texts("clients"),
            tells=table.text("tells"),
            of_objects=table.flag("of_objects"),
            part_of=table.text("part_of"),
            segments=table.flag("segments"),
        )
        if out[name].part_of:
            whole = out.get(out[name].part_of)
            if whole is None:
                raise KnowledgeError(table.at("part_of"), f"no kind yet: {out[name].part_of!r}", "name a kind above it")
            out[whole.name] = replace(whole, part=out[name].bit)
    if len(out) > MAX_KINDS:
        raise KnowledgeError(where, f"{len(out)} kinds", f"masks have room for {MAX_KINDS}: merge some")
    return out


def read_acts(where: str, content: Mapping[str, object]) -> dict[str, str]:
    """The acts by name, each with its title."""
    out: dict[str, str] = {}
    for table in Table(where, content, frozenset({"kind", "act"})).tables("act", frozenset({"name", "title"})):
        name = table.text("name", None)
        if name in out:
            raise KnowledgeError(table.at("name"), f"repeated: {name!r}", "give each act its own name")
        out[name] = table.text("title", None)
    return out


def compilable(where: str, pattern: str) -> str:
    """The regular expression, when it is one."""
    try:
        re.compile(pattern.replace("{param}", "x"))
    except re.error as error:
        raise KnowledgeError(where, f"no regular expression: {pattern!r} ({error})", "mend the pattern") from error
    return pattern


class Reader:
    """Translates the tables of one file; `kinds` are the words it may use."""

    __slots__ = ("_acts", "_kinds")

    def __init__(self, kinds: Mapping[str, Kind], acts: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._acts = acts

    def _kind(self, table: Table, key: str, default: str | None = None) -> str:
        return table.one_of(key, tuple(self._kinds), default)

    def _mask(self, table: Table, key: str) -> tuple[str, ...]:
        names = table.texts(key)
        for name in names:
            if name not in self._kinds and names != ("*",):
                raise KnowledgeError(
                    table.at(key), f"unknown kind {name!r}", f'use some of {", ".join(self._kinds)}, or ["*"] alone'
                )
        return names

    def call(self, name: str, table: Table) -> Call:
        """What is said of one function."""
        moves = table.tables("into", frozenset({"from", "to"}))
        callbacks = table.tables("invokes", frozenset({"callback", "given"}))
        returns = table.text("returns")
        return Call(
            name=dotted(table.where, name),
            sinks=tuple(self._sink(t) for t in table.tables("sinks", SINK_KEYS)),
            source=self._source(table),
            passes=table.selectors("passes") if "passes" in table else None,
            into=tuple((t.selector("from"), t.selector("to")) for t in moves),
            clears=self._mask(table, "clears"),
            splices=self._mask(table, "splices"),
            normalises=self._mask(table, "normalises"),
            returns=returns if returns in RETURNS else table.name("returns"),
            invokes=tuple((t.selector("callback"), t.selectors("given")) for t in callbacks),
            guards=tuple(self._guard(t) for t in table.tables("guards", GUARD_KEYS)),
            noreturn=table.flag("noreturn"),
            intrinsic=table.one_of("intrinsic", INTRINSICS),
            fold=table.flag("fold"),
            clean_when=_conditions(table, "clean_when"),
            narrows=tuple(_narrowing(t) for t in table.tables("narrows", NARROWING_KEYS)),
            tidies=table.selector("tidies") if "tidies" in table else (),
            wraps=table.flag("wraps"),
            acts=self._acts_of(table),
            decodes=self._mask(table, "decodes"),
        )

    def _acts_of(self, table: Table) -> tuple[Act, ...]:
        return tuple(
            Act(name=t.one_of("name", tuple(self._acts), None), when=_conditions(t, "when"))
            for t in table.tables("acts", ACT_KEYS)
        )

    def _source(self, table: Table) -> Source | None:
        if ("source" in table) != ("what" in table) or ("source_kinds" in table and "source" not in table):
            raise KnowledgeError(
                table.where, "'source' and 'what' go together", "give the boundary and a few words for the trace"
            )
        if "source" not in table:
            return None
        return Source(
            boundary=Boundary(table.one_of("source", BOUNDARIES)),
            what=table.text("what"),
            kinds=self._mask(table, "source_kinds") or ("*",),
        )

    def _sink(self, table: Table) -> Sink:
        return Sink(
            arg=table.selector("arg"),
            kind=self._kind(table, "kind"),
            when=_conditions(table, "when"),
            item=_item(table),
            probe=table.flag("probe"),
            place=table.flag("place"),
            used=table.flag("used"),
            own=table.flag("own"),
            refusing=table.text("refusing") or "",
            unless_said=table.texts("unless_said"),
        )

    def _guard(self, table: Table) -> Guard:
        check = table.one_of("check", CHECKS)
        if check and "other" not in table and check not in ("pattern", "fixpoint", "rooted", "absolute", "origin"):
            raise KnowledgeError(
                table.where, f"{check!r} compares with nothing", "add 'other', the argument checked against"
            )
        return Guard(
            arg=table.selector("arg"),
            when=table.one_of("when", ANSWERS, None),
            clears=self._mask(table, "clears"),
            check=check,
            other=table.selector("other") if "other" in table else (),
            alone=table.flag("alone"),
        )

    def answer(self, table: Table) -> Answer:
        """What anything gives by methods of these names."""
        source = self._source(table)
        if source is None or not table.texts("methods"):
            raise KnowledgeError(table.where, "names no methods or no source", "add methods, source and what")
        return Answer(methods=table.texts("methods"), source=source, of=table.texts("of"))

    def value(self, name: str, table: Table) -> Value:
        """What is said of a module's value or an attribute."""
        return Value(
            name=dotted(table.where, name),
            source=self._source(table),
            type=table.name("type"),
            writes=self._kind(table, "writes", ""),
            constant=table.text("constant"),
            acts=self._acts_of(table),
            equal=self._mask(table, "equal"),
            shared=table.flag("shared"),
            when_true=self._mask(table, "when_true"),
            when_false=self._mask(table, "when_false"),
            filled=compilable(table.at("filled"), table.text("filled")),
            clears=self._mask(table, "clears"),
        )

    def entries(self, table: Table) -> tuple[Entry, ...]:
        """Who is called from outside: one entry for each name of `decorator`, `base`, `call` or `imports`, one for a
        `signature`."""
        ways = [key for key in ("decorator", "base", "call", "imports", "signature") if key in table]
        by_method = bool({"base", "imports"} & set(ways))
        if len(ways) != 1 or ("methods" in table) != by_method or ("arg" in table) != ("call" in table):
            raise KnowledgeError(
                table.where,
                f"an entry is found by one way, not by {ways!r}",
                "give decorator, or base and methods, or imports and methods, or call and arg, or signature",
            )
        types = Table(table.at("types"), table.content.get("types", {}), frozenset(_mapping_keys(table, "types")))
        model = Entry(
            boundary=Boundary(table.one_of("boundary", BOUNDARIES, None)),
            what=table.text("what", None),
            methods=table.texts("methods"),
            arg=table.selector("arg") if "arg" in table else (),
            params=table.texts("params") if "params" in table else ("*",),
            models=tuple(dotted(table.at("models"), name) for name in table.texts("models")),
            types=tuple((key, types.name(key)) for key in types.content),
            result=self._kind(table, "result", ""),
            harmless=compilable(table.at("harmless"), table.text("harmless")),
            segment=compilable(table.at("segment"), table.text("segment")),
            fixed=tuple(dotted(table.at("fixed"), name) for name in table.texts("fixed")),
            placeholder=table.text("placeholder"),
            sent_by=table.texts("sent_by"),
            laid_out_by=table.texts("laid_out_by"),
            elements=compilable(table.at("elements"), table.text("elements")),
            clears=self._mask(table, "clears"),
            names_by=table.name("names_by"),
            routed=table.flag("routed"),
        )
        way = ways[0]
        if way == "signature":
            return (replace(model, signature=table.texts(way)),)
        names = table.texts(way) if isinstance(table.content[way], list) else (table.text(way, None),)
        for name in names:
            dotted(table.at(way), name)
        if way == "decorator":
            return tuple(replace(model, decorator=name) for name in names)
        if way == "base":
            return tuple(replace(model, base=name) for name in names)
        if way == "imports":
            return tuple(replace(model, imports=name) for name in names)
        return tuple(replace(model, call=name) for name in names)


def _mapping_keys(table: Table, key: str) -> list[str]:
    content = table.content.get(key, {})
    return list(content) if isinstance(content, Mapping) else []


def _narrowing(table: Table) -> Narrowing:
    return Narrowing(
        type=table.name("type", None),
        of=table.selector("of") if "of" in table else (),
        when=_conditions(table, "when"),
        always=table.texts("always"),
    )


def _item(table: Table) -> int | str | None:
    value = table.content.get("item")
    if value is None or (isinstance(value, int | str) and not isinstance(value, bool)):
        return value
    raise KnowledgeError(table.at("item"), f"neither index nor key: {value!r}", "write a number or a string")


def _conditions(table: Table, key: str) -> tuple[Condition, ...]:
    return tuple(_condition(t) for t in table.tables(key, CONDITION_KEYS))


def _condition(table: Table) -> Condition:
    tests = [test for test in CONDITION_TESTS if test in table]
    if len(tests) != 1:
        raise KnowledgeError(
            table.where, f"a condition has one test, not {tests!r}", f"give one of {', '.join(CONDITION_TESTS)}"
        )
    test = tests[0]
    if test in BARE_TESTS:
        if not table.flag(test):
            raise KnowledgeError(table.at(test), "false says nothing", "write true, or the opposite test")
        return Condition(arg=table.selector("arg"), test=test, item=_item(table))
    values = tuple(table.items(test))
    for value in values:
        if test in NUMBER_TESTS and type(value) is not int:
            raise KnowledgeError(table.at(test), f"no whole number: {value!r}", "list numbers")
        if not isinstance(value, str | int | float):
            raise KnowledgeError(table.at(test), f"not a constant: {value!r}", "list strings, numbers, true or false")
    if not values:
        raise KnowledgeError(table.at(test), "compares with nothing", "list the values")
    return Condition(arg=table.selector("arg"), test=test, values=values, item=_item(table))


def read_hint(table: Table) -> Hint:
    """A parameter's name that tells its type."""
    return Hint(
        parameter=table.text("parameter", None), type=table.name("type", None), imports=table.name("imports", None)
    )


def read_part(table: Table) -> dict[str, dict[str, str]]:
    """What is read by some keys is called, by key in lower case and by what it is read out of."""
    of, keys, what = table.texts("of"), table.texts("keys"), table.text("what", None)
    if not of or not keys:
        raise KnowledgeError(table.where, "names nothing that is read, or no key", "add of and keys")
    return {key.lower(): dict.fromkeys(of, what) for key in keys}
