"""A zip archive in one spelling: members stored as they are, in the order of their names, all of 1980-01-01.

The same members give the same bytes on every machine and version. Reading takes nothing else: what it does not give back
byte for byte when packed again is refused, so there is no second way to write an archive, and no room for anything hidden in one.
Any program that reads zip files (APPNOTE 6.3) reads these.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from zlib import crc32

MAX_ARCHIVE = 64 << 20  # bytes
MAX_MEMBERS = 4_000

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_NEEDS, _DATE, _MODE = 20, 0x21, 0o100644 << 16  # version 2.0, 1980-01-01, a regular file of a POSIX system
_MADE_BY = 3 << 8 | _NEEDS


class NoArchive(ValueError):
    """Bytes that are no archive in this spelling, and why."""


def pack(members: Mapping[str, bytes]) -> bytes:
    """The archive. Names are ASCII."""
    body, directory = bytearray(), bytearray()
    for name in sorted(members):
        data, label = members[name], name.encode("ascii")
        common = (0, 0, 0, _DATE, crc32(data), len(data), len(data), len(label), 0)
        directory += _CENTRAL.pack(b"PK\1\2", _MADE_BY, _NEEDS, *common, 0, 0, 0, _MODE, len(body)) + label
        body += _LOCAL.pack(b"PK\3\4", _NEEDS, *common) + label + data
    count = len(members)
    end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory) + end


def first(data: bytes) -> tuple[str, bytes]:
    """The first member, whatever the rest is. Raises NoArchive."""
    name, content, _ = _member(data, 0)
    return name, content


def unpack(data: bytes) -> dict[str, bytes]:
    """Every member by its name. Raises NoArchive."""
    if len(data) > MAX_ARCHIVE:
        raise NoArchive(f"it has more than {MAX_ARCHIVE:,} bytes")
    members: dict[str, bytes] = {}
    position = 0
    while not data.startswith(b"PK\1\2", position):
        name, content, position = _member(data, position)
        if name in members:
            raise NoArchive(f"it holds {name!r} twice")
        if len(members) == MAX_MEMBERS:
            raise NoArchive(f"it has more than {MAX_MEMBERS:,} members")
        members[name] = content
    packed = pack(members)
    if len(data) < len(packed):
        raise NoArchive("it ends before its end")
    if packed != data:
        raise NoArchive("its directory is not what its members give")
    return members


def _member(data: bytes, position: int) -> tuple[str, bytes, int]:
    """The member that begins there: name, content, and where the next one begins."""
    head = data[position : position + _LOCAL.size]
    if len(head) < _LOCAL.size:
        raise NoArchive("it ends before its end" if position or head[:4] == b"PK\3\4" else "it is no zip archive")
    sign, needs, flags, method, time, date, check, packed, size, label, extra = _LOCAL.unpack(head)
    if sign != b"PK\3\4":
        raise NoArchive("something else stands where a member begins" if position else "it is no zip archive")
    if (needs, flags, method, time, date, extra) != (_NEEDS, 0, 0, 0, _DATE, 0) or packed != size:
        raise NoArchive("a member is not stored as it is")
    start = position + _LOCAL.size + label
    if start + size > len(data):
        raise NoArchive("a member is larger than what is there")
    try:
        name = data[position + _LOCAL.size : start].decode("ascii")
    except UnicodeDecodeError as error:
        raise NoArchive("the name of a member is not ASCII") from error
    content = data[start : start + size]
    if crc32(content) != check:
        raise NoArchive(f"the content of {name!r} was changed")
    return name, content, start + size
