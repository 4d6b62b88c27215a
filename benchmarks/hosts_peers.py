"""The programs that look at a root, this one and others: how each is called, and in which form it tells what it found.

A peer that cannot be run is a value of its own, `scanners.Absent`, with its reason. What enters a root does so over a copy, in a
mount and network namespace of its own.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import Run, run
from scanners import Absent
from table import US

TIMEOUT = 1800.0
# The profile that holds every rule of the content.
PROFILE = "(all)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor:
    """A program under measurement. form: as the scorer calls what it writes. command: for a root and the file to write to.

    accepted: exit codes of a good run. copy: whether it must be given a copy, because it could write there.
    """

    name: str
    form: str
    version: str
    command: Callable[[Path, Path], Sequence[str]]
    accepted: frozenset[int] = frozenset({0, 1})
    copy: bool = False
    home: Path | None = None


def audited(auditor: Auditor, root: Path, out: Path) -> tuple[Run, str | None]:
    """Let it look at a root. The second value is why there is no report, None when there is one."""
    out.unlink(missing_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "CASEMATE_", "PYTHON"))}
    homes = {"HOME": str(auditor.home), "CASEMATE_HOME": str(auditor.home / "casemate")} if auditor.home else {}
    done = run(auditor.command(root, out), timeout=TIMEOUT, env={**kept, **homes, "NO_COLOR": "1"})
    if done.timed_out:
        return done, "ran into the time limit"
    if done.code not in auditor.accepted:
        return done, f"exit code {done.code}: {done.error}"
    if not out.exists() or not out.stat().st_size:
        return done, "wrote nothing"
    return done, None


def ourselves(program: Path, database: Path | None, home: Path) -> Auditor:
    """This project, as it is installed where the bench runs."""
    home.mkdir(parents=True, exist_ok=True)
    data = ("--db", str(database)) if database else ()

    def command(root: Path, out: Path) -> Sequence[str]:
        return (str(program), "host", "--root", str(root), "--format", "sarif", "--quiet", "-o", str(out), *data)

    return Auditor(name=US, form="sarif", version=_first((str(program), "--version")), command=command, home=home)


def lynis(program: Path | None, work: Path) -> Auditor | Absent:
    """Lynis over a folder. It also looks at the machine that runs it: processes, kernel, network."""
    if program is None:
        return Absent(name="lynis", why="not given (--lynis PROGRAM)")

    def command(root: Path, out: Path) -> Sequence[str]:
        log = work / "lynis.log"
        options = ("--quick", "--no-colors", "--quiet", "--report-file", str(out), "--logfile", str(log))
        return (str(program), "audit", "system", "--rootdir", str(root), *options)

    version = _first((str(program), "show", "version"))
    return Auditor(name="lynis", form="lynis", version=version, command=command, accepted=frozenset({0, 1, 64, 78}))


def openscap(program: Path | None, content: Path | None, work: Path) -> Auditor | Absent:
    """OpenSCAP's offline mode with all rules of the content. Its check of the release is taken out: the newest content that
    Debian 12 packages is for Debian 11, and would apply to nothing."""
    if program is None or content is None:
        return Absent(name="openscap", why="not given (--oscap PROGRAM and --oscap-content FILE)")
    anywhere = work / "openscap-content.xml"
    anywhere.write_text(without_platform(content.read_text(encoding="utf-8")), encoding="utf-8")

    def command(root: Path, out: Path) -> Sequence[str]:
        words = (str(program), "xccdf", "eval", "--profile", PROFILE, "--results", str(out), str(anywhere))
        return ("/usr/bin/env", f"OSCAP_PROBE_ROOT={root}", *words)

    version = _first((str(program), "--version"))
    return Auditor(name="openscap", form="xccdf", version=version, command=command, accepted=frozenset({0, 2}))


def without_platform(content: str) -> str:
    """The content without the one line that says which release it is for; each rule's own conditions stay."""
    return re.sub(r'<xccdf-1\.2:platform idref="cpe:/o:debian:debian_linux:\d+"/>', "", content, count=1)


def privmap(program: Path | None) -> Auditor | Absent:
    """privmap, which looks at the machine that it runs on: so it runs inside a copy of the root, on this machine's interpreter
    (/usr, read-only, at /mnt), without /proc and without a network."""
    if program is None:
        return Absent(name="privmap", why="not given (--privmap PROGRAM)")
    packages = next(program.parent.parent.glob("lib/python3*/site-packages"), None)
    python = Path("/usr/bin") / (packages.parent.name if packages else "python3")
    if packages is None or not python.exists():
        return Absent(name="privmap", why=f"needs {python} and an environment made with it")

    def command(root: Path, out: Path) -> Sequence[str]:
        return ("unshare", "--mount", "--net", "sh", "-euc", entering(root, packages, python.name), "sh", str(out))

    return Auditor(
        name="privmap", form="privmap", version=_first((str(program), "--version")), command=command, copy=True
    )


def entering(root: Path, packages: Path, python: str) -> str:
    """The shell text that runs privmap inside a root: $1 is the file to write to."""
    inside = shlex.quote(str(root))
    code = "import sys; sys.path[:0] = ['/media']; from privmap.cli import main; sys.exit(main(sys.argv[1:]))"
    libraries = "LD_LIBRARY_PATH=/mnt/lib/x86_64-linux-gnu:/mnt/lib/aarch64-linux-gnu PYTHONHOME=/mnt"
    run_it = f"/mnt/bin/env -i PATH=/mnt/bin:/mnt/sbin HOME=/root {libraries} PYTHONDONTWRITEBYTECODE=1"
    return "\n".join(
        (
            'exec 3> "$1"',
            f"mount --bind /usr {inside}/mnt",
            f"mount -o remount,bind,ro {inside}/mnt",
            f"mount --bind {shlex.quote(str(packages))} {inside}/media",
            f"mount -o remount,bind,ro {inside}/media",
            f"exec chroot {inside} {run_it} /mnt/bin/{python} -S -c {shlex.quote(code)}"
            " --quiet --output json --min-severity info >&3",
        )
    )


def found(program: Path | None, name: str) -> Path | None:
    """A program by its path, or by its name where the system has it."""
    return program if program is not None else (Path(where) if (where := shutil.which(name)) else None)


def _first(argv: Sequence[str]) -> str:
    try:
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = re.search(r"\d[\w.+-]*", answer)
    return words[0] if words else ""
