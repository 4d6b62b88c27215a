"""Who reaches root, for programs: the part `host` of the JSON report, and a property of the SARIF run."""

from __future__ import annotations

from typing import Any

from casemate.evidence.escape import visible
from casemate.evidence.host_fixes import as_json as fix_json
from casemate.evidence.host_fixes import words
from casemate.model.host_fix import Fix
from casemate.model.host_report import HostReport, Standing, Story, Stride

Json = dict[str, Any]


def as_json(host: HostReport) -> Json:
    """All of it; texts are safe to show."""
    return {
        "system": visible(host.system),
        "nodes": host.nodes,
        "accounts": host.accounts,
        "packages": host.packages,
        "advisories": visible(host.advisories),
        "standings": [_standing(standing) for standing in host.standings],
        "powers": [visible(line) for line in host.powers],
        "graph": [_stride(stride) for stride in host.picture],
        "cut": {
            "fixes": [_fix(fix) for fix in host.cut.fixes],
            "proved": host.cut.proved,
            "minimal": host.cut.minimal,
            "uncut": [_story(story) for story in host.cut.uncut],
        },
        "imagined": [_fix(fix) for fix in host.imagined],
    }


def _standing(standing: Standing) -> Json:
    return {
        "source": visible(standing.source),
        "root": standing.root,
        "others": [visible(actor) for actor in standing.others],
        "stories": [_story(story) for story in standing.stories],
        "more": standing.more,
    }


def _story(story: Story) -> Json:
    return {
        "source": visible(story.source),
        "goal": visible(story.goal),
        "strides": [_stride(stride) for stride in story.strides],
    }


def _stride(stride: Stride) -> Json:
    return {
        "premises": [visible(actor) for actor in stride.premises],
        "conclusion": visible(stride.conclusion),
        "kind": stride.kind,
        "technique": stride.technique,
        "confidence": stride.confidence.value,
        "says": visible(stride.says),
        "places": [
            {"path": visible(fact.path), "line": fact.line, "says": visible(fact.says)} for fact in stride.places
        ],
        "natural": stride.natural,
        "cut": stride.cut,
    }


def _fix(fix: Fix) -> Json:
    return {"words": visible(words(fix))} | {name: _safe(value) for name, value in fix_json(fix).items()}


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    return [_safe(one) for one in value] if isinstance(value, tuple) else value
