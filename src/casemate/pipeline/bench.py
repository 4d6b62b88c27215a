"""What a campaign runs in, made from a target behind the wall."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from casemate.model.outcome import NotExamined
from casemate.ports import Sandbox, SourceFile, SourceTree
from casemate.proofs.campaign import Bench
from casemate.proofs.replay import profile

_COPIED_BYTES = 64 << 20
_COPIED_FILES = 20_000


def sources(tree: SourceTree) -> str:
    """One digest over every Python file of a tree, whether it is examined or not: a proof may run any of them."""
    whole = sha256()
    for file in tree.walk():
        if isinstance(file, SourceFile) and file.path.endswith(".py"):
            data = tree.read(file)
            content = b"" if isinstance(data, NotExamined) else data
            whole.update(f"{file.path}\0{len(content)}\0".encode("utf-8", "surrogateescape") + content)
    return whole.hexdigest()


def bench(tree: SourceTree, sandbox: Sandbox, place: Path, interpreter: str) -> Bench:
    """place: of the tree's root, absolute. interpreter: the target's, absolute."""
    files = {file.path: file for file in tree.walk() if isinstance(file, SourceFile)}
    size = sum(file.size for file in files.values())

    def source(path: str) -> bytes | None:
        found = tree.read(files[path]) if path in files else None
        return None if isinstance(found, NotExamined) else found

    return Bench(
        sandbox=sandbox,
        profile=profile(str(place), interpreter, single=place.name if place.is_file() else ""),
        source=source,
        paths=(".", "src") if any(path.startswith("src/") for path in files) else (".",),
        copied=size <= _COPIED_BYTES and len(files) <= _COPIED_FILES,
    )
