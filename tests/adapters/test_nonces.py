"""Nonces that were used: once each, whoever asks, and for as long as is wanted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from casemate.adapters.nonces import NonceFolder
from casemate.governance.errors import LedgerUnavailable

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


def test_once(tmp_path):
    """A second time it is not new, whatever time comes with it."""
    nonces = NonceFolder(tmp_path / "nonces", NOON)
    assert nonces.take("a" * 32, LATER)
    assert not nonces.take("a" * 32, LATER)
    assert not nonces.take("a" * 32, LATER + timedelta(hours=1))
    assert nonces.take("b" * 32, LATER)
    assert (tmp_path / "nonces").stat().st_mode & 0o777 == 0o700
    assert sorted(file.name for file in (tmp_path / "nonces").iterdir()) == ["a" * 32, "b" * 32]


def test_of_many_at_once_one_is_told_that_it_was_new(tmp_path):
    """Two presentations of one proof at the same moment are one."""
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: NonceFolder(tmp_path / "n", NOON).take("c" * 32, LATER), range(24)))
    assert taken.count(True) == 1


def test_they_are_forgotten_when_their_time_is_over(tmp_path):
    """Not before; so that the folder does not grow for ever."""
    NonceFolder(tmp_path / "n", NOON).take("a" * 32, LATER)
    NonceFolder(tmp_path / "n", LATER).take("b" * 32, LATER)
    assert not NonceFolder(tmp_path / "n", LATER).take("a" * 32, LATER)
    after = NonceFolder(tmp_path / "n", LATER + timedelta(seconds=1))
    assert after.take("d" * 32, LATER + timedelta(minutes=1))
    assert [file.name for file in (tmp_path / "n").iterdir()] == ["d" * 32]


def test_what_cannot_be_remembered_is_not_accepted(tmp_path):
    """It is said in one line."""
    (tmp_path / "n").write_text("a file")
    with pytest.raises(LedgerUnavailable, match="cannot remember that a token was presented"):
        NonceFolder(tmp_path / "n", NOON).take("a" * 32, LATER)
