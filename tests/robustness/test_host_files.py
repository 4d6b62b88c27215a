"""Whatever a configuration file holds, an audit ends, soon, and without a fault."""

import random
import time

import pytest

from tests.host.tree import tree
from tests.robustness.host_trees import audited, every_file, put

DICE = random.Random(7)
GARBAGE = {
    "random bytes": DICE.randbytes(3000),
    "zero bytes": bytes(5000),
    "a very long line": b"a" * 20_000,
    "many words in a line": b"a " * 8_000,
    "no UTF-8": b"\xff\xfe=\x80 \xc3(\n[\xff]\n\xff:\xff:\xff:\n" * 40,
    "many fields": b":" * 2000 + b"\n" + b"," * 2000 + b"\n" + b"=" * 2000 + b"\n",
    "open brackets": b"([{<" * 2000 + b"\n" + b"{" * 3000 + b"\n" + b"[" * 3000 + b"\n" + b"(" * 3000,
    "open quotes": b"\"'`$(" * 500 + b"\n" + b'"' * 2001 + b"\n",
    "continued lines": b"a \\\n" * 2000,
    "continued nothing": b"\\\n" * 2000,
    "deep documents": b"<a>" * 2000 + b"\n" + b"- " * 2000 + b"\n" + b'{"a":' * 2000,
    "sections and keys": b"[Service]\nExecStart=\nUser=\n[a\n]b[\n=c\n[Unit]\n%\n" * 60,
    "numbers": b"-1 99999999999999999999999 0x 1e999 08 \xd9\xa3 \xc2\xb2:\xc2\xb2:\xc2\xb2:\xc2\xb2:\xc2\xb2\n" * 100,
    "includes of itself": b"".join(
        b"%s\n" % line
        for line in (
            b"include /etc/*", b"#include /etc/passwd", b"@includedir /etc", b"Include *", b". $0", b"source /etc/profile",
            b"include \"/etc/x\";", b"!include x", b"include = /etc/*/*", b"@include common-auth", b"#includedir /etc/x",
        )
    ),
    "escapes": b"\\x \\u12 \\777 \\ \x1b[2J %i %% %z $ ${ ${a ${a:-${b $(( $(a `b\n" * 100,
    "shell": b"#!/bin/sh\nif [ ; then case x in ( esac; f() { f; }; f << EOF\n$(\nEOF\nfor (( ;;\n" * 30,
    "carriage returns": b"a=b\r\r\n\r\x0b\x0c\x1c\x85\xe2\x80\xa8a:b\r\n" * 100,
    "an empty file": b"",
}  # fmt: skip


@pytest.fixture(scope="module")
def files():
    """Every file that a reader asks for, by the readers' own asking."""
    return every_file()


def test_the_readers_files_are_known(files):
    """There are hundreds, of every kind."""
    assert len(files) > 500
    assert {"/etc/sudoers", "/etc/shadow", "/etc/crontab", "/etc/systemd/system/x.service"} <= set(files)


@pytest.mark.parametrize("what", sorted(GARBAGE))
def test_garbage_in_every_file(files, what):
    """Accounts and every configuration file hold the same garbage."""
    root = tree("")
    put(root, files, GARBAGE[what])
    begun = time.process_time()
    audited(root.filesystem())
    assert time.process_time() - begun < 30
