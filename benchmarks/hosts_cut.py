"""What the proposed cut is worth: its script is run over a copy of the root, which is then audited again, and undone."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import hosts_roots
from hosts_peers import Auditor, audited
from hosts_roots import Weak
from table import US, Comparison, Figure, NotMeasured, Row, Section


def measure(us: Auditor, program: Path, database: Path | None, roots: list[Weak], work: Path) -> Section:
    """Ways before, ways after the script, and whether its undo brings everything back."""
    section = Section(title="The proposed cut, really made")
    told: dict[str, list[str]] = {}
    for root in roots:
        copy = hosts_roots.copied(root.folder, work / "cut")
        for label, text in _cut(us, program, database, copy, work, root, section).items():
            told.setdefault(label, []).append(text)
        hosts_roots.removed(copy)
    for label, texts in told.items():
        figure = Figure(value=0, text=", ".join(texts))
        section.rows.append(Row(measure=label, figures={US: figure}, comparison=Comparison.NONE))
    return section


def _cut(
    us: Auditor, program: Path, database: Path | None, copy: Path, work: Path, root: Weak, section: Section
) -> dict[str, str]:
    scripts, report = work / f"cut-{root.seed}", work / "cut.json"
    hosts_roots.removed(scripts)
    before = hosts_roots.state(copy)
    document = looked(us, program, copy, report, "--fix-script", str(scripts), database=database)
    cut = document["host"]["cut"]
    upgrades = [(fix["package"], fix["to"]) for fix in cut["fixes"] if fix["kind"] == "upgrade"]
    made = _script(scripts / "fix.sh", copy)
    after = hosts_roots.state(copy)
    left = looked(us, program, copy, report, database=database)
    status = copy / "var/lib/dpkg/status"
    kept = status.read_bytes() if upgrades else b""
    if upgrades:
        status.write_text(hosts_roots.upgraded(kept.decode(), upgrades), encoding="utf-8")
        then = looked(us, program, copy, report, database=database)
        status.write_bytes(kept)
    else:
        then = left
    _script(scripts / "undo.sh", copy)
    lost = hosts_roots.differences(before, hosts_roots.state(copy))
    if lost:
        section.notes.append(f"seed {root.seed}: not as before after the undo: {', '.join(lost[:5])}")
    if not cut["proved"]:
        section.missing.append(NotMeasured(what=f"cut, seed {root.seed}", why="not proved by its own analysis"))
    return {
        "actors that reach root before": str(ways(document)),
        "changes proposed, of them upgrades": f"{len(cut['fixes'])} ({len(upgrades)})",
        "paths that the script changed": str(len(hosts_roots.differences(before, after))),
        "its exit code (1: an upgrade cannot be made in a folder)": str(made),
        "actors that reach root after the script": str(ways(left)),
        "the same with the packages' versions as upgraded": str(ways(then)),
        "paths not as before after the undo": str(len(lost)),
    }


def looked(
    us: Auditor, program: Path, root: Path, report: Path, *more: str, database: Path | None = None
) -> dict[str, Any]:
    """The audit as JSON. Raises RuntimeError when there is none."""
    data = ("--db", str(database)) if database else ()
    words = (str(program), "host", "--root", str(root), "--format", "json", "--quiet", "-o", str(report), *data, *more)
    asked = Auditor(name=us.name, form="json", version=us.version, command=lambda _r, _o: words, home=us.home)
    _, failure = audited(asked, root, report)
    if failure:
        raise RuntimeError(f"no audit of {root}: {failure}")
    document: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return document


def ways(document: dict[str, Any]) -> int:
    """How many actors reach root who should not."""
    return sum(bool(one["root"]) for one in document["host"]["standings"])


def reasons(document: dict[str, Any]) -> Counter[str]:
    """What could not be examined, by reason."""
    return Counter(one["reason"] for one in document["not_examined"])


def _script(script: Path, root: Path) -> int:
    environment = {"PATH": os.environ["PATH"], "ROOT": str(root)}
    return subprocess.run(["sh", script], env=environment, check=False, capture_output=True).returncode
