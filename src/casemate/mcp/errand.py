"""The long tools, each in a process of its own: what the commands of the same name do, by the same functions of `app`.

`python -m casemate.mcp.errand` is what the server starts. Cancelling a call ends the process, and the ledger says so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from casemate.app.errands import Message, serve
from casemate.mcp.catalogue import MAX_BUDGET

if TYPE_CHECKING:
    from casemate.app.prove import HuntRequest, Proved
    from casemate.pipeline.claims import Answers
    from casemate.pipeline.scan import Progress

PAUSE = 0.1  # seconds between two notices of progress
MOST_ANSWERS = 100

Json = dict[str, Any]
Say = Callable[[str], None]


def main() -> None:
    """Do what the parent asks."""
    serve(act)


def act(request: Mapping[str, Any], send: Callable[[Message], None]) -> Message:
    """Answer a request: the tool's document, the report that it comes from where there is one, and what was said."""
    from casemate.app.authority import MAY_BEGIN, TOKEN
    from casemate.evidence.escape import visible

    if request["token"]:
        TOKEN.set(Path(request["token"]))
    MAY_BEGIN.set(BEGINS[request["tool"]])
    said: list[str] = []

    def say(line: str) -> None:
        said.append(visible(line))

    told = ACTS[request["tool"]](request, say, _paced(send))
    return {**told, "said": said}


def _paced(send: Callable[[Message], None]) -> Progress:
    """Progress that is not sent more often than anybody reads it, but always when a stage begins."""
    last, known = 0.0, ""

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal last, known
        now = monotonic()
        if stage != known or now - last >= PAUSE:
            last, known = now, stage
            send({"stage": stage, "done": done, "total": total})

    return progress


def _jobs() -> int:
    return len(os.sched_getaffinity(0))


def _scan(request: Mapping[str, Any], say: Say, progress: Progress) -> Json:
    from casemate.app.scan import ScanRequest, run_scan
    from casemate.evidence.jsonreport import render

    given = request["given"]
    scan = ScanRequest(
        paths=tuple(Path(path) for path in given["paths"]),
        rules=tuple(given.get("rules", ())),
        exclude=tuple(given.get("exclude", ())),
        since=given.get("since", ""),
        pedantic=given.get("pedantic", False),
        untrusted=given.get("untrusted", False),
        jobs=_jobs(),
    )
    return {"report": render(run_scan(scan, announce=say, progress=progress))}


def _host(request: Mapping[str, Any], say: Say, progress: Progress) -> Json:
    from casemate.app.host import HostRequest, run_host
    from casemate.evidence.jsonreport import render

    given = request["given"]
    root, image = (Path(given[name]) if name in given else None for name in ("root", "image"))
    asked = HostRequest(root=root, image=image, rules=tuple(given.get("rules", ())))
    audited = run_host(asked, announce=say, progress=progress)
    return {"report": render(audited.report)}


def _prove(request: Mapping[str, Any], say: Say, progress: Progress) -> Json:
    from casemate.evidence.answers import as_json

    answers, found, kept = _proven(request, say, progress)
    return _told(found, kept, json.loads(as_json(answers.answers, answers.not_examined)))


def _fix(request: Mapping[str, Any], say: Say, progress: Progress) -> Json:
    from casemate.app.apply import run_apply
    from casemate.evidence.mending_text import Outcome, as_json

    writing = request["tool"] == "apply"
    answers, found, kept = _proven(request, say, progress, fix=True, series=writing)
    findings = [finding for finding in found.report.findings if finding.mending is not None]
    if writing and found.series is not None:
        bundles = {f.identity: f.verdict.proof.bundle for f in findings if f.verdict and f.verdict.proof}
        done = run_apply(Path(request["given"]["target"]), found.series, bundles, announce=say)
        outcome = Outcome(notes={}, tests={}, delivered=done.fixed, written=done.paths, withheld=done.withheld)
    else:
        offered = (finding.identity for finding in findings if finding.mending and finding.mending.fix)
        outcome = Outcome(notes={}, tests={}, delivered=frozenset(offered))
    return _told(found, kept, json.loads(as_json(answers.answers, answers.not_examined, outcome)))


def _proven(
    request: Mapping[str, Any], say: Say, progress: Progress, **wanted: bool
) -> tuple[Answers, Proved, tuple[str, ...]]:
    """Answers to the claims, and the names of the bundles."""
    from casemate.app.keeping import keep
    from casemate.app.prove import ProveRequest, run_prove

    claims = tuple(request["given"].get("claims", ()))
    told, found = run_prove(
        ProveRequest(hunt=_hunt(request, pedantic=bool(claims), **wanted), claims=claims, every=not claims),
        announce=say,
        progress=progress,
    )
    return told, found, keep(found.sealed)


def _hunt(request: Mapping[str, Any], *, pedantic: bool, fix: bool = False, series: bool = False) -> HuntRequest:
    from casemate.app.prove import HuntRequest
    from casemate.app.scan import ScanRequest

    given = request["given"]
    return HuntRequest(
        scan=ScanRequest(paths=(Path(given["target"]),), jobs=_jobs(), pedantic=pedantic),
        python=Path(request["python"]) if request["python"] else None,
        budget=given.get("budget", MAX_BUDGET),
        fix=fix,
        series=series,
    )


def _told(found: Proved, kept: tuple[str, ...], document: Json) -> Json:
    from casemate.evidence.jsonreport import render

    answers = document.pop("answers")
    document.pop("format")
    document |= {
        "answers": answers[:MOST_ANSWERS],
        "left_out": max(0, len(answers) - MOST_ANSWERS),
        "evidence": list(kept),
    }
    return {"report": render(found.report), "document": _visible(document)}


def _undo(request: Mapping[str, Any], say: Say, progress: Progress) -> Json:
    from casemate.app.apply import run_undo

    done = run_undo(Path(request["given"]["target"]), announce=say)
    withheld = [{"path": entry.path, "why": entry.why} for entry in done.withheld]
    return {"document": _visible({"put_back": list(done.paths), "not_put_back": withheld})}


def _verify(request: Mapping[str, Any], say: Say, progress: Progress) -> Json:
    from casemate.app.keeping import kept
    from casemate.app.prove import VerifyRequest, run_verify
    from casemate.evidence.verification import as_json

    opened, digest = kept(request["given"]["bundle"])
    python = Path(request["python"]) if request["python"] else None
    asked = VerifyRequest(bundle=opened, target=Path(request["given"]["target"]), python=python)
    document = json.loads(as_json(opened, digest, run_verify(asked, announce=say), ""))
    return {"document": _visible({name: value for name, value in document.items() if name != "format"})}


def _visible(value: Any) -> Any:
    """A document with every text safe to show."""
    from casemate.evidence.escape import visible

    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(one) for one in value]
    return {name: _visible(one) for name, one in value.items()} if isinstance(value, dict) else value


ACTS: Mapping[str, Callable[[Mapping[str, Any], Say, Progress], Json]] = {
    "scan": _scan,
    "host": _host,
    "prove": _prove,
    "fix": _fix,
    "apply": _fix,
    "undo": _undo,
    "verify": _verify,
}

BEGINS: Mapping[str, frozenset[str]] = {
    "scan": frozenset({"scan"}),
    "host": frozenset({"host"}),
    "prove": frozenset({"scan", "prove"}),
    "fix": frozenset({"scan", "prove", "fix"}),
    "apply": frozenset({"scan", "prove", "fix", "apply"}),
    "undo": frozenset({"undo"}),
    "verify": frozenset({"verify"}),
}
"""The operations of each tool. Nothing else begins in its process, whatever it was talked into: no release, and nothing on the
operator's records."""

if __name__ == "__main__":
    main()
