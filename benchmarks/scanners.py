"""The tools under measurement: how each is found, called, and asked for SARIF.

A tool that is not there is a value of its own, `Absent`, which the table shows with its reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bandit_report import to_sarif
from measure import Run, run
from table import PEER, US

# What the peer needs, in an environment of its own so that none of it enters the project's.
PEER_REQUIREMENT = "bandit"
# Peers parse with their interpreter's own grammar: the newest one here reads the most. For speed they stand on ours.
INTERPRETERS = ("python3.14", "python3.13", "python3.12", "python3.11")
LEVELS = "traced,demonstrated,proven,fixed"  # evidence that counts as a finding, by the default of `scan --fail-on`


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool whose findings come as SARIF. arguments: with {src}, {out} and {jobs}. accepted: exit codes of a good run.

    levels: which `properties.evidence` of its results count, None for all. pedantic: arguments that ask for
    the rules that it does not run by itself. translate: turns what it writes into SARIF, after the clock has stopped.
    """

    name: str
    program: Path
    arguments: tuple[str, ...]
    version: str = ""
    accepted: frozenset[int] = frozenset({0, 1})
    levels: str | None = None
    pedantic: tuple[str, ...] = ()
    translate: Callable[[Path], None] | None = None

    @property
    def parallel(self) -> bool:
        """Whether the tool can be told how many processes to use."""
        return any("{jobs}" in word for word in self.arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A tool that cannot be measured here, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan. failure: why there is no result in `out`, None when there is one."""

    run: Run
    out: Path
    failure: str | None


def scan(tool: Tool, src: Path, out: Path, *, home: Path, timeout: float, jobs: int = 1) -> Scan:
    """Let the tool scan a folder. home: where it may keep state; a fresh one makes a cold run."""
    home.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    values = {"{src}": str(src), "{out}": str(out), "{jobs}": str(jobs)}
    argv = [str(tool.program.absolute()), *(values.get(word, word) for word in tool.arguments)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "CASEMATE_", "PYTHON"))}
    done = run(argv, timeout=timeout, env={**kept, "HOME": str(home), "NO_COLOR": "1"}, cwd=home)
    failure = _failure(tool, done, out)
    if failure:
        out.unlink(missing_ok=True)  # half a result must not be scored
    return Scan(run=done, out=out, failure=failure)


def _failure(tool: Tool, done: Run, out: Path) -> str | None:
    if done.timed_out:
        return "ran into the time limit"
    if done.code not in tool.accepted:
        return f"exit code {done.code}: {done.error}"
    try:
        if tool.translate:
            tool.translate(out)
        return None if "runs" in json.loads(out.read_bytes()) else f"wrote something else than SARIF: {done.error}"
    except (OSError, ValueError):  # a crash may share its exit code with a result
        return f"wrote no report: {done.error}"


def ours(program: Path) -> Tool | Absent:
    """This project's command line."""
    return _installed(
        Tool(
            name=US,
            program=program,
            arguments=("scan", "{src}", "--format", "sarif", "-o", "{out}", "--jobs", "{jobs}", "--quiet"),
            accepted=frozenset({0, 1, 3}),  # nothing found, findings, some of it not examined
            levels=LEVELS,
            pedantic=("--persona", "pedantic"),
        )
    )


def bandit(environment: Path, python: str | None = None) -> Tool | Absent:
    """Bandit with its default rules, from a virtual environment that is made when it is missing. python: what it stands
    on, the newest interpreter at hand by default."""
    program = environment / "bin" / "bandit"
    if not program.is_file() and (why := _make_environment(environment, python)):
        return Absent(name=PEER, why=why)
    arguments = ("--quiet", "--recursive", "{src}", "--format", "json", "--output", "{out}")
    return _installed(Tool(name=PEER, program=program, arguments=arguments, translate=to_sarif))


def semgrep(program: Path | None, rules: Path | None) -> Tool | Absent:
    """Semgrep with the given rules: only when both are given, since its rules are not ours to choose."""
    if program is None or rules is None:
        return Absent(name="semgrep", why="not given (--semgrep PROGRAM and --semgrep-rules DIR)")
    if not rules.exists():
        return Absent(name="semgrep", why=f"no rules at {str(rules)!r}")
    quiet = ("--metrics", "off", "--disable-version-check", "--no-git-ignore", "--jobs", "{jobs}")
    arguments = ("scan", "{src}", "--sarif", "--output", "{out}", "--config", str(rules.resolve()), *quiet)
    return _installed(Tool(name="semgrep", program=program, arguments=arguments))


def _installed(tool: Tool) -> Tool | Absent:
    """The tool with its version, asked of the program itself."""
    if not tool.program.is_file():
        return Absent(name=tool.name, why=f"no program {str(tool.program)!r}")
    done = subprocess.run([str(tool.program), "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\d+(\.\d+)+", done.stdout)
    if done.returncode or not number:
        said = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
        return Absent(name=tool.name, why=f"{tool.program.name} --version ended with {done.returncode}: {said}")
    python = re.search(r"python version = (\d+\.\d+)", done.stdout)
    return replace(tool, version=number[0] + (f" on Python {python[1]}" if python else ""))


def _make_environment(folder: Path, python: str | None) -> str | None:
    """Make the peer's environment; why not, if it cannot be made."""
    python = python or next((found for name in INTERPRETERS if (found := _runs(name))), sys.executable)
    steps: list[Sequence[str]] = [
        (python, "-m", "venv", str(folder)),
        (str(folder / "bin" / "pip"), "install", "--quiet", "--only-binary", ":all:", PEER_REQUIREMENT),
    ]
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"could not be installed into {str(folder)!r}: {(done.stderr.strip() or done.stdout.strip())[-200:]}"
    return None


def _runs(name: str) -> str | None:
    """The program's path when it is there and starts (a version manager's shim may be there and not start)."""
    program = shutil.which(name)
    if program and subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode == 0:
        return program
    return None
