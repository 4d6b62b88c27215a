"""Measures `casemate host` beside others, in one run, on roots that are made weak: what is found, and what the cut is worth.

    sudo python benchmarks/hosts.py --clean ROOT --weaken weaken.py --scorer score.py --seeds 1 7 23 --advisories FILE \
        [--rich DIR …] [--lynis PROGRAM] [--oscap PROGRAM --oscap-content FILE] [--privmap PROGRAM] --work DIR [--json FILE]

No root, generator or scorer is part of the project: each is given by path. It needs root, to give files away and to enter copies.
Nothing of a weakened root may be booted or exposed; the work folder holds them until the next run.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import hosts_cut
import hosts_peers
import hosts_roots
from hosts_peers import Auditor, audited
from hosts_roots import Score, Weak
from measure import Run
from scanners import Absent
from table import US, Comparison, Figure, NotMeasured, Row, Section, render

REPEAT = 3
SLOW = 30.0  # seconds: what takes longer is timed once


def main() -> None:
    """Measure, print the table as it grows, and keep the scores as JSON."""
    options = arguments(sys.argv[1:])
    if os.geteuid():
        sys.exit("benchmarks/hosts.py gives files to the accounts of a root: run it as root")
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    about, sections = Section(title="Run"), []
    database = imported(options.casemate, options.advisories, work, about)
    given = [
        hosts_peers.ourselves(options.casemate, database, work / "home"),
        hosts_peers.openscap(options.oscap, options.oscap_content, work),
        hosts_peers.privmap(options.privmap),
        hosts_peers.lynis(options.lynis, work),
    ]
    present = [one for one in given if isinstance(one, Auditor)]
    about.missing += [NotMeasured(what=one.name, why=one.why) for one in given if isinstance(one, Absent)]
    about.notes.append(occasion(present))
    weak = [hosts_roots.made_weak(options.clean, options.weaken, seed, work) for seed in options.seeds]
    measure = Measure(options, work, present, database)
    for take in (
        lambda: hosts_cut.measure(present[0], options.casemate, database, weak, work),
        *(lambda rich=rich: measure.rich(rich) for rich in options.rich),
        measure.clean,
        lambda: measure.weak(weak),
    ):
        sections.append(take())
        print(render([about, *sections], [one.name for one in present], compared=False), flush=True)
        if options.json:
            options.json.write_text(json.dumps(measure.scores, indent=1) + "\n", encoding="utf-8")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line. Exits with code 2 on wrong use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--clean", type=_there, required=True, metavar="ROOT", help="a root as its distribution ships it"
    )
    parser.add_argument(
        "--weaken", type=_there, required=True, metavar="PROGRAM", help="makes weak copies, with their truth"
    )
    parser.add_argument("--scorer", type=_there, required=True, metavar="PROGRAM")
    parser.add_argument("--seeds", type=int, nargs="+", default=(1, 7, 23))
    parser.add_argument("--advisories", type=_there, metavar="FILE", help="for `casemate db import`")
    parser.add_argument(
        "--rich", type=_there, nargs="+", default=(), metavar="ROOT", help="clean roots with more in them"
    )
    parser.add_argument("--casemate", type=Path, default=Path(sys.executable).with_name("casemate"), metavar="PROGRAM")
    parser.add_argument("--lynis", type=_there, metavar="PROGRAM")
    parser.add_argument("--oscap", type=_there, metavar="PROGRAM")
    parser.add_argument("--oscap-content", type=_there, metavar="FILE", help="a SCAP source data stream")
    parser.add_argument("--privmap", type=_there, metavar="PROGRAM", help="in an environment of its own")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args(words)


class Measure:
    """The runs of one occasion. scores: by tool and root, to be read."""

    def __init__(
        self, options: argparse.Namespace, work: Path, present: Sequence[Auditor], database: Path | None
    ) -> None:
        self.options, self.work, self.present, self.database = options, work, present, database
        self.scorer = hosts_roots.scorer_module(options.scorer)
        self.scores: dict[str, list[dict[str, int]]] = {}
        self._baselines: dict[str, Path] = {}

    def clean(self) -> Section:
        """What is said of a root that nobody has weakened, and how long it takes."""
        section = Section(title="The clean root")
        said, ways, cpu, wall, missed = {}, {}, {}, {}, {}
        files = len(hosts_roots.state(self.options.clean))
        for one in self.present:
            runs, failure = self._times(one, self.options.clean, out := self.work / f"clean.{one.name}")
            if failure:
                section.missing.append(NotMeasured(what=f"{one.name}, clean root", why=failure))
                continue
            self._baselines[one.name] = out
            counts = hosts_roots.by_level(self.scorer, out, one.form)
            said[one.name] = Figure(value=counts.total(), text=hosts_roots.worded(counts))
            cpu[one.name] = _middle([run.cpu for run in runs], files)
            wall[one.name] = _middle([run.wall for run in runs], files)
            if one.name == US:
                ways[one.name], missed[one.name] = self._ourselves(self.options.clean)
            elif one.form == "privmap":
                ways[one.name] = said[one.name]
        section.rows = [
            Row(measure=measure, figures=figures, comparison=Comparison.NONE)
            for measure, figures in (
                ("ways to root said", ways),
                ("findings", said),
                ("CPU seconds per 10,000 files, median", cpu),
                ("wall seconds per 10,000 files, median", wall),
                ("not examined", missed),
            )
        ]
        section.notes.append(f"the clean root has {files} files, folders and links")
        return section

    def weak(self, roots: Sequence[Weak]) -> Section:
        """What is found of what was made weak, and what is said of what only looks like it."""
        section = Section(title=f"Weakened roots, seeds {', '.join(str(root.seed) for root in roots)}")
        told: dict[tuple[str, bool], list[Score]] = {}
        for one in self.present:
            if one.name not in self._baselines:
                continue
            for root in roots:
                out = self.work / f"weak-{root.seed}.{one.name}"
                _, failure = self._look(one, root.folder, out)
                if failure:
                    section.missing.append(NotMeasured(what=f"{one.name}, seed {root.seed}", why=failure))
                    continue
                for lenient in (False, True):
                    score = hosts_roots.scored(
                        self.options.scorer, root, out, one.form, baseline=self._baselines[one.name], lenient=lenient
                    )
                    told.setdefault((one.name, lenient), []).append(score)
        section.rows = score_rows(told)
        for (name, lenient), scores in told.items():
            self.scores[f"{name}{', lenient' if lenient else ''}"] = [asdict(score) for score in scores]
        return section

    def rich(self, root: Path) -> Section:
        """What is said of a clean root with more services in it."""
        section = Section(title=f"A richer clean root: {root.name}")
        counts = ways = missed = None
        out = self.work / f"rich-{root.name}.{US}"
        _, failure = self._look(self.present[0], root, out)
        if failure:
            section.missing.append(NotMeasured(what=root.name, why=failure))
            return section
        counts = hosts_roots.by_level(self.scorer, out, "sarif")
        ways, missed = self._ourselves(root)
        said = Figure(value=counts.total(), text=hosts_roots.worded(counts))
        for measure, figure in (("ways to root said", ways), ("findings", said), ("not examined", missed)):
            section.rows.append(Row(measure=measure, figures={US: figure}, comparison=Comparison.NONE))
        return section

    def _times(self, one: Auditor, root: Path, out: Path) -> tuple[list[Run], str | None]:
        runs = []
        while len(runs) < REPEAT:
            done, failure = self._look(one, root, out)
            runs.append(done)
            if failure or done.wall > SLOW:
                return runs, failure
        return runs, None

    def _look(self, one: Auditor, root: Path, out: Path) -> tuple[Run, str | None]:
        """On a copy where it could write to the root."""
        print(f"{one.name}: {root.name} …", file=sys.stderr, flush=True)
        if not one.copy:
            return audited(one, root, out)
        copy = hosts_roots.copied(root, self.work / "copy")
        try:
            return audited(one, copy, out)
        finally:
            hosts_roots.removed(copy)

    def _ourselves(self, root: Path) -> tuple[Figure, Figure]:
        document = hosts_cut.looked(
            self.present[0], self.options.casemate, root, self.work / "ours.json", database=self.database
        )
        ways = hosts_cut.ways(document)
        reasons = hosts_cut.reasons(document)
        parts = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        text = f"{reasons.total()} ({parts})" if parts else "0"
        return Figure(value=ways, text=str(ways)), Figure(value=reasons.total(), text=text)


def score_rows(told: dict[tuple[str, bool], list[Score]]) -> list[Row]:
    """A row a measure, with the figure of every root."""
    rows = []
    for measure, lenient, share, whole in (
        ("weaknesses found", False, "found", "weaknesses"),
        ("weaknesses found, a path in the text counts (lenient)", True, "found", "weaknesses"),
        ("ways to root found, every step in order", False, "chains_found", "chains"),
        ("alarms on what only looks weak", False, "alarms", "decoys"),
        ("findings that match nothing", False, "unmatched", "findings"),
    ):
        figures = {}
        for (name, kind), scores in told.items():
            if kind is lenient:
                texts = [f"{getattr(score, share)}/{getattr(score, whole)}" for score in scores]
                figures[name] = Figure(value=sum(getattr(score, share) for score in scores), text=", ".join(texts))
        rows.append(Row(measure=measure, figures=figures, comparison=Comparison.NONE))
    return rows


def imported(program: Path, advisories: Path | None, work: Path, about: Section) -> Path | None:
    """A database of its own, made of the advisories."""
    if advisories is None:
        about.missing.append(NotMeasured(what="vulnerable packages", why="--advisories was not given"))
        return None
    database = work / "advisories.db"
    database.unlink(missing_ok=True)
    environment = {**os.environ, "CASEMATE_HOME": str(work / "import")}
    command = [program, "db", "import", advisories, "--db", database]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return database


def occasion(present: Sequence[Auditor]) -> str:
    """When, where and with what."""
    names = ", ".join(f"{one.name} {one.version}" for one in present)
    commit = subprocess.run(
        ["git", "-C", Path(__file__).parent, "log", "-1", "--format=%h"], capture_output=True, text=True, check=False
    ).stdout.strip()
    machine = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start, {platform.system()}"
    today = datetime.datetime.now(datetime.UTC).date()
    return f"{today}, {machine}, Python {platform.python_version()}, commit {commit or 'unknown'}; {names}"


def _middle(seconds: Sequence[float], files: int) -> Figure:
    value = statistics.median(seconds) * 10_000 / max(files, 1)
    return Figure(value=value, text=f"{value:.2f}" + ("" if len(seconds) > 1 else " (one run)"))


def _there(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{text!r} does not exist")
    return path


if __name__ == "__main__":
    main()
