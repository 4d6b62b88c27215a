"""Bytecode that is made beforehand changes how long a run takes, and nothing that it does."""

import ast
import importlib.util
import marshal
import os
import sys
import types

import pytest

from adapters.sandbox.machine import ADAPTERS, OWN_PYTHON, a_harness, a_profile, made
from casemate.model.sandbox import Finished, Limits
from casemate.proofs.runtime import bytecode, compiling

IMPORTS = """
import os, sys
sys.path.insert(0, os.path.realpath("target"))
compiled = []
sys.addaudithook(lambda name, args: compiled.append(os.path.basename(str(args[1]))) if name == "compile" else None)
import shop
report(repr((compiled, shop.price())).encode())
"""
SPOILS = """
import os
from casemate_runtime import bytecode
failed = []
for place in {place for place, _, _ in bytecode._held.values()}:
    for act in (lambda: open(place, "r+b"), lambda: os.remove(place), lambda: os.rename(place, place + "2"),
                lambda: open(place + "3", "w"), lambda: os.chmod(place, 0o666)):
        try: act()
        except OSError: failed.append(os.path.basename(place))
report(repr(sorted(failed)).encode())
"""


@pytest.fixture(params=sorted(ADAPTERS))
def sandbox(request):
    """Each sandbox, made for one test: what it has compiled is its own."""
    return made(request.param)


@pytest.fixture
def profile(tmp_path):
    """Lends a module that imports another."""
    (tmp_path / "shop.py").write_text("from goods import PRICE\n\n\ndef price():\n    return PRICE\n")
    (tmp_path / "goods.py").write_text("PRICE = 1\n")
    return a_profile(Limits(), (tmp_path, "target"))


def told(sandbox, profile, code=IMPORTS):
    run = sandbox.run(profile, a_harness(code))
    assert isinstance(run, Finished), run
    assert run.seen.stderr == b""
    return ast.literal_eval(run.seen.reports[0].decode())


def test_what_was_compiled_is_taken(sandbox, profile):
    """Once the profile has passed its self test, and not before: until then nothing of a target is so much as read."""
    assert told(sandbox, profile) == (["shop.py", "goods.py"], 1)
    assert sandbox.examine(profile).refusal == ""
    assert told(sandbox, profile) == ([], 1)


def test_another_source_is_compiled(sandbox, profile, tmp_path):
    """Though neither its size nor its time tells it from the one before."""
    assert sandbox.examine(profile).refusal == ""
    assert told(sandbox, profile) == ([], 1)
    goods = tmp_path / "goods.py"
    before = goods.stat()
    goods.write_text("PRICE = 2\n")
    os.utime(goods, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert told(sandbox, profile) == (["goods.py"], 2)


def test_no_run_writes_for_another(sandbox, profile):
    """What a run finds to import is the same whatever those before it tried to leave there."""
    assert sandbox.examine(profile).refusal == ""
    assert told(sandbox, profile) == ([], 1)
    assert told(sandbox, profile, SPOILS) == ["ours"] * 5 + ["targets"] * 5
    assert told(sandbox, profile) == ([], 1)


def test_a_target_that_cannot_be_compiled_runs_as_ever(sandbox, profile, tmp_path):
    """One file is in no Python, one too deep for the compiler."""
    (tmp_path / "old.py").write_text("print 'once'\n")
    (tmp_path / "deep.py").write_text("x = " + "-" * 100_000 + "1\n")
    assert sandbox.examine(profile).refusal == ""
    assert told(sandbox, profile) == ([], 1)


def compiled(folder, *roots):
    """What is compiled for these roots below the folder, by the path of its source."""
    out = folder / "out"
    compiling.main(str(out), OWN_PYTHON, [str(root) for root in roots])
    data = out.read_bytes()
    start = bytecode.SIZE + int.from_bytes(data[: bytecode.SIZE], "big")
    index = marshal.loads(data[bytecode.SIZE : start])
    found = {importlib.util.source_from_cache(path): (start + at, length) for path, at, length in index}
    inner = {os.path.relpath(path, folder): piece for path, piece in found.items() if path.startswith(f"{folder}/")}
    return {path: data[at : at + length] for path, (at, length) in inner.items()}


def test_compiling_runs_nothing(tmp_path):
    """What a file does when it is imported does not happen, and what was made is the code of the file."""
    (tmp_path / "loud.py").write_text("import sys\nsys.loud = True\n")
    (data,) = compiled(tmp_path, tmp_path).values()
    assert not hasattr(sys, "loud")
    assert data[:8] == importlib.util.MAGIC_NUMBER + b"\3\0\0\0"
    code = marshal.loads(data[16:])
    assert isinstance(code, types.CodeType)
    assert code.co_names == ("sys", "loud")


def test_what_is_compiled(tmp_path):
    """The files of the target, and those elsewhere that importing them imports: not what has bytecode, not what only a function
    imports, and no environment that lies in the target."""
    files = {
        "shop/app.py": "import os\nimport kit.tools\nfrom . import views\n\n\ndef late():\n    import rare\n",
        "shop/views.py": "",
        "shop/venv/pyvenv.cfg": "",
        "shop/venv/lib/site.py": "",
        "shop/.hidden/file.py": "",
        "shop/src/kit/__init__.py": "from .inner import thing\n",
        "shop/src/kit/tools.py": "",
        "shop/src/kit/inner/__init__.py": "from shelf import things\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = compiled(tmp_path, tmp_path / "shop" / "app.py", tmp_path / "shop" / "src")
    assert set(found) == {
        "shop/app.py", "shop/views.py", "shop/src/kit/__init__.py", "shop/src/kit/tools.py", "shop/src/kit/inner/__init__.py",
    }  # fmt: skip
    assert set(compiled(tmp_path, tmp_path / "shop")) == set(found)
    cached = tmp_path / "shop/__pycache__" / f"app.{sys.implementation.cache_tag}.pyc"
    cached.parent.mkdir()
    cached.write_bytes(found["shop/app.py"])
    assert set(compiled(tmp_path, tmp_path / "shop")) == set(found) - {"shop/app.py"}
    (tmp_path / "shop/app.py").write_text("import os\n")
    assert "shop/app.py" in compiled(tmp_path, tmp_path / "shop")
