"""Ignore comments in a whole scan."""

from pathlib import Path

import pytest

from casemate.adapters.cache import FileStore
from casemate.model.finding import Disposition
from tests.pipeline.test_scan import report, scanned

WEAK = 'import os, sys\nos.system("ls " + sys.argv[1]){}\n'


@pytest.fixture
def written(tmp_path: Path):
    """Write the one file of a target; returns the target."""

    def write(text: str) -> Path:
        (tmp_path / "target").mkdir(exist_ok=True)
        (tmp_path / "target" / "a.py").write_text(text)
        return tmp_path / "target"

    return write


@pytest.mark.parametrize(
    "text",
    [
        WEAK.format("  # casemate: ignore[command-injection] ours"),
        WEAK.format("").replace("os.system", "# casemate: ignore[command-injection] ours\nos.system"),
    ],
)
def test_a_comment_hides_its_finding(written, text):
    """It is counted as suppressed, with the reason, and nothing is amiss."""
    found = scanned(written(text))
    (finding,) = found.findings
    assert (finding.disposition, finding.suppression.reason) == (Disposition.SUPPRESSED, "ours")
    assert found.remarks == ()


@pytest.mark.parametrize(
    "comment",
    [
        "; x = '# casemate: ignore[command-injection] in a string'",
        "  # casemate: ignore[xss] another rule",
        "\n# casemate: ignore[command-injection] below",
        "  # casemate: ignore[command-injection]",
        "  # casemate: ignore[command-injections] typo",
    ],
)
def test_what_is_no_such_comment_hides_nothing(written, comment):
    """A string, another rule, another line, no reason, no such rule."""
    found = scanned(written(WEAK.format(comment)))
    assert [finding.disposition for finding in found.findings] == [Disposition.ACTIVE]
    assert len(found.remarks) == (";" not in comment)


def test_untrusted_code_hides_nothing(written):
    """Nor is anything said of its comments; the identity is the same."""
    target = written(WEAK.format("  # casemate: ignore[command-injection] ours"))
    found, trusted = scanned(target, untrusted=True), scanned(target)
    assert [finding.disposition for finding in found.findings] == [Disposition.ACTIVE]
    assert found.remarks == ()
    assert found.findings[0].identity == trusted.findings[0].identity


def identity(target: Path) -> str:
    (finding,) = scanned(target).findings
    return finding.identity


def test_a_finding_keeps_its_identity_when_it_is_hidden(written):
    """And when its lines move. What only looks like the comment is code: with it the line is another one."""
    bare = identity(written(WEAK.format("")))
    assert identity(written(WEAK.format("  # casemate: ignore[command-injection] ours"))) == bare
    assert identity(written("# moved\n\n" + WEAK.format("   # casemate: ignore[xss] nothing"))) == bare
    assert identity(written(WEAK.format("  # noqa"))) != bare
    strings = [identity(written(WEAK.format(f"; x = '# casemate: {x}'"))) for x in "ab"]
    assert len({bare, *strings}) == 3


def test_secrets_in_a_reason_are_redacted(written):
    """It stands in every report."""
    text = report(written(WEAK.format("  # casemate: ignore[command-injection] password = 'hunter2'")))
    assert "hunter2" not in text
    assert "‹redacted›" in text


def test_what_is_remembered_changes_nothing(written, tmp_path):
    """The second scan reads comments from the cache; an added one is seen."""
    for comment in ("", "  # casemate: ignore[command-injection] ours", "  # casemate: ignore[xxe] stale", ""):
        target = written(WEAK.format(comment))
        with FileStore(tmp_path / "cache") as store:
            first = report(target, store)
        with FileStore(tmp_path / "cache") as store:
            assert report(target, store) == first == report(target)
