"""Fixes as mails: the real `git am` applies them, byte for byte, whatever files look like."""

import os
import random
import subprocess
from dataclasses import replace

import pytest

from casemate.evidence.patchfile import Letter, LetterWithTest, mail, mail_of_test
from casemate.evidence.unified import on_screen, regions, unified
from casemate.model.fix import Change, Climb, Patch, Rung, Step
from tests.evidence.proven import proven_finding

LADDER = tuple(
    Climb(
        rung=rung,
        step=Step.NOT_APPLICABLE if rung is Rung.TESTS else Step.HOLDS,
        detail="it has no tests" * (rung is Rung.TESTS),
    )
    for rung in Rung
)
TEN = b"".join(b"line %d\n" % number for number in range(1, 11))
FINDING = proven_finding(bundle="ab" * 32)


def letter(*changes, **more):
    """A patch of these changes, each (path, before, after)."""
    made = tuple(Change(path=path, before=before, after=after) for path, before, after in changes)
    return Letter(
        **{
            "finding": FINDING,
            "patch": Patch(proposer="somebody", what="give the arguments as a list", changes=made),
            "ladder": LADDER,
            **more,
        }
    )


@pytest.fixture
def repository(tmp_path):
    """A repository, and git in it, untouched by what the machine is set to."""
    place = tmp_path / "repository"
    place.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"):
        del environment[name]

    def git(*arguments, given=None):
        done = subprocess.run(
            ["git", *arguments], cwd=place, env=environment, input=given, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    git("init", "-q", "-b", "main")
    git("config", "user.name", "Test")
    git("config", "user.email", "test@example.org")
    return place, git


def committed(repository, files):
    place, git = repository
    for path, content in files.items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    git("add", "-A")
    git("commit", "-q", "-m", "before")


CASES = {
    "one line": [("a.py", TEN, TEN.replace(b"line 5", b"line five"))],
    "first and last line": [("a.py", TEN, b"new\n" + TEN.replace(b"line 10\n", b"end\n"))],
    "far apart": [("a.py", TEN * 5, b"new\n" + TEN * 5 + b"new\n")],
    "carriage returns": [("a.py", TEN.replace(b"\n", b"\r\n"), TEN.replace(b"\n", b"\r\n").replace(b"e 5", b"e = 5"))],
    "mixed line ends": [("a.py", b"a\r\nb\nc\r\nd = \xc3\xa9 \n", b"a\r\nb\r\nc\r\nd = \xc3\xa9 \t\n")],
    "a carriage return alone": [("a.py", b"a\rb\nc\n", b"a\rb\nd\n")],
    "no line feed at the end": [("a.py", b"a\nb", b"a\nc")],
    "a line feed at the end comes": [("a.py", b"a\nb", b"a\nb\n")],
    "a line feed at the end goes": [("a.py", b"a\nb\n", b"a\nb")],
    "behind what has no line feed": [("a.py", b"a", b"a\nb")],
    "was empty": [("a.py", b"", b"a\n")],
    "becomes empty": [("a.py", b"a\nb\n", b"\n")],
    "byte order mark": [("a.py", b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\nc\n")],
    "bytes that are no UTF-8": [("a.py", b"# -*- latin-1 -*-\nx = '\xe9'\n", b"# -*- latin-1 -*-\nx = '\xe9\xff'\n")],
    "a form feed and a long line": [("a.py", b"\x0c\n" + b"x" * 3000 + b"\r\n", b"\x0c\n" + b"y=" * 3000 + b"\r\n")],
    "lines that look like a mail": [("a.py", b"-- \nFrom a\n--- a/b\n", b"-- \nFrom b\n--- a/b\n+++ c\n@@ -1 +1 @@\n")],
    "several files": [("a.py", b"1\n", b"2\n"), ("b/c.py", TEN, TEN[7:]), ("b/d.py", b"1\r\n", b"2\r\n")],
    "a path with blanks": [("a b/c d.py", b"1\n", b"2\n")],
    "a path that is not ASCII": [("söß/日本.py", b"1\n", b"2\n")],
    "a path with a quote and a tab": [('a"b\tc.py', b"1\n", b"2\n")],
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES.keys())
def test_git_applies_it(repository, changes):
    """The bytes are those of the patch, and the commit says what it is."""
    place, git = repository
    committed(repository, {path: before for path, before, _ in changes})
    git("am", "-q", given=mail(letter(*changes), version="0.1.0"))
    assert {path: (place / path).read_bytes() for path, _, _ in changes} == {path: after for path, _, after in changes}
    assert git("status", "--porcelain") == b""
    subject, _, body = git("log", "-1", "--format=%s%n%b").decode().partition("\n")
    assert subject == "Fix command-injection in backoffice/settlement/runner.py (CWE-78)"
    assert body.splitlines()[2] == "What changes: give the arguments as a list."
    assert git("log", "-1", "--format=%an <%ae>").decode().strip() == "Casemate <casemate@casemate.invalid>"
    trailers = git("log", "-1", "--format=%(trailers:only)").decode().split()
    assert trailers[:4] == ["Weakness:", "CWE-78", "Rule:", "command-injection"]
    assert trailers[-2:] == ["Evidence:", f"sha256:{'ab' * 32}"]


def test_a_path_that_is_no_text(repository):
    """Its odd bytes stand as escapes in our paths, and as octal numbers in git's."""
    place, git = repository
    committed(repository, {os.fsdecode(b"a\xff.py"): b"1\n"})
    git("am", "-q", given=mail(letter(("a\\xff.py", b"1\n", b"2\n")), version="0.1.0"))
    assert (place / os.fsdecode(b"a\xff.py")).read_bytes() == b"2\n"


def test_below_a_repository(repository):
    """A target that is a folder of one: the paths are those that git knows."""
    place, git = repository
    committed(repository, {"apps/shop/a.py": TEN})
    git("am", "-q", given=mail(letter(("a.py", TEN, TEN[7:])), version="0.1.0", prefix="apps/shop/"))
    assert (place / "apps/shop/a.py").read_bytes() == TEN[7:]


@pytest.mark.parametrize("content", [b"import shop\n\n\ndef test_a():\n    pass\n", b"one", b"a\r\nb\r\n"])
def test_a_new_file(repository, content):
    """A regression test comes as a commit of its own."""
    place, git = repository
    committed(repository, {"a.py": TEN})
    given = LetterWithTest(finding=FINDING, path="tests/test new.py", content=content, number=2, of=2)
    assert given.name == f"0002-command-injection-{FINDING.identity[:12]}-test.patch"
    git("am", "-q", given=mail_of_test(given, version="0.1.0", prefix="apps/"))
    assert (place / "apps/tests/test new.py").read_bytes() == content
    assert git("log", "-1", "--format=%s").decode() == "Test the fix of command-injection (CWE-78)\n"


def test_the_whole_mail():
    """As a person reads it; the same bytes each time."""
    one = letter(
        ("backoffice/settlement/runner.py", TEN, TEN.replace(b"line 5", b"line five")), number=2, of=3, together=(1,)
    )
    assert one.name == f"0002-command-injection-{FINDING.identity[:12]}.patch"
    assert mail(one, version="0.1.0") == mail(one, version="0.1.0")
    assert mail(one, version="0.1.0").decode().splitlines() == [
        "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001",
        "From: Casemate <casemate@casemate.invalid>",
        "Subject: [PATCH 2/3] Fix command-injection in backoffice/settlement/runner.py (CWE-78)",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "subprocess.run runs a command made from the form field",
        "(backoffice/settlement/runner.py:88).",
        "What changes: give the arguments as a list.",
        "",
        "Proven in a sandbox: a program named in the input was run, in 5 of 5",
        "runs.",
        "The patch was put to the proof, together with patch 1 before it:",
        "- applies: holds",
        "- loads: holds",
        "- the target's tests: does not apply (it has no tests)",
        "- the proof is dead: holds",
        "- its variants are dead: holds",
        "- benign inputs: holds",
        "- negative control: holds",
        "- re-scan: holds",
        "",
        "Weakness: CWE-78",
        "Rule: command-injection",
        f"Finding: {FINDING.identity}",
        f"Evidence: sha256:{'ab' * 32}",
        "---",
        "",
        "diff --git a/backoffice/settlement/runner.py b/backoffice/settlement/runner.py",
        "--- a/backoffice/settlement/runner.py",
        "+++ b/backoffice/settlement/runner.py",
        "@@ -2,7 +2,7 @@",
        " line 2",
        " line 3",
        " line 4",
        "-line 5",
        "+line five",
        " line 6",
        " line 7",
        " line 8",
        "-- ",
        "casemate 0.1.0",
    ]


@pytest.mark.parametrize(
    "text", ["--- a/b", "diff -r x", "Index: x", "From me", "Subject: other", "line\nfeeds\nand \x1b[31m"]
)
def test_words_of_a_target_make_no_mail(repository, text):
    """What a message or a rewrite says stays in the commit's text."""
    place, git = repository
    committed(repository, {"a.py": TEN})
    lead = replace(FINDING.lead, message=text)
    given = letter(("a.py", TEN, TEN[7:]), finding=replace(FINDING, lead=lead))
    git("am", "-q", given=mail(given, version="0.1.0"))
    assert (place / "a.py").read_bytes() == TEN[7:]
    assert git("log", "-1", "--format=%s").decode().startswith("Fix command-injection")
    assert text.split()[0] in git("log", "-1", "--format=%b").decode()


def test_a_subject_that_is_not_ascii(repository):
    """Encoded as mails want it; git decodes it."""
    _, git = repository
    path = "größe/" * 20 + "日本.py"
    committed(repository, {path: TEN})
    lead = replace(FINDING.lead, location=replace(FINDING.lead.location, path=path))
    data = mail(letter((path, TEN, TEN[7:]), finding=replace(FINDING, lead=lead)), version="0.1.0")
    assert data.partition(b"\n\n")[0].isascii()
    git("am", "-q", given=data)
    assert git("log", "-1", "--format=%s").decode().strip() == f"Fix command-injection in {path} (CWE-78)"


def test_any_change_applies(tmp_path):
    """Of random texts, by `git apply`: what comes out is the text after."""
    rng = random.Random(11)
    for _ in range(40):
        before = [rng.choice([b"a\n", b"b\n", b"\n", b"%d\n" % rng.randrange(9)]) for _ in range(rng.randrange(1, 40))]
        after = list(before)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(after) + 1)
            after[at : at + rng.randrange(3)] = rng.choice([[], [b"new\n"], [b"a\n", b"b\n"]])
        old, new = b"".join(before).removesuffix(rng.choice([b"\n", b"\n\n\n"])), b"".join(after)
        if old == new or not old or not new:
            continue
        merged = old.split(b"\n")
        assert regions(old, new)
        (tmp_path / "a.py").write_bytes(old)
        done = subprocess.run(
            ["git", "apply", "-"], cwd=tmp_path, input=unified("a.py", old, new), capture_output=True, check=False
        )
        assert done.returncode == 0, (merged, done.stderr)
        assert (tmp_path / "a.py").read_bytes() == new


def test_what_the_screen_shows():
    """Nothing that moves a cursor, no secret, no carriage return; tabs as blanks."""
    before = b"import os\n\tpassword = 'hunter2-and-more'\r\n\x1b[31mold\xff\n"
    after = b"import os\n\tpassword = 'hunter2-and-more'\r\n\x1b[31mnew\xff\n"
    assert on_screen("a\x1b.py", before, after) == [
        "--- a/a\\x1b.py",
        "+++ b/a\\x1b.py",
        "@@ -1,3 +1,3 @@",
        " import os",
        "     password = '‹redacted›'",
        "-\\x1b[31mold\ufffd",
        "+\\x1b[31mnew\ufffd",
    ]
