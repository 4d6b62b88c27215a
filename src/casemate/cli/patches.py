"""Where patches go: files for `git am`, and what is said of those that do not go together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.cli.errors import say

if TYPE_CHECKING:
    from casemate.app.prove import Proved
    from casemate.model.finding import Finding, FindingId
    from casemate.pipeline.combine import Series

DIGITS = 12  # of an identity, which survives moved lines


def check_folder(folder: Path) -> None:
    """Make the folder for patches before any work is done. Raises UserError when there are patches in it already."""
    from casemate.cli.output import make_folder
    from casemate.evidence.patchfile import SUFFIX
    from casemate.model.errors import UserError

    make_folder(folder, "patches")
    if any(folder.glob(f"*{SUFFIX}")):
        raise UserError(f"there are patches in {str(folder)!r} already", "name a new folder, or take them away")


def write_patches(found: Proved, folder: Path) -> int:
    """Write the series, one file each, and behind it the regression tests; how many. Raises EnvironmentFault."""
    from casemate import __version__
    from casemate.cli.output import write_file
    from casemate.evidence.patchfile import mail, mail_of_test
    from casemate.pipeline.combine import letters
    from casemate.pipeline.regress import letters_of_tests

    if found.series is None:
        return 0
    findings = {finding.identity: finding for finding in found.report.findings}
    tests = [one for one in found.tests if one.test is not None]
    series = letters(found.series, findings, more=len(tests))
    for letter in series:
        write_file(folder / letter.name, mail(letter, version=__version__, prefix=found.prefix), "a patch")
    for test in letters_of_tests(tests, findings, before=len(series)):
        write_file(folder / test.name, mail_of_test(test, version=__version__, prefix=found.prefix), "a test")
    return len(series) + len(tests)


def tell_patches(count: int, folder: Path) -> None:
    """Say how many there are, and what applies them."""
    if count:
        say(f"patches: {count} in {folder} (git am {folder}/*.patch)")
    else:
        say("patches: none, nothing that was proven has a fix")


def tell_notes(found: Proved) -> None:
    """Say which patches are not among them."""
    if found.series is not None:
        said = notes(found.series, found.report.findings)
        places = {finding.identity: finding.lead.location for finding in found.report.findings}
        for left in found.series.left:
            say(f"the patch for {places[left.identity]} is {said[left.identity]}")


def notes(series: Series | None, findings: Iterable[Finding]) -> dict[FindingId, str]:
    """What is to be said of a patch beside its own ladder: what it goes together with, and what it does not."""
    if series is None:
        return {}
    places = {finding.identity: f"{finding.lead.rule} at {finding.lead.location}" for finding in findings}
    out: dict[FindingId, str] = {}
    for part in series.parts:
        if part.beside:
            others = _listed([places[other] for other in part.beside])
            said = (
                "is changed already by the patch for"
                if part.patch is None
                else "was put to the proof with the patch for"
            )
            out[part.identity] = f"{said} {others}, and every rung holds"
    for left in series.left:
        others = _listed([places[other] for other in left.beside])
        out[left.identity] = (
            f"left out beside the patch for {others}: {left.why}; "
            f"apply that first, then run `casemate fix {left.identity[:DIGITS]}`"
        )
    return out


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
