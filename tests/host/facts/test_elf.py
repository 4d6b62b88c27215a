"""What ELF files say of themselves, whole or broken."""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from casemate.host.facts.elf import elf, parse
from tests.host.elves import build
from tests.host.tree import tree


def test_a_hardened_program_is_told_from_a_weak_one():
    """Position-independent, no executable stack, full RELRO, canary, fortified; and none of it."""
    good = parse(build(imports=("__stack_chk_fail", "__printf_chk", "memcpy"), guarded=True))
    assert good is not None
    assert (good.kind, good.pie, good.nx, good.relro, good.canary) == ("DYN", True, True, "full", True)
    assert (good.fortified, good.guarded, good.program, good.machine) == ((1, 2), True, True, "x86_64")
    weak = parse(build(kind="exec", nx=False, relro="none", imports=("gets", "system", "puts")))
    assert weak is not None
    assert (weak.kind, weak.pie, weak.nx, weak.relro, weak.canary) == ("EXEC", False, False, "none", False)
    assert weak.dangerous == ("gets", "system")
    partial = parse(build(relro="partial"))
    assert partial is not None
    assert partial.relro == "partial"


@pytest.mark.parametrize(("wide", "order"), [(True, "<"), (True, ">"), (False, "<"), (False, ">")])
def test_what_a_program_loads_and_from_where(wide: bool, order: str):
    """In both classes and byte orders: libraries, the folders of RPATH and RUNPATH as written, the interpreter."""
    found = parse(
        build(
            rpath="/opt/a:$ORIGIN/../lib::.",
            runpath="/opt/b",
            needed=("liba.so.1", "libc.so.6"),
            wide=wide,
            order=order,
        )
    )
    assert found is not None
    assert found.rpath == ("/opt/a", "$ORIGIN/../lib", "", ".")
    assert (found.runpath, found.needed) == (("/opt/b",), ("liba.so.1", "libc.so.6"))
    assert found.interpreter == "/lib64/ld-linux-x86-64.so.2"
    assert found.imports == {"puts", "__stack_chk_fail"}
    assert found.bits == (64 if wide else 32)


def test_a_library_is_no_program():
    """It has neither an interpreter nor the flag of a static position-independent program."""
    library = parse(build(kind="lib", soname="libx.so.1"))
    assert library is not None
    assert (library.program, library.pie, library.soname) == (False, False, "libx.so.1")


def test_go_and_static_programs_are_recognised():
    """By the build information that the Go linker leaves, and by there being nothing to load."""
    go = parse(build(kind="exec", interpreter="", needed=(), imports=(), data=b"\xff Go buildinf:"))
    assert go is not None
    assert go.go
    assert go.static
    assert not go.pie


def test_what_is_no_elf_file_is_none_and_a_broken_header_is_said():
    """A script is none; a header that is not sound is not examined."""
    root = tree("# file: /opt/x 0755\n#!/bin/sh\n" + "# elf: /opt/y 0755\n# link: /opt/z -> y\n")
    root.contents["/opt/broken"] = b"\x7fELF\x02\x01\x01" + b"\xff" * 60
    root.nodes_by_path["/opt/broken"] = replace(root.nodes_by_path["/opt/y"], path="/opt/broken", size=67)
    host = root.host()
    assert elf(host, "/opt/x") is None
    assert elf(host, "/opt/none") is None
    assert elf(host, "/opt/z") is elf(host, "/opt/y")
    assert elf(host, "/opt/broken") is None
    assert [loss.what for loss in host.fs.losses] == ["/opt/broken:1"]


def test_a_program_of_this_machine_is_read():
    """The interpreter that runs the tests, whatever built it."""
    data = Path(sys.executable).resolve().read_bytes()
    found = parse(data)
    assert found is not None or data[:4] != b"\x7fELF"
    assert found is None or found.program


def test_broken_files_neither_crash_nor_hang():
    """Two hundred mutants: bytes of the headers and tables changed, ends cut off."""
    rng = random.Random(7)
    whole = build(rpath="/opt/a:/opt/b", imports=("system", "gets", "__stack_chk_fail"), guarded=True)
    started = time.process_time()
    for _ in range(200):
        mutant = bytearray(whole)
        for _ in range(rng.randint(1, 12)):
            mutant[rng.randrange(4, len(mutant))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        if rng.random() < 0.3:
            del mutant[rng.randrange(len(mutant)) :]
        parse(bytes(mutant))
    assert time.process_time() - started < 2


def test_counts_that_lie_are_bounded():
    """A file that claims four thousand million symbols or headers costs no more than it has bytes."""
    whole = bytearray(build())
    at = bytes(whole).find((1).to_bytes(4, "little") + (3).to_bytes(4, "little") + b"\0" * 8)
    whole[at + 4 : at + 8] = b"\xff" * 4  # nchain
    whole[56:58] = b"\xff\xff"  # program headers
    started = time.process_time()
    assert parse(bytes(whole)) is not None
    assert time.process_time() - started < 1
