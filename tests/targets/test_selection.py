"""Which files are examined, and what becomes of the others."""

import pytest

from casemate.model.outcome import NotExamined, Reason
from casemate.ports import SourceFile
from casemate.targets.configuration import Configuration
from casemate.targets.globs import BadPattern
from casemate.targets.selection import MAX_SCRIPT, MAX_SIZE, looks_like_source, select
from targets.support import MemoryTree


def chosen(tree, **options):
    return [file.path for file in select(tree, **options).files]


@pytest.mark.parametrize("path", ["a.py", "x/A.PY", "gui.pyw"])
def test_names_of_sources(path):
    """*.py and *.pyw are sources in any case of letters."""
    assert looks_like_source(path)


@pytest.mark.parametrize("path", ["a.pyi", "a.pyc", "a.pyx", "py", "a.py.txt", "a.ipynb"])
def test_names_of_others(path):
    """Stubs, compiled files and notebooks are not."""
    assert not looks_like_source(path)


def test_files_in_the_order_of_the_tree():
    """Sources are chosen in the tree's order; the others are kept for the layout."""
    selection = select(MemoryTree({"b.py": b"", "a/x.py": b"", "a/x.txt": b"", "setup.cfg": b""}))
    assert [file.path for file in selection.files] == ["a/x.py", "b.py"]
    assert selection.others == ("a/x.txt", "setup.cfg")
    assert selection.not_examined == ()


@pytest.mark.parametrize(
    ("first", "python"),
    [
        (b"#!/usr/bin/python\n", True),
        (b"#!/usr/bin/env python3\nimport x", True),
        (b"#! /opt/python3.12/bin/python3.12 -I\n", True),
        (b"#!/usr/bin/env -S pypy3 -u\n", True),
        (b"#!/bin/sh\n# python\n", False),
        (b"#!/usr/bin/pythonic\n", False),
        (b"#!/opt/python/bin/ruby\n", False),
        (b"\x7fELF/python ", False),
        (b"", False),
    ],
)
def test_scripts_without_a_suffix(first, python):
    """An executable file without a suffix is a source when its first line calls a Python interpreter."""
    assert chosen(MemoryTree({"bin/tool": first}, executable=("bin/tool",))) == (["bin/tool"] if python else [])


def test_what_is_not_opened_for_its_first_line():
    """Files that are not executable, have a suffix or are large are no scripts, and are not read to find out."""
    shebang = b"#!/usr/bin/python\n"
    contents = {"README": shebang, "run.sh": shebang, "big": shebang + b"#" * MAX_SCRIPT}
    tree = MemoryTree(contents, executable=("run.sh", "big"))
    assert chosen(tree) == []
    assert tree.asked == []


def test_a_source_that_is_too_large():
    """A source above the limit is a loss, and is not read; one of exactly the limit is examined."""

    class Sparse(MemoryTree):
        def walk(self):
            yield SourceFile(path="fits.py", size=MAX_SIZE)
            yield SourceFile(path="huge.py", size=MAX_SIZE + 1)
            yield SourceFile(path="huge.csv", size=MAX_SIZE + 1)

    tree = Sparse({})
    selection = select(tree)
    assert [file.path for file in selection.files] == ["fits.py"]
    assert selection.not_examined == (
        NotExamined(what="huge.py", reason=Reason.TOO_LARGE, detail="10485761 bytes, of at most 10485760"),
    )
    assert tree.asked == []


def test_a_file_that_the_operator_named():
    """What the operator named is examined whatever its name, and is no configuration even when it is called so."""

    class Named(MemoryTree):
        def walk(self):
            yield SourceFile(path="casemate.toml", size=1, named=True)

    selection = select(Named({"casemate.toml": b"?"}))
    assert [file.path for file in selection.files] == ["casemate.toml"]
    assert selection.not_examined == ()


def test_the_operators_excludes_are_deliberate():
    """What the operator leaves out is counted by pattern, losses included, and is no loss; a file counts once."""
    gone = NotExamined(what="data/private", reason=Reason.UNREADABLE)
    tree = MemoryTree({"data/a.py": b"", "a_pb2.py": b"", "x.py": b"", "data/a.txt": b""}, losses=[gone])
    selection = select(tree, exclude=["data/", "*_pb2.py", "a_*", "nothing"])
    assert [file.path for file in selection.files] == ["x.py"]
    assert selection.not_examined == (
        NotExamined(
            what=".", reason=Reason.EXCLUDED, detail="2 files left out by --exclude 'data/'", files=2, deliberate=True
        ),
        NotExamined(
            what=".", reason=Reason.EXCLUDED, detail="1 file left out by --exclude '*_pb2.py'", deliberate=True
        ),
    )


def test_what_the_target_hides_is_a_loss():
    """The target's own excludes count as losses, and cannot hide what could not be looked at."""
    gone = NotExamined(what="vendored/private", reason=Reason.UNREADABLE)
    tree = MemoryTree({"casemate.toml": b'exclude = ["vendored/"]', "vendored/a.py": b"", "x.py": b""}, losses=[gone])
    selection = select(tree)
    assert [file.path for file in selection.files] == ["x.py"]
    hidden = NotExamined(
        what="casemate.toml", reason=Reason.EXCLUDED, detail="1 file hidden by its exclude 'vendored/'"
    )
    assert selection.not_examined == (gone, hidden)


def test_untrusted():
    """With `untrusted` the target's configuration is not even read."""
    tree = MemoryTree({"casemate.toml": b'exclude = ["*"]\n[[ignore]]\nrule="*"\npath="*"', "x.py": b""})
    selection = select(tree, untrusted=True)
    assert [file.path for file in selection.files] == ["x.py"]
    assert selection.not_examined == ()
    assert selection.configuration == Configuration()
    assert tree.asked == []


def test_a_broken_configuration_hides_nothing():
    """A configuration that does not parse is a loss of its own, and everything is examined."""
    selection = select(MemoryTree({"casemate.toml": b'exclude = ["*.py"]\n?', "x.py": b""}))
    assert [file.path for file in selection.files] == ["x.py"]
    assert [(loss.what, loss.reason) for loss in selection.not_examined] == [("casemate.toml", Reason.SYNTAX)]


def test_only_the_configuration_at_the_root_counts():
    """A casemate.toml further down says nothing."""
    assert chosen(MemoryTree({"sub/casemate.toml": b'exclude = ["*.py"]', "sub/x.py": b""})) == ["sub/x.py"]


def test_files_that_vanish_before_they_are_looked_at():
    """A script or a configuration that cannot be read is a loss, not an absence."""

    class Vanishing(MemoryTree):
        def read(self, file):
            return NotExamined(what=file.path, reason=Reason.VANISHED)

    tree = Vanishing({"casemate.toml": b"x", "bin/tool": b"#!"}, executable=("bin/tool",))
    assert [loss.what for loss in select(tree).not_examined] == ["casemate.toml", "bin/tool"]


def test_a_bad_exclude():
    """The operator's own patterns raise, so that nothing is scanned that was not meant."""
    with pytest.raises(BadPattern):
        select(MemoryTree({}), exclude=["!a"])
