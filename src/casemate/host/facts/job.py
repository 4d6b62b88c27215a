"""What every reader of jobs gives: command lines that somebody privileged runs, whatever file says so."""

from __future__ import annotations

from dataclasses import dataclass

from casemate.host.host import Host
from casemate.host.packages.inventory import release
from casemate.host.relation import Trust
from casemate.host.running import DEFAULT_PATH
from casemate.model.host import ROOT, Actor, Confidence, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A command line. source: a shell sources the file that it names, rather than running it. sure: nothing else is needed for it
    to run, such as another package. The rest as in `running.ran`."""

    line: str
    kind: str
    technique: str
    says: str
    via: tuple[Fact, ...] = ()
    runner: Actor = ROOT
    path: tuple[str, ...] = DEFAULT_PATH
    cwd: str = "/"
    shell: bool = True
    environment: tuple[tuple[str, str], ...] = ()
    sure: bool = True


Entry = Job | Trust
"""What a file of jobs holds: jobs, and that it is itself trusted."""


def table(
    path: str,
    kind: str,
    technique: str,
    says: str,
    *,
    runner: Actor = ROOT,
    via: tuple[Fact, ...] = (),
    folder: bool = False,
    sure: bool = True,
) -> Trust:
    """That the runner acts on what a file says, or on whatever files a folder holds."""
    return Trust(
        runner=runner,
        path=path,
        kind=kind,
        technique=technique,
        via=via,
        says=says,
        folder=folder,
        confidence=Confidence.PROVED if sure else Confidence.LIKELY,
    )


def is_debian(host: Host) -> bool:
    """Whether the root is Debian or made from it: its cron takes fewer files than others do."""
    known = host.once(release)
    return bool({"debian", "ubuntu"} & {known.id, *known.like}) or host.fs.is_file("/etc/debian_version")


def quoted(path: str) -> str:
    """A path as one word of a shell's line."""
    return "'" + path.replace("'", "'\\''") + "'"
