"""Offered patches against inputs that were written apart from the project's own (`fixes_variants.py`): from the bundles that the
other measures have left in the work folder. A patch that one of them beats counts against us."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fixes_variants import variants
from pairs import share
from table import US, Figure, NotMeasured, Row, Section


def measure(work: Path, *, jobs: int, limit: int | None) -> tuple[Section, list[dict[str, Any]]]:
    """Every bundle with a fix below the work folder. limit: only so many."""
    found = []
    for request in sorted(work.rglob("request.json")):
        told = json.loads(request.read_text())
        found += [(bundle, told) for bundle in sorted((request.parent / "bundles").glob("*.casemate"))]
    with ThreadPoolExecutor(jobs) as pool:
        records = [one for one in pool.map(lambda given: tried(*given), found[: limit or None]) if one is not None]
    against = [one for one in records if one["tried"]]
    beaten = [one for one in against if one["beaten"]]
    result = Section(title="Offered patches against inputs that were written apart")
    if not against:
        why = f"no bundle below {str(work)!r} has a patch that inputs were written for"
        result.missing.append(NotMeasured(what="beaten", why=why))
        return result, records
    result.rows = [
        Row(measure="patches beaten", figures={US: share(len(beaten), len(against))}),
        Row(
            measure="inputs tried",
            figures={US: Figure(value=sum(o["tried"] for o in against), text=f"{sum(o['tried'] for o in against):,}")},
        ),
    ]
    if none := len(records) - len(against):
        result.notes.append(f"patches of kinds for which no input was written apart: {none}")
    return result, records


def tried(path: Path, told: dict[str, Any]) -> dict[str, Any] | None:
    """What one patch withstood; None for a bundle without one."""
    from casemate.adapters.filesystem import FileTree
    from casemate.adapters.interpreters import target_python
    from casemate.app.prove import sandbox
    from casemate.evidence.bundle import read
    from casemate.pipeline.tried import after, before
    from casemate.pipeline.verify_fix import Replayed, replayed
    from casemate.proofs.catalogue import oracle
    from casemate.proofs.replay import profile

    bundle = read(path.read_bytes(), path.name)
    judge = oracle(bundle.proof.oracle)
    if bundle.fix is None or judge is None:
        return None
    with FileTree(Path(told["target"])) as tree:
        python = target_python(tree.place, Path(told["python"]) if told["python"] else None)
        lent = profile(str(tree.place), python.path)
        found = replayed(bundle, oracle=judge, tree=tree, sandbox=sandbox(), profile=lent)
        out: dict[str, Any] = {"bundle": str(path), "cwe": bundle.finding.cwe, "tried": 0, "beaten": ""}
        if not isinstance(found, Replayed):
            return out | {"why": found.detail}
        others = variants(bundle.finding.cwe, dict(found.proven.payload))
        if others:
            seen = after(found.proven, found.bench, found.patch, before(found.proven, found.bench), others)
            out |= {"tried": len(others), "beaten": seen.beaten or seen.fires, "why": seen.broken}
    return out
