"""The shapes of a posture rule: what is looked for on a host.

A rule is one file below `leads/posture/`: the module's docstring is its page (headings "What it is", "Why it matters", "How
to fix it"), then a frozen `RULE` of one of these shapes:

- a chain rule is data: which kinds of edge of the privilege graph it reports, each with the shortest way that leads over it;
- a fact rule is one pure function over the host: a setting that is weak as it stands.

Its examples are small file systems, told as text:

    # file: /etc/cron.d/backup 0644 root:root
    * * * * * root /opt/run.sh
    # file: /opt/run.sh 0777  # finding
    #!/bin/sh
    # folder: /srv/x 1777 alice:staff
    # link: /usr/bin/awk -> mawk
    # database: osv                                    (lines of advisories in that form follow)
    # copy: /usr/local/bin/sh2 /usr/bin/bash 4755      (the bytes of another file of the example)
    # elf: /opt/agent 4755 kind=exec nx=no relro=none rpath=/opt/lib needed=libc.so.6 imports=system      (a small program)

They lie over a small root that `tests/host/tree.py` describes (accounts root, alice, bob; services websvc, ingest). A mark on a
line of a file says that the finding stands there, on a header, on the file itself; it is taken out before anything is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from casemate.host.host import Host
from casemate.leads.rule import Rule
from casemate.model.host import Fact
from casemate.model.lead import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRule(Rule):
    """Edges of these kinds. message: with {what} (what the edge says), {who} and {becomes}. lateral: how severe it is when the
    way ends at another account than root."""

    kinds: tuple[str, ...]
    lateral: Severity = Severity.MEDIUM

    def __post_init__(self) -> None:
        Rule.__post_init__(self)
        if not self.kinds:
            raise ValueError(f"rule {self.id!r} names no kind of edge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a fact rule saw. path: absolute inside the root. what: fills {what} of the rule's message; never a secret's value.

    related: further places that the statement rests on. severity: when it is another than the rule's. inferred: concluded, not
    read. package: the name of the package that it is about.
    """

    path: str
    what: str
    line: int = 1
    related: tuple[Fact, ...] = ()
    severity: Severity | None = None
    inferred: bool = False
    package: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRule(Rule):
    """`find` looks at the host. message: with {what}."""

    find: Callable[[Host], Iterable[Seen]]
