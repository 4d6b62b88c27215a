"""The cache on disk: `ports.Store` as one file an entry, below sixteen folders.

Measured before it was chosen (900 entries, 20 MB): reading takes 7 ms here, 10 to 13 ms from SQLite, which also costs 5 ms
to import and must be locked, repaired and vacuumed. A file appears whole, by renaming, or not at all: nothing here is ever
locked, two scans at once are no special case, and a writer killed half-way leaves nothing but a temporary file.

What is read back is loaded as data that shapes a report, so another user must not be able to write it: the folder is ours
alone, another's is refused, and all is opened relative to its descriptor. Beyond that an entry is not trusted to be
intact: it carries a checksum over key and content, and counts as absent when damaged.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from xxhash import xxh3_128_digest

LIMIT = 512 * 1024 * 1024  # bytes
FORMAT: Final = "facts-1"  # the folder's name; another format is another folder

_SHARDS: Final = "0123456789abcdef"
_DIGEST: Final = 16  # bytes before the content
_TEMPORARY: Final = "."  # what the name of a file being written starts with
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def default_folder(environ: Mapping[str, str]) -> Path:
    """Where the cache lies: `$CASEMATE_CACHE`, or the place for caches of the XDG base directory specification."""
    if named := environ.get("CASEMATE_CACHE"):
        return Path(named)
    base = Path(environ.get("XDG_CACHE_HOME", ""))  # the specification: a relative path is to be ignored
    return (base if base.is_absolute() else Path("~/.cache").expanduser()) / "casemate"


class FileStore:
    """Entries below a folder, which is made when absent. Never raises: without a usable folder it holds nothing.

    limit: bytes in all, upheld on close by removing what was longest not read.
    """

    def __init__(self, folder: Path, *, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._problem = ""
        self._written: set[str] = set()  # shards
        self._count = 0
        self._base = self._open_base()
        self._writable = self._base is not None

    @property
    def problem(self) -> str:
        """Why the cache is not used, or no longer written, in one line with the next step; "" when all is well."""
        return self._problem

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, key: str) -> bytes | None:
        """The stored bytes; None when absent or damaged."""
        if self._base is None:
            return None
        name = _name(key)
        try:
            descriptor = os.open(f"{name[0]}/{name}", _READ, dir_fd=self._base)
        except OSError:
            return None
        try:
            size = os.fstat(descriptor).st_size
            entry = memoryview(os.read(descriptor, size + 1))
        except OSError:
            return None
        finally:
            os.close(descriptor)
        content = bytes(entry[_DIGEST:])
        return content if entry[:_DIGEST] == _digest(name, content) else None

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under the key, whole or not at all. After the first failure nothing more is written."""
        if self._base is None or not self._writable:
            return
        name = _name(key)
        shard = name[0]
        self._count += 1
        temporary = f"{shard}/{_TEMPORARY}{os.getpid()}-{id(self):x}-{self._count}"
        try:
            if shard not in self._written:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(shard, 0o700, dir_fd=self._base)
                self._written.add(shard)
            _write(temporary, _digest(name, data) + data, self._base)
            os.rename(temporary, f"{shard}/{name}", src_dir_fd=self._base, dst_dir_fd=self._base)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=self._base)
            self._writable = False
            self._refuse(f"cannot be written: {error.strerror}", "free space or permit writing there")

    def close(self) -> None:
        """Bring the folders that were written back below their share of the limit, and let go of them."""
        if self._base is None:
            return
        for shard in sorted(self._written):
            with contextlib.suppress(OSError):
                self._evict(shard, self._base)
        os.close(self._base)
        self._base = None

    # --- the folder

    def _open_base(self) -> int | None:
        place = self._folder / FORMAT
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(place, _FOLDER)
        except OSError as error:
            self._refuse(f"cannot be opened: {error.strerror}", "make it a folder of yours")
            return None
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            os.close(descriptor)
            self._refuse("is another user's, or others can write to it", "make it yours, with mode 0700")
            return None
        return descriptor

    def _refuse(self, why: str, next_step: str) -> None:
        self._problem = f"the cache {str(self._folder)!r} {why}; {next_step}, or set CASEMATE_CACHE to another folder"

    def _evict(self, shard: str, base: int) -> None:
        """Remove what was longest not read until a quarter of the shard's share is free. The access time is kept by the
        kernel, to a day on most mounts; where it is not kept at all this is the age."""
        folder = os.open(shard, _FOLDER, dir_fd=base)
        try:
            with os.scandir(folder) as entries:
                held = sorted((e.stat(follow_symlinks=False).st_atime_ns, e.name, e.stat().st_size) for e in entries)
            share = self._limit // len(_SHARDS)
            excess = sum(size for *_, size in held) - share
            if excess <= 0:
                return
            excess += share // 4
            for _, name, size in held:
                if excess <= 0:
                    break
                os.unlink(name, dir_fd=folder)
                excess -= size
        finally:
            os.close(folder)


def _name(key: str) -> str:
    """Cryptographic, since keys may hold what the author of a target chose: two keys never share an entry."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def _digest(name: str, content: bytes) -> bytes:
    """Over the name too, so that an entry under another's name does not count."""
    return xxh3_128_digest(content, seed=int(name[:16], 16))


def _write(name: str, data: bytes, base: int) -> None:
    descriptor = os.open(name, _WRITE, 0o600, dir_fd=base)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)
