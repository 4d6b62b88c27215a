"""Runs the benchmark: every measure whose corpus is given, peers and this project in the same run, as one table.

    python benchmarks/run.py --owasp DIR --owasp-scorer sast_score.py \
        --pairs FILE --pairs-dir DIR --pairs-scorer replay.py --django DIR [--out benchmarks/README.md]

No corpus is part of the project: what is not given is listed as not measured. benchmarks/README.md says where to get them.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import tempfile
from pathlib import Path

import owasp
import pairs
import rescan
import scanners
import slope
import speed
from table import PEER, US, NotMeasured, Section, render, replace_section

MEASURES = ("owasp", "pairs", "speed", "rescan", "growth")
COLUMNS = (US, PEER, "semgrep", *speed.PARSERS)


def main() -> None:
    """Measure what is asked for and given, print the table, and put it into the page named by --out."""
    options = arguments(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="casemate-bench-") as scratch:
        work = (options.work or Path(scratch)).resolve()
        table = measured(options, work)
    print(table)
    if options.out:
        options.out.write_text(replace_section(options.out.read_text(encoding="utf-8"), table), encoding="utf-8")


def arguments(words: list[str]) -> argparse.Namespace:
    """The command line. Exits with code 2 on wrong use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    corpora = parser.add_argument_group("corpora, given by path")
    corpora.add_argument("--owasp", type=Path, metavar="DIR", help="a checkout of OWASP BenchmarkPython")
    corpora.add_argument("--owasp-scorer", type=Path, metavar="PROGRAM")
    corpora.add_argument("--pairs", type=Path, metavar="FILE", help="labels of the known-CVE pairs (JSON)")
    corpora.add_argument("--pairs-dir", type=Path, metavar="DIR", help="their unpacked releases")
    corpora.add_argument("--pairs-scorer", type=Path, metavar="PROGRAM")
    corpora.add_argument("--django", type=Path, metavar="DIR", help="the unpacked Django package")
    parser.add_argument("--only", action="append", choices=MEASURES, help="only this measure (repeatable)")
    parser.add_argument("--out", type=Path, metavar="PAGE", help="replace the table between the marks of this page")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep SARIF and scores here (for misses.py)")
    parser.add_argument("--repeat", type=int, default=3, help="runs per tool for speed (default 3)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="releases scanned at once")
    parser.add_argument(
        "--casemate",
        type=Path,
        default=_casemate(),
        metavar="PROGRAM",
        help="default: of `make native`, else as it stands",
    )
    parser.add_argument(
        "--peers-venv", type=Path, default=_cache() / "peers", metavar="DIR", help="bandit's environment"
    )
    parser.add_argument("--semgrep", type=Path, metavar="PROGRAM")
    parser.add_argument("--semgrep-rules", type=Path, metavar="DIR")
    options = parser.parse_args(words)
    if options.repeat < 1 or options.jobs < 1:
        parser.error(f"--repeat and --jobs are at least 1, got {options.repeat!r} and {options.jobs!r}")
    return options


def measured(options: argparse.Namespace, work: Path) -> str:
    """The whole result as Markdown."""
    found = [
        scanners.ours(options.casemate),
        scanners.bandit(options.peers_venv),
        scanners.semgrep(options.semgrep, options.semgrep_rules),
    ]
    present = [tool for tool in found if isinstance(tool, scanners.Tool)]
    about = Section(title="Run")
    about.missing = [NotMeasured(what=tool.name, why=tool.why) for tool in found if isinstance(tool, scanners.Absent)]
    about.notes = [_occasion(present)]
    sections = [
        about,
        *(section(name, options, present, work) for name in MEASURES if name in (options.only or MEASURES)),
    ]
    used = {name for part in sections for row in part.rows for name in row.figures}
    return render(sections, [name for name in COLUMNS if name in used])


def section(name: str, options: argparse.Namespace, present: list[scanners.Tool], work: Path) -> Section:
    """One measure, or why it was not taken."""
    needed = {
        "owasp": ("owasp", "owasp_scorer"),
        "pairs": ("pairs", "pairs_dir", "pairs_scorer"),
        "speed": ("django",),
        "rescan": ("django",),
        "growth": ("django",),
    }[name]
    folder = work / name
    for option in needed:
        flag, given = f"--{option.replace('_', '-')}", getattr(options, option)
        if given is None or not given.exists():
            why = f"{flag} was not given" if given is None else f"{flag} {str(given)!r} does not exist"
            return Section(title=name, missing=[NotMeasured(what=name, why=why)])
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    folder.mkdir(parents=True)
    if name == "owasp":
        return owasp.measure(owasp.Corpus(folder=options.owasp, scorer=options.owasp_scorer), present, folder)
    if name == "pairs":
        corpus = pairs.Corpus(labels=options.pairs, folder=options.pairs_dir, scorer=options.pairs_scorer)
        return pairs.measure(corpus, present, folder, jobs=options.jobs)
    if name == "growth":
        return slope.measure(options.django, present, folder)
    same, peer = _on_this_interpreter(options, present)
    if name == "speed":
        taken = speed.measure(options.django, same, folder, repeat=options.repeat)
    else:
        taken = rescan.measure(options.django, same, folder)
    if isinstance(peer, scanners.Tool):
        taken.notes.append(f"{name}: {PEER} {peer.version}")
    elif peer is not None:
        taken.missing.append(NotMeasured(what=f"{name}, {PEER}", why=peer.why))
    return taken


def _on_this_interpreter(
    options: argparse.Namespace, present: list[scanners.Tool]
) -> tuple[list[scanners.Tool], scanners.Tool | scanners.Absent | None]:
    """The tools with the peer, where there is one, on the interpreter that runs this, and us: some are built to be half as fast
    again. The peer alone, too, or why it is not there."""
    others = [tool for tool in present if tool.name != PEER]
    if len(others) == len(present):
        return others, None
    peers = options.peers_venv.with_name(f"{options.peers_venv.name}-{platform.python_version()}")
    peer = scanners.bandit(peers, sys.executable)
    return ([*others, peer] if isinstance(peer, scanners.Tool) else others), peer


def _occasion(present: list[scanners.Tool]) -> str:
    names = ", ".join(f"{tool.name} {tool.version}" for tool in present)
    today = datetime.datetime.now(datetime.UTC).date()
    load = os.getloadavg()[0]  # others at work make wall times longer and spread them
    machine = f"{os.cpu_count()} processors, load {load:.1f} at the start, {platform.system()}"
    return f"{today}, {machine}, Python {platform.python_version()}; {names}"


def _casemate() -> Path:
    compiled = Path(__file__).parents[1] / ".native" / "bin" / "casemate"
    return compiled if compiled.is_file() else Path(sys.executable).with_name("casemate")


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "casemate-bench"


if __name__ == "__main__":
    main()
