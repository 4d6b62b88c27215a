"""Scope creep: names, links and mounts that lead out of what a charter covers."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from casemate.adapters.filesystem import FileTree
from casemate.governance.charter import Charter, Target, Tier
from casemate.model.errors import CasemateError
from casemate.ports import SourceFile
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground

SECRET = b"outside = 1\n"


def attempt(ground: Ground) -> Attempt:
    """A charter covers one folder. Another beside it is asked for by many names, looked for by walking, and read by path."""
    random, top = ground.random, ground.folder.resolve()
    inside, outside = top / "inside", top / random.choice(("outside", "inside2", "Inside", "inside ", "ınside"))
    for folder in (inside / "deep", outside):
        folder.mkdir(parents=True)
    (inside / "own.py").write_bytes(b"own = 1\n")
    (outside / "it.py").write_bytes(SECRET)
    charter = Charter(
        who="Alice",
        targets=(Target(name="inside", path=str(inside)),),
        tier=Tier.FIND,
        until=NOON.date() + timedelta(days=1),
        made_for="review",
    )

    def refused(place: Path) -> bool:
        with FileTree(place) as tree:
            subject = (Target(name=str(tree.root), path=str(tree.place)),)
            return charter.refusal(tier=Tier.FIND, subject=subject, now=NOON) is not None

    assert not refused(inside) and not refused(inside / "deep/../own.py"), "the honest act is refused"
    what, place = random.choice(_NAMED)(random.choice(("", "deep")), inside, outside)
    if place is not None:
        try:
            got = not refused(place)
        except CasemateError as error:
            return Attempt(what=what, succeeded=False, answer=str(error))
        return Attempt(what=what, succeeded=got, answer="the charter does not cover it")
    with FileTree(inside) as tree:
        tree.bound()
        read = [tree.read(seen) for seen in tree.walk() if isinstance(seen, SourceFile)]
        crafted = random.choice(
            (
                f"../{outside.name}/it.py",
                f"deep/../../{outside.name}/it.py",
                f"\\x2e\\x2e/{outside.name}/it.py",
                "link/it.py",
                "one.py",
                f"{outside}/it.py",
                f"deep\\x2f..\\x2f..\\x2f{outside.name}/it.py",
            )
        )
        read.append(tree.read(SourceFile(path=crafted, size=len(SECRET))))
    return Attempt(what=what, succeeded=SECRET in read, answer="it is not walked to")


def _dots(below: str, inside: Path, outside: Path) -> tuple[str, Path | None]:
    up = "/".join(".." for _ in Path(below).parts) or "."
    return "dots", inside / below / up / ".." / outside.name


def _link(below: str, inside: Path, outside: Path) -> tuple[str, Path | None]:
    (inside / below / "link").symlink_to(outside)
    return "a link to a folder", inside / below / "link"


def _file_link(below: str, inside: Path, outside: Path) -> tuple[str, Path | None]:
    (inside / below / "link.py").symlink_to(os.path.relpath(outside / "it.py", inside / below))
    return "a link to a file", inside / below / "link.py"


def _chain(below: str, inside: Path, outside: Path) -> tuple[str, Path | None]:
    (inside / "a").symlink_to("b")
    (inside / "b").symlink_to(outside)
    return "links in a row", inside / "a/it.py"


def _plain(below: str, inside: Path, outside: Path) -> tuple[str, Path | None]:
    return "a name that begins alike, or another case", outside


def _above(below: str, inside: Path, outside: Path) -> tuple[str, Path | None]:
    return "the folder above", inside.parent


def _walked(below: str, inside: Path, outside: Path) -> tuple[str, Path | None]:
    (inside / below / "link").symlink_to(outside)
    (inside / below / "one.py").symlink_to(outside / "it.py")
    return "links met while walking", None


def _repository(below: str, inside: Path, outside: Path) -> tuple[str, Path | None]:
    """Another repository within: its files are not of the one that was authorised."""
    (inside / "deep/.git").write_text("gitdir: elsewhere\n")
    (inside / "deep/it.py").write_bytes(SECRET)
    return "a repository within", None


_NAMED = (_dots, _link, _file_link, _chain, _plain, _above, _walked, _repository)

ATTACK = Attack(
    id="scope",
    title="scope widened by dots, links, case, names that look alike, repositories within",
    aim="something outside of what the charter covers is examined",
    attempt=attempt,
    files=True,
)
