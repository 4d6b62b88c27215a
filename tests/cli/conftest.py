"""Every command has a home of its own, and a screen of 100 columns."""

import shutil
import sys
from functools import cache

import pytest
from agents.bank import BANK, BANK_TESTS, LEAD, PROPERTY
from agents.support import Scripted, says
from click.testing import CliRunner

from casemate.adapters.sandbox.choice import Chosen
from casemate.app import launch
from casemate.app.authority import ground
from casemate.cli.main import main
from casemate.governance.assessment import AttackClass, Safeguards
from casemate.governance.safeguard_table import SAFEGUARDS, table_body
from casemate.governance.statement import sign_statement
from casemate.model.sandbox import Profile
from cli.people import Person
from cli.properties import MENDER, hunted


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


@pytest.fixture
def people(tmp_path, casemate, monkeypatch):
    """Who issues charters, and two others."""
    return tuple(Person(tmp_path / name, casemate, monkeypatch) for name in ("issuer", "alice", "bob"))


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


@pytest.fixture(scope="session")
def sandboxed():
    """A sandbox holds."""
    if why := Chosen().examine(Profile(interpreter=sys.executable)).refusal:
        pytest.skip(why)


@pytest.fixture(scope="module")
def made(tmp_path_factory, sandboxed):
    """The bank with a property that a model demonstrated, hunted once: the folder, the operator's home, the report."""
    place, home = tmp_path_factory.mktemp("made") / "bank", tmp_path_factory.mktemp("home") / "home"
    place.mkdir()
    (place / "bank.py").write_text(BANK)
    (place / "test_bank.py").write_text(BANK_TESTS)
    model = Scripted(scout=[says(("propose", LEAD))], prover=[says(("hold", PROPERTY))], mender=MENDER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMATE_HOME", str(home))
        return place, home, hunted(place, model)


@pytest.fixture
def scene(made, tmp_path, monkeypatch):
    """Copies of all of it to work on: the bank, and where decisions go."""
    shutil.copytree(made[0], tmp_path / "bank")
    shutil.copytree(made[1], tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "bank"
