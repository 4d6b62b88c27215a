"""`make native`: the compiled engine does what the source says. What an annotation promises and a value does not keep shows
only here."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ("taint", "pipeline/test_scan.py")
LEFT_OUT = '  "src/casemate/languages/**/*.py",\n'  # two minutes to compile; `make native` tests it


COMPILES = shutil.which("cc") is not None and Path(sysconfig.get_path("include"), "Python.h").is_file()


@pytest.mark.skipif(not COMPILES, reason="no C compiler, or no Python.h, is here (apt-get install gcc python3-dev)")
def test_the_engine_compiled_passes_the_engines_tests(tmp_path: Path):
    """The wheel is built as `make native` builds it, less the front end, and less optimising, which takes minutes and
    changes no answer."""
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    project = (ROOT / "pyproject.toml").read_text()
    assert 'opt_level = "2"' in project and LEFT_OUT in project
    quick = project.replace('opt_level = "2"', 'opt_level = "0"').replace(LEFT_OUT, "")
    (copy / "pyproject.toml").write_text(quick)
    env = {**os.environ, "HATCH_BUILD_HOOK_ENABLE_MYPYC": "1", "MYPYPATH": "src"}
    hatchling = str(Path(sys.executable).with_name("hatchling"))
    run([hatchling, "build", "--target", "wheel", "--directory", str(tmp_path)], cwd=copy, env=env)
    with zipfile.ZipFile(next(tmp_path.glob("casemate-*.whl"))) as wheel:
        wheel.extractall(tmp_path / "compiled")

    env = {**os.environ, "PYTHONPATH": str(tmp_path / "compiled")}
    said = run([sys.executable, "-c", "import casemate.taint.solver as s; print(s.__file__)"], cwd=ROOT, env=env)
    assert said.startswith(str(tmp_path)) and said.strip().endswith(".so")
    where = [str(ROOT / "tests" / name) for name in TESTS]
    run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *where], cwd=ROOT, env=env)


def run(argv: list[str], **how) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, **how)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout
