"""Reports as a client sees them: parts of the JSON report, whose texts are safe to show and hold no secret that we know."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casemate.mcp.catalogue import PAGE
from casemate.model.errors import UserError

Json = dict[str, Any]

FIRST = 20  # findings that an answer lists by itself
AROUND = 2  # lines before and after a step
MAX_WORDS = 2000  # characters of a text in an answer


def short(text: str) -> str:
    """A text of at most MAX_WORDS characters."""
    return text if len(text) <= MAX_WORDS else f"{text[:MAX_WORDS]}…"


def brief(finding: Mapping[str, Any]) -> Json:
    """What a finding is, in a list."""
    where = finding["location"]
    return {
        "finding": finding["identity"],
        "rule": finding["rule"],
        "cwe": finding["cwe"],
        "severity": finding["severity"],
        "evidence": finding["evidence"],
        "title": short(finding["title"]),
        "message": short(finding["message"]),
        "path": where["path"],
        "line": where["line"],
    }


def active(report: Mapping[str, Any]) -> Iterator[Json]:
    """The findings that count."""
    return (finding for finding in report["findings"] if finding["disposition"] == "active")


def summary(identity: str, report: Mapping[str, Any], said: Sequence[str]) -> Json:
    """A report in short, with its first findings."""
    counted = list(active(report))
    told: Json = {
        "report": identity,
        "counts": dict(Counter(finding["evidence"] for finding in counted)),
        "findings": len(counted),
        "listed": [brief(finding) for finding in counted[:FIRST]],
        "not_examined": sum(not loss["deliberate"] for loss in report["not_examined"]),
        "said": list(said),
    }
    if "host" in report:
        told["cut"] = [short(fix["words"]) for fix in report["host"]["cut"]["fixes"]]
    return told


def page(report: Mapping[str, Any], given: Mapping[str, Any]) -> Json:
    """Findings of a report, as `findings` is asked for them."""
    wanted = [
        finding
        for finding in (report["findings"] if given.get("all") else active(report))
        if given.get("rule") in (None, finding["rule"]) and given.get("evidence") in (None, finding["evidence"])
    ]
    start, limit = given.get("offset", 0), given.get("limit", PAGE)
    listed = wanted[start : start + limit]
    behind = start + len(listed)
    return {
        "total": len(wanted),
        "listed": [brief(finding) for finding in listed],
        "next": behind if listed and behind < len(wanted) else None,
    }


def found(report: Mapping[str, Any], digits: str) -> Json:
    """The one finding whose identity begins so. Raises UserError."""
    matching = [finding for finding in report["findings"] if finding["identity"].startswith(digits)]
    if len(matching) != 1:
        several = f"{len(matching)} findings begin with {digits}" if matching else f"no finding begins with {digits}"
        raise UserError(several, "give more of its digits" if matching else "take one that findings lists")
    return dict(matching[0])


def whole(finding: Mapping[str, Any]) -> Json:
    """All that a report says of a finding, but for the steps that `paths` shows."""
    told = {name: value for name, value in finding.items() if name != "trace"}
    return told | {"message": short(finding["message"]), "steps": len(finding["trace"])}


def way(report: Mapping[str, Any], finding: Mapping[str, Any]) -> Json:
    """The steps of a finding with the lines around each, as the report holds them."""
    excerpts: dict[str, list[Json]] = {}
    for excerpt in report["excerpts"]:
        excerpts.setdefault(excerpt["uri"], []).append(excerpt)
    steps = [
        {
            "role": step["role"],
            "note": short(step["note"]),
            "path": step["location"]["path"],
            "line": step["location"]["line"],
            "lines": _around(excerpts.get(step["location"]["uri"], []), step["location"]["line"]),
        }
        for step in finding["trace"]
    ]
    return {"finding": brief(finding), "steps": steps}


def _around(excerpts: Sequence[Mapping[str, Any]], line: int) -> list[Json]:
    index = bisect_right([excerpt["start"] for excerpt in excerpts], line) - 1
    if index < 0:
        return []
    excerpt = excerpts[index]
    first = excerpt["start"]
    return [
        {"number": number, "text": text, "hit": number == line}
        for number, text in enumerate(excerpt["lines"], first)
        if abs(number - line) <= AROUND
    ]
