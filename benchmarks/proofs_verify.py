"""Evidence bundles are verified twice: the same answer both times, and that it holds.

The bundles are those that the other measures of the same work folder have left, each beside the request that names its target and
its interpreter; where there are more than wanted, some of each hunt. What was verified is kept, so that a run that was ended goes
on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pairs import share
from table import US, NotMeasured, Row, Section

TIMEOUT_SECONDS = 600
MOST = 200
HOLDS = 0  # exit codes of `casemate verify`


def measure(work: Path, *, jobs: int, limit: int | None) -> tuple[Section, list[dict[str, Any]]]:
    """Verify what lies below the work folder, at most `MOST` bundles."""
    found = spread(sorted(work.rglob("bundles/*.casemate")))[: limit or MOST]
    result = Section(title=f"Evidence bundles verified twice, {len(found)}")
    if not found:
        why = f"no bundle below {str(work)!r}: measure something else first"
        result.missing.append(NotMeasured(what="verify", why=why))
        return result, []
    with ThreadPoolExecutor(jobs) as pool:
        records = list(pool.map(lambda bundle: kept(bundle, work), found))
    same = [one["codes"][0] == one["codes"][1] for one in records]
    held = [one["codes"] == [HOLDS, HOLDS] for one in records]
    result.rows = [
        Row(measure="the same answer both times", figures={US: share(sum(same), len(same))}),
        Row(measure="it holds", figures={US: share(sum(held), len(held))}),
    ]
    codes = Counter(code for one in records for code in one["codes"])
    result.notes.append("exit codes: " + ", ".join(f"{code} {n}" for code, n in sorted(codes.items())))
    return result, records


def spread(bundles: Sequence[Path]) -> list[Path]:
    """The bundles in another order: one of each hunt, then another of each."""
    hunts: dict[Path, list[Path]] = {}
    for bundle in bundles:
        hunts.setdefault(bundle.parent, []).append(bundle)
    return [one for some in zip_longest(*hunts.values()) for one in some if one is not None]


def kept(bundle: Path, work: Path) -> dict[str, Any]:
    """What `twice` told of a bundle, if need be once more."""
    place = work / "verified" / f"{sha256(bundle.read_bytes()).hexdigest()[:32]}.json"
    if place.is_file():
        known: dict[str, Any] = json.loads(place.read_text())
        return known
    record = twice(bundle, work)
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(record) + "\n")
    return record


def twice(bundle: Path, work: Path) -> dict[str, Any]:
    """The exit codes of two runs of `casemate verify`, and what the last one said."""
    request = json.loads((bundle.parent.parent / "request.json").read_text())
    program = Path(sys.executable).with_name("casemate")
    command = [str(program), "verify", str(bundle), "--target", request["target"], "--quiet"]
    command += ["--python", request["python"]] if request["python"] else []
    state = {**os.environ, "CASEMATE_HOME": str(work / "home"), "CASEMATE_CACHE": str(work / "cache")}
    codes, said = [], ""
    for _ in range(2):
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, env=state, check=False
            )
        except subprocess.TimeoutExpired:
            codes.append(-1)
            continue
        codes.append(done.returncode)
        said = (done.stdout + done.stderr).strip()[:600]
    return {"bundle": str(bundle.relative_to(work)), "codes": codes, "said": said}
