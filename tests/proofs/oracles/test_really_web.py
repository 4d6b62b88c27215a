"""Oracles of what an answer shows, on an application in a real sandbox: a view that is weak, and its twin that is mended."""

import pytest

from proofs.oracles.really import answers_of_a_site

VIEWS = {
    "page": (79, "'<p>' + value + '</p>'", "'<p>' + html.escape(value) + '</p>'"),
    "attribute": (79, "'<input name=\"a\" value=\"' + value.replace('<', '') + '\">'", "jsonify(a=value)"),
    "moved": (601, "redirect(value)", "redirect('/' + value.lstrip('/\\\\'))"),
    "moved_below": (
        601,
        "redirect('//' + value) if value.count('.') else 'no'",
        "redirect(url_for('moved', next=value))",
    ),
    "ticket": (614, "cookie('ticket', value)", "cookie('ticket', value, secure=True, httponly=True)"),
    "kept": (
        501,
        "session.update(member=value) or 'ok'",
        "session.update(member=value if value.isalnum() else '') or 'ok'",
    ),
    "named": (501, "session.__setitem__(value, 1) or 'ok'", "session.__setitem__('member', 1) or 'ok'"),
    "rendered": (
        1336,
        "render_template_string('Hello ' + value)",
        "render_template_string('Hello {{ who }}', who=value)",
    ),
    "sent": (22, "send_file(os.path.join(ROOT, value))", "send_from_directory(ROOT, value)"),
    "found": (
        89,
        'str(db().execute("SELECT n FROM t WHERE n LIKE \'%" + value + "%\'").fetchall())',
        "str(db().execute('SELECT n FROM t WHERE n LIKE ?', ('%' + value + '%',)).fetchall())",
    ),
    "hashed": (
        328,
        "cookie('t', hashlib.md5(value.encode()).hexdigest())",
        "cookie('t', hashlib.sha256(value.encode()).hexdigest())",
    ),
    "drawn": (330, "cookie('t', str(random.random()))", "cookie('t', secrets.token_hex())"),
}
HEAD = """
import hashlib, html, os, random, secrets, sqlite3, tempfile
from flask import Flask, jsonify, make_response, redirect, render_template_string, request, send_file
from flask import send_from_directory, session, url_for

app = Flask(__name__)
app.secret_key = "for a test"
ROOT = tempfile.mkdtemp()


def db():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (n)")
    return connection


def cookie(name, value, **flags):
    response = make_response("ok")
    response.headers.add("Set-Cookie", name + "=" + value + "".join("; " + flag for flag in flags))
    return response
"""
VIEW = """

@app.route("/{name}")
def {name}():
    value = request.args["value"]  # source: query string
    return {act}  # sink
"""


def site(column):
    return HEAD.lstrip() + "".join(VIEW.format(name=name, act=view[column]) for name, view in VIEWS.items())


CWES = {name: view[0] for name, view in VIEWS.items()}
EXPECTED = {
    **{"page": "xss", "attribute": "xss", "moved": "redirect", "moved_below": "redirect", "ticket": "cookie"},
    **{"kept": "trust", "named": "trust", "rendered": "template", "sent": "path", "found": "sql", "hashed": "hash"},
    "drawn": "random",
}


@pytest.fixture(scope="module")
def weak(tmp_path_factory):
    return answers_of_a_site(tmp_path_factory.mktemp("weak"), site(1), CWES)


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    return answers_of_a_site(tmp_path_factory.mktemp("mended"), site(2), CWES, budget=12)


@pytest.mark.parametrize("name", VIEWS)
def test_weak_is_seen(weak, name):
    assert weak[name] == EXPECTED[name]


@pytest.mark.parametrize("name", VIEWS)
def test_mended_is_not(mended, name):
    assert mended[name].startswith(("not triggered", "budget spent"))
