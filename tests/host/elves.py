"""Small well-formed ELF programs for tests: nothing of them is ever run."""

from __future__ import annotations

import struct


def build(
    *,
    kind: str = "pie",
    nx: bool = True,
    relro: str = "full",
    rpath: str | None = None,
    runpath: str | None = None,
    needed: tuple[str, ...] = ("libc.so.6",),
    imports: tuple[str, ...] = ("puts", "__stack_chk_fail"),
    interpreter: str = "/lib64/ld-linux-x86-64.so.2",
    soname: str | None = None,
    guarded: bool = False,
    data: bytes = b"",
    wide: bool = True,
    order: str = "<",
) -> bytes:
    """kind: "pie", "exec" or "lib". data: what else the file holds, such as strings."""
    strings = b"\0"

    def said(text: str) -> int:
        nonlocal strings
        at = len(strings)
        strings += text.encode() + b"\0"
        return at

    tags = [(1, said(name)) for name in needed]
    tags += [(tag, said(text)) for tag, text in ((29, runpath), (15, rpath), (14, soname)) if text is not None]
    symbol = "IBBHQQ" if wide else "IIIBBH"
    rows = [struct.pack(order + symbol, *([0] * 6))]
    for name in imports:
        at = said(name)
        rows.append(struct.pack(order + symbol, *((at, 0x12, 0, 0, 0, 0) if wide else (at, 0, 0, 0x12, 0, 0))))
    symbols = b"".join(rows)
    base = 0x400000 if kind == "exec" else 0
    header = 64 if wide else 52
    interp = interpreter.encode() + b"\0" if interpreter and kind != "lib" else b""
    note = struct.pack(order + "IIII", 4, 16, 5, 0x554E47) + struct.pack(order + "IIII", 0xC0000002, 4, 3, 0)
    count = 3 + bool(interp) + (relro != "none") + guarded
    at_interp = header + count * (56 if wide else 32)
    at_symbols = (at_interp + len(interp) + 7) & ~7
    at_hash = at_symbols + len(symbols) + len(strings)
    at_hash = (at_hash + 7) & ~7
    hashed = struct.pack(order + "IIII", 1, len(rows), 0, 0)
    at_note = (at_hash + len(hashed) + 7) & ~7
    at_dynamic = (at_note + len(note) + 7) & ~7
    tags += [(4, base + at_hash), (5, base + at_symbols + len(symbols)), (6, base + at_symbols), (10, len(strings))]
    flags = 0x08000000 if kind == "pie" else 0
    if relro == "full":
        tags.append((30, 8))
        flags |= 1
    tags += [(0x6FFFFFFB, flags), (0, 0)]
    dynamic = b"".join(struct.pack(order + ("QQ" if wide else "II"), *tag) for tag in tags)
    end = at_dynamic + len(dynamic)

    def segment(kind: int, flags: int, offset: int, size: int) -> bytes:
        if wide:
            return struct.pack(order + "IIQQQQQQ", kind, flags, offset, base + offset, base + offset, size, size, 8)
        return struct.pack(order + "IIIIIIII", kind, offset, base + offset, base + offset, size, size, flags, 8)

    segments = [segment(1, 5, 0, end), segment(2, 6, at_dynamic, len(dynamic)), segment(0x6474E551, 6 | (not nx), 0, 0)]
    if interp:
        segments.append(segment(3, 4, at_interp, len(interp)))
    if relro != "none":
        segments.append(segment(0x6474E552, 4, at_dynamic, len(dynamic)))
    if guarded:
        segments.append(segment(0x6474E553, 4, at_note, len(note)))
    out = bytearray(end)
    head = struct.pack(
        order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"),
        2 if kind == "exec" else 3,
        62 if wide else 3,
        1,
        base,
        header,
        0,
        0,
        header,
        56 if wide else 32,
        count,
        0,
        0,
        0,
    )
    parts = (
        (0, b"\x7fELF" + bytes((2 if wide else 1, 1 if order == "<" else 2, 1)) + b"\0" * 9 + head),
        (header, b"".join(segments)),
        (at_interp, interp),
        (at_symbols, symbols + strings),
        (at_hash, hashed),
        (at_note, note),
        (at_dynamic, dynamic),
    )
    for at, part in parts:
        out[at : at + len(part)] = part
    return bytes(out) + data


def told(words: list[str]) -> bytes:
    """What the words of a header `# elf:` ask for: kind=exec nx=no relro=none rpath=… needed=a,b imports=a,b says=a_text."""
    given: dict[str, object] = {}
    for word in words:
        key, _, value = word.partition("=")
        if key in ("needed", "imports"):
            given[key] = tuple(value.split(",")) if value else ()
        elif key in ("nx", "guarded"):
            given[key] = value == "yes"
        elif key == "says":
            given["data"] = b"\0" + value.replace("_", " ").encode() + b"\0"
        else:
            given[key] = value
    return build(**given)  # type: ignore[arg-type]
