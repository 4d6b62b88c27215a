"""A header of the rpm database: the strict reading of an untrusted blob (rpm's documentation, "RPM v4 package format", Header).

Two numbers, of index entries and of bytes of data; the entries (tag, type, offset, count), then the data; all big endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

NAME, VERSION, RELEASE, EPOCH, ARCH, SOURCERPM = 1000, 1001, 1002, 1003, 1022, 1044
DIRINDEXES, BASENAMES, DIRNAMES, MODULARITYLABEL = 1116, 1117, 1118, 5096
FILEMODES, FILEDIGESTS, FILEDIGESTALGO = 1030, 1035, 5011
INT16, INT32, STRING, STRING_ARRAY, I18NSTRING = 3, 4, 6, 8, 9
MOST_ENTRIES = 0xFFFF  # as rpm itself allows
MOST_DATA = 256 << 20
MOST_STRINGS = 200_000


class BadHeader(ValueError):
    """The blob is no header; its text says in what."""


@dataclass(frozen=True, slots=True)
class Header:
    """The entries of a header: tag to (type, offset, count), over the data."""

    entries: dict[int, tuple[int, int, int]]
    data: bytes

    def text(self, tag: int) -> str:
        """A string, or the first of several; "" when there is none."""
        found = self.entries.get(tag)
        if found is None:
            return ""
        kind, offset, _ = found
        if kind not in (STRING, STRING_ARRAY, I18NSTRING):
            raise BadHeader(f"tag {tag} is no string")
        return self._strings(offset, 1)[0]

    def number(self, tag: int) -> int | None:
        """The first of its numbers."""
        numbers = self.numbers(tag)
        return numbers[0] if numbers else None

    def numbers(self, tag: int) -> tuple[int, ...]:
        """An array of 32-bit numbers."""
        found = self.entries.get(tag)
        if found is None:
            return ()
        kind, offset, count = found
        if kind != INT32 or count > MOST_STRINGS or offset + 4 * count > len(self.data):
            raise BadHeader(f"tag {tag} is no array of numbers")
        return struct.unpack_from(f">{count}I", self.data, offset)

    def modes(self) -> tuple[int, ...]:
        """The modes of its files, in the order of their paths: an array of 16-bit numbers."""
        kind, offset, count = self.entries.get(FILEMODES, (INT16, 0, 0))
        if kind != INT16 or count > MOST_STRINGS or offset + 2 * count > len(self.data):
            raise BadHeader("the modes of files are no array of short numbers")
        return struct.unpack_from(f">{count}H", self.data, offset)

    def texts(self, tag: int) -> list[str]:
        """An array of strings."""
        found = self.entries.get(tag)
        if found is None:
            return []
        kind, offset, count = found
        if kind != STRING_ARRAY or count > MOST_STRINGS:
            raise BadHeader(f"tag {tag} is no array of strings")
        return self._strings(offset, count)

    def files(self) -> list[str]:
        """The paths of the package."""
        folders, names, indexes = self.texts(DIRNAMES), self.texts(BASENAMES), self.numbers(DIRINDEXES)
        if len(names) != len(indexes) or any(index >= len(folders) for index in indexes):
            raise BadHeader("the lists of files do not fit together")
        return [folders[index] + name for index, name in zip(indexes, names, strict=True)]

    def _strings(self, offset: int, count: int) -> list[str]:
        out = []
        for _ in range(count):
            end = self.data.find(b"\0", offset)
            if end < 0:
                raise BadHeader("a string has no end")
            out.append(self.data[offset:end].decode("utf-8", "replace"))
            offset = end + 1
        return out


def parse(blob: bytes) -> Header:
    """A header. Raises BadHeader."""
    if len(blob) < 8:
        raise BadHeader("it is too short")
    count, size = struct.unpack_from(">II", blob)
    if not 0 < count <= MOST_ENTRIES or size > MOST_DATA or 8 + 16 * count + size > len(blob):
        raise BadHeader(f"{count} entries and {size} bytes do not fit")
    entries: dict[int, tuple[int, int, int]] = {}
    for tag, kind, offset, items in struct.iter_unpack(">IIiI", blob[8 : 8 + 16 * count]):
        if 0 <= offset < size or (offset == size and not items):  # a region's own entry points backwards elsewhere
            entries.setdefault(tag, (kind, offset, items))
    start = 8 + 16 * count
    return Header(entries, blob[start : start + size])
