"""The file system that the layers of an image make, one over the other: an index of where each content lies, nothing unpacked.

Source: "Image Layer Filesystem Changeset" of the OCI image specification. Where that leaves open what a layer does that was not
made in good faith, it goes as the unpacking of containerd (pkg/archive): links on the way to a name are followed inside the
root, the last of two entries of one name counts. What would leave the root is refused and said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from casemate.adapters.filenames import shown
from casemate.adapters.roots.attributes import Attributes, archived
from casemate.adapters.roots.blobs import Region
from casemate.adapters.roots.tarball import REGULAR, SPARSE, Broken, Member
from casemate.host.filesystem import MAX_LINKS
from casemate.model.host import Node, NodeKind
from casemate.model.outcome import NotExamined, Reason

MAX_DEPTH: Final = 200  # folders below one another
MAX_PATH: Final = 4096  # bytes, PATH_MAX
MAX_LOSSES: Final = 100  # of one reason that are named one by one
MAX_STEPS: Final = 100_000_000  # names looked up, over all entries

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_KINDS = {b"5": NodeKind.FOLDER, b"2": NodeKind.LINK, b"3": NodeKind.DEVICE, b"4": NodeKind.DEVICE, b"6": NodeKind.FIFO}
_NONE = Attributes()
_OUTSIDE = "a name that leads out of the image"


@dataclass(slots=True)
class Item:
    """A node of the tree, under one name or several. region, offset: where its content lies.

    below: of a folder, by name, with the number of the layer that put it there.
    """

    kind: NodeKind
    mode: int = 0o755
    uid: int = 0
    gid: int = 0
    size: int = 0
    target: str = ""
    attributes: Attributes = _NONE
    region: Region | None = None
    offset: int = 0
    below: dict[str, tuple[Item, int]] = field(default_factory=dict)


class Tree:
    """Layers, applied one after the other, the lowest first."""

    def __init__(self) -> None:
        self.root = Item(NodeKind.FOLDER)
        self._layer = 0
        self._steps = 0
        self._folders: dict[str, Item] = {}  # where a folder's path led, until something on a way may have changed
        self._losses: dict[tuple[str, Reason], NotExamined] = {}
        self._counted: Counter[Reason] = Counter()

    @property
    def losses(self) -> Iterator[NotExamined]:
        """What of the layers is not in the tree."""
        yield from self._losses.values()
        for reason, count in sorted(self._counted.items()):
            if (more := count - MAX_LOSSES) > 0:
                yield NotExamined(what="/", reason=reason, detail=f"{more} more entries of the image", files=more)

    def begin(self) -> None:
        """Go on to the next layer."""
        self._layer += 1

    def lose(self, what: str, reason: Reason, detail: str) -> None:
        """Keep that something was not examined; the many of one reason by their number."""
        if (what, reason) in self._losses:
            return
        self._counted[reason] += 1
        if self._counted[reason] <= MAX_LOSSES:
            self._losses[what, reason] = NotExamined(what=what, reason=reason, detail=detail)

    def apply(self, member: Member, region: Region) -> None:
        """One entry of the layer that was begun. region: of the layer's stream."""
        parts = _parts(member.name)
        what = "/" + "/".join(shown(member.name).strip("/").split("/"))[:MAX_PATH]
        if parts is None:
            self.lose(what, Reason.LINK_OUTSIDE, _OUTSIDE)
        elif len(member.name) > MAX_PATH or len(member.link) > MAX_PATH:
            self.lose(what, Reason.TOO_LARGE, f"a name of more than {MAX_PATH} bytes")
        elif not parts:
            if member.type == b"5":
                self._describe(self.root, member, "/")
        elif parts[-1].startswith(_WHITEOUT):
            self._whiteout(parts, what)
        else:
            self._put(parts, member, region, what)

    def _put(self, parts: list[str], member: Member, region: Region, what: str) -> None:
        item = self._linked(member, what) if member.type == b"1" else self._made(member, region, what)
        folder = self._folder(parts[:-1], what) if item is not None else None
        if folder is None or item is None:
            return
        name = parts[-1]
        old, _ = folder.below.get(name, (None, 0))
        if old is not None and old.kind is NodeKind.FOLDER and item.kind is NodeKind.FOLDER:
            item.below = old.below
            self._folders.clear()
        elif old is not None and (old.kind in (NodeKind.FOLDER, NodeKind.LINK)):
            self._folders.clear()
        folder.below[name] = (item, self._layer)

    def _made(self, member: Member, region: Region, what: str) -> Item | None:
        kind = NodeKind.FILE if member.type in REGULAR or member.type == SPARSE else _KINDS.get(member.type)
        if kind is None:
            self.lose(what, Reason.NOT_UNDERSTOOD, f"an entry of the type {member.type!r}")
            return None
        item = Item(kind)
        if not self._describe(item, member, what):
            return None
        if kind is NodeKind.FILE:
            item.size = member.size
            item.region, item.offset = None if member.sparse else region, member.offset
        elif kind is NodeKind.LINK:
            item.target, item.mode = shown(member.link), 0o777
        return item

    def _describe(self, item: Item, member: Member, what: str) -> bool:
        if max(member.uid, member.gid) >= 2**32 - 1:
            self.lose(what, Reason.NOT_UNDERSTOOD, "an owner that is no number of a user or group")
            return False
        item.mode, item.uid, item.gid = member.mode, member.uid, member.gid
        try:
            item.attributes = archived(member.attributes) if member.attributes else item.attributes
        except ValueError as error:
            self.lose(what, Reason.NOT_UNDERSTOOD, str(error))
        return True

    def _linked(self, member: Member, what: str) -> Item | None:
        """What a hard link is another name of."""
        parts = _parts(member.link)
        if parts is None:
            self.lose(what, Reason.LINK_OUTSIDE, "a hard link to what is outside of the image")
            return None
        folder = self._folder(parts[:-1], what, make=False) if parts else None
        item, _ = folder.below.get(parts[-1], (None, 0)) if folder and parts else (None, 0)
        if item is None or item.kind is NodeKind.FOLDER:
            self.lose(what, Reason.SYNTAX, "a hard link to nothing, or to a folder")
            return None
        return item

    def _whiteout(self, parts: list[str], what: str) -> None:
        *above, name = parts
        hidden = name.removeprefix(_WHITEOUT)
        if name != _OPAQUE and hidden.startswith(_WHITEOUT):
            return  # bookkeeping of AUFS
        if hidden in ("", ".", ".."):
            self.lose(what, Reason.LINK_OUTSIDE, "it takes away what is no name in a folder")
            return
        folder = self._folder(above, what, make=False)
        if folder is None:
            return
        self._folders.clear()
        if name == _OPAQUE:
            self._hide(folder)
        elif hidden in folder.below:
            item, layer = folder.below[hidden]
            if layer != self._layer:
                del folder.below[hidden]
            else:
                self._hide(item)

    def _hide(self, folder: Item) -> None:
        """Take away all below a folder that this layer did not put there."""
        todo = [folder]
        while todo:
            here = todo.pop()
            here.below = {name: kept for name, kept in here.below.items() if kept[1] == self._layer}
            todo += [item for item, _ in here.below.values() if item.kind is NodeKind.FOLDER]

    def _folder(self, parts: list[str], what: str, *, make: bool = True) -> Item | None:
        """The folder that a path leads to, through links inside the root. make: with what is missing of it."""
        path = "/".join(parts)
        if path in self._folders:
            return self._folders[path]
        chain, todo, links = [self.root], parts[::-1], 0
        while todo:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise Broken(Reason.STEP_LIMIT, "names that lead through links again and again")
            name = todo.pop()
            if name == "..":
                chain = chain[:-1] or chain
                continue
            item, layer = chain[-1].below.get(name, (None, 0))
            if item is None and make and len(chain) <= MAX_DEPTH:
                item, layer = Item(NodeKind.FOLDER), self._layer
                chain[-1].below[name] = (item, layer)
            if item is None and make:
                self.lose(what, Reason.TOO_DEEP, f"more than {MAX_DEPTH} folders deep")
                return None
            if item is not None and item.kind is NodeKind.LINK and links < MAX_LINKS:
                links += 1
                chain = [self.root] if item.target.startswith("/") else chain
                todo += [part for part in item.target.split("/")[::-1] if part not in ("", ".")]
            elif item is None or item.kind is not NodeKind.FOLDER:
                if item is not None:
                    self.lose(what, Reason.SYNTAX, "it lies below what is no folder")
                return None
            else:
                chain.append(item)
        if make and len(chain) > MAX_DEPTH:
            self.lose(what, Reason.TOO_DEEP, f"more than {MAX_DEPTH} folders deep")
            return None
        self._folders[path] = chain[-1]
        return chain[-1]

    def items(self) -> Iterator[tuple[str, Item]]:
        """Every item with its path, in no order."""
        todo = [("/", self.root)]
        while todo:
            path, item = todo.pop()
            yield path, item
            prefix = path.rstrip("/") + "/"
            todo += [(prefix + name, below) for name, (below, _) in item.below.items()]


def node(path: str, item: Item, links: int) -> Node:
    """What is at a path. links: how many names it has."""
    known = item.attributes
    return Node(
        path, item.kind, item.mode, item.uid, item.gid, item.size, links, item.target, known.acl, known.capabilities
    )


def _parts(name: str) -> list[str] | None:
    """The names on a path from the root, shown; None when it leads out of it."""
    out: list[str] = []
    for part in shown(name).split("/"):
        if part == "..":
            if not out:
                return None
            out.pop()
        elif part not in ("", "."):
            out.append(part)
    return out
