"""What the kernel itself says about who may do what: asked by processes that really are that user. Standard library only.

Run as root with a JSON document on standard input, `{"root": folder, "asked": [[uid, gid, [gids], [[what, path], …]], …]}`; it
writes a list of strings of 0 and 1 in the same order. Each user is a child of its own that has the folder as its root.
`replaces` is answered by doing it: something on the way is renamed, or made, and put back.
"""

# ruff: noqa: PTH104, PTH108, PTH112, PTH114, PTH115, PTH118, PTH120

from __future__ import annotations

import json
import os
import sys

WANTED = {"reads": os.R_OK, "writes": os.W_OK, "executes": os.X_OK}
MAX_LINKS = 40
NEW = ".replaced"


def ways(path: str) -> list[tuple[str, str]]:
    """(folder, name) for every name that is looked up on the way to a path, each folder by its own path."""
    parts = [part for part in path.split("/") if part][::-1]
    here, out, links = "/", [], 0
    while parts and os.path.isdir(here):
        part = parts.pop()
        if part == ".":
            continue
        if part == "..":
            here = os.path.dirname(here)
            continue
        out.append((here, part))
        there = os.path.join(here, part)
        if os.path.islink(there):
            links += 1
            target = os.readlink(there)
            if links > MAX_LINKS:
                break
            here = "/" if target.startswith("/") else here
            parts += [p for p in target.split("/") if p][::-1]
        else:
            here = there
    return out


def replaced(folder: str, name: str) -> bool:
    """Whether something else can be put there, tried and undone."""
    place = os.path.join(folder, name)
    try:
        os.rename(place, place + NEW)
    except FileNotFoundError:
        try:
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except OSError:
            return False
        os.unlink(place)
        return True
    except OSError:
        return False
    os.rename(place + NEW, place)
    return True


def answered(what: str, path: str, names: list[tuple[str, str]]) -> bool:
    """One decision, as whoever this process is."""
    if what == "replaces":
        return any(replaced(folder, name) for folder, name in names)
    wanted = WANTED[what]
    if what == "writes" and os.path.isdir(path):
        wanted |= os.X_OK
    return os.access(path, wanted)


def child(root: str, uid: int, gid: int, gids: list[int], questions: list[tuple[str, str]], out: int) -> None:
    """Become the user below the root and answer."""
    os.chroot(root)
    os.chdir("/")
    names = [ways(path) if what == "replaces" else [] for what, path in questions]
    os.setgroups(gids)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    with os.fdopen(out, "w") as stream:
        stream.write(
            "".join("01"[answered(what, path, ways)] for (what, path), ways in zip(questions, names, strict=True))
        )


def main() -> None:
    """Answer all that is asked, one user after the other."""
    asked = json.load(sys.stdin)
    answers = []
    for uid, gid, gids, questions in asked["asked"]:
        reads, writes = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(reads)
            status = 1
            try:
                child(asked["root"], uid, gid, gids, questions, writes)
                status = 0
            finally:
                os._exit(status)
        os.close(writes)
        with os.fdopen(reads) as stream:
            answers.append(stream.read())
        os.waitpid(pid, 0)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
