"""A risk assessment as people edit it (TOML), and as they read it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from textwrap import wrap
from typing import Any

from casemate.evidence.escape import visible
from casemate.governance.assessment import Assessment, Section, read_assessment
from casemate.governance.fields import Fields, InvalidStatement, time_text
from casemate.governance.note import VerifierKey

OPEN = "OPEN"
WIDTH = 100


def write(assessment: Assessment) -> str:
    """The assessment as TOML; each question that waits for somebody is marked."""
    return "\n".join(_written(assessment)) + "\n"


def parse(text: str, name: str) -> Assessment:
    """What somebody has made of it. name: of the file. Raises InvalidStatement, for what no assessment says."""
    try:
        body: dict[str, Any] = tomllib.loads(text)
    except ValueError as error:
        raise InvalidStatement(f"it is no TOML: {error}") from error
    sections = body.get("sections", [])
    _strip(body, "residual")
    for section in sections if isinstance(sections, list) else ():
        _strip(section, "answer")
    body.setdefault("misuse", [])
    return read_assessment(Fields(body, name))


def told(assessment: Assessment, *, signed: Sequence[VerifierKey] | None, now: datetime) -> str:
    """The assessment in words. signed: whose signatures were verified, None for a draft."""
    return "\n".join(visible(line) for line in _told(assessment, signed, now)) + "\n"


def _strip(table: object, name: str) -> None:
    """Take the line ends around a text of several lines away."""
    if isinstance(table, dict) and isinstance(table.get(name), str):
        table[name] = table[name].strip()


def _written(one: Assessment) -> Iterator[str]:
    left = one.open
    yield f"# The risk assessment of {one.system.name}, Casemate {one.system.version}. docs/assessment.md says how it is used."
    if left:
        yield f"# {len(left)} open, each marked {OPEN}: {', '.join(left)}."
        yield '# Write each answer between its quotes: answer = """…""". Then: casemate assess sign FILE'
    yield ""
    yield f"tier = {_text(one.tier.value)}  # how far the system may go: find, prove, fix, release"
    yield f"from = {_text(time_text(one.since))}"
    yield f"until = {_text(time_text(one.until))}"
    yield f"evaluations = {_list(one.evaluations)}  # identities of the signed evaluation logs that it rests on"
    yield ""
    if not one.residual:
        yield f"# {OPEN}: which risk remains?"
    yield f"residual = {_block(one.residual)}"
    for person in one.signers:
        yield from ("", "[[signers]]  # who answers for it: each of them must sign")
        yield from (f"name = {_text(person.name)}", f"key = {_text(str(person.key))}")
    for section in one.sections:
        yield from ("", *_question(section))
    for misuse in one.misuse:
        yield from ("", "[[misuse]]", f"what = {_text(misuse.what)}")
        yield from (f"mitigations = {_list(misuse.mitigations)}", f"evidence = {_list(misuse.evidence)}")
    yield from ("", "# From here on: looked at and counted, not written by anybody.", "", "[system]")
    body = one.system.body()
    yield from (f"{name} = {_text(str(body[name]))}" for name in ("model", "weights", "policy", "sandbox", "version"))
    for name, digests in (("prompts", one.system.prompts), ("tools", one.system.tools)):
        yield from ("", f"[system.{name}]", *(f"{_text(key)} = {_text(value)}" for key, value in digests))
    yield from ("", "[safeguards]", f"version = {_text(one.safeguards.version)}", f"seed = {one.safeguards.seed}")
    if not one.safeguards.classes:
        yield f"classes = []  # {OPEN}: casemate safeguards --sign FILE, then casemate assess new --safeguards FILE"
    for row in one.safeguards.classes:
        yield from ("", "[[safeguards.classes]]", f"id = {_text(row.id)}")
        yield from (f"attempts = {row.attempts}", f"successes = {row.successes}")


def _question(section: Section) -> Iterator[str]:
    if section.open:
        whose = "somebody must write this" if section.writer.value == "people" else "nothing was measured"
        yield f"# {OPEN}: {whose}"
    yield "[[sections]]"
    yield f"id = {_text(section.id)}"
    yield f"question = {_text(section.question)}"
    yield f"source = {_text(section.source)}"
    yield f"binds = {_text(section.binds)}"
    yield f"writer = {_text(section.writer.value)}"
    yield f"evidence = {_list(section.evidence)}"
    yield f"answer = {_block(section.answer)}"


def _text(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _block(text: str) -> str:
    """A string of several lines, as one likes to edit it."""
    inner = text.replace("\\", "\\\\").replace('"""', '""\\"').replace("\x7f", "\\u007f")
    return f'"""\n{inner}\n"""' if inner else '"""\n"""'


def _list(texts: Sequence[str]) -> str:
    return (
        f"[{', '.join(map(_text, texts))}]"
        if len(texts) < 2
        else "".join(["[\n", *(f"  {_text(text)},\n" for text in texts), "]"])
    )


def _told(one: Assessment, signed: Sequence[VerifierKey] | None, now: datetime) -> Iterator[str]:
    yield f"Risk assessment of {one.system.name}, up to {one.tier.value!r}"
    yield f"system      {one.system.id[:12]}, Casemate {one.system.version}"
    state = "yet to come" if now < one.since else "over" if now >= one.until else "now"
    yield f"valid       from {time_text(one.since)} until {time_text(one.until)}: {state}"
    for person in one.signers:
        has = (
            "draft"
            if signed is None
            else "signed"
            if person.key in signed
            else "NOT SIGNED, or by a key that does not count"
        )
        yield f"signer      {person.name}, {person.key.name}: {has}"
    rows = one.safeguards.classes
    attempts, successes = sum(row.attempts for row in rows), sum(row.successes for row in rows)
    yield f"safeguards  {attempts:,} attempts in {len(rows)} classes, {successes:,} succeeded"
    yield f"evaluations {', '.join(id[:12] for id in one.evaluations) or 'none'}"
    yield f"open        {', '.join(one.open) or 'nothing'}"
    for section in one.sections:
        yield from ("", f"{section.id}: {section.question}", f"  asked by {section.source}", f"  binds {section.binds}")
        yield from _answered(section.answer)
        yield from (f"  evidence: {evidence}" for evidence in section.evidence)
    yield from ("", "Foreseeable misuse")
    for misuse in one.misuse:
        yield f"- {misuse.what}"
        yield from (f"    against it: {text}" for text in misuse.mitigations)
        yield from (f"    shown by: {text}" for text in misuse.evidence)
    yield from ("", "Residual risk", *_answered(one.residual))


def _answered(answer: str) -> Iterator[str]:
    if not answer.strip():
        yield f"  {OPEN}: nobody has written this"
    for paragraph in answer.splitlines():
        yield from (f"  {line}" for line in wrap(paragraph, WIDTH) or [""])
