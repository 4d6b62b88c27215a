"""The copy that a target may write to is like the target in all that it can tell by reading."""

import os
from pathlib import Path

from casemate.proofs.runtime.copying import copied


def test_what_is_copied(tmp_path):
    """Contents, also empty and large ones, times, links as links, folders without anything; no pipes."""
    target, copy = tmp_path / "target", tmp_path / "work" / "copy"
    (target / "inner" / "empty").mkdir(parents=True)
    large = bytes(range(256)) * 10_000
    for name, data in (("a.py", b"x = 1\n"), ("inner/nothing", b""), ("inner/large", large)):
        (target / name).write_bytes(data)
        os.utime(target / name, ns=(1_000_000_007, 2_000_000_009))
    (target / "run.sh").write_text("#!/bin/sh\n")
    (target / "run.sh").chmod(0o555)
    (target / "here").symlink_to("inner")
    (target / "nowhere").symlink_to("/no/such/place")
    os.mkfifo(target / "pipe")
    copied(str(target), str(copy))
    found = sorted(str(path.relative_to(copy)) for path in copy.rglob("*"))
    assert found == ["a.py", "here", "inner", "inner/empty", "inner/large", "inner/nothing", "nowhere", "run.sh"]
    assert (copy / "inner/large").read_bytes() == large
    assert (copy / "inner/nothing").read_bytes() == b""
    assert (copy / "a.py").stat().st_mtime_ns == 2_000_000_009
    assert (copy / "here").readlink() == Path("inner")
    assert (copy / "nowhere").readlink() == Path("/no/such/place")
    assert (copy / "run.sh").stat().st_mode & 0o700 == 0o700


def test_a_copy_is_the_targets_own(tmp_path):
    """What is written to it does not reach the target, and what the target does not let anybody write can be written there."""
    target = tmp_path / "target"
    target.mkdir()
    (target / "settings").write_text("before")
    (target / "settings").chmod(0o444)
    copied(str(target), str(tmp_path / "copy"))
    (tmp_path / "copy" / "settings").write_text("after")
    assert (target / "settings").read_text() == "before"
