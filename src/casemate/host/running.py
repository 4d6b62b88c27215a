"""What runs when a privileged job does: the programs and scripts of a command line, and all that these source, import and call.

Every reader of jobs (cron, units, sudo rules, hooks) asks here, so that a way of being called is understood once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.shell import Word
from casemate.host.walk import At, Walk
from casemate.host.wrapped import split_words
from casemate.model.host import Actor, Fact

DEFAULT_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a fixed name that a job makes. via: as in `Trust`."""

    runner: Actor
    path: str
    via: tuple[Fact, ...]


def ran(
    host: Host,
    line: str,
    *,
    runner: Actor,
    via: tuple[Fact, ...],
    kind: str,
    technique: str,
    says: str,
    path: tuple[str, ...] = DEFAULT_PATH,
    shell: bool = True,
    cwd: str = "/",
) -> Iterator[Trust]:
    """Whatever a command line makes the runner act on.

    line: as the job has it. via: the places that say so, as in `Trust`. kind, technique, says: of the program itself; what
    it sources or imports says so itself. path: the folders of PATH. shell: a shell reads the line; else it is split as
    execve(2) is given it.
    """
    walk = Walk(host, kind, technique, says)
    yield from walk.line(line, At(runner, via, path, cwd), shell=shell)


def sourced(
    host: Host,
    file: str,
    *,
    runner: Actor,
    via: tuple[Fact, ...],
    kind: str,
    technique: str,
    says: str,
    path: tuple[str, ...] = DEFAULT_PATH,
    cwd: str = "/",
) -> Iterator[Trust]:
    """Whatever a shell of the runner acts on when it sources a file; as `ran` for the rest."""
    walk = Walk(host, kind, technique, says)
    yield from walk.line(f". {file}", At(runner, via, path, cwd), shell=True)


def written(host: Host, line: str, *, runner: Actor, via: tuple[Fact, ...]) -> Iterator[Written]:
    """The files that a command line writes to by a redirection, in it and in the scripts that it runs."""
    walk = Walk(host, "", "", "")
    for _ in walk.line(line, At(runner, via, DEFAULT_PATH, "/"), shell=True):
        pass
    for who, place, places in walk.writes:
        yield Written(who, place, places)


__all__ = ["DEFAULT_PATH", "Word", "Written", "ran", "sourced", "split_words", "written"]
