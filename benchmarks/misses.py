"""Lists what our results miss or flag falsely, with the labelled lines, for a developer's reading. Prints, keeps nothing.

    python benchmarks/misses.py owasp DIR --scorer sast_score.py --sarif FILE [--category NAME] [--show]
    python benchmarks/misses.py pairs FILE --dir DIR --scorer replay.py --work WORK [--flow] [--show]

--sarif and --work are what `run.py --work WORK` has left (WORK/owasp/casemate.sarif, WORK/pairs). What is learned here
must be general: no rule, no entry of knowledge and no test names or copies a case.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import owasp
import pairs
from scanners import LEVELS
from table import US


def main() -> None:
    """Print the misses of one corpus."""
    options = arguments(sys.argv[1:])
    lines = owasp_lines(options) if options.corpus == "owasp" else pairs_lines(options)
    for line in lines:
        print(line)


def arguments(words: list[str]) -> argparse.Namespace:
    """The command line. Exits with code 2 on wrong use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    corpora = parser.add_subparsers(dest="corpus", required=True)
    cases = corpora.add_parser("owasp")
    cases.add_argument("folder", type=Path)
    cases.add_argument("--sarif", type=Path, required=True)
    cases.add_argument("--category", help="only this category")
    releases = corpora.add_parser("pairs")
    releases.add_argument("labels", type=Path)
    releases.add_argument("--dir", type=Path, required=True)
    releases.add_argument("--work", type=Path, required=True)
    releases.add_argument("--tool", default=US)
    releases.add_argument("--flow", action="store_true", help="traces through the labelled function count too")
    for parts in (cases, releases):
        parts.add_argument("--scorer", type=Path, required=True)
        parts.add_argument("--show", action="store_true", help="show the code, not only the names")
    return parser.parse_args(words)


def owasp_lines(options: argparse.Namespace) -> Iterator[str]:
    """Missed and false cases per category."""
    corpus = owasp.Corpus(folder=options.folder, scorer=options.scorer)
    with tempfile.TemporaryDirectory() as scratch:
        verdicts = Path(scratch) / "cases.json"
        sarif = Path(scratch) / "copy.sarif"  # the scorer's figures are written beside it
        sarif.write_bytes(options.sarif.read_bytes())
        owasp.score(corpus, sarif, cases=verdicts)
        cases: dict[str, tuple[str, bool, bool]] = json.loads(verdicts.read_text())
    found = by_file(json.loads(options.sarif.read_text()))
    wrong: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, (category, real, flagged) in sorted(cases.items()):
        if real != flagged and options.category in (None, category):
            wrong[category, "missed" if real else "false"].append(name)
    for (category, kind), names in sorted(wrong.items()):
        yield f"{category}, {kind}: {len(names)}"
        for name in names:
            path = next(iter(sorted(options.folder.rglob(f"{name}.py"))), None)
            yield f"  {name}" if path else f"  {name}: no such file"
            if path and options.show:
                yield from (f"    {line}" for line in body(path))
                yield from (
                    f"    ! {text}" for at, texts in found.items() if at.endswith(f"/{path.name}") for text in texts
                )


def pairs_lines(options: argparse.Namespace) -> Iterator[str]:
    """Pairs that are missed, and pairs that are flagged in the fixed release too."""
    corpus = pairs.Corpus(labels=options.labels, folder=options.dir, scorer=options.scorer)
    verdicts = pairs.verdicts(
        corpus, options.work.resolve(), name=options.tool, levels=levels(options.tool), flow=options.flow
    )
    wrong: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for pair, verdict in zip(corpus.pairs(), verdicts, strict=True):
        if not verdict["discriminates"]:
            wrong[pair["class"], "the fixed release is flagged too" if verdict["hit"] else "missed"].append(pair)
    for (weakness, kind), group in sorted(wrong.items()):
        yield f"{weakness}, {kind}: {len(group)}"
        for pair in group:
            where = f"{pair['package']} {pair['file']} {pair['function']}"
            yield f"  {pair['id']} {where}: {pair['description']} ({pair['fix_shape']})"
            if options.show:
                for side in ("vulnerable", "fixed"):
                    yield from (f"    {line}" for line in labelled(corpus, options, pair, side))


def labelled(corpus: pairs.Corpus, options: argparse.Namespace, pair: dict[str, Any], side: str) -> Iterator[str]:
    """The function of one release with its labelled lines marked, and what we report in that file."""
    release = corpus.release(pair, side)
    first, last = pair.get(f"function_lines_{side}") or pair[f"{side}_lines"]
    marked = range(pair[f"{side}_lines"][0], pair[f"{side}_lines"][1] + 1)
    yield f"{side}, {pair[f'{side}_version']}:"
    source = (release / pair["file"]).read_text(encoding="utf-8", errors="replace").split("\n")
    for number in range(first, last + 1):
        yield f"{'>' if number in marked else ' '} {number:5} {source[number - 1]}"
    result = pairs.kept(options.work.resolve(), options.tool, release)
    if not result.is_file():
        yield "! no result for this release"
        return
    for path, texts in sorted(by_file(json.loads(result.read_text())).items()):
        if path == pair["file"] or path.endswith(f"/{pair['file']}"):
            yield from (f"! {text}" for text in texts)


def levels(tool: str) -> str | None:
    """Which evidence counts: ours is graded, a peer's is not."""
    return LEVELS if tool == US else None


def by_file(sarif: Any) -> dict[str, list[str]]:
    """Results by the path of their place: line, rule, evidence, message, and the steps of the trace."""
    found: dict[str, list[str]] = defaultdict(list)
    for run in sarif["runs"]:
        for result in run.get("results", []):
            for location in result.get("locations", [])[:1]:
                path, line = place(location)
                evidence = result.get("properties", {}).get("evidence", "")
                found[path].append(
                    f"line {line}: {result['ruleId']} {evidence} {result['message']['text']}{trace(result)}"
                )
    return found


def trace(result: Any) -> str:
    """The steps of the first code flow, on one line."""
    for flow in result.get("codeFlows", [])[:1]:
        steps = [place(step["location"]) for thread in flow["threadFlows"] for step in thread["locations"]]
        return " via " + " → ".join(f"{Path(path).name}:{line}" for path, line in steps)
    return ""


def place(location: Any) -> tuple[str, int]:
    """Path and line of a SARIF location."""
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical.get("region", {}).get("startLine", 0)


def body(path: Path) -> list[str]:
    """The file's numbered lines from its first function on: what comes before is imports and licence."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    start = next((index for index, line in enumerate(lines) if line.startswith(("def ", "class ", "@"))), 0)
    return [f"{number:5} {line}" for number, line in enumerate(lines, 1) if number > start and line.strip()]


if __name__ == "__main__":
    main()
