"""A user's own rules and knowledge: TOML, data only, nothing of it is run.

A folder holds `kinds.toml` (kinds and acts beyond the packaged ones), files about libraries (they say `library`, and are
written as `knowledge.schema` says), and rules, one a file (they say `id`): the keys below, which are the fields of
`leads.rule`, a `page` in Markdown, and examples whose expected lines end in `# finding`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from casemate.knowledge.entries import Knowledge
from casemate.knowledge.loader import is_kinds, load
from casemate.knowledge.table import KnowledgeError, Table
from casemate.leads.catalogue import MODULES
from casemate.leads.rule import MARK, ActRule, Example, FlowRule, Persona, Rule
from casemate.leads.scan import scan_sources
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary

FILE: Final = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
COMMON: Final = frozenset(
    {"id", "title", "cwe", "owasp", "severity", "message", "page", "also", "persona", "example", "sinks", "acts"}
)
FLOW_KEYS: Final = COMMON | {"boundaries"}
ACT_KEYS: Final = COMMON | {"where", "tests"}
FLOW_WORDS: Final = ("source", "sink", "function")
ACT_WORDS: Final = ("act", "function")


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What a user adds. pages: rule id → its documentation page."""

    knowledge: Knowledge
    rules: tuple[Rule, ...]
    pages: Mapping[str, str]


def read(files: Mapping[str, bytes], language: str = "python") -> Own:
    """The rules and the knowledge in a user's files, by name. Raises KnowledgeError for what cannot be meant."""
    rules: dict[str, dict[str, Any]] = {}
    about: dict[str, bytes] = {}
    for name in sorted(files):
        content = _parse(name, files[name])
        if is_kinds(name) or "library" in content:
            about[name] = files[name]
        elif "id" in content:
            rules[name] = content
        else:
            raise KnowledgeError(name, "neither a rule nor about a library", "give it an 'id', or a 'library'")
    knowledge = load(language, about)
    found: list[Rule] = []
    pages: dict[str, str] = {}
    for name, content in rules.items():
        rule, page = _rule(name, content, knowledge)
        if rule.id in MODULES or rule.id in pages:
            raise KnowledgeError(name, f"there is a rule {rule.id!r} already", "give it an id of its own")
        found.append(rule)
        pages[rule.id] = page
    return Own(knowledge=knowledge, rules=tuple(found), pages=pages)


def _parse(name: str, data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(name, f"not TOML: {error}", "mend the file") from error


def _rule(name: str, content: dict[str, Any], knowledge: Knowledge) -> tuple[Rule, str]:
    if ("sinks" in content) == ("acts" in content):
        raise KnowledgeError(name, "a rule is about sinks or about acts", "give one of 'sinks' and 'acts'")
    flow = "sinks" in content
    table = Table(name, content, FLOW_KEYS if flow else ACT_KEYS)
    common: dict[str, Any] = {
        "id": RuleId(table.text("id", None)),
        "title": table.text("title", None),
        "cwe": _number(table, table.required("cwe")),
        "also": tuple(_number(table, n) for n in table.items("also")),
        "owasp": table.text("owasp", None),
        "severity": Severity(table.one_of("severity", tuple(Severity), None)),
        "persona": Persona(table.one_of("persona", tuple(Persona), "default")),
        "message": _message(table, FLOW_WORDS if flow else ACT_WORDS),
        "examples": tuple(_example(t) for t in table.tables("example", frozenset({"name", "code"}))),
    }
    page = f"# {common['title']}\n\n{table.text('page', None)}"
    try:
        if flow:
            sinks = _known(table, "sinks", knowledge.kinds)
            boundaries = tuple(Boundary(b) for b in _known(table, "boundaries", {b.value: b for b in Boundary}))
            return FlowRule(sinks=sinks, boundaries=boundaries or tuple(Boundary), **common), page
        acts = _known(table, "acts", knowledge.acts)
        return ActRule(acts=acts, where=table.texts("where"), tests=table.flag("tests"), **common), page
    except ValueError as error:  # what a rule says of itself
        raise KnowledgeError(name, str(error), "mend the rule") from error


def _known(table: Table, key: str, allowed: Mapping[str, object]) -> tuple[str, ...]:
    names = table.texts(key)
    for name in names:
        if name not in allowed:
            raise KnowledgeError(table.at(key), f"unknown name {name!r}", f"use some of {', '.join(allowed)}")
    return names


def _number(table: Table, value: object) -> int:
    if type(value) is not int or value < 1:
        raise KnowledgeError(table.at("cwe"), f"not the number of a weakness: {value!r}", "write it like 78")
    return value


def _message(table: Table, words: tuple[str, ...]) -> str:
    """The message, when its braces hold words only that are filled in."""
    text = table.text("message", None)
    allowed = ", ".join(f"{{{w}}}" for w in words)
    try:
        fields = [(name, spec, how) for _, name, spec, how in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise KnowledgeError(table.at("message"), f"{error}: {text!r}", f"use {allowed}") from error
    for name, spec, how in fields:
        if name not in words or spec or how:
            raise KnowledgeError(table.at("message"), f"unknown word {name!r} in braces", f"use {allowed}")
    return text


def _example(table: Table) -> Example:
    return Example(name=table.text("name", None), code=table.text("code", None))


def example_files(example: Example) -> dict[str, str]:
    """The files of an example by path; a single one is `example.py`."""
    first, *rest = FILE.split(example.code.lstrip("\n"))
    if not rest:
        return {"example.py": first}
    return dict(zip(rest[::2], rest[1::2], strict=True))


def mistakes(own: Own) -> Iterator[str]:
    """What the examples of the rules show otherwise than they are marked, one line each."""
    for rule in own.rules:
        for example in rule.examples:
            files = example_files(example)
            wanted = {
                (path, number)
                for path, text in files.items()
                for number, line in enumerate(text.splitlines(), 1)
                if MARK.search(line)
            }
            leads = scan_sources(files, [rule], own.knowledge)
            found = {(lead.location.path, lead.location.line) for lead in leads if not lead.by_design}
            for path, line in sorted(wanted ^ found):
                what = "a finding is missing" if (path, line) in wanted else "a finding too many"
                text = files[path].splitlines()[line - 1].strip()
                yield f"{rule.id}: {example.name!r}: {path}:{line}: {what}: {text}"
