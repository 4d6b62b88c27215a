"""Roots to measure on: made weak, scored, compared before and after; nothing of them is run."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

LEVELS = ("info", "low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weak:
    """A root that was made weak, and the file that says how."""

    seed: int
    folder: Path
    truth: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the scorer says of one report on one weak root."""

    weaknesses: int
    found: int
    chains: int
    chains_found: int
    decoys: int
    alarms: int
    findings: int
    unmatched: int


def made_weak(clean: Path, program: Path, seed: int, work: Path) -> Weak:
    """A weakened copy of the clean root, made anew. Raises CalledProcessError."""
    folder = work / f"weak-{seed}"
    removed(folder)
    truth = work / f"weak-{seed}.truth.json"
    command = [sys.executable, program, clean, folder, "--seed", str(seed), "--truth", truth]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return Weak(seed=seed, folder=folder, truth=truth)


def copied(root: Path, to: Path) -> Path:
    """A copy with owners, modes and extended attributes, made anew."""
    removed(to)
    subprocess.run(["cp", "-a", "--reflink=auto", root, to], check=True)
    return to


def removed(folder: Path) -> None:
    """Without the folder, whatever it holds."""
    if folder.exists():
        shutil.rmtree(folder)


def scored(
    scorer: Path, weak: Weak, report: Path, form: str, *, baseline: Path | None = None, lenient: bool = False
) -> Score:
    """What the scorer finds in a report. lenient: a path that the text mentions counts as its place.

    Raises CalledProcessError.
    """
    out = report.with_suffix(".score.json")
    command = [sys.executable, scorer, weak.truth, report, "--format", form, "--json", out]
    command += ["--lenient"] if lenient else []
    command += ["--baseline", baseline] if baseline else []
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
    return Score(**json.loads(out.read_text())["total"])


def scorer_module(scorer: Path) -> ModuleType:
    """The scorer itself, for how it reads reports."""
    spec = importlib.util.spec_from_file_location("host_scorer", scorer)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_level(scorer: ModuleType, report: Path, form: str) -> Counter[str]:
    """How many findings a report has of each level, as the scorer reads it."""
    return Counter(LEVELS[finding["level"]] for finding in scorer.load(str(report), form))


def worded(counts: Counter[str]) -> str:
    """The counts, worst first: "3 (1 high, 2 low)"."""
    parts = [f"{counts[level]} {level}" for level in reversed(LEVELS) if counts[level]]
    return f"{counts.total()} ({', '.join(parts)})" if parts else "0"


State = dict[str, tuple[object, ...]]


def state(root: Path) -> State:
    """Everything of a tree that a fix and its undo could change, but times, by path below it."""
    found: State = {}
    waiting = [root]
    while waiting:
        path = waiting.pop()
        status = path.lstat()
        kind = stat.S_IFMT(status.st_mode)
        content: object = None
        if kind == stat.S_IFLNK:
            content = path.readlink()
        elif kind == stat.S_IFREG:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        elif kind == stat.S_IFDIR:
            waiting += path.iterdir()
        names = sorted(os.listxattr(path, follow_symlinks=False))
        attributes = tuple((name, os.getxattr(path, name, follow_symlinks=False)) for name in names)
        place = f"/{path.relative_to(root)}" if path != root else "/"
        found[place] = (status.st_mode, status.st_uid, status.st_gid, status.st_rdev, content, attributes)
    return found


def differences(before: State, after: State) -> list[str]:
    """The paths that are not the same in both, sorted."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def upgraded(status: str, versions: Sequence[tuple[str, str]]) -> str:
    """dpkg's status file with packages at other versions, as an upgrade, which no folder can do, would leave it."""
    paragraphs = status.split("\n\n")
    for name, version in versions:
        bare = name.partition(":")[0]
        for index, paragraph in enumerate(paragraphs):
            if re.search(rf"^Package: {re.escape(bare)}$", paragraph, re.M):
                paragraphs[index] = re.sub(r"^Version: .*$", f"Version: {version}", paragraph, flags=re.M)
    return "\n\n".join(paragraphs)
