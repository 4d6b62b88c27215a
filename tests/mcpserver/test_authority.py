"""The same permissions as the command line: charters, tokens, tiers, quotas; without the library of the protocol."""

from contextvars import copy_context

import pytest
from click.testing import CliRunner

from casemate.app.authority import MAY_BEGIN, TOKEN, authorise, ground, own_place
from casemate.app.errands import begin
from casemate.cli.main import main
from casemate.governance.charter import Target, Tier
from casemate.governance.errors import Denied
from casemate.governance.policy import RECORDS, WORK
from casemate.mcp import errand
from casemate.mcp.catalogue import Level
from casemate.mcp.desk import Desk
from casemate.mcp.start import desk
from casemate.model.errors import UserError
from mcpserver.conftest import operations


def command(monkeypatch, home, *arguments):
    monkeypatch.setenv("CASEMATE_HOME", str(home))
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


@pytest.fixture
def office(monkeypatch, tmp_path):
    """Installs a charter of an office's, that covers a place up to a tier."""

    def installed(place, tier, *more):
        there, here = tmp_path / "office", tmp_path / "home"
        holder = command(monkeypatch, here, "token", "key")
        issuer = command(monkeypatch, there, "token", "key")
        new = ("--issuer", "The office", "--purpose", "Review", "--holder", f"Alice={holder}", "--path", place)
        file = tmp_path / "a.charter"
        command(monkeypatch, there, "charter", "new", *new, "--tier", tier, "--until", "2099-12-31", *more, "-o", file)
        command(monkeypatch, here, "charter", "add", file, "--key", issuer)

    return installed


def performed(made: Desk, name, **given):
    """What a client is told of a long tool."""
    call = made.admit(name, given)
    errand = begin("casemate.mcp.errand", made.request(call))
    messages = []
    while (some := errand.receive()) is not None:
        messages += some
    errand.stop()
    last = messages[-1]
    return last["error"] if "error" in last else made.answer(last["answer"])


def test_a_charter_that_covers_it(office, shop, at_the_desk):
    """Counts, and is named; its tier is the end."""
    office(shop, "find")
    made = at_the_desk()
    assert performed(made, "scan")["said"][0].endswith(f": find under {shop}, for Alice, until 2099-12-31 (installed)")
    refused = performed(made, "prove", claims=["command-injection:shop.py:7"])
    assert "is not permitted" in refused and refused.endswith("; ask for a charter that allows it")
    assert [(operation, outcome) for operation, outcome, _ in operations()][-2:] == [
        ("scan", "completed"),
        ("scan", "denied"),
    ]


def test_a_charter_that_does_not(office, shop, tmp_path, at_the_desk):
    """What the roots hold and the charter does not is refused, in both kinds of tool."""
    office(tmp_path / "shop-other", "fix")
    made = at_the_desk()
    assert "is not permitted" in performed(made, "scan")
    with pytest.raises(Denied):
        made.quick(made.admit("slice", {"path": "shop.py"}))
    assert [(operation, outcome) for operation, outcome, _ in operations()][-2:] == [
        ("scan", "denied"),
        ("slice", "denied"),
    ]


def test_a_quota_of_a_charter(office, shop, at_the_desk):
    """Is that of all operations of a day together, whoever asks."""
    office(shop, "prove", "--executions", "0")
    refused = performed(at_the_desk(), "prove", claims=["command-injection:shop.py:7"])
    assert "quota" in refused


@pytest.mark.parametrize("tool", errand.ACTS)
def test_a_process_begins_what_its_tool_does(tool, shop):
    """And no other operation, neither on a target nor on the operator's own records."""
    place = Target(name="shop", path=str(shop))
    before = MAY_BEGIN.set(errand.BEGINS[tool])
    try:
        wall = authorise((place,), Tier.RELEASE, announce=lambda line: None).wall
        for name in errand.BEGINS[tool]:
            with wall.operation(name, subject=(place,)):
                pass
        for name in WORK - errand.BEGINS[tool]:
            with pytest.raises(Denied, match="the grant is not for"), wall.operation(name, subject=(place,)):
                pytest.fail("it must not begin")
        for name in RECORDS:
            records = ground().records()
            with pytest.raises(Denied, match="the grant is not for"), records.operation(name, subject=(own_place(),)):
                pytest.fail("it must not begin")
    finally:
        MAY_BEGIN.reset(before)


def test_the_process_is_told(at_the_desk, monkeypatch):
    """What it may begin is set before the tool's own act is called."""
    seen = []
    monkeypatch.setattr(errand, "ACTS", {"host": lambda *given: seen.append(MAY_BEGIN.get()) or {}})
    before = MAY_BEGIN.get()
    copy_context().run(errand.act, {"tool": "host", "token": ""}, lambda message: None)
    assert seen == [frozenset({"host"})] and MAY_BEGIN.get() is before


def test_a_token(office, shop, at_the_desk, monkeypatch, tmp_path):
    """Bounds the server, and its processes; one that gives nothing gives nothing here."""
    office(tmp_path, "fix")
    home = tmp_path / "home"
    holder = command(monkeypatch, home, "token", "key")
    narrow, file = tmp_path / "narrow.token", tmp_path / "none.token"
    command(monkeypatch, home, "token", "issue", shop / "notes", "--holder", holder, "-o", narrow)
    (shop / "notes" / "a.py").write_text("x = 1\n")
    file.write_text("nonsense\n")

    def under(token):
        before = TOKEN.set(token)
        try:
            made = desk([shop], Level.FIX, python=None)
            inside, whole = performed(made, "scan", paths=["notes"]), performed(made, "scan")
            try:
                lines = made.quick(made.admit("slice", {"path": "notes/a.py"}))["lines"]
            except UserError:
                lines = None
            return isinstance(inside, dict), isinstance(whole, dict), lines
        finally:
            TOKEN.reset(before)

    assert under(narrow) == (True, False, [{"number": 1, "text": "x = 1"}])
    assert under(file) == (False, False, None)
    assert under(tmp_path / "missing.token")[:2] == (False, False)
