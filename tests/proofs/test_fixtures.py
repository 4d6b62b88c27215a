"""The fixtures of a target's own tests, worked out without pytest."""

import sys
import textwrap

import pytest

from casemate.proofs.runtime.fixtures import Fixtures, files

CONFTEST = """
    import os

    import pytest

    pytestmark = pytest.mark.slow
    THING = pytest.importorskip("whatever")

    @pytest.fixture
    def folder(tmp_path):
        (tmp_path / "kept").mkdir()
        return tmp_path

    @pytest.fixture(scope="session", params=["a", "b"])
    def rows():
        rows = ["first"]
        yield rows
        rows.clear()

    @pytest.fixture(name="store")
    def make_store(folder, rows, monkeypatch):
        monkeypatch.setenv("CASEMATE_TEST_STORE", "yes")
        return folder, rows, os.environ["CASEMATE_TEST_STORE"]

    @pytest.fixture
    def odd(no_such_fixture):
        return str(no_such_fixture.anything())

    @pytest.fixture
    def circle(circle):
        return circle

    def no_fixture():
        raise RuntimeError
"""


@pytest.fixture
def fixtures(tmp_path, monkeypatch):
    """Those of a `conftest.py` that is like many."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("CASEMATE_TEST_STORE", "no")
    path = tmp_path / "tests" / "conftest.py"
    path.parent.mkdir()
    path.write_text(textwrap.dedent(CONFTEST))
    assert files(str(tmp_path)) == [str(path)]
    return Fixtures(str(path))


def test_only_fixtures_are_found(fixtures):
    """By the names that tests know them by; what pytest itself lends a module is none."""
    assert sorted(fixtures) == ["circle", "folder", "odd", "rows", "store"]


def test_a_fixture_gets_what_it_wants(fixtures):
    """Other fixtures, folders of its own and the environment; what follows a yield does not happen."""
    folder, rows, variable = fixtures.value("store")
    assert ((folder / "kept").is_dir(), rows, variable) == (True, ["first"], "yes")


def test_each_value_is_made_anew(fixtures):
    """So that what one has changed is not what the next one finds."""
    assert fixtures.value("folder") != fixtures.value("folder")


def test_what_nobody_has_is_a_stand_in(fixtures):
    """And what goes in circles ends."""
    assert fixtures.value("odd") == "standin"
    with pytest.raises(RecursionError):
        fixtures.value("circle")


def test_pytest_itself_is_as_it_was(fixtures):
    """The module that stood in for it is gone."""
    assert sys.modules["pytest"] is pytest
