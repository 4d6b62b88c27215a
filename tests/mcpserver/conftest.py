"""A home of its own, a target with one weakness, and what lies beside it."""

import pytest

from casemate.app.authority import TOKEN
from casemate.mcp.catalogue import Level
from casemate.mcp.start import desk

SHOP = """import os
import shlex

PASSWORD = "hunter2-hunter2"

def tag(title, track):
    os.system('id3tag --title="%s" "%s"' % (title, track))

def play(track):
    os.system("mpg123 " + shlex.quote(track))
"""


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    """No test touches the operator's ledger or cache, or acts under a token of theirs."""
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEMATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CASEMATE_TOKEN", raising=False)
    monkeypatch.delenv("CASEMATE_MCP_TOKEN", raising=False)
    before = TOKEN.set(None)
    yield
    TOKEN.reset(before)


@pytest.fixture
def shop(tmp_path):
    """The root that a server is started with, and beside it what is none of a client's business."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "shop.py").write_text(SHOP)
    (folder / "notes").mkdir()
    (tmp_path / "shop-other").mkdir()
    (tmp_path / "shop-other" / "secret.py").write_text("SECRET = 1\n")
    (folder / "out").symlink_to(tmp_path / "shop-other")
    (folder / "in").symlink_to(folder / "shop.py")
    (folder / "circle").symlink_to(folder / "circle")
    return folder


@pytest.fixture
def at_the_desk(shop):
    """A desk of a given level."""

    def made(level="fix"):
        return desk([shop], Level(level), python=None)

    return made


def operations():
    """(operation, outcome, reason) of what the ledger holds, in order; none where nothing was recorded."""
    from casemate.app.ground import recorded_ledger
    from casemate.governance.audit import audit
    from casemate.governance.errors import LedgerMissing

    try:
        result = audit(recorded_ledger())
    except LedgerMissing:
        return []
    assert not result.problems
    return [
        (
            one.before.operation,
            one.after.outcome.value if one.after else "unfinished",
            one.after.reason if one.after else "",
        )
        for one in result.operations
    ]
