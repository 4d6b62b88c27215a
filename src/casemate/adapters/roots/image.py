"""A container image, in a file or a folder, as `ports.RootFilesystem`. Nothing of it is unpacked to files.

Known are the OCI layout, as a folder or a tar archive, what `docker save` writes (old and new), and a tar archive of a root,
such as `docker export` writes; layers plain or packed with gzip or zstd. What is packed is unpacked once, into a temporary file
without a name. A layer that is not what its digest says makes the image refused.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from casemate.adapters.filenames import shown
from casemate.adapters.roots import layers
from casemate.adapters.roots.blobs import Cursor, Limits, Meter, NoImage, Region, Spool, Stream, unpacked
from casemate.adapters.roots.layers import Item, Tree
from casemate.adapters.roots.manifest import Find, Image, Layer, image, mismatch
from casemate.adapters.roots.tarball import REGULAR, Broken, members
from casemate.adapters.walk import OPEN_FOLDER
from casemate.model.host import Node, NodeKind
from casemate.model.outcome import NotExamined, Reason

MAX_FILES: Final = 100_000  # of the archive that holds an image
MAX_HOPS: Final = 8  # links from one file of the archive to another
_OPEN_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_ROOT = frozenset({"etc", "usr", "bin", "lib"})  # the first of these in an archive makes it one of a root
_FORMS = (
    "name a file that `docker save`, `podman save` or `skopeo copy` to oci-archive wrote, or an OCI layout; mount a disk's image "
    "and name its folder as a root"
)


class ImageRoot:
    """The file system that an image's layers make. machine: whose platform is chosen where there are several."""

    def __init__(self, place: Path, *, limits: Limits | None = None, machine: str | None = None) -> None:
        """Raises NoImage."""
        self.place = str(place.absolute())
        self._name = shown(place.name) or "image"
        self._meter = Meter(limits or Limits())
        self._image: Image | None = None
        self._machine = machine or os.uname().machine
        self._open: list[int] = []
        self._spool: Spool | None = None
        self._found: dict[str, Region | None] = {}
        self._items: dict[str, Item] = {}
        self._seen: list[Node | NotExamined] | None = None
        self.platform = ""
        try:
            is_folder = stat.S_ISDIR(place.stat().st_mode)
            self._outer = self._opened(os.open(place, OPEN_FOLDER & ~os.O_NOFOLLOW if is_folder else _OPEN_FILE))
            kind = os.fstat(self._outer).st_mode
        except OSError as error:
            self.close()
            why = error.strerror
            raise NoImage(f"cannot look at {shown(str(place))!r}: {why}", next_step="check the path") from error
        self._is_folder = stat.S_ISDIR(kind)
        if not self._is_folder and not stat.S_ISREG(kind):
            self.close()
            raise NoImage(f"{shown(str(place))!r} is no file", next_step=_FORMS)

    @property
    def name(self) -> str:
        """The last component of the file's or folder's path."""
        return self._name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files. Nothing can be read afterwards."""
        while self._open:
            os.close(self._open.pop())
        if self._spool is not None:
            self._spool.close()
            self._spool = None

    def marks(self) -> frozenset[str]:
        """What a charter may name it by: a digest that stands for all of it. Raises NoImage."""
        digest = self._layers().digest
        return frozenset((f"image:{digest}",)) if digest else frozenset()

    def nodes(self) -> Iterator[Node | NotExamined]:
        """Every node, in byte order of path; what of the image cannot be looked at as NotExamined. Raises NoImage."""
        if self._seen is None:
            self._seen = self._load()
        return iter(self._seen)

    def read(self, node: Node, limit: int) -> bytes | NotExamined:
        """The first `limit` bytes of a regular file."""
        if self._seen is None:
            self._seen = self._load()
        item = self._items.get(node.path)
        if item is None or item.kind is not NodeKind.FILE:
            return NotExamined(what=node.path, reason=Reason.VANISHED, detail="the image has no such file")
        if item.region is None:
            detail = "it is stored with its holes left out"
            return NotExamined(what=node.path, reason=Reason.NOT_UNDERSTOOD, detail=detail)
        wanted = min(limit, item.size)
        try:
            data = item.region.read(item.offset, wanted)
        except OSError as error:
            return NotExamined(what=node.path, reason=Reason.UNREADABLE, detail=error.strerror or "")
        if len(data) < wanted:
            return NotExamined(what=node.path, reason=Reason.SYNTAX, detail="its layer ends in the middle of it")
        return data

    def _layers(self) -> Image:
        if self._image is None:
            self._image = self._folder_image() if self._is_folder else self._file_image(self._meter)
        return self._image

    def _load(self) -> list[Node | NotExamined]:
        found = self._layers()
        self.platform = found.platform
        tree = Tree()
        for layer in found.layers:
            tree.begin()
            self._apply(tree, layer, self._meter)
        self._items = dict(tree.items())
        names = Counter(id(item) for item in self._items.values())
        seen: list[Node | NotExamined] = [
            layers.node(path, item, names[id(item)] if item.kind is NodeKind.FILE else 1)
            for path, item in self._items.items()
        ]
        seen += tree.losses
        seen += found.losses
        seen.sort(key=lambda each: each.path if isinstance(each, Node) else each.what)
        return seen

    def _apply(self, tree: Tree, layer: Layer, meter: Meter) -> None:
        """One layer, whose digests are checked. What is beyond a limit, or behind what is broken, is lost."""
        raw = Cursor(layer.region, layer.digest.partition(":")[0])
        reader = unpacked(raw, layer.region.read(0, 4))
        region = layer.region if reader is None else self._spooled().region()
        stream = Stream(
            raw if reader is None else reader,
            raw,
            meter,
            None if reader is None else self._spool,
            "" if layer.digest else layer.diff.partition(":")[0],  # one digest is enough
        )
        diff = ""
        try:
            for member in members(stream):
                meter.entry()
                tree.apply(member, region)
        except Broken as stop:
            tree.lose(layer.name, stop.reason, f"{stop.detail}; what follows in this layer is missing")
        else:
            with suppress(Broken):  # what follows the archive in its layer is no part of the root
                diff = stream.drain()
        if (layer.digest and raw.drain() != layer.digest.partition(":")[2]) or (
            diff and diff != layer.diff.partition(":")[2]
        ):
            raise mismatch(layer.name)

    def _file_image(self, meter: Meter) -> Image:
        outer = Region(self._outer, 0, os.fstat(self._outer).st_size)
        raw = Cursor(outer)
        reader = unpacked(raw, outer.read(0, 4))
        try:
            if reader is not None:
                region = self._spooled().region()
                stream = Stream(reader, raw, meter, self._spool)
                stream.drain()
                outer = Region(region.descriptor, region.offset, stream.position)
            files, is_root = _files(outer)
        except Broken as error:
            raise self._none(f"as a tar archive it is none, or damaged: {error.detail}") from error
        found = image(_finder(files), self._machine)
        if found is None and is_root:
            return Image((Layer(self._name, outer),))
        if found is None:
            raise self._none("neither index.json nor manifest.json is in it")
        return found

    def _folder_image(self) -> Image:
        found = image(self._in_folder, self._machine)
        if found is None:
            raise self._none("neither index.json nor manifest.json is in it")
        return found

    def _in_folder(self, path: str) -> Region | None:
        """A regular file of an image's folder. No link is followed: a layer that is one would lead out of it."""
        if path not in self._found:
            self._found[path] = self._look_in_folder(path)
        return self._found[path]

    def _look_in_folder(self, path: str) -> Region | None:
        *folders, name = path.split("/")
        if any(part in ("", ".", "..") for part in (*folders, name)) or "\0" in path:
            return None
        here = os.dup(self._outer)
        try:
            for part in folders:
                below = os.open(part, OPEN_FOLDER, dir_fd=here)
                os.close(here)
                here = below
            descriptor = self._opened(os.open(name, _OPEN_FILE | os.O_NOFOLLOW, dir_fd=here))
            status = os.fstat(descriptor)
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                raise self._none("it has more layers than files may be open") from error
            return None
        finally:
            os.close(here)
        return Region(descriptor, 0, status.st_size) if stat.S_ISREG(status.st_mode) else None

    def _opened(self, descriptor: int) -> int:
        self._open.append(descriptor)
        return descriptor

    def _spooled(self) -> Spool:
        if self._spool is None:
            self._spool = Spool()
        return self._spool

    def _none(self, why: str) -> NoImage:
        return NoImage(f"{shown(self.place)!r} is no container image: {why}", next_step=_FORMS)


def _files(outer: Region) -> tuple[dict[str, Region | str], bool]:
    """The files of an archive, links as the path that they lead to; and whether it is one of a root."""
    files: dict[str, Region | str] = {}
    is_root = False
    for number, member in enumerate(members(Cursor(outer))):
        name = posixpath.normpath(member.name.lstrip("/"))
        is_root = is_root or name.split("/")[0] in _ROOT
        if member.type in REGULAR and not member.sparse:
            files[name] = Region(outer.descriptor, outer.offset + member.offset, member.size)
        elif member.type == b"2":
            files[name] = posixpath.normpath(posixpath.join(posixpath.dirname(name), member.link))
        elif member.type == b"1":
            files[name] = posixpath.normpath(member.link.lstrip("/"))
        if number > MAX_FILES:
            if is_root:  # what an image is described by comes before its layers, or not at all
                break
            raise Broken(Reason.STEP_LIMIT, f"it has more than {MAX_FILES} files")
    return files, is_root


def _finder(files: dict[str, Region | str]) -> Find:
    def find(path: str) -> Region | None:
        found: Region | str | None = posixpath.normpath(path)
        for _ in range(MAX_HOPS):
            found = files.get(found) if isinstance(found, str) else found
        return found if isinstance(found, Region) else None

    return find
