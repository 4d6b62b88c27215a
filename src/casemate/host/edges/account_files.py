"""The files that say who is who and who may become root, and the hashes of passwords.

Sources: passwd(5), shadow(5), group(5), gshadow(5), subuid(5), environ(7). ATT&CK T1098, T1003.008.
What sudo reads is not here: it refuses what others can write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.host import Host
from casemate.host.relation import Secret, Trust
from casemate.model.host import ROOT, Actor, Confidence, NodeKind

FILES = (
    ("/etc/passwd", "says which account is root"),
    ("/etc/shadow", "holds the passwords of root and all others"),
    ("/etc/group", "says who is in the groups of administrators"),
    ("/etc/gshadow", "says who may join the groups of administrators"),
    ("/etc/subuid", "says which ids an account's containers may take, root's own among them"),
    ("/etc/subgid", "says which group ids an account's containers may take, root's own among them"),
)
COPY = re.compile(r"(?:g?shadow|passwd|opasswd|master\.passwd)(?:[-~._].*)?")
HASH = re.compile(
    r"([^:\s]+):(?:\d+:\d+:)?[!]?(?:\$[0-9a-z]+\$[^:]{8,}|_[./0-9A-Za-z]{19}|[./0-9A-Za-z]{13})(?:[:,]|$)"
)
MOST = 64  # accounts of one file that are asked about


def edges(host: Host) -> Iterator[Trust | Secret]:
    """Who can change what accounts are and may do, and who can read their hashes."""
    for path, says in FILES:
        if host.fs.node(path) is not None:
            yield _trust(path, says)
    yield from _hashes(host)


def copy_of_hashes(path: str) -> bool:
    """Whether a file is called like shadow(5) or a copy of it."""
    return bool(COPY.fullmatch(path.rpartition("/")[2]))


def _trust(path: str, says: str, confidence: Confidence = Confidence.PROVED) -> Trust:
    return Trust(
        runner=ROOT, path=path, kind="account-file", technique="T1098", via=(), says=says, confidence=confidence
    )


def _hashes(host: Host) -> Iterator[Secret]:
    """shadow(5) itself, and whatever is called like a copy of it and has hashes in it."""
    for node in host.fs.nodes():
        if node.kind is not NodeKind.FILE or not copy_of_hashes(node.path) or node.path == "/etc/passwd":
            continue
        group = host.accounts.of_gid(node.gid)
        usual = not node.gid or not node.mode & 0o040 or (group is not None and group.name == "shadow")
        if usual and not node.uid and not node.mode & 0o004 and node.acl is None:
            continue  # what the group shadow can do is said of the group itself
        own = node.path in ("/etc/shadow", "/etc/gshadow")
        opened = _opened(host, node.path)
        if opened or own:
            for actor in opened or (None,):
                yield Secret(
                    path=node.path,
                    kind="password-hashes",
                    technique="T1003.008",
                    what="the hashes of passwords, which can be tried out at leisure",
                    opens=actor,
                    confidence=Confidence.LIKELY,
                )


def _opened(host: Host, path: str) -> tuple[Actor, ...]:
    """Whose password can be found out with the hashes of a file, if it is a weak one."""
    text = host.fs.text(path)
    names = [found[1] for line in (text.lines if text else ()) if (found := HASH.match(line))]
    groups = path.rpartition("/")[2].startswith("g")
    return () if groups else tuple(dict.fromkeys(host.accounts.actor(name) for name in names[:MOST]))
