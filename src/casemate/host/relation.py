"""What the files of a host say about who becomes whom: the raw material of the privilege graph.

An edge source (`host/edges/<family>.py`) yields these and decides nothing about permissions: whether somebody can write to
what is trusted, or read what is secret, is `host/access.py`'s to say, for every actor alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from casemate.model.host import Actor, Confidence, Fact
from casemate.model.host_fix import Fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """`runner` acts on what lies at a path: who can change the path becomes the runner.

    kind: names the posture rule's family, such as "scheduled-job". path: as the fact names it; links are followed where it is
    judged. folder: not the path itself but whatever lies in it (a library or import folder): who can make a file there.
    via: the places that say so, from the path outwards: the script that calls it, then the crontab that runs the script.
    missing: it does not exist, and who can make it is asked. technique: of MITRE ATT&CK. fixes: that end the trust itself, beside
    the modes of the path, which need not be named.
    """

    runner: Actor
    path: str
    kind: str
    technique: str
    via: tuple[Fact, ...]
    says: str  # ends a sentence about the path: "is run by cron as root"
    folder: bool = False
    missing: bool = False
    confidence: Confidence = Confidence.PROVED
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who is one of `holders` becomes another as the host is set up, with no file to be changed: a sudo rule, a SUID shell.

    holders: all of them are needed together. via: the places that say so, in the order of the attack; the first is the primary
    place of a finding. says: ends a sentence about the holder: "may run find as root without a password". natural: the power that
    a group has by its nature (sudo, disk, docker), which is told apart unless somebody unexpected has it. program: the path that
    must be executable for it, "" for none.
    """

    holders: tuple[Actor, ...]
    becomes: Actor
    kind: str
    technique: str
    via: tuple[Fact, ...]
    says: str
    program: str = ""
    natural: bool = False
    confidence: Confidence = Confidence.PROVED
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A file whose readers become somebody, or come to know something. opens: the account; None for what lies outside the host.

    what: the kind of secret, never its value. via: what accepts it, such as a line of authorized_keys.
    """

    path: str
    kind: str
    technique: str
    what: str
    line: int = 1
    opens: Actor | None = None
    via: tuple[Fact, ...] = ()
    confidence: Confidence = Confidence.PROVED


Relation = Trust | Grant | Secret
