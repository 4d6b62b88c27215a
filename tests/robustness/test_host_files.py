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
    "no UTF-8": b"\xff\xfe=\x80 \xc3(\n[\xff]\n\xff:\xff:\xff:\n" * 40,
    "many fields": b":" * 2000 + b"\n" + b"," * 2000 + b"\n" + b"=" * 2000 + b"\n",
    "open quotes": b"\"'`$(" * 500 + b"\n" + b'"' * 2001 + b"\n",
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
