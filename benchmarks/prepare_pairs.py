"""Makes an environment for each release of the known-CVE pairs: an interpreter of its time, with its dependencies of its time.

    python benchmarks/prepare_pairs.py --pairs FILE --pairs-dir DIR --environments DIR --uv PROGRAM \
        --pythons DIR [--only NAME] [--extra FILE] [--log FILE]

The release itself is not installed: its unpacked folder is what is examined. Dependencies are those that were there a year
after it, as wheels where there are any, else built by the installer; what cannot be had is said in the log, and the rest is
installed. `--extra` names a JSON file with further requirements by package, for what a release uses and does not declare.
Each environment says how it came about in `prepared.json`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import release_metadata
from pairs import Corpus

SOON = datetime.timedelta(days=30)
AFTER = datetime.timedelta(days=365)
TIMEOUT_SECONDS = 420
# When each interpreter came out: a release is for those that were there, and the oldest that still runs stands for older ones.
BORN = {
    7: datetime.date(2018, 6, 27),
    8: datetime.date(2019, 10, 14),
    9: datetime.date(2020, 10, 5),
    10: datetime.date(2021, 10, 4),
    11: datetime.date(2022, 10, 24),
}
# What changed so much that a newer one says nothing of an older release.
CHANGED = {"pyyaml": (datetime.date(2019, 3, 13), "<5.1")}
# Older build scripts want an older setuptools than today's, and older releases its `pkg_resources` at run time.
BUILDING = ("setuptools<58", "wheel<0.38")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """package, version: of the index. folder: unpacked. known: year in which its flaw had been published."""

    package: str
    version: str
    folder: Path
    known: int

    @property
    def name(self) -> str:
        """As its environment's folder is called."""
        return f"{self.package}-{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """uv: the installer. pythons: a folder with interpreters in VERSION/bin/python. extra: further requirements by package."""

    uv: Path
    pythons: Path
    extra: dict[str, list[str]]

    def python(self, minor: int) -> Path | None:
        """The interpreter of that minor version, where there is one."""
        return next(iter(sorted(self.pythons.glob(f"3.{minor}.*/bin/python"))), None)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """uv with these arguments. A run that takes too long counts as failed."""
        command = ["nice", "-n", "10", str(self.uv), *words]
        try:
            return subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 124, "", f"took longer than {TIMEOUT_SECONDS} s")


def main() -> None:
    """Make every environment that is not there yet."""
    options = _arguments(sys.argv[1:])
    tools = Tools(
        uv=options.uv,
        pythons=options.pythons,
        extra=json.loads(options.extra.read_text()) if options.extra else {},
    )
    corpus = Corpus(labels=options.pairs, folder=options.pairs_dir, scorer=Path())
    wanted = [one for one in releases(corpus) if not options.only or one.package in options.only]

    def one(release: Release) -> str:
        folder = options.environments.resolve() / release.name
        if (folder / "prepared.json").is_file():
            return f"{release.name}: stands"
        told = prepare(release, folder, tools)
        (folder / "prepared.json").write_text(json.dumps(told, indent=1) + "\n")
        missing = f"; not to be had: {', '.join(told['failed'])}" if told["failed"] else ""
        return f"{release.name}: Python {told['python']}, of {told['date']}{missing}"

    options.environments.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(options.jobs) as pool, options.log.open("a") as log:
        for line in pool.map(one, wanted):
            print(line, file=log, flush=True)
            print(line, flush=True)


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, metavar="FILE")
    parser.add_argument("--pairs-dir", type=Path, required=True, metavar="DIR")
    parser.add_argument("--environments", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--uv", type=Path, required=True, metavar="PROGRAM", help="the installer; it knows upload times"
    )
    parser.add_argument(
        "--pythons", type=Path, required=True, metavar="DIR", help="interpreters, as VERSION/bin/python"
    )
    parser.add_argument("--only", action="append", metavar="PACKAGE")
    parser.add_argument("--extra", type=Path, metavar="FILE")
    parser.add_argument("--log", type=Path, default=Path("prepare.log"), metavar="FILE")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args(words)


def releases(corpus: Corpus) -> list[Release]:
    """Every release that some pair names, once."""
    found: dict[tuple[str, str], Release] = {}
    for pair in corpus.pairs():
        for side in ("vulnerable", "fixed"):
            package, version = str(pair["package"]), str(pair[f"{side}_version"])
            year = re.search(r"CVE-(\d{4})", json.dumps([pair["id"], *pair.get("aliases", [])]))
            known = int(year[1]) if year else 2020
            one = Release(package=package, version=version, folder=corpus.release(pair, side), known=known)
            found.setdefault((package, version), one)
    return [found[key] for key in sorted(found)]


def prepare(release: Release, folder: Path, tools: Tools) -> dict[str, Any]:
    """Make the environment; what was done is told."""
    about = release_metadata.read(release.folder)
    fallback = datetime.date(release.known, 1, 1)
    date = uploaded(release, tools) or fallback
    minor = fitting(date, about, tools)
    python = tools.python(minor)
    if python is None:
        raise FileNotFoundError(f"no Python 3.{minor} below {str(tools.pythons)!r}")
    made = tools.run("venv", "--quiet", "--clear", "--python", str(python), str(folder))
    if made.returncode:
        raise RuntimeError(f"no environment for {release.name}: {made.stderr.strip()}")
    asked = [*about.requirements, *tools.extra.get(release.package, [])]
    own = _canonical(release.package)
    asked = [line for line in asked if _canonical(re.split(r"[^\w.-]", line)[0]) != own]
    failed = install(folder, asked, date, max(date, BORN[minor]) + AFTER, tools)
    tools.run("pip", "uninstall", "--quiet", "--python", str(folder / "bin" / "python"), release.package)
    listed = tools.run("pip", "freeze", "--python", str(folder / "bin" / "python")).stdout.split()
    return {
        "release": release.name,
        "python": f"3.{minor}",
        "date": date.isoformat(),
        "requirements": asked,
        "origin": about.origin,
        "failed": failed,
        "installed": listed,
    }


def uploaded(release: Release, tools: Tools) -> datetime.date | None:
    """The day on which the release came to the index, None when the installer does not say."""
    wanted = f"{release.package}=={release.version}\n"
    for minor in (7, 11):
        python = tools.python(minor)
        for more in (["--no-build"], []):
            with tempfile.TemporaryDirectory() as scratch:
                asked, out = Path(scratch) / "asked.txt", Path(scratch) / "pylock.toml"
                asked.write_text(wanted)
                words = ["pip", "compile", "--quiet", "--no-deps", "--format", "pylock.toml", "-o", str(out), *more]
                tools.run(*words, *(["--python", str(python)] if python else []), str(asked))
                days = re.findall(r"upload-time = (\d{4}-\d\d-\d\d)", out.read_text() if out.is_file() else "")
            if days:
                return datetime.date.fromisoformat(min(days))
    return None


def fitting(date: datetime.date, about: release_metadata.Metadata, tools: Tools) -> int:
    """The minor version of the Python that fits best: the newest that was half a year old when the release came, that it is for,
    and that is there."""
    there = [minor for minor in sorted(BORN) if tools.python(minor) is not None]
    allowed = [minor for minor in there if about.python.contains(f"3.{minor}.0")] or there
    known = [minor for minor in allowed if minor in about.minors]
    allowed = known or ([min(allowed)] if about.minors and max(about.minors) < min(allowed) else allowed)
    old = [minor for minor in allowed if BORN[minor] + AFTER / 2 <= date]
    return max(old) if old else min(allowed)


def install(folder: Path, asked: Sequence[str], date: datetime.date, late: datetime.date, tools: Tools) -> list[str]:
    """Install all together as wheels of the time; what does not go so, one by one, in ways that are ever less of the time.
    Returns what is not to be had."""
    python = str(folder / "bin" / "python")
    caps = folder / "caps.txt"
    caps.write_text("".join(f"{name}{cap}\n" for name, (changed, cap) in CHANGED.items() if date < changed))

    def tried(what: Sequence[str], before: datetime.date, *more: str) -> bool:
        words = ["pip", "install", "--quiet", "--python", python, "--exclude-newer", before.isoformat(), *more, *what]
        return tools.run(*words, "--constraint", str(caps)).returncode == 0

    wheels = ("--only-binary", ":all:")
    tried(BUILDING, datetime.date(2022, 1, 1), *wheels)
    if not asked or any(tried(asked, before, *wheels) for before in (date + SOON, date + AFTER)):
        return []
    own = ("--no-build-isolation",)
    failed = []
    for one in asked:
        name = re.split(r"[^\w.-]", one)[0]
        loose = [(name, date + AFTER, wheels), (name, late, wheels)] if "==" in one else []
        ways = [(one, date + SOON, wheels), (one, date + AFTER, wheels), (one, late, wheels), *loose]
        ways += [(one, date + SOON, own), (one, late, own), (one, late, ())]
        if not any(tried([what], before, *more) for what, before, more in ways):
            failed.append(one)
    return failed


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    main()
