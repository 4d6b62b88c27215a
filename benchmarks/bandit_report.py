"""Bandit's JSON report as SARIF.

Bandit's own SARIF writer stops with an error on some old packages, which would count as finding nothing; its JSON
writer does not. Nothing is added or left out: one result per issue, its lines, and its CWE.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def to_sarif(path: Path) -> None:
    """Replace the JSON report in the file by SARIF. Raises ValueError when the file holds no report."""
    report = json.loads(path.read_text(encoding="utf-8"))
    run = {"tool": {"driver": {"name": "bandit"}}, "results": [_result(issue) for issue in report["results"]]}
    path.write_text(json.dumps({"version": "2.1.0", "runs": [run]}), encoding="utf-8")


def _result(issue: dict[str, Any]) -> dict[str, Any]:
    lines = issue["line_range"] or [issue["line_number"]]
    region = {"startLine": min(lines), "endLine": max(lines)}
    weakness = issue.get("issue_cwe") or {}
    return {
        "ruleId": issue["test_id"],
        "message": {"text": issue["issue_text"]},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": issue["filename"]}, "region": region}}],
        "properties": {"tags": [f"external/cwe/cwe-{weakness['id']}"] if "id" in weakness else []},
    }
