"""Regression tests: run for real, each fails on what is weak and passes on what is mended; and where none is written."""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import types
import unittest
from dataclasses import replace

import pytest

from casemate.fixes.regression import NoTest, regression_test
from casemate.model.finding import Finding, FindingId
from casemate.model.lead import Lead, RuleId, Severity
from casemate.model.location import Location
from casemate.model.proof import Exhibit, Fidelity, Observer, Proof, ProofKind, Result, Verdict

VARIANT = {
    "how": "plain",
    "inner": [],
    "many": [],
    "names": ["weak"],
    "object": "none",
    "parameter": "text",
    "path": "shop/app.py",
    "shape": "text",
    "then": {},
    "things": [],
}


WEB = {
    "framework": "flask",
    "app": "shop.app:app",
    "method": "POST",
    "channel": "form",
    "carrier": "value",
    "keys": ["to"],
    "pieces": [["text", "/go/"], ["param", "page", "default", ""]],
    "path": {"page": "front"},
    "form": {"name": "ok"},
    "query": {"x": "1"},
}


def given(oracle, payload, driver="function", **variant):
    """A proven finding and what shows it."""
    proof = Proof(
        oracle=oracle,
        kind=ProofKind.CANARY,
        observer=Observer.INSIDE,
        fidelity=Fidelity.PUBLIC_API,
        happened="it took effect",
        runs=5,
    )
    lead = Lead(rule=RuleId("a-rule"), location=Location(path="shop/app.py", line=1), function="weak", message="m")
    finding = Finding(
        identity=FindingId("0123456789abcdef"),
        lead=lead,
        title="t",
        cwe=78,
        severity=Severity.HIGH,
        snippet="",
        verdict=Verdict(result=Result.PROVEN, proof=proof),
    )
    case = {"driver": driver, "payload": payload, "variant": {**VARIANT, **variant}}
    exhibit = Exhibit(
        settings=b"{}", cases=(json.dumps(case).encode(),), controls=(), reports=(), python="", sandbox="", sources=()
    )
    return finding, exhibit


CASES = {
    "command": (
        "command",
        {"text": ";{canary};"},
        "import os\ndef weak(text):\n    return os.system('echo ' + text)\n",
        "import subprocess\ndef weak(text):\n    return subprocess.call(['echo', text])\n",
    ),
    "code": (
        "code",
        {"text": "'+str({canary}())+'"},
        'def weak(text):\n    return eval("\'" + text + "\'")\n',
        "def weak(text):\n    raise ValueError(text)\n",
    ),
    "deserialization": (
        "deserialization",
        {"latin1": "cbuiltins\n{canary}\n(tR."},
        "import pickle\ndef weak(text):\n    return pickle.loads(text)\n",
        "import json\ndef weak(text):\n    return json.loads(text)\n",
    ),
    "a path": (
        "path",
        {"text": "../" * 20 + "..{file}"},
        "import os, pathlib\ndef weak(text):\n    return pathlib.Path(os.path.join('/tmp', text)).read_text()\n",
        "import os, pathlib\ndef weak(text):\n    return pathlib.Path('/tmp', os.path.basename(text)).read_text()\n",
    ),
    "a path that is written": (
        "path",
        {"text": "{folder}/new-{canary}.txt"},
        "import os, pathlib\ndef weak(text):\n    pathlib.Path(os.path.join('/tmp', text)).write_text('x')\n",
        "def weak(text):\n    raise PermissionError\n",
    ),
    "xss": (
        "xss",
        {"text": '"><{canary}>'},
        "def weak(text):\n    return f'<a title=\"{text}\">'\n",
        "import html\ndef weak(text):\n    return f'<a title=\"{html.escape(text)}\">'\n",
    ),
}
STYLES = {
    "pytest": {"tests/test_app.py": b"import pytest\n"},
    "unittest": {"tests/test_app.py": b"import unittest\n"},
}


@pytest.fixture
def passes(tmp_path, monkeypatch):
    """Whether a test passes beside this code, run here."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def run(test, weak):
        laid(tmp_path, test, weak)
        for name in ("shop", "shop.app"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        module = types.ModuleType("regression")
        exec(compile(test.content, test.path, "exec"), module.__dict__)  # what we have made ourselves
        if hasattr(module, "TestMended"):
            suite = unittest.defaultTestLoader.loadTestsFromTestCase(module.TestMended)
            result = suite.run(unittest.TestResult())
            assert result.testsRun == 1
            assert result.errors == []
            return not result.failures
        (name,) = [name for name in vars(module) if name.startswith("test_")]
        try:
            getattr(module, name)()
        except AssertionError:
            return False
        return True

    yield run
    for name in ("shop", "shop.app"):
        sys.modules.pop(name, None)


def laid(folder, test, weak):
    (folder / "shop").mkdir(exist_ok=True)
    (folder / "shop/app.py").write_text(weak)
    (folder / "tests").mkdir(exist_ok=True)
    (folder / test.path).write_bytes(test.content)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("oracle", "payload", "weak", "mended"), CASES.values(), ids=CASES.keys())
def test_it_fails_before_and_passes_after(passes, style, oracle, payload, weak, mended):
    """In the framework of the tests that are there, beside them."""
    files = STYLES[style]
    test = regression_test(*given(oracle, payload), list(files), files.get)
    assert test.path == "tests/test_a_rule_01234567.py"
    assert (b"unittest.TestCase" in test.content) == (style == "unittest")
    assert not passes(test, weak)
    assert passes(test, mended)


@pytest.mark.parametrize(
    ("style", "runner"), [("pytest", ["pytest", "-q", "-p", "no:cacheprovider"]), ("unittest", ["unittest"])]
)
def test_the_frameworks_run_it(tmp_path, style, runner):
    """As a file of the target's tests."""
    files = STYLES[style]
    test = regression_test(*given("code", {"text": "{canary}()"}), list(files), files.get)
    laid(tmp_path, test, CASES["code"][3])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-B", "-m", *runner, test.path]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_whole_file():
    """As a maintainer reads it."""
    test = regression_test(
        *given("command", {"text": ";{canary};"}), ["test_app.py"], {"test_app.py": b"def test_a(): pass"}.get
    )
    assert test.path == "test_a_rule_01234567.py"
    assert (
        test.content.decode()
        == '''"""What was weak stays mended: a-rule at shop/app.py, CWE-78."""

import contextlib
import os
import pathlib
import tempfile
from unittest import mock

from shop.app import weak


def test_a_rule_01234567():
    folder = pathlib.Path(tempfile.mkdtemp())
    program = folder / "casemateprobe"
    program.write_text(f"#!/bin/sh\\necho ran > {folder}/ran\\n")
    program.chmod(0o700)
    search = f"{folder}{os.pathsep}{os.environ['PATH']}"
    with mock.patch.dict(os.environ, {"PATH": search}), contextlib.suppress(Exception):  # to refuse the input is right as well
        weak(text=';casemateprobe;')
    assert (folder / "ran").exists() is False
'''
    )


@pytest.mark.parametrize(
    ("oracle", "text", "weak", "mended"),
    [
        ("redirect", "//{host}/", "redirect(to)", "redirect('/')"),
        ("xss", "<{canary}>", "to", "escape(to)"),
        ("code", "{canary}()", "str(eval(to))", "abort(400)"),
    ],
)
def test_a_request(passes, oracle, text, weak, mended):
    """By Flask's test client; what stands beside the input in the request stays."""
    pytest.importorskip("flask")
    test = regression_test(*given(oracle, {"text": text}, driver="web", **WEB), [], {}.get)
    code = "from flask import *\nfrom markupsafe import escape\napp = Flask(__name__)\n@app.post('/go/<page>')\ndef go(page):\n"
    code += "    to = request.form['to']\n    assert (page, request.form['name'], request.args['x']) == ('front', 'ok', '1')\n"
    assert not passes(test, f"{code}    return {weak}\n")
    assert passes(test, f"{code}    return {mended}\n")


def test_a_request_as_text():
    """The call alone; an application that a function makes."""
    finding, exhibit = given("redirect", {"text": "//{host}/"}, driver="web", **{**WEB, "app": "shop:create_app"})
    lines = (
        regression_test(finding, exhibit, ["test_a.py"], {"test_a.py": b"import pytest\n"}.get)
        .content.decode()
        .splitlines()
    )
    assert lines[-6:] == [
        "    client = create_app().test_client()",
        "    result = None",
        "    with contextlib.suppress(Exception):  # to refuse the input is right as well",
        "        result = client.open('/go/front', method='POST', query_string={'x': '1'},"
        " data={'name': 'ok', 'to': '//casemateprobe.example/'})",
        '    location = "" if result is None else result.headers.get("Location", "")',
        '    assert ("casemateprobe.example" in location) is False',
    ]
    assert "from shop import create_app" in lines


def test_bytes_and_sources():
    """A text that is given as bytes, and a module below `src`."""
    finding, exhibit = given("code", {"text": "{canary}()"}, shape="bytes", path="src/shop/__init__.py")
    text = regression_test(finding, exhibit, [], {}.get).content.decode()
    assert "from shop import weak" in text
    assert "weak(text=('casemateprobe()').encode())" in text


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (given("sql", {"text": "x"}), "none is written for what the oracle 'sql' sees"),
        (given("code", {"text": "x"}, driver="web"), "it was not proven by the call of a function"),
        (given("code", {"text": "x"}, names=["A", "weak"], object="made"), "it was not proven by the call"),
        (given("code", {"text": "x"}, inner=["f"]), "it was not proven by the call of a function"),
        (given("code", {"text": "x"}, parameter=None), "the input did not come by a parameter"),
        (given("code", {"text": "x"}, shape="file"), "the input was given as 'file'"),
        (given("code", {"text": "x", "quoted": 1}), "the input is no text"),
        (given("redirect", {"text": "//{host}/"}), "where a function leads a browser is seen in a response alone"),
        (given("code", {"text": "x"}, **{**WEB, "app": "shop.app:<made>"}), "the application has no name"),
        (given("code", {"text": "x"}, **{**WEB, "channel": "cookie"}), "the input came by another part of a request"),
        (given("code", {"text": "x"}, **WEB, session={"user": 1}), "the request needs a session"),
        (given("code", {"text": "x"}, path="my-shop/app.py"), "my-shop/app.py cannot be imported by a name"),
    ],
)
def test_where_none_is_written(made, why):
    """It is said why."""
    with pytest.raises(NoTest) as caught:
        regression_test(*made, [], {}.get)
    assert str(caught.value).startswith(why)


def test_a_name_that_is_taken():
    """A file of the target is not replaced."""
    with pytest.raises(NoTest, match="there is a file"):
        regression_test(*given("code", {"text": "x"}), ["test_a_rule_01234567.py"], {}.get)


def test_what_is_not_proven():
    """There is no input."""
    finding, exhibit = given("code", {"text": "x"})
    bare = replace(finding, verdict=Verdict(result=Result.NOT_REACHED, detail="no"))
    with pytest.raises(NoTest, match="it is not proven"):
        regression_test(bare, exhibit, [], {}.get)
