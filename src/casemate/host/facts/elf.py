"""ELF programs and libraries: what they load, from where, and how they are hardened.

The format is elf(5) and the System V ABI's; the names of dynamic entries are those of <elf.h>. A reader of our own, because only
a few tables are wanted of many programs, and because files of a root may be made to break a parser: every table is bounded by the
file's size and by a limit, a file that lies about itself is read as far as it is sound, and nothing raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error
from typing import Final

from casemate.host.host import Host
from casemate.model.host import NodeKind

MAGIC: Final = b"\x7fELF"
LIMIT: Final = 256 << 20  # bytes; daemons that are one static program come near a hundred million
MAX_ENTRIES: Final = 4096  # of program headers, dynamic entries, notes
MAX_SYMBOLS: Final = 1 << 16
MAX_STRING: Final = 4096
MAX_NAME: Final = 256  # of a symbol
MAX_FOLDERS: Final = 64

TYPES: Final = {1: "REL", 2: "EXEC", 3: "DYN", 4: "CORE"}
MACHINES: Final = {3: "i686", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv64", 21: "powerpc64le", 22: "s390x"}

_UNBOUNDED = (
    "gets strcpy stpcpy strcat sprintf vsprintf system popen execlp execvp execvpe mktemp tmpnam tempnam wcscpy"
)
DANGEROUS: Final = frozenset(_UNBOUNDED.split())
"""Functions that cannot be told a size, give a line to sh(1), search PATH, or invent a name that another can take (man pages)."""

_CHECKED = (
    "memcpy memmove memset mempcpy strcpy stpcpy strncpy strcat strncat sprintf snprintf vsprintf vsnprintf printf fprintf "
    "vprintf vfprintf gets fgets read recv recvfrom pread readlink getcwd realpath syslog vsyslog confstr getgroups"
)
FORTIFIABLE: Final = frozenset(_CHECKED.split())
"""What glibc has a checked variant of (feature_test_macros(7), _FORTIFY_SOURCE)."""

_LOAD, _DYNAMIC, _INTERP, _STACK, _RELRO, _PROPERTY = 1, 2, 3, 0x6474E551, 0x6474E552, 0x6474E553
_NEEDED, _STRTAB, _SYMTAB, _STRSZ, _SONAME, _RPATH, _RUNPATH = 1, 5, 6, 10, 14, 15, 29
_HASH, _GNU_HASH, _BIND_NOW, _FLAGS, _FLAGS_1 = 4, 0x6FFFFEF5, 24, 30, 0x6FFFFFFB


@dataclass(frozen=True, slots=True)
class Elf:
    """What an ELF file says of itself.

    kind: EXEC, DYN, REL or CORE. interpreter: the dynamic loader that it asks for, "" for none. rpath, runpath: the entries
    as written, "" for an empty one. pie: loaded anywhere. nx: no executable stack. rwx: a segment to write and run.
    relro: "none", "partial" or "full". canary: checks its stack frames; fortified: how many checked variants it imports, of how
    many that it could. imports: the undefined dynamic symbols. guarded: marked for CET or BTI.
    """

    path: str
    kind: str
    machine: str
    bits: int
    interpreter: str = ""
    needed: tuple[str, ...] = ()
    soname: str = ""
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    pie: bool = False
    nx: bool = False
    rwx: bool = False
    relro: str = "none"
    canary: bool = False
    fortified: tuple[int, int] = (0, 0)
    guarded: bool = False
    imports: frozenset[str] = frozenset()
    static: bool = False
    go: bool = False
    stripped: bool = True

    @property
    def program(self) -> bool:
        """Whether it is run, and not only loaded by others."""
        return self.kind == "EXEC" or (self.kind == "DYN" and self.pie)

    @property
    def dangerous(self) -> tuple[str, ...]:
        """The dangerous functions that it uses, sorted."""
        return tuple(sorted(self.imports & DANGEROUS))


def elf(host: Host, path: str) -> Elf | None:
    """What the ELF file at a path says; None when it is none. Read once for each file."""
    node = host.fs.node(path)
    if node is None or node.kind is not NodeKind.FILE or node.size < 52:
        return None
    memo = host.once(_memo)
    if node.path not in memo:
        known = None
        if host.fs.head(node.path, 4) == MAGIC:
            data = host.fs.data(node.path, LIMIT)
            known = parse(data, node.path) if data is not None else None
            if data is not None and known is None:
                host.odd(node.path, 1, "an ELF header that is not sound")
        memo[node.path] = known
    return memo[node.path]


def _memo(host: Host) -> dict[str, Elf | None]:
    return {}


@dataclass(frozen=True, slots=True)
class _Segment:
    kind: int
    flags: int
    offset: int
    address: int
    size: int


class _Image:
    """The bytes of a file with the shapes that its class and byte order give to its tables."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.wide = data[4] == 2
        order = ">" if data[5] == 2 else "<"
        self.header = Struct(order + ("HHIQQQIHHHHHH" if self.wide else "HHIIIIIHHHHHH"))
        self.segment = Struct(order + ("IIQQQQQQ" if self.wide else "IIIIIIII"))
        self.section = Struct(order + ("IIQQQQIIQQ" if self.wide else "IIIIIIIIII"))
        self.entry = Struct(order + ("QQ" if self.wide else "II"))
        self.symbol = Struct(order + ("IBBHQQ" if self.wide else "IIIBBH"))
        self.words = Struct(order + "IIII")
        self.segments: list[_Segment] = []

    def read_segments(self, offset: int, each: int, count: int) -> None:
        for index in range(min(count, MAX_ENTRIES)):
            row = self.row(self.segment, offset + index * each)
            if row is None:
                return
            if self.wide:
                kind, flags, start, address, _, size, _, _ = row
            else:
                kind, start, address, _, size, _, flags, _ = row
            self.segments.append(_Segment(kind, flags, start, address, size))

    def row(self, shape: Struct, offset: int) -> tuple[int, ...] | None:
        """One row of a table; None when it lies outside the file."""
        if offset < 0 or offset + shape.size > len(self.data):
            return None
        try:
            return shape.unpack_from(self.data, offset)
        except (error, OverflowError):
            return None

    def place(self, address: int) -> int:
        """Where an address lies in the file; -1 for nowhere."""
        for part in self.segments:
            if part.kind == _LOAD and part.address <= address < part.address + part.size:
                return part.offset + address - part.address
        return -1

    def string(self, table: int, size: int, index: int, most: int = MAX_STRING) -> str:
        """The string at an index of a table of strings, cut at a length."""
        if table < 0 or not 0 <= index < size or table + index >= len(self.data):
            return ""
        start = table + index
        limit = min(table + size, start + most, len(self.data))
        end = self.data.find(b"\0", start, limit)
        return self.data[start : end if end >= 0 else limit].decode("utf-8", "surrogateescape")


def parse(data: bytes, path: str = "") -> Elf | None:
    """What the bytes of an ELF file say; None when the header is not sound."""
    if len(data) < 52 or data[:4] != MAGIC or data[4] not in (1, 2) or data[5] not in (1, 2):
        return None
    image = _Image(data)
    header = image.row(image.header, 16)
    if header is None or header[0] not in TYPES:
        return None
    kind, machine, _, _, segments, sections, _, _, each, count, section_size, section_count, _ = header
    if count and each < image.segment.size:
        return None
    image.read_segments(segments, each, count)
    interpreter = next((_text(data, s) for s in image.segments if s.kind == _INTERP), "")
    entries = _entries(image)
    last = dict(entries)  # as the loader has it: the last of several counts
    table, size = image.place(last.get(_STRTAB, -1)), last.get(_STRSZ, 0)

    def named(tag: int) -> list[str]:
        return [image.string(table, size, value) for key, value in entries if key == tag]

    def folders(tag: int) -> tuple[str, ...]:
        return tuple(folder for text in named(tag)[-1:] if text for folder in text.split(":")[:MAX_FOLDERS])

    imports = _imports(image, last, table, size)
    flags, flags_1 = last.get(_FLAGS, 0), last.get(_FLAGS_1, 0)
    now = _BIND_NOW in last or bool(flags & 8) or bool(flags_1 & 1)
    relro = any(s.kind == _RELRO for s in image.segments)
    stack = next((s for s in image.segments if s.kind == _STACK), None)
    static = not interpreter and not any(key == _NEEDED for key, _ in entries)
    checked = {name for name in imports if name.endswith("_chk")}
    plain = imports & FORTIFIABLE
    return Elf(
        path=path,
        kind=TYPES[kind],
        machine=MACHINES.get(machine, str(machine)),
        bits=64 if image.wide else 32,
        interpreter=interpreter,
        needed=tuple(name for name in named(_NEEDED) if name),
        soname=next(iter(named(_SONAME)), ""),
        rpath=folders(_RPATH),
        runpath=folders(_RUNPATH),
        pie=kind == 3 and (bool(flags_1 & 0x08000000) or bool(interpreter)),
        nx=stack is not None and not stack.flags & 1,
        rwx=any(s.kind == _LOAD and s.flags & 3 == 3 for s in image.segments),
        relro="none" if not relro else "full" if now else "partial",
        canary=bool({"__stack_chk_fail", "__stack_chk_guard", "__intel_security_cookie"} & imports)
        or (static and b"stack smashing detected" in data),
        fortified=(len(checked), len(checked) + len(plain)),
        guarded=_guarded(image),
        imports=imports,
        static=static,
        go=b"\xff Go buildinf:" in data or b"Go build ID: " in data[:8192],
        stripped=not _has_symbols(image, sections, section_size, section_count),
    )


def _text(data: bytes, part: _Segment) -> str:
    raw = data[part.offset : part.offset + min(part.size, MAX_STRING)]
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _entries(image: _Image) -> list[tuple[int, int]]:
    """The dynamic section, by its segment, as the loader reads it."""
    out: list[tuple[int, int]] = []
    for part in image.segments:
        if part.kind != _DYNAMIC:
            continue
        for index in range(min(part.size // image.entry.size, MAX_ENTRIES)):
            row = image.row(image.entry, part.offset + index * image.entry.size)
            if row is None or not row[0]:
                break
            out.append((row[0], row[1]))
        break
    return out


def _imports(image: _Image, last: dict[int, int], table: int, size: int) -> frozenset[str]:
    """The names of dynamic symbols that no section of the file defines."""
    start = image.place(last.get(_SYMTAB, -1))
    if start < 0 or table < 0:
        return frozenset()
    count = 0
    buckets = image.row(image.words, image.place(last[_HASH])) if _HASH in last else None
    if buckets is not None:
        count = buckets[1]  # as many chains as symbols
    gnu = image.row(image.words, image.place(last[_GNU_HASH])) if _GNU_HASH in last else None
    if gnu is not None:
        count = max(count, gnu[1])  # undefined symbols stand before the first hashed one
    if not count or gnu is not None:
        count = max(count, (table - start) // image.symbol.size)  # linkers put the strings behind the symbols
    names: set[str] = set()
    for index in range(1, min(count, MAX_SYMBOLS)):
        row = image.row(image.symbol, start + index * image.symbol.size)
        if row is None:
            break
        section = row[3] if image.wide else row[5]
        if not section:
            name = image.string(table, size, row[0], MAX_NAME)
            if name:
                names.add(name)
    return frozenset(names)


def _guarded(image: _Image) -> bool:
    """Whether the program property note has an x86 IBT or shadow stack bit, or an AArch64 BTI one."""
    for part in image.segments:
        if part.kind == _PROPERTY:
            at, end = part.offset + 16, min(part.offset + part.size, len(image.data))
            for _ in range(16):
                row = image.row(image.words, at) if at + 12 <= end else None
                if row is None:
                    break
                kind, size, bits = row[:3]
                if kind in (0xC0000002, 0xC0000000):
                    return bool(bits & 3)
                at += 8 + (size + 7 & ~7)
    return False


def _has_symbols(image: _Image, offset: int, each: int, count: int) -> bool:
    if each < image.section.size:
        return False
    for index in range(min(count, MAX_ENTRIES)):
        row = image.row(image.section, offset + index * each)
        if row is None:
            return False
        if row[1] == 2:  # SHT_SYMTAB
            return True
    return False
