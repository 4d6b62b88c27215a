"""`casemate scan --since`: only what a change touches, in a real repository."""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from cli.repository import Repository

RUN = "import os\n\n\ndef run(name):\n    os.system('ls ' + name)\n"
VIEWS = """\
from flask import Flask, request

from shell import run
from checks import sound

app = Flask(__name__)


@app.get("/a")
def first():
    run(request.args["a"])


@app.get("/b")
def second():
    name = request.args["b"]
    if not sound(name):
        raise ValueError(name)
    run(name)
"""
SHELL = "import os\n\n\ndef run(name):\n    os.system('ls ' + name)\n\n\ndef other(name):\n    return name\n"
CHECKS = """\
import re


def sound(name):
    return _matches(name)


def _matches(name):
    return re.fullmatch('[a-z]+', name) is not None
"""
OLD = "import os, sys\n\n\nos.system('ls ' + sys.argv[1])\n"


@pytest.fixture
def repo(tmp_path):
    """A clone with findings in `shell.py` (by the first view) and in `old.py`; the second view checks what it passes on."""
    repo = Repository(tmp_path / "shop")
    repo.commit(**{"app/views.py": VIEWS, "app/shell.py": SHELL, "app/checks.py": CHECKS, "app/old.py": OLD})
    return repo


@pytest.fixture
def since(casemate, repo):
    """(exit code, places found, others) of a scan since a revision."""

    def run(revision="HEAD", *paths, **options):
        result = casemate("scan", *(paths or [repo.folder]), "--format", "json", "--since", revision)
        assert result.exit_code in (0, 1), result.stderr
        report = json.loads(result.stdout)
        assert not [f for f in report["findings"] if f["disposition"] != "active"]
        places = [f"{f['location']['path']}:{f['location']['line']}" for f in report["findings"]]
        assert (result.exit_code == 1) == bool(places)
        return places, report["since"]["others"]

    return run


def edit(repo, path, old, new):
    text = (repo.folder / path).read_text()
    assert old in text
    repo.write(**{path: text.replace(old, new)})


def test_nothing_changed(since):
    """All findings are others, and the exit code is 0."""
    assert since() == ([], 2)


EDITS = {
    "the sink's function": ("app/shell.py", "'ls '", "'ls -l '", ["app/shell.py:5"]),
    "the source's function": ("app/views.py", '    run(request.args["a"])\n', '    run(request.args["c"])\n', ["app/shell.py:5"]),
    "its decorator": ("app/views.py", '"/a"', '"/c"', ["app/shell.py:5"]),
    "a function beside it": ("app/shell.py", "    return name", "    return name.lower()", []),
    "module level beside it": ("app/shell.py", "import os\n", "import os\n\nLIMIT = 3\n", []),
    "lines added before everything": ("app/shell.py", "import os\n", "# moved\n# down\nimport os\n", []),
    "module level, where it lies": ("app/old.py", "\n\nos", "\nprint()\nos", ["app/old.py:4"]),
    "a comment inside": ("app/views.py", "def first():\n", "def first():\n    # noted\n", ["app/shell.py:5"]),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit(repo, since, name):
    """What passes the edited function is in, the rest is counted; the same for the working tree and when committed."""
    path, old, new, places = EDITS[name]
    edit(repo, path, old, new)
    assert since() == (places, 2 - len(places))
    repo.commit()
    assert since() == ([], 2)
    assert since("HEAD~1") == (places, 2 - len(places))


def test_a_long_way(repo, since):
    """Every function on it counts, also those that a trace has no room for."""
    functions = "".join(f"def f{n}(name):\n    return f{n + 1}(name)\n\n\n" for n in range(25))
    long = f"import os\nimport sys\n\n\n{functions}def f25(name):\n    os.system('ls ' + name)\n\n\nf0(sys.argv[1])\n"
    repo.commit(**{"app/long.py": long})
    assert since() == ([], 3)
    for number in (0, 7, 20, 24):
        repo.write(**{"app/long.py": long.replace(f"def f{number}(name):\n", f"def f{number}(name):\n    print()\n")})
        (place,), others = since()
        assert (place.partition(":")[0], others) == ("app/long.py", 2)


def test_a_guard_removed_on_the_way(repo, since):
    """The function that held it has changed, and the finding is in."""
    edit(repo, "app/views.py", "    if not sound(name):\n        raise ValueError(name)\n", "")
    edit(repo, "app/views.py", '    run(request.args["a"])\n', "    pass\n")
    repo.commit()
    edit(
        repo,
        "app/views.py",
        "    run(name)\n",
        "    if not sound(name):\n        raise ValueError(name)\n    run(name)\n",
    )
    repo.commit()
    assert since("HEAD~1") == ([], 1)
    edit(repo, "app/views.py", "    if not sound(name):\n        raise ValueError(name)\n", "")
    assert since() == (["app/shell.py:5"], 1)


def test_a_guard_removed_in_a_helper(repo, since):
    """No function on the finding's way has changed, two calls away one has: the finding was not there before, so it is in."""
    edit(repo, "app/views.py", '    run(request.args["a"])\n', "    pass\n")
    repo.commit()
    assert since() == ([], 1)
    edit(repo, "app/checks.py", "re.fullmatch('[a-z]+', name) is not None", "bool(name)")
    assert since() == (["app/shell.py:5"], 1)


def test_a_file_that_is_new(repo, since):
    """Untracked, staged or committed: all of its lines are new."""
    repo.write(**{"new.py": OLD})
    assert since() == (["new.py:4"], 2)
    repo.git("add", "new.py")
    assert since() == (["new.py:4"], 2)
    repo.commit()
    assert since("HEAD~1") == (["new.py:4"], 2)


def test_a_file_that_was_renamed(repo, since):
    """Its lines are no new ones; those that were changed on the way are."""
    repo.git("mv", "app/old.py", "app/older.py")
    assert since() == ([], 2)
    repo.write(**{"app/older.py": OLD.replace("'ls '", "'ls -l '")})
    assert since() == (["app/older.py:4"], 1)


def test_line_ends(repo, since):
    """A checkout with CRLF is no change, and an edit in it is one of its lines only."""
    repo.write(**{"app/shell.py": SHELL.replace("\n", "\r\n"), "app/old.py": OLD.replace("\n", "\r\n")})
    assert since() == ([], 2)
    edit_bytes = SHELL.replace("'ls '", "'ls -l '").replace("\n", "\r\n")
    repo.write(**{"app/shell.py": edit_bytes})
    assert since() == (["app/shell.py:5"], 1)


def test_a_part_of_the_repository(repo, since):
    """PATH may be a folder below the repository's own, or a file, or several of both."""
    edit(repo, "app/old.py", "'ls '", "'ls -l '")
    assert since("HEAD", repo.folder / "app") == (["old.py:4"], 1)
    assert since("HEAD", repo.folder / "app/old.py") == (["old.py:4"], 0)
    assert since("HEAD", repo.folder / "app/shell.py", repo.folder / "app/old.py") == (["old.py/old.py:4"], 1)


def test_a_branch_means_where_it_was_left(repo, since):
    """The comparison is with the merge base: what happened on main meanwhile is not this branch's change."""
    repo.git("checkout", "-q", "-b", "topic")
    edit(repo, "app/old.py", "'ls '", "'ls -l '")
    repo.commit()
    repo.git("checkout", "-q", "main")
    edit(repo, "app/shell.py", "'ls '", "'ls -a '")
    repo.commit()
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    repo.git("tag", "-a", "v1", "-m", "v1", "main")
    repo.git("checkout", "-q", "topic")
    for revision in (
        "main",
        "origin/main",
        "v1",
        repo.git("rev-parse", "main"),
        repo.git("rev-parse", "--short", "main"),
    ):
        assert since(revision) == (["app/old.py:4"], 1)
    repo.git("merge", "-q", "--no-edit", "main")
    assert since("main") == (["app/old.py:4"], 1)
    places, others = since("main~1")
    assert (sorted(places), others) == (["app/old.py:4", "app/shell.py:5"], 0)


def test_packed_and_linked(repo, since, tmp_path):
    """Packed objects and references, and a linked working tree whose `.git` is a file."""
    edit(repo, "app/old.py", "'ls '", "'ls -l '")
    repo.commit()
    repo.git("gc", "-q")
    assert since("HEAD^") == (["app/old.py:4"], 1)
    repo.git("worktree", "add", "-q", tmp_path / "linked", "HEAD")
    assert (tmp_path / "linked/.git").is_file()
    assert since("main~1", tmp_path / "linked") == (["app/old.py:4"], 1)


def test_every_format_says_it(repo, casemate, tmp_path):
    """The table, JSON and SARIF count the others; SARIF stays valid and holds only what is touched; bytes repeat."""
    edit(repo, "app/old.py", "'ls '", "'ls -l '")
    table = casemate("scan", repo.folder, "--since", "HEAD")
    assert "1 other is not touched by the change since HEAD\n" in table.stdout
    assert table.stdout.splitlines()[-1] == "1 finding (1 traced) in what was examined"
    two = [casemate("scan", repo.folder, "--since", "HEAD", "--format", "sarif").stdout for _ in range(2)]
    assert two[0] == two[1]
    log = json.loads(two[0])
    schema = json.loads((Path(__file__).parents[1] / "evidence/sarif-2.1.0.json").read_text())
    jsonschema.validate(log, schema)
    (run,) = log["runs"]
    assert len(run["results"]) == 1
    assert run["properties"]["since"] == {
        "revision": "HEAD",
        "bases": [repo.git("rev-parse", "HEAD")],
        "others": 1,
    }


def test_identities_are_those_of_the_whole(repo, casemate):
    """A finding has the same identity with and without --since."""
    repo.write(**{"app/old.py": OLD + "\n\ndef f():\n    os.system('ls ' + sys.argv[1])\n"})
    whole, part = (
        {f["identity"] for f in json.loads(casemate("scan", repo.folder, "--format", "json", *more).stdout)["findings"]}
        for more in ((), ("--since", "HEAD"))
    )
    assert part < whole
    assert len(part) == 1


WRONG = {
    "nonsense": "there is no revision 'nonsense' in the repository; name a branch",
    "HEAD~9": "there is no revision 'HEAD~9' in the repository; name a branch",
    "HEAD:app": "there is no revision 'HEAD:app' in the repository; name a branch",
    "": "'' is no revision",
    "--all": "'--all' is no revision",
}


@pytest.mark.parametrize("revision", WRONG)
def test_a_revision_that_is_none(repo, casemate, revision):
    """One line with the next step, and exit code 2."""
    result = casemate("scan", repo.folder, f"--since={revision}")
    assert result.exit_code == 2
    assert WRONG[revision] in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("made", [("tag",), ("branch",)])
def test_a_name_that_means_two_commits(repo, casemate, since, made):
    """It is refused: whoever can push a tag named like a branch must not decide what counts as the change."""
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repo.git(*made, "origin/main", "HEAD")
    edit(repo, "app/old.py", "'ls '", "'ls -l '")
    assert since("origin/main") == (["app/old.py:4"], 1)  # the same commit: nothing to choose
    repo.commit()
    repo.git(*made, "-f", "origin/main", "HEAD")
    result = casemate("scan", repo.folder, "--since", "origin/main")
    assert result.exit_code == 2
    assert "the revision 'origin/main' is ambiguous: it may be refs/" in result.stderr
    assert since("refs/remotes/origin/main") == (["app/old.py:4"], 1)


def test_a_branch_that_is_named_like_a_commit(repo, casemate):
    """Likewise."""
    short = repo.git("rev-parse", "--short", "HEAD")
    repo.git("branch", short)
    result = casemate("scan", repo.folder, "--since", short)
    assert result.exit_code == 2
    assert f"the revision '{short}' is ambiguous" in result.stderr


def test_no_repository(casemate, tmp_path):
    """A path outside of any."""
    (tmp_path / "m.py").write_text(OLD)
    result = casemate("scan", tmp_path, "--since", "main")
    assert result.exit_code == 2
    assert "is in no git repository, so there is no change since 'main'; name a path in a clone" in result.stderr


def test_a_repository_without_a_commit(casemate, tmp_path):
    """Nothing to compare with yet."""
    Repository(tmp_path / "young").write(**{"m.py": OLD})
    result = casemate("scan", tmp_path / "young", "--since", "HEAD")
    assert result.exit_code == 2
    assert "the repository has no commit yet" in result.stderr


def test_a_shallow_clone(repo, casemate, tmp_path):
    """What it does not reach is said with the way to fetch more; what it reaches works."""
    edit(repo, "app/old.py", "'ls '", "'ls -l '")
    repo.commit()
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.folder}", tmp_path / "shallow")
    result = casemate("scan", tmp_path / "shallow", "--since", "HEAD~1")
    assert result.exit_code == 2
    assert "in this shallow clone; fetch more of the history: git fetch --unshallow" in result.stderr
    assert casemate("scan", tmp_path / "shallow", "--since", "HEAD").exit_code == 0


def test_histories_with_nothing_in_common(repo, casemate):
    """There is no merge base to compare with."""
    repo.git("checkout", "-q", "--orphan", "apart")
    repo.commit(**{"new.py": ""})
    result = casemate("scan", repo.folder, "--since", "main")
    assert result.exit_code == 2
    assert "'main' and HEAD have no commit in common; name a revision that HEAD comes from" in result.stderr


def test_nothing_of_the_repository_is_run(repo, since, tmp_path):
    """Neither hooks nor filters, textconv or commands of its configuration."""
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    repo.commit(**{".gitattributes": "*.py filter=trap diff=trap\n"})
    for key in ("filter.trap.clean", "filter.trap.smudge", "diff.trap.textconv", "core.fsmonitor", "core.pager"):
        repo.git("config", key, str(trap))
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        shutil.copy(trap, repo.folder / ".git/hooks" / hook)
    edit(repo, "app/old.py", "'ls '", "'ls -l '")
    assert since() == (["app/old.py:4"], 1)
    assert not (tmp_path / "sprung").exists()


def damage(repo, name):
    """Overwrite an object."""
    sha = repo.git("rev-parse", name)
    place = repo.folder / ".git/objects" / sha[:2] / sha[2:]
    place.chmod(0o644)
    place.write_bytes(b"nonsense")


@pytest.mark.parametrize("name", ["HEAD", "HEAD:", "HEAD:app"])
def test_a_damaged_repository(repo, casemate, name):
    """A commit or a folder that does not read: one line with the next step."""
    damage(repo, name)
    result = casemate("scan", repo.folder, "--since", "main~0")
    assert result.exit_code == 2
    charter, line = result.stderr.splitlines()
    assert charter.startswith("charter: ")
    assert line.startswith("casemate: ")
    assert "git fsck" in line or "there is no revision" in line


def test_a_damaged_file(repo, casemate):
    """What it was cannot be known: all of it counts as changed, and that is said."""
    damage(repo, "HEAD:app/old.py")
    report = json.loads(casemate("scan", repo.folder, "--since", "HEAD", "--format", "json").stdout)
    assert [f["location"]["path"] for f in report["findings"]] == ["app/old.py"]
    assert [(entry["what"], entry["reason"]) for entry in report["not_examined"]][1:] == [("app/old.py", "unreadable")]
