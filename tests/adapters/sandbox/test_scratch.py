"""A run's folder on the disk is removed, whatever was put into it, and whenever."""

from __future__ import annotations

import os

import pytest

from casemate.adapters.sandbox import scratch
from casemate.adapters.sandbox.scratch import Scratch


def test_what_comes_while_it_is_emptied_goes_as_well(monkeypatch: pytest.MonkeyPatch):
    """A process that was ended may have a last file made when the folder's entries have been read."""
    made = Scratch.make(())
    (made.tmp / "first").touch()
    read, late = os.listdir, iter(("second", "third"))

    def listing(folder):
        found = read(folder)
        if found == ["first"] or found == ["second"]:
            (made.tmp / next(late)).touch()
        return found

    monkeypatch.setattr(scratch.os, "listdir", listing)
    made.remove()
    assert not made.place.exists()


def test_a_folder_that_is_filled_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch):
    """Somebody who still writes is not waited for."""
    made = Scratch.make(())
    read, count = os.listdir, iter(range(10_000))

    def listing(folder):
        found = read(folder)
        (made.tmp / str(next(count))).touch()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(scratch.os, "listdir", listing)
        with pytest.raises(OSError, match="not empty"):
            made.remove()
    made.remove()
    assert not made.place.exists()
