"""Paths that lead out of a folder only to where this target's own paths tell, in a real sandbox: beside it, or one above."""

import pytest

from proofs.oracles.really import answers_of_a_site

SITE = """
import os, tempfile
from flask import Flask, abort, request

app = Flask(__name__)
HOME = tempfile.mkdtemp()
ROOT = os.path.join(HOME, "log")
os.makedirs(os.path.join(ROOT, "day"))


def resolved(name):
    return os.path.abspath(os.path.join(ROOT, name))
"""
BESIDE = """

@app.route("/{name}")
def {name}():
    path = resolved(request.args["value"])  # source: query string
    if {check}:  # sink: reaches a check of the first characters
        abort(404)
{more}    return open(path).read()
"""
ABOVE = """

@app.route("/{name}/<part>")
def {name}(part):
    part = request.view_args["part"]  # source: URL path, parameter `part`
{before}    return open({path}).read()  # sink
"""
CHECKS = {
    "prefix": ("not path.startswith(ROOT)", "", "path"),
    "with_separator": ("not path.startswith(ROOT + os.sep)", "", ""),
    "checked_again": ("not path.startswith(ROOT)", "    if os.path.commonpath([path, ROOT]) != ROOT: abort(404)\n", ""),
}
PARTS = {
    "joined": ("", 'os.path.join(ROOT, part, "today.txt")', "path"),
    "no_dots": ('    if ".." in part: abort(404)\n', 'os.path.join(ROOT, part, "today.txt")', ""),
    "in_a_wider_folder": (
        '    path = os.path.abspath(os.path.join(ROOT, "day", part, "a.txt"))\n'
        "    if not path.startswith(ROOT + os.sep): abort(404)\n",
        "path",
        "",
    ),
    "last": ("", 'os.path.join(ROOT, "day", part)', ""),
}
EXPECTED = {name: oracle for name, (_, _, oracle) in (CHECKS | PARTS).items()}


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    site = SITE.lstrip()
    site += "".join(BESIDE.format(name=name, check=check, more=more) for name, (check, more, _) in CHECKS.items())
    site += "".join(ABOVE.format(name=name, before=before, path=path) for name, (before, path, _) in PARTS.items())
    return answers_of_a_site(tmp_path_factory.mktemp("site"), site, dict.fromkeys(EXPECTED, 22), budget=60)


@pytest.mark.parametrize("name", [name for name, oracle in EXPECTED.items() if oracle])
def test_fires(name, answered):
    """Where a name that begins alike passes, and where two dots are a part of the path."""
    assert answered[name] == "path"


@pytest.mark.parametrize("name", [name for name, oracle in EXPECTED.items() if not oracle])
def test_quiet(name, answered):
    """Where the check has its separator or is followed by another, the dots are taken out, or the path is held against a folder
    further up."""
    assert answered[name].partition(":")[0] in ("not triggered", "budget spent")
