"""Every command has a home of its own, and a screen of 100 columns."""

import pytest
from click.testing import CliRunner

from casemate.cli.main import main


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    """No test touches the operator's ledger or cache."""
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEMATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("CASEMATE_DEBUG", raising=False)


@pytest.fixture
def casemate():
    """Run a command line in this process."""

    def run(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run
