"""Bytes of an image: where they lie, read in order with their digests, and unpacked within limits."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import zlib
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from casemate.adapters.roots.tarball import Broken
from casemate.model.errors import EnvironmentFault, UserError
from casemate.model.outcome import Reason

CHUNK: Final = 1 << 20
AHEAD: Final = 1 << 18
PIECE: Final = 1 << 16  # what follows a member is copied for each of them: many small ones must stay cheap
MAX_EMPTY: Final = 100
DIGEST: Final = re.compile(r"(?P<algorithm>sha256|sha512):(?P<hex>[0-9a-f]{64}|[0-9a-f]{128})")


class NoImage(UserError):
    """What the operator named is no container image that can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far an image is looked at. bytes: unpacked, of all layers. ratio: of a layer, once that much of it is unpacked."""

    entries: int = 3_000_000
    bytes: int = 64 << 30
    ratio: int = 300
    ratio_from: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Region:
    """A part of an open file. offset, size: in bytes."""

    descriptor: int
    offset: int
    size: int

    def read(self, at: int, size: int) -> bytes:
        """So many bytes from a place in the region, fewer where it ends."""
        size = min(size, self.size - at)
        out = b""
        while size > len(out) and (more := os.pread(self.descriptor, size - len(out), self.offset + at + len(out))):
            out = out + more if out else more
        return out


class Cursor:
    """Reads a region from its beginning. digest: of what was read so far, in hex; "" when the algorithm is unknown."""

    def __init__(self, region: Region, algorithm: str = "") -> None:
        self.position = 0
        self._region = region
        self._hash = hashlib.new(algorithm) if algorithm else None

    def read(self, size: int = CHUNK) -> bytes:
        """At most so many bytes."""
        data = self._region.read(self.position, min(size, CHUNK) if size >= 0 else CHUNK)
        self.position += len(data)
        if self._hash is not None:
            self._hash.update(data)
        return data

    def skip(self, size: int) -> None:
        """Pass bytes without reading them. No digest is then to be had."""
        self.position += size
        if self.position > self._region.size:
            raise Broken(Reason.SYNTAX, "it ends in the middle")

    def drain(self) -> str:
        """Read to the end; the digest of all."""
        while self.read(CHUNK):
            pass
        return self._hash.hexdigest() if self._hash else ""

    def seekable(self) -> bool:
        """It is read in order only."""
        return False

    def readable(self) -> bool:
        """It can be read."""
        return True

    def close(self) -> None:
        """The file stays open: it belongs to the image."""


class Readable(Protocol):
    """What `unpacked` gives."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""


def unpacked(raw: Cursor, first: bytes) -> Readable | None:
    """What a stream holds unpacked, by its first bytes; None when it is not packed."""
    if first.startswith(b"\x1f\x8b"):
        return _Gunzip(raw)
    if first.startswith(b"\x28\xb5\x2f\xfd"):
        import backports.zstd as zstd  # noqa: PLR0402 the other form is none that mypy finds

        return cast("Readable", zstd.ZstdFile(cast("Any", raw)))
    return None


class _Gunzip:
    """As gzip.GzipFile reads, in larger pieces: one member after the other, zero bytes after the last."""

    def __init__(self, raw: Cursor) -> None:
        self._raw = raw
        self._member = zlib.decompressobj(wbits=31)
        self._empty = 0  # members in a row that hold nothing

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""
        while True:
            if self._member.eof:
                data = self._after()
                if not data:
                    return b""
                self._member = zlib.decompressobj(wbits=31)
                self._empty += 1
                ended = False
            else:
                data = self._member.unconsumed_tail or self._raw.read(PIECE)
                ended = not data
            out = self._member.decompress(data, size)
            if out:
                self._empty = 0
                return out
            if ended and not self._member.eof:
                raise EOFError
            if self._empty > MAX_EMPTY:
                raise ValueError("too many empty members")

    def _after(self) -> bytes:
        """What follows a member, without zero bytes before it."""
        data = self._member.unused_data
        while not (data := data.lstrip(b"\0")):
            data = self._raw.read(PIECE)
            if not data:
                break
        return data


class Meter:
    """What was unpacked of an image, against its limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._bytes = 0
        self._entries = 0

    def entry(self) -> None:
        """One more entry; Broken when that is too many."""
        self._entries += 1
        if self._entries > self.limits.entries:
            raise Broken(Reason.STEP_LIMIT, f"the image has more than {self.limits.entries} entries")

    def charge(self, size: int, unpacked_size: int, packed_size: int) -> None:
        """So many bytes more; Broken when the image, or this layer, is too large by now."""
        self._bytes += size
        if self._bytes > self.limits.bytes:
            raise Broken(Reason.TOO_LARGE, f"the image unpacks to more than {self.limits.bytes} bytes")
        if unpacked_size > self.limits.ratio_from and unpacked_size > self.limits.ratio * packed_size:
            raise Broken(Reason.TOO_LARGE, f"it unpacks to more than {self.limits.ratio} times its size")


class Spool:
    """A temporary file without a name, for what is unpacked."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0, prefix="casemate-")  # noqa: SIM115 as long as the image
        self._end = 0

    def region(self) -> Region:
        """A region from here on, as far as anything will be written."""
        return Region(self._file.fileno(), self._end, 1 << 62)

    def write(self, data: bytes) -> None:
        """Add bytes. EnvironmentFault when there is no room for them."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise EnvironmentFault(
                f"cannot unpack the image below {tempfile.gettempdir()!r}: {error.strerror}",
                next_step="let TMPDIR name a folder with more room",
            ) from error
        self._end += len(data)

    def close(self) -> None:
        """It is gone."""
        self._file.close()


class Stream:
    """What is unpacked, in order: `tarball.Source`. raw: the packed bytes. spool: keeps what passes."""

    def __init__(self, reader: Readable, raw: Cursor, meter: Meter, spool: Spool | None, algorithm: str = "") -> None:
        self.position = 0
        self._reader = reader
        self._raw = raw
        self._meter = meter
        self._spool = spool
        self._hash = hashlib.new(algorithm) if algorithm else None
        self._ahead = b""  # read, and not passed before the place in it
        self._at = 0
        self._unpacked = 0

    def read(self, size: int) -> bytes:
        """So many bytes; none at all at the very end. Broken when there are fewer."""
        data = self._some(size)
        while data and len(data) < size:
            more = self._some(size - len(data))
            if not more:
                raise Broken(Reason.SYNTAX, "it ends in the middle")
            data += more
        return data

    def skip(self, size: int) -> None:
        """Pass so many bytes."""
        while size > 0:
            if self._at == len(self._ahead) and not self._fill():
                raise Broken(Reason.SYNTAX, "it ends in the middle")
            step = min(size, len(self._ahead) - self._at)
            self._at += step
            self.position += step
            size -= step

    def drain(self) -> str:
        """Pass all that is left; the digest of the whole."""
        self.position += len(self._ahead) - self._at
        while self._fill():
            self.position += len(self._ahead)
        self._at = len(self._ahead)
        return self._hash.hexdigest() if self._hash else ""

    def _some(self, size: int) -> bytes:
        if self._at == len(self._ahead) and not self._fill():
            return b""
        data = self._ahead[self._at : self._at + size]
        self._at += len(data)
        self.position += len(data)
        return data

    def _fill(self) -> bool:
        """Read ahead; False at the end."""
        try:
            data = self._reader.read(AHEAD)
        except OSError as error:
            bad = error.errno not in (None, errno.EINVAL)
            raise Broken(Reason.UNREADABLE if bad else Reason.SYNTAX, error.strerror or "it is damaged") from error
        except EOFError as error:
            raise Broken(Reason.SYNTAX, "it ends in the middle") from error
        except (zlib.error, ValueError) as error:
            raise Broken(Reason.SYNTAX, "it is damaged") from error
        except Exception as error:
            if type(error).__name__ != "ZstdError":  # named without importing what few images need
                raise
            raise Broken(Reason.SYNTAX, "it is damaged") from error
        self._unpacked += len(data)
        self._meter.charge(len(data), self._unpacked, self._raw.position)
        if self._hash is not None:
            self._hash.update(data)
        if self._spool is not None:
            self._spool.write(data)
        self._ahead, self._at = data, 0
        return bool(data)
