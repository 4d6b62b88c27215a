"""Whether `casemate.host.access` decides as the kernel does, over random trees of modes, owners, groups, access lists and links.

    sudo python benchmarks/host_access.py [--decisions 100000] [--seed N]

Prints the decisions and the differences; the exit code is 1 when there is one. The suite asks a few thousand in
`tests/host/test_access_kernel.py`. It needs root (to own files as others and to become them) and a file system with access lists.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import stat
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casemate.host.access import Access, Identity
from casemate.host.accounts import Accounts
from casemate.host.filesystem import Filesystem
from casemate.model.host import AclEntry, AclTag, Node, NodeKind
from casemate.model.outcome import NotExamined, Reason

UIDS = (0, 1000, 1001, 1002)
GIDS = (0, 100, 101, 102)
STRANGER = 4242  # owns nothing
MODES = (0o755, 0o700, 0o777, 0o750, 0o770, 0o775, 0o711, 0o644, 0o600, 0o666, 0o000, 0o070, 0o007, 0o170)
NAMES = ("a", "b", "c", "d")
ASKED = ("reads", "writes", "executes", "replaces")
TAGS = {1: AclTag.OWNER, 2: AclTag.USER, 4: AclTag.OWNING_GROUP, 8: AclTag.GROUP, 16: AclTag.MASK, 32: AclTag.OTHER}
ACL = "system.posix_acl_access"
KERNEL = Path(__file__).with_name("host_kernel.py")


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that is not the kernel's."""

    who: Identity
    what: str
    path: str
    kernel: bool

    def __str__(self) -> str:
        groups = ",".join(map(str, sorted(self.who.gids)))
        says = "may" if self.kernel else "may not"
        return f"uid {self.who.uid} gids {groups}: {self.what} {self.path}: the kernel says {says}"


def unfit(folder: Path) -> str:
    """Why the kernel cannot be asked here; empty when it can."""
    if not hasattr(os, "geteuid") or os.geteuid():
        return "needs root, to become other users"
    if os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return "the temporary folder lies on a file system without execution"
    probe = folder / "acl-probe"
    probe.touch()
    try:
        os.setxattr(probe, ACL, _acl([(1, 6, -1), (2, 4, 1000), (4, 4, -1), (16, 4, -1), (32, 0, -1)]))
        os.chown(probe, 1000, 100)
        unmapped = ""
    except OSError as error:
        unmapped = f"no access lists or other owners here: {error.strerror}"
    probe.unlink()
    return unmapped


def plant(root: Path, rng: random.Random) -> None:
    """A random tree."""
    folders, links = [root], []
    for _ in range(rng.randint(12, 40)):
        place = rng.choice(folders) / rng.choice(NAMES)
        if os.path.lexists(place):
            continue
        kind = rng.random()
        if kind < 0.5:
            place.mkdir()
            folders.append(place)
        elif kind < 0.8:
            place.touch()
        else:
            target = (
                _path(rng) if rng.random() < 0.5 else "/".join(rng.choices((*NAMES, "..", "."), k=rng.randint(1, 3)))
            )
            place.symlink_to(target)
            links.append(place)
    for place in [root, *sorted(root.rglob("*"))]:
        owner = (rng.choice(UIDS), rng.choice(GIDS))
        os.lchown(place, *owner)
        if place.is_symlink():
            continue
        mode = rng.choice(MODES) if rng.random() < 0.7 else rng.randrange(0o1000)
        if place.is_dir():
            if rng.random() < 0.6:
                mode |= 0o111
            mode |= 0o1000 if rng.random() < 0.3 else 0
        place.chmod(mode)
        if rng.random() < 0.35:
            os.setxattr(place, ACL, _random_acl(rng, mode))
    if Path("/proc/sys/fs/protected_symlinks").read_text().strip() != "0":
        for link in links:  # the kernel then does not follow another's link in a sticky folder; nothing that we model
            above = link.parent.stat()
            os.lchown(link, above.st_uid, above.st_gid)


def nodes(root: Path) -> Iterator[Node]:
    """The tree as a root's nodes."""
    for place in [root, *sorted(root.rglob("*"))]:
        said = place.lstat()
        mode = said.st_mode
        kind = NodeKind.LINK if stat.S_ISLNK(mode) else NodeKind.FOLDER if stat.S_ISDIR(mode) else NodeKind.FILE
        inside = "/" + str(place.relative_to(root)) if place != root else "/"
        target = os.readlink(place) if kind is NodeKind.LINK else ""  # noqa: PTH115 (a Path takes "." away)
        acl = None
        if kind is not NodeKind.LINK and ACL in os.listxattr(place):
            acl = tuple(
                AclEntry(TAGS[tag], permits, number if tag in (2, 8) else -1)
                for tag, permits, number in struct.iter_unpack("<HHI", os.getxattr(place, ACL)[4:])
            )
        yield Node(inside, kind, stat.S_IMODE(mode), said.st_uid, said.st_gid, target=target, acl=acl)


def differences(root: Path, rng: random.Random, identities: int, questions: int) -> list[Difference]:
    """Ask both about one random tree below an empty folder: `identities` times `questions` decisions."""
    plant(root, rng)
    fs = Filesystem(nodes(root), lambda node, _: NotExamined(what=node.path, reason=Reason.UNREADABLE, detail=""))
    access = Access(fs, Accounts())
    known = [node.path for node in fs.nodes()]
    asked = []
    for index in range(identities):
        uid = (*UIDS[1:], *UIDS, STRANGER)[index % 8]
        gids = rng.sample((*GIDS[1:], 103), k=rng.randint(0, 3))
        gid = rng.choice((100, 101, 103, STRANGER))
        pairs = [(rng.choice(ASKED), rng.choice(known) if rng.random() < 0.5 else _path(rng)) for _ in range(questions)]
        asked.append((uid, gid, gids, pairs))
    said = subprocess.run(
        [sys.executable, "-I", str(KERNEL)],
        input=json.dumps({"root": str(root), "asked": asked}),
        capture_output=True,
        text=True,
        check=True,
    )
    out = []
    for (uid, gid, gids, pairs), answers in zip(asked, json.loads(said.stdout), strict=True):
        who = Identity(uid, frozenset({gid, *gids}))
        for (what, path), answer in zip(pairs, answers, strict=True):
            if getattr(access, what)(who, path) != (answer == "1"):
                out.append(Difference(who, what, path, answer == "1"))
    return out


def _path(rng: random.Random) -> str:
    return "/" + "/".join(rng.choices((*NAMES, "..", "."), weights=(4, 4, 3, 2, 1, 1), k=rng.randint(1, 4)))


def _random_acl(rng: random.Random, mode: int) -> bytes:
    bits = [0, 1, 2, 3, 4, 5, 6, 7, 7, 7]
    users = [(2, rng.choice(bits), uid) for uid in sorted(rng.sample(UIDS, k=rng.randint(0, 3)))]
    groups = [(8, rng.choice(bits), gid) for gid in sorted(rng.sample((*GIDS, 103), k=rng.randint(0, 3)))]
    return _acl(
        [
            (1, mode >> 6 & 7, -1),
            *users,
            (4, mode >> 3 & 7, -1),
            *groups,
            (16, rng.choice(bits), -1),
            (32, mode & 7, -1),
        ]
    )


def _acl(entries: list[tuple[int, int, int]]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, bits, n & 0xFFFFFFFF) for tag, bits, n in entries)


def main() -> int:
    """Ask until there are enough decisions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--decisions", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    found: list[Difference] = []
    made, trees, start = 0, 0, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        why = unfit(Path(folder))
        if why:
            print(f"not measured: {why}")
            return 1
        while made < given.decisions:
            root = Path(folder) / str(trees)
            root.mkdir()
            found += differences(root, rng, 16, 125)
            made, trees = made + 16 * 125, trees + 1
    print(f"{made} decisions over {trees} trees in {time.perf_counter() - start:.1f} s: {len(found)} differences")
    for difference in found[:20]:
        print(f"  {difference}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
