"""Every command has a home of its own, and a screen of 100 columns."""

from functools import cache

import pytest
from click.testing import CliRunner

from casemate.app import launch
from casemate.app.authority import ground
from casemate.cli.main import main
from casemate.governance.assessment import AttackClass, Safeguards
from casemate.governance.safeguard_table import SAFEGUARDS, table_body
from casemate.governance.statement import sign_statement


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


@pytest.fixture(scope="module")
def one_examination():
    """The sandbox of this machine is examined once for all tests of a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "examine_sandbox", cache(launch.examine_sandbox))
        yield


@pytest.fixture
def table(tmp_path):
    """A table of safeguards, signed by the operator."""
    own = ground()
    rows = (AttackClass(id="policy-emptied", attempts=10_000, successes=0),)
    body = table_body(Safeguards(version="0.1.0", seed=1, classes=rows), own.now())
    (tmp_path / "safeguards.signed").write_bytes(sign_statement(SAFEGUARDS, body, own.signer))
    return tmp_path / "safeguards.signed"
