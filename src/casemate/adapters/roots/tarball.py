"""The entries of a tar stream that may be hostile, each header in bounded memory and time.

The standard library's tarfile takes an extended header of any size into memory, and reads from places that an entry names. Forms:
tar(5) of libarchive, "pax Interchange Format" of POSIX.1-2017, GNU tar's manual, "Basic Tar Format". Where readers differ it
does as Go's archive/tar, with which container runtimes unpack: an entry is seen as they see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from casemate.model.outcome import Reason

BLOCK: Final = 512
MAX_EXTENDED: Final = 1 << 20  # bytes of one extended header, as in Go's archive/tar
MAX_HEADERS: Final = 100  # for one entry
REGULAR: Final = (b"0", b"\0", b"7")
SPARSE: Final = b"S"
HEADER_ONLY: Final = (b"1", b"2", b"3", b"4", b"5", b"6")

_ZERO = bytes(BLOCK)


class Source(Protocol):
    """Bytes in order. Both raise Broken when there are no more."""

    @property
    def position(self) -> int:
        """How many bytes were passed."""

    def read(self, size: int) -> bytes:
        """So many bytes; none at all at the very end."""

    def skip(self, size: int) -> None:
        """Pass so many bytes."""


class Broken(Exception):
    """The stream cannot be followed any further."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class Member:
    """An entry. name, link: as the stream has them, undecodable bytes as lone surrogates. type: the flag of its header.

    offset: of its content in the stream. attributes: the extended header's records.
    """

    name: str
    type: bytes
    mode: int
    uid: int
    gid: int
    size: int
    link: str
    offset: int
    attributes: dict[str, bytes] = field(default_factory=dict)

    @property
    def sparse(self) -> bool:
        """Whether its content is stored with holes left out, so that its bytes are not what a reader gets."""
        return self.type == SPARSE or any(key.startswith("GNU.sparse.") for key in self.attributes)


def members(source: Source) -> Iterator[Member]:
    """The entries in their order; Broken where the stream is none, or ends within one."""
    while header := source.read(BLOCK):
        records: dict[str, bytes] = {}
        long: dict[bytes, str] = {}
        extended = 0
        while (flag := header[156:157]) in b"xgLK" and header != _ZERO:
            size = _checked(header)
            extended += 1
            if size > MAX_EXTENDED or extended > MAX_HEADERS:
                raise Broken(Reason.TOO_LARGE, "an entry's extended headers are too large, or too many")
            data = source.read(size)
            source.skip(-size % BLOCK)
            if flag == b"x":
                records = _records(data)
            elif flag != b"g":  # a global header is nothing to a container runtime
                long[flag] = _text(data)
            header = source.read(BLOCK)
            if not header:
                raise Broken(Reason.SYNTAX, "it ends after an extended header")
        if header == _ZERO:
            following = source.read(BLOCK)
            if following not in (b"", _ZERO):
                raise Broken(Reason.SYNTAX, f"an empty block where an entry is expected, at byte {source.position}")
            return
        member = _member(header, records, long, source.position)
        stored = member.size
        if "GNU.sparse.realsize" in records:
            member.size = _decimal(records["GNU.sparse.realsize"])
        elif member.type == SPARSE:
            member.size = _number(header[483:495])
            goes_on = header[482:483]
            while goes_on == b"\1":
                goes_on = source.read(BLOCK)[504:505]
            member.offset = source.position
        yield member
        source.skip(stored + -stored % BLOCK)


def _member(header: bytes, records: dict[str, bytes], long: dict[bytes, str], offset: int) -> Member:
    size = _checked(header)
    name = _text(header[:100])
    if header[257:263] == b"ustar\0" and (prefix := _text(header[345:500])):
        name = f"{prefix}/{name}"
    flag = header[156:157]
    if flag == b"\0" and name.endswith("/"):
        flag = b"5"
    member = Member(
        name, flag, _number(header[100:108]) & 0o7777, _number(header[108:116]), _number(header[116:124]), size,
        _text(header[157:257]), offset, records,
    )  # fmt: skip
    if records:
        member.name = _plain(records, "GNU.sparse.name") or _plain(records, "path") or name
        member.link = _plain(records, "linkpath") or member.link
        for key in ("uid", "gid", "size"):
            if key in records:
                setattr(member, key, _decimal(records[key]))
    member.name = long.get(b"L", member.name)
    member.link = long.get(b"K", member.link)
    if flag in HEADER_ONLY:
        member.size = 0
    return member


def _checked(header: bytes) -> int:
    """The size that a header gives; Broken unless its checksum says that it is one."""
    if len(header) < BLOCK:
        raise Broken(Reason.SYNTAX, "it ends within a header")
    if sum(header) - sum(header[148:156]) + 8 * 0x20 != _number(header[148:156]):
        raise Broken(Reason.SYNTAX, "no tar header where one is expected")
    return _number(header[124:136])


def _number(data: bytes) -> int:
    """Octal digits, or a binary number where the first bit is set (GNU)."""
    if data[0] & 0x80:
        if data[0] & 0x40:
            raise Broken(Reason.SYNTAX, "a number below zero in a header")
        return int.from_bytes(bytes([data[0] & 0x7F]) + data[1:], "big")
    digits = data.split(b"\0", 1)[0].strip()
    if digits.strip(b"01234567"):
        raise Broken(Reason.SYNTAX, "no number where one is expected in a header")
    return int(digits, 8) if digits else 0


def _decimal(data: bytes) -> int:
    if not data.isdigit() or len(data) > 20:
        raise Broken(Reason.SYNTAX, "no number where one is expected in an extended header")
    return int(data)


def _text(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _plain(records: dict[str, bytes], key: str) -> str:
    if b"\0" in (value := records.get(key, b"")):
        raise Broken(Reason.SYNTAX, "a name with a zero byte in an extended header")
    return value.decode("utf-8", "surrogateescape")


def _records(data: bytes) -> dict[str, bytes]:
    """ "LENGTH KEY=VALUE\\n", as often as fits."""
    out: dict[str, bytes] = {}
    at = 0
    while at < len(data):
        blank = data.find(b" ", at, at + 8)
        digits = data[at:blank]
        end = at + int(digits) if blank > at and digits.isdigit() else -1
        key, equals, value = data[blank + 1 : end].partition(b"=")
        if end <= blank or end > len(data) or not equals or not value.endswith(b"\n"):
            raise Broken(Reason.SYNTAX, "an extended header that is none")
        out[key.decode("utf-8", "surrogateescape")] = value[:-1]
        at = end
    return out
