"""What is looked for after a case: files that carry the canary's word, outside of the target."""

import os

import pytest

from casemate.proofs.runtime.canaries import Canaries
from casemate.proofs.runtime.watch import Watch


@pytest.fixture
def canaries(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    (tmp_path / "result").mkdir()
    monkeypatch.setenv("PATH", os.environ["PATH"])
    return Canaries(
        Watch(str(tmp_path / "target")),
        str(tmp_path / "tmp/canaries"),
        str(tmp_path / "result"),
        str(tmp_path / "beside"),
    )


def test_a_file_that_was_made_is_seen_wherever_it_stands(canaries, tmp_path):
    deep = tmp_path / "tmp/a/b"
    deep.mkdir(parents=True)
    (deep / "word.txt").write_text("")
    (tmp_path / "tmp/other.txt").write_text("")
    assert [event["args"] for event in canaries.made("word", [])] == [[str(deep / "word.txt")]]


def test_what_is_lent_to_the_sandbox_is_not_walked_through(canaries, tmp_path, monkeypatch):
    """An environment that lies below the temporary folder is on another device: it took 30 times the time of a run."""
    lent = tmp_path / "tmp/venv"
    lent.mkdir()
    (lent / "word.txt").write_text("")
    true = os.lstat

    def elsewhere(path):
        found = true(path)
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:])) if str(path) == str(lent) else found

    monkeypatch.setattr(os, "lstat", elsewhere)
    assert canaries.made("word", []) == []
