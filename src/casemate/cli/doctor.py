"""`casemate doctor`: what is there, what is missing, and what that disables."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from casemate import __version__
from casemate.cli.errors import ExitCode

REQUIRED = {  # distribution → what does not work without it
    "click": "every command",
    "rich": "the table, `casemate ledger show`, pages on a terminal",
    "tree-sitter": "every scan",
    "tree-sitter-python": "every scan of Python",
    "tree-sitter-bash": "`casemate host`",
    "pyyaml": "`casemate host`",
    "backports.zstd": "images with layers packed by zstd",
    "cryptography": "the ledger, and with it every scan",
    "xxhash": "every scan",
    "jinja2": "`casemate scan --format html`",
    "dulwich": "`casemate scan --since`",
}
EXTRAS = {  # distribution → the extra that brings it, and what needs it
    "mcp": ("agents", "`casemate mcp`"),
}
SUPPORTED = ((3, 11), (3, 13))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. disables: what does not work, "" when all is well. essential: no scan without it."""

    name: str
    value: str
    disables: str = ""
    essential: bool = True


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def doctor(as_json: bool) -> None:
    """Say what is installed, and what a missing thing disables.

    Exit code 4 when a scan cannot work.
    """
    from casemate.cli.output import emit, show
    from casemate.evidence.escape import visible

    checks = [*_machine(), *_libraries(), *_folders(), _sandbox()]
    if as_json:
        emit(json.dumps([asdict(check) for check in checks], indent=2, ensure_ascii=False) + "\n")
    else:
        width = max(len(check.name) for check in checks)
        lines = [f"{c.name:<{width}}  {c.value}{c.disables and f'; this disables {c.disables}'}" for c in checks]
        missing = sum(bool(check.disables) for check in checks)
        verdict = f"{missing} of {len(checks)} checks failed." if missing else "Nothing is missing."
        show("\n".join([*map(visible, lines), "", verdict, ""]))
    if any(check.disables and check.essential for check in checks):
        sys.exit(ExitCode.FAULT)


def _compiled() -> bool:
    """Whether the engine is the compiled one of `make native`."""
    from importlib.machinery import EXTENSION_SUFFIXES
    from importlib.util import find_spec

    spec = find_spec("casemate.taint.solver")
    return spec is not None and (spec.origin or "").endswith(tuple(EXTENSION_SUFFIXES))


def _machine() -> list[Check]:
    import os
    import platform

    low, high = SUPPORTED
    fits = low <= sys.version_info[:2] <= high
    span = f"{low[0]}.{low[1]} to {high[0]}.{high[1]}"
    return [
        Check(name="casemate", value=f"{__version__}, {'compiled' if _compiled() else 'not compiled'}"),
        Check(
            name="Python",
            value=f"{platform.python_version()} ({sys.executable})",
            disables="" if fits else f"support, which is for {span}",
            essential=False,
        ),
        Check(name="system", value=f"{platform.system()} {platform.release()} {platform.machine()}"),
        Check(name="cores", value=f"{len(os.sched_getaffinity(0))} to use (--jobs)"),
    ]


def _libraries() -> list[Check]:
    from importlib.metadata import PackageNotFoundError, version

    checks = []
    for name, use in REQUIRED.items():
        try:
            checks.append(Check(name=name, value=version(name)))
        except PackageNotFoundError:
            checks.append(Check(name=name, value="not installed", disables=use))
    for name, (extra, use) in EXTRAS.items():
        try:
            checks.append(Check(name=name, value=version(name), essential=False))
        except PackageNotFoundError:
            value = f"not installed, and nothing but {use} needs it (pip install 'casemate[{extra}]')"
            checks.append(Check(name=name, value=value, essential=False))
    return checks


def _folders() -> list[Check]:
    from casemate.app.ground import cache_folder, home
    from casemate.model.errors import CasemateError

    checks = []
    for name, place, use, essential in (
        ("ledger and keys", home, "every scan: what cannot be recorded is not done", True),
        ("cache", cache_folder, "the reuse of earlier scans, which makes them slower", False),
    ):
        try:
            folder = place()
        except CasemateError as error:
            checks.append(Check(name=name, value=str(error), disables=use, essential=essential))
            continue
        usable = _writable(folder)
        checks.append(
            Check(
                name=name,
                value=f"{folder}{'' if usable else ' cannot be written'}",
                disables="" if usable else use,
                essential=essential,
            )
        )
    return checks


def _sandbox() -> Check:
    """What proofs would run in, tried now: it runs nothing but our own attempts to get out."""
    from casemate.app.ground import examine_sandbox

    examination, lacking = examine_sandbox()
    if examination.refusal:
        return Check(name="sandbox", value=examination.refusal, disables="every proof", essential=False)
    missing = f" (not there: {'; '.join(lacking)})" if lacking else ""
    return Check(name="sandbox", value=f"{examination.sandbox}: {len(examination.walls)} walls hold{missing}")


def _writable(folder: Path) -> bool:
    """Whether files can be made in a folder, or the folder itself where it does not exist; nothing is left behind."""
    import tempfile

    existing = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return True
    except OSError:
        return False
