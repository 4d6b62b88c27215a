"""Writing reports: whole or not at all."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from casemate.cli.output import check_place, write_file
from casemate.model.errors import EnvironmentFault, UserError


def test_a_report_replaces_an_earlier_one(tmp_path):
    """In UTF-8, with the permissions that new files have, and nothing beside it."""
    place = tmp_path / "report.json"
    place.write_text("old")
    write_file(place, "ä\n")
    assert place.read_bytes() == "ä\n".encode()
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(place.stat().st_mode) == 0o666 & ~mask
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_a_link_is_followed_not_replaced(tmp_path):
    """The file that it leads to is written."""
    place, link = tmp_path / "report.json", tmp_path / "latest.json"
    link.symlink_to(place)
    write_file(link, "x")
    assert link.is_symlink()
    assert place.read_text() == "x"


def test_a_full_disk_leaves_the_earlier_report_and_nothing_else(tmp_path, monkeypatch):
    """The error names the file and the next step."""
    place = tmp_path / "report.json"
    place.write_text("old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFault, match=r"report\.json'?: No space left on device; free space"):
        write_file(place, "new")
    assert place.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_an_interrupt_leaves_nothing_half_written(tmp_path, monkeypatch):
    """Ctrl-C in the middle of writing."""

    def interrupted(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "report.json", "new")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_or_device_is_written_to_not_replaced(tmp_path):
    """`-o /dev/stdout`, or a FIFO that a program reads."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()))
    reader.start()
    write_file(fifo, "x")
    reader.join()
    assert read == [b"x"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize(("name", "what"), [("", "is a folder"), ("missing/report.json", "there is no folder")])
def test_a_place_that_cannot_take_a_report_is_refused_beforehand(tmp_path, name, what):
    """Before the scan, not after it."""
    with pytest.raises(UserError, match=what):
        check_place(tmp_path / name)


def test_a_file_in_the_current_folder_is_fine(tmp_path, monkeypatch):
    """A bare name has a folder, too."""
    monkeypatch.chdir(tmp_path)
    check_place(Path("report.json"))
