"""An earlier report of ours, read back: JSON or SARIF, told apart by their content.

It comes from the operator, but may have been made by another version, cut short or edited by hand: whatever is not as we
write it is a `UserError` of one line, never a wrong comparison.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casemate.evidence.escape import visible
from casemate.evidence.identity import SCHEME
from casemate.evidence.jsonreport import FORMAT
from casemate.model.errors import UserError
from casemate.model.finding import Disposition, FindingId
from casemate.model.lead import Evidence

IDENTITY = re.compile(r"[0-9a-f]{64}")
NEXT_STEP = "name a report that `casemate scan` wrote with -o FILE.json or -o FILE.sarif"

_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A finding of an earlier report. uri: its file, percent-encoded. path, message: for showing, escaped as in reports."""

    identity: FindingId
    rule: str
    cwe: int
    evidence: Evidence
    disposition: Disposition
    uri: str
    path: str
    line: int
    message: str

    @property
    def counts(self) -> bool:
        """Whether it was neither hidden nor by design."""
        return self.disposition in (Disposition.ACTIVE, Disposition.KNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What of an earlier report is compared. results: by identity, in the report's order. rules: those that ran.

    missed: files or folders of which something was not examined, percent-encoded; "." for the whole.
    pattern: whether files were left out by a pattern, so that it is not known which.
    """

    results: Mapping[FindingId, Result]
    rules: frozenset[str]
    missed: frozenset[str]
    pattern: bool

    def looked_at(self, rule: str, uri: str) -> bool:
        """Whether a finding of this rule in this file would have been seen. Files left out by a pattern are not known."""
        folders = {uri[: match.start()] for match in re.finditer("/", uri)}
        return rule in self.rules and not self.missed & {".", uri, *folders}


class NotOurs(ValueError):
    """The document is no report of Casemate, and why."""


def read_back(content: bytes, name: str) -> Earlier:
    """The report in a file. name: the file's, for errors. Raises UserError."""
    try:
        return _earlier(content)
    except NotOurs as error:
        why = str(error)
    except RecursionError:
        why = "its values are nested too deeply"
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        why = "it is not as Casemate writes it"
    raise UserError(f"{name!r} is no report of Casemate: {visible(why)}", NEXT_STEP)


def _earlier(content: bytes) -> Earlier:
    try:
        document = json.loads(content)
    except ValueError as error:  # also text that is no UTF-8, and numbers too long to be one
        raise NotOurs("it is no JSON") from error
    sarif = isinstance(document, dict) and isinstance(document.get("runs"), list)
    return _of_sarif(document) if sarif else _of_json(document)


def _of_json(document: Any) -> Earlier:
    if not isinstance(document, dict) or not isinstance(document.get("tool"), dict):
        raise NotOurs("it names no tool")
    if document["tool"].get("name") != "casemate":
        raise NotOurs(f"it is one of {str(document['tool'].get('name'))[:80]!r}")
    if document.get("format") != FORMAT:
        raise NotOurs(f"its format is {str(document.get('format'))[:80]!r}, this version reads {FORMAT}")
    missed = document["not_examined"]
    return Earlier(
        results=_by_identity(_from_json(finding) for finding in document["findings"]),
        rules=frozenset(map(_text, document["rules"])),
        missed=frozenset(_text(m["uri"]) for m in missed if m["reason"] != _EXCLUDED or m["what"] not in _HOLDERS),
        pattern=any(m["reason"] == _EXCLUDED and m["what"] in _HOLDERS for m in missed),
    )


_HOLDERS = (
    ".",
    "casemate.toml",
)  # what stands for the files that a pattern of the operator, or of the target, leaves out


def _from_json(finding: Any) -> Result:
    return Result(
        identity=_identity(finding["identity"]),
        rule=_text(finding["rule"]),
        cwe=_number(finding["cwe"]),
        evidence=Evidence(finding["evidence"]),
        disposition=Disposition(finding["disposition"]),
        uri=_text(finding["location"]["uri"]),
        path=_text(finding["location"]["path"]),
        line=_number(finding["location"]["line"]),
        message=_text(finding["message"]),
    )


def _of_sarif(document: Mapping[str, Any]) -> Earlier:
    runs = document["runs"]
    names = [str(run["tool"]["driver"]["name"]) for run in runs]
    if not runs or any(name != "Casemate" for name in names):
        raise NotOurs(f"it is SARIF of {next((n[:80] for n in names if n != 'Casemate'), 'nothing')!r}")
    results: list[Result] = []
    rules: set[str] = set()
    missed: set[str] = set()
    pattern = False
    for run in runs:
        rules |= {_text(rule["id"]) for rule in run["tool"]["driver"]["rules"]}
        results += map(_from_sarif, run["results"])
        for told in run["invocations"][0]["toolExecutionNotifications"]:
            uri = _text(told["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
            by_pattern = uri in _HOLDERS and told["descriptor"]["id"] == f"not-examined/{_EXCLUDED}"
            pattern |= by_pattern
            missed |= set() if by_pattern else {uri}
    return Earlier(results=_by_identity(results), rules=frozenset(rules), missed=frozenset(missed), pattern=pattern)


def _from_sarif(result: Any) -> Result:
    place = result["locations"][0]["physicalLocation"]
    uri = _text(place["artifactLocation"]["uri"])
    return Result(
        identity=_identity(result["partialFingerprints"][SCHEME]),
        rule=_text(result["ruleId"]),
        cwe=int(_text(result["taxa"][0]["id"]).removeprefix("CWE-")),
        evidence=Evidence(result["properties"]["evidence"]),
        disposition=Disposition(result["properties"]["disposition"]),
        uri=uri,
        path=visible(_decoded(uri)),
        line=_number(place["region"]["startLine"]),
        message=_text(result["message"]["text"]).replace("]\\(", "](").replace("{{", "{").replace("}}", "}"),
    )


def _by_identity(results: Iterable[Result]) -> dict[FindingId, Result]:
    out: dict[FindingId, Result] = {}
    for result in results:
        if result.identity in out:
            raise NotOurs(f"it holds the finding {result.identity!r} twice")
        out[result.identity] = result
    return out


def _identity(value: object) -> FindingId:
    if not isinstance(value, str) or not IDENTITY.fullmatch(value):
        raise NotOurs(f"{str(value)[:80]!r} is no identity of a finding")
    return FindingId(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return visible(value)


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 1:
        raise TypeError
    return value


def _decoded(uri: str) -> str:
    """The path that a relative reference names; bytes that are no UTF-8 as surrogates (PEP 383)."""
    data = b"".join(
        bytes((int(part, 16),)) if index % 2 else part.encode() for index, part in enumerate(_ESCAPED.split(uri))
    )
    return data.decode("utf-8", "surrogateescape")
