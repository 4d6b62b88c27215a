"""What others claim, read: the SARIF of any tool, or a line of text. Tolerant of what tools really write, and silent about none
of it: a result that is no claim about a place is told as NotExamined.

SARIF 2.1.0 by section where it matters: URIs below a base (§3.4.4), artifacts by index (§3.4.5), rules by index or in an
extension (§3.27.5, §3.27.7), messages by id (§3.11.7), taxa (§3.27.8), results that are no problem (§3.27.9), results in another
file (§3.14.2).
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casemate.leads.cwes import BANDIT
from casemate.model.claim import Claim
from casemate.model.errors import UserError
from casemate.model.outcome import NotExamined, Reason

MAX_MESSAGE = 500  # characters
NEXT_STEP = "name the SARIF of a tool's results, as its option for SARIF writes it"
FORM = "write RULE:FILE:LINE with a rule of `casemate rules`, or CWE-NN:FILE:LINE"

_TAG = re.compile(r"(?:^|[/:\s])cwe[-_: ]?0*([1-9][0-9]{0,4})(?![0-9])", re.IGNORECASE)
_CLAIM = re.compile(r"(?P<rule>[^:]+):(?P<path>.+):(?P<line>[1-9][0-9]{0,8})", re.DOTALL)
_BANDIT = re.compile(r"[BS]([1-7][0-9]{2})")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_NO_PROBLEM = ("pass", "notApplicable", "informational")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What was claimed, in the order in which it stands there, and what could not be understood as a claim."""

    claims: tuple[Claim, ...]
    not_examined: tuple[NotExamined, ...] = ()


class _Odd(ValueError):
    """A result that is no claim about a place, and why."""


def read_text(text: str, rules: Mapping[str, int]) -> Claim:
    """The claim that somebody types. rules: CWE by id of our own rules. Raises UserError."""
    match = _CLAIM.fullmatch(text.strip())
    if match is None:
        raise UserError(f"{text[:200]!r} is no claim", FORM)
    name = match["rule"]
    cwe = int(number[1]) if (number := re.fullmatch(r"(?i:cwe)-?0*([1-9][0-9]{0,4})", name)) else rules.get(name)
    if cwe is None:
        raise UserError(f"{name[:80]!r} is neither a rule of Casemate nor a CWE", FORM)
    try:
        path = _relative(match["path"])
    except _Odd as error:
        raise UserError(str(error), "name the file as it is called in the target") from None
    return Claim(tool="claim", rule="" if number else name, cwe=cwe, path=path, line=int(match["line"]), message="")


def read_sarif(data: bytes, name: str, place: str = "") -> Claims:
    """What a SARIF file claims. name: the file's, for errors. place: absolute path of the target, below which absolute paths are
    taken. Raises UserError for what is no SARIF."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UserError(f"{name!r} is no SARIF: it is no JSON", NEXT_STEP) from None
    runs = document.get("runs") if isinstance(document, dict) else None
    if not isinstance(runs, list) or not str(document.get("version", "2.1.0")).startswith("2."):
        raise UserError(f"{name!r} is no SARIF: it has no runs of version 2", NEXT_STEP)
    claims: list[Claim] = []
    odd: list[NotExamined] = []
    for number, run in enumerate(runs, 1):
        if not isinstance(run, dict):
            odd.append(_told(f"run {number}", "it is no run"))
            continue
        reader = _Run(run, place)
        results = run.get("results")
        if not isinstance(results, list):
            elsewhere = "results" in _dict(run.get("externalPropertyFileReferences"))
            why = (
                "its results stand in another file"
                if elsewhere
                else "it has no results: the tool did not say that it ran"
            )
            odd.append(_told(f"run {number} of {reader.tool}", why))
            continue
        for index, result in enumerate(results, 1):
            where = f"result {index} of {reader.tool}"
            try:
                claims.append(reader.claim(_dict(result)))
            except _Odd as error:
                odd.append(_told(where, str(error)))
            except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
                odd.append(_told(where, "it is not as SARIF says"))
    return Claims(claims=tuple(claims), not_examined=tuple(odd))


class _Run:
    """One run: who speaks, their rules, files and bases."""

    def __init__(self, run: Json, place: str) -> None:
        tool = _dict(run.get("tool"))
        driver = _dict(tool.get("driver"))
        self.tool = str(driver.get("name") or "a tool")[:80]
        self._place = place
        self._run = run
        self._components = [driver, *map(_dict, _list(tool.get("extensions")))]
        self._bases = _dict(run.get("originalUriBaseIds"))

    def claim(self, result: Json) -> Claim:
        """What a result claims. Raises _Odd when it claims nothing about a place."""
        kind = result.get("kind", "fail")
        if kind in _NO_PROBLEM or result.get("baselineState") == "absent":
            raise _Odd(f"the tool says that it is no problem ({kind if kind in _NO_PROBLEM else 'absent'})")
        if any(_dict(one).get("status", "accepted") == "accepted" for one in _list(result.get("suppressions"))):
            raise _Odd("it is suppressed")
        name, rule = self._rule(result)
        path, line = self._where(result)
        return Claim(
            tool=self.tool,
            rule=name,
            cwe=_cwe(name, result, rule),
            path=path,
            line=line,
            message=self._message(result, rule),
        )

    def _rule(self, result: Json) -> tuple[str, Json]:
        """The rule's id, and what is said of it: by reference, by index or by id, in the tool or one of its extensions."""
        reference = _dict(result.get("rule"))
        name = str(result.get("ruleId") or reference.get("id") or "")
        index = _index(reference.get("index", result.get("ruleIndex")))
        extension = _index(_dict(reference.get("toolComponent")).get("index"))
        holder = self._components[extension + 1 :][:1] or [{}]
        rules = _list(holder[0].get("rules"))
        if 0 <= index < len(rules):
            known = str(_dict(rules[index]).get("id", ""))
            if not name or _same_rule(name, known):
                return name or known, _dict(rules[index])
        for component in self._components:
            for rule in map(_dict, _list(component.get("rules"))):
                if name and _same_rule(name, str(rule.get("id", ""))):
                    return name, rule
        return name, {}

    def _where(self, result: Json) -> tuple[str, int]:
        locations = _list(result.get("locations"))
        if not locations:
            raise _Odd("it names no place")
        physical = _dict(_dict(locations[0]).get("physicalLocation"))
        artifact = _dict(physical.get("artifactLocation"))
        artifacts, index = _list(self._run.get("artifacts")), _index(artifact.get("index"))
        if "uri" not in artifact and 0 <= index < len(artifacts):
            artifact = _dict(_dict(artifacts[index]).get("location"))
        uri = artifact.get("uri")
        if not isinstance(uri, str) or not uri:
            raise _Odd("it names no file")
        line = _dict(physical.get("region")).get("startLine")
        if type(line) is not int or line < 1:
            raise _Odd(f"it names no line of {uri[:200]!r}")
        return self._path(uri, artifact.get("uriBaseId")), line

    def _path(self, uri: str, base: object) -> str:
        """The path of a file below the target. Raises _Odd for one outside."""
        for _ in range(10):  # bases may stand on bases
            known = _dict(self._bases.get(base)) if isinstance(base, str) else {}
            if "uri" not in known or _absolute(uri):
                break
            start = str(known["uri"])
            uri = start + ("" if start.endswith("/") else "/") + uri
            base = known.get("uriBaseId")
        bases = [str(_dict(one).get("uri", "")) for one in self._bases.values()]
        if _absolute(uri):
            places = [self._place, *(_local(one) for one in bases if _absolute(one))]
            path = _local(uri)
            for below in (f"{one.rstrip('/')}/" for one in places if one):
                if path.startswith(below) and path != below:
                    return _relative(path.removeprefix(below))
            raise _Odd(f"{path[:200]!r} lies outside the target")
        return _relative(_unquoted(uri))

    def _message(self, result: Json, rule: Json) -> str:
        message = _dict(result.get("message"))
        text = message.get("text") or message.get("markdown")
        if not text and "id" in message:
            strings = _dict(rule.get("messageStrings"))
            text = _dict(strings.get(message["id"])).get("text", "")
        for number, argument in enumerate(_list(message.get("arguments"))):
            text = str(text).replace(f"{{{number}}}", str(argument))
        return " ".join(str(text or "").split())[:MAX_MESSAGE]


def _cwe(name: str, result: Json, rule: Json) -> int:
    """The weakness: of the test, where that is known better than the tool says; by taxa, by tags, by the rule's relations."""
    if (bandit := _BANDIT.fullmatch(name)) and (cwe := BANDIT.get(int(bandit[1]))):
        return cwe
    taxa = [one for one in map(_dict, _list(result.get("taxa"))) if _of_cwe(one)]
    relations = [_dict(_dict(one).get("target")) for one in _list(rule.get("relationships"))]
    for one in (*taxa, *(target for target in relations if _of_cwe(target))):
        if number := re.fullmatch(r"(?i:cwe-)?0*([1-9][0-9]{0,4})", str(one.get("id", ""))):
            return int(number[1])
    for holder in (result, rule):
        properties = _dict(holder.get("properties"))
        told = properties.get("cwe", properties.get("CWE", ()))
        for tag in (*_texts(told), *_texts(properties.get("tags"))):
            if number := _TAG.search(tag):
                return int(number[1])
    if number := _TAG.search(name):
        return int(number[1])
    raise _Odd(f"it names no weakness (CWE), and its rule {name[:80]!r} is not known here")


def _of_cwe(reference: Json) -> bool:
    component = str(_dict(reference.get("toolComponent")).get("name", ""))
    return component.upper() == "CWE" or str(reference.get("id", "")).upper().startswith("CWE-")


def _same_rule(name: str, known: str) -> bool:
    """An id may go on below the rule's own, after a slash (§3.27.5)."""
    return bool(known) and (name == known or name.startswith(f"{known}/"))


def _absolute(uri: str) -> bool:
    return (
        uri.startswith("/")
        or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", uri))
        or bool(re.match(r"[A-Za-z]:[\\/]", uri))
    )


def _local(uri: str) -> str:
    """The path that an absolute reference names on the machine where it was written."""
    if _DRIVE.match(uri):
        return uri.replace("\\", "/")
    return _unquoted(re.sub(r"^file:(?://[^/]*)?", "", uri)) if uri.startswith("file:") else uri


def _unquoted(uri: str) -> str:
    """The path that a reference spells; bytes that are no UTF-8 as `\\xNN`, as reports name them."""
    data = b"".join(
        bytes((int(part, 16),)) if index % 2 else part.encode("utf-8", "surrogatepass")
        for index, part in enumerate(re.split(r"%([0-9A-Fa-f]{2})", uri))
    )
    return data.decode("utf-8", "backslashreplace")


def _relative(path: str) -> str:
    """A path in its plain form. Raises _Odd when it leaves the target."""
    plain = posixpath.normpath(path.replace("\\", "/") if "/" not in path else path)
    if plain in (".", "") or plain.startswith(("/", "../")) or plain == ".." or "\0" in plain or _DRIVE.match(plain):
        raise _Odd(f"{path[:200]!r} is no file below the target")
    return plain


def _told(what: str, why: str) -> NotExamined:
    return NotExamined(what=what, reason=Reason.NO_SOURCE, detail=why, files=0)


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [one for one in _list(value) if isinstance(one, str)]


def _index(value: object) -> int:
    """An index; -1 for none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
