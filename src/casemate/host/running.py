"""What runs when a privileged job does: the programs and scripts of a command line, and all that these source, import and call.

Every reader of jobs (cron, units, sudo rules, hooks) asks here, so that a way of being called is understood once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.host.relation import Trust
from casemate.host.steps import At
from casemate.host.walk import Walk
from casemate.model.host import Actor, Fact

DEFAULT_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


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
    environment: tuple[tuple[str, str], ...] = (),
) -> Iterator[Trust]:
    """Whatever a command line makes the runner act on.

    line: as the job has it. via: the places that say so, as in `Trust`. kind, technique, says: of the program itself; what
    it sources or imports says so itself. path: the folders of PATH. shell: a shell reads the line; else it is split as
    execve(2) is given it. environment: variables that the job sets.
    """
    walk = Walk(host, kind, technique, says)
    yield from walk.line(line, At(runner, via, path, cwd, environment=environment), shell=shell)
