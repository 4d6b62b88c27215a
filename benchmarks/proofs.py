"""Measures what is proven and what is not: `casemate hunt` over corpora that are given by path.

    python benchmarks/proofs.py --owasp DIR --owasp-scorer sast_score.py --owasp-python PYTHON \
        --pairs FILE --pairs-dir DIR --pairs-scorer replay.py --pairs-environments DIR \
        --design DIR --design-environments DIR --work DIR [--only NAME] [--json FILE]

`--work` keeps every hunt's result by its request: a run that was ended goes on, and what is to be measured anew is removed
there by hand. The JSON file has each case with its verdicts, to be read; it is no part of the project.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fixes_beaten
import owasp
import pairs
import proofs_examples
import proofs_owasp
import proofs_pairs
import proofs_verify
from table import US, NotMeasured, Section, render

MEASURES = ("owasp", "pairs", "design", "bank", "desk", "verify", "beaten")
NEEDED = {
    "owasp": ("owasp", "owasp_scorer"),
    "pairs": ("pairs", "pairs_dir", "pairs_scorer", "pairs_environments"),
    "design": ("design", "design_environments"),
    "bank": (),
    "desk": (),
    "verify": (),
    "beaten": (),
}


def main() -> None:
    """Measure what is asked for and given, print the rows, and keep the rest as JSON."""
    options = arguments(sys.argv[1:])
    sections, kept = [], {}
    for name in options.only or MEASURES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        section, kept[name] = measured(name, options)
        sections.append(section)
    print(render(sections, [US]))
    if options.json:
        options.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line. Exits with code 2 on wrong use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    corpora = parser.add_argument_group("corpora, given by path")
    corpora.add_argument("--owasp", type=Path, metavar="DIR", help="a checkout of OWASP BenchmarkPython")
    corpora.add_argument("--owasp-scorer", type=Path, metavar="PROGRAM")
    corpora.add_argument("--owasp-python", type=Path, metavar="PYTHON", help="3.12 or newer, with what it needs")
    corpora.add_argument("--pairs", type=Path, metavar="FILE", help="labels of the known-CVE pairs (JSON)")
    corpora.add_argument("--pairs-dir", type=Path, metavar="DIR", help="their unpacked releases")
    corpora.add_argument("--pairs-scorer", type=Path, metavar="PROGRAM")
    corpora.add_argument("--pairs-environments", type=Path, metavar="DIR", help="made by prepare_pairs.py")
    corpora.add_argument("--design", type=Path, metavar="DIR", help="unpacked packages, made by prepare_design.py")
    corpora.add_argument("--design-environments", type=Path, metavar="DIR")
    corpora.add_argument("--example-python", type=Path, metavar="PYTHON", help="with what the bundled examples import")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="keeps the result of each hunt")
    parser.add_argument("--only", action="append", choices=MEASURES, help="only this measure (repeatable)")
    parser.add_argument("--categories", type=_words, default=(), metavar="A,B", help="of owasp: only these")
    parser.add_argument(
        "--packages", type=_words, default=(), metavar="A,B", help="of pairs: these packages or classes"
    )
    parser.add_argument("--fix", action="store_true", help="also fix what is proven")
    parser.add_argument("--limit", type=int, metavar="N", help="only so many cases, pairs or packages")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="sandboxes at a time")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(words)
    unknown = set(options.categories) - set(proofs_owasp.CANARY + proofs_owasp.OBSERVATION)
    if unknown or options.jobs < 1 or (options.limit is not None and options.limit < 1):
        parser.error(f"--categories are those of the corpus, --jobs and --limit at least 1: {sorted(unknown)!r}")
    return options


def measured(name: str, options: argparse.Namespace) -> tuple[Section, Any]:
    """One measure and its records, or why it was not taken."""
    for option in NEEDED[name]:
        given = getattr(options, option)
        if given is None or not given.exists():
            flag = f"--{option.replace('_', '-')}"
            why = f"{flag} was not given" if given is None else f"{flag} {str(given)!r} does not exist"
            return Section(title=name, missing=[NotMeasured(what=name, why=why)]), []
    work = options.work.resolve() / name
    if name == "owasp":
        corpus = owasp.Corpus(folder=options.owasp, scorer=options.owasp_scorer)
        chosen = options.categories or proofs_owasp.CANARY + proofs_owasp.OBSERVATION
        python = options.owasp_python
        return proofs_owasp.measure(
            corpus, python, work, categories=chosen, limit=options.limit, jobs=options.jobs, fix=options.fix
        )
    if name == "pairs":
        flaws = pairs.Corpus(labels=options.pairs, folder=options.pairs_dir, scorer=options.pairs_scorer)
        environments = proofs_pairs.Environments(folder=options.pairs_environments.resolve())
        return proofs_pairs.measure(
            flaws, environments, work, jobs=options.jobs, limit=options.limit, fix=options.fix, only=options.packages
        )
    if name == "design":
        return proofs_examples.by_design(
            options.design, options.design_environments.resolve(), work, jobs=options.jobs, limit=options.limit
        )
    if name == "beaten":
        return fixes_beaten.measure(options.work.resolve(), jobs=options.jobs, limit=options.limit)
    if name == "verify":
        return proofs_verify.measure(options.work.resolve(), jobs=options.jobs, limit=options.limit)
    return proofs_examples.example(name, options.example_python, work, jobs=options.jobs, fix=options.fix)


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


if __name__ == "__main__":
    main()
