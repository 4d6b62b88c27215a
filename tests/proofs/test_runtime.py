"""What runs inside a sandbox runs on every Python from 3.7 on, and imports nothing of ours."""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from adapters.sandbox.machine import a_harness, a_profile, made

from casemate.proofs import runtime

FILES = sorted(Path(runtime.__file__).parent.rglob("*.py"))
OLDEST = (3, 7)


def interpreters() -> dict[str, str]:
    """Version → path, of every Python that this machine has."""
    folders = [Path(part) for part in os.environ.get("PATH", "").split(os.pathsep)]
    folders += [*sorted(Path.home().glob(".pyenv/versions/*/bin")), Path("/usr/bin"), Path("/usr/local/bin")]
    found = {}
    for folder in folders:
        for path in sorted(folder.glob("python3.*")) if folder.is_dir() else ():
            if re.fullmatch(r"python3\.\d+", path.name) and os.access(path, os.X_OK) and "shims" not in path.parts:
                if int(path.name.partition(".")[2]) >= OLDEST[1]:
                    found.setdefault(path.name.removeprefix("python"), os.path.realpath(path))
    found.setdefault(f"{sys.version_info[0]}.{sys.version_info[1]}", os.path.realpath(sys.executable))
    return found


FOUND = interpreters()
VERSIONS = sorted(FOUND, key=lambda version: int(version.partition(".")[2]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_written_for_the_oldest(path):
    """Its grammar is that of Python 3.7, and it imports the standard library of then, or its own siblings."""
    tree = ast.parse(path.read_text(), feature_version=OLDEST)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} <= sys.stdlib_module_names | {"_signal"}
        elif isinstance(node, ast.ImportFrom):
            assert node.level in (1, 2, 3) or (node.level == 0 and node.module.split(".")[0] in sys.stdlib_module_names)


CODE = """
import sys, json
print("printed")
def case(data):
    report(json.dumps([data.decode(), sys.version_info[:2], hash("a"), sys.executable]).encode())
    if data == b"exit": sys.exit(3)
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_it_runs_on_every_python_here(sandbox, version):
    """Fresh and as a fork server, with the same report."""
    import json

    profile = a_profile(interpreter=FOUND[version])
    run = sandbox.run(profile, a_harness(CODE, b"one"))
    assert (run.exit_code, run.seen.stdout, run.seen.stderr) == (0, b"printed\n", b"")
    data, found, number, path = json.loads(run.seen.reports[0])
    assert (data, found, path) == ("one", [int(part) for part in version.split(".")], FOUND[version])
    runs = list(sandbox.search(profile, a_harness(CODE), [b"a", b"exit", b"b"]))
    assert [one.exit_code for one in runs] == [0, 3, 0]
    assert [json.loads(one.seen.reports[0])[2] for one in runs] == [number] * 3  # the same seed each time


def test_a_virtual_environment(sandbox, tmp_path):
    """Its own packages are found, by its own interpreter, and so is the installation that it was made from."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (packages / "only_here.py").write_text("words = b'found'\n")
    python = str(tmp_path / "venv" / "bin" / "python")
    code = "import only_here, sys\nreport(only_here.words)\nreport(sys.prefix.encode())"
    run = sandbox.run(a_profile(interpreter=python), a_harness(code))
    assert run.seen.reports == (b"found", str(tmp_path / "venv").encode())


def test_a_start_up_file_of_the_target_comes_after_the_channel(sandbox, tmp_path):
    """Code that an environment runs at every start runs confined, and after the nonce was read."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (packages / "spy.pth").write_text("import os; print('ran')\n")
    (packages / "sitecustomize.py").write_text("print('customized')\n")
    run = sandbox.run(a_profile(interpreter=str(tmp_path / "venv" / "bin" / "python")), a_harness("report(b'own')"))
    assert run.seen.stdout.startswith(b"ran\n")
    if importlib.util.find_spec("sitecustomize") is None:  # Debian has one of its own, which comes first
        assert run.seen.stdout.endswith(b"customized\n")
    assert run.seen.reports == (b"own",)


@pytest.fixture(params=["bubblewrap", "landlock"])
def sandbox(request):
    """Each sandbox in turn."""
    return made(request.param)


def test_there_are_interpreters_to_try():
    """At least the one that runs this."""
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" in FOUND
    assert all(shutil.which(path) for path in FOUND.values())
