"""An interpreter for the targets of tests: with what they need, and without the plugins of our own tests, which each run of a
target's tests would load first."""

import atexit
import shutil
import sys
import tempfile
import venv
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

NEEDED = (
    *("pytest", "pluggy", "iniconfig", "packaging", "pygments"),
    *("flask", "werkzeug", "jinja2", "markupsafe", "click", "itsdangerous", "blinker", "lxml", "pyyaml"),
)


@cache
def target_python() -> str:
    """The path of its program. It is made once a process, and goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="casemate-target-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    venv.create(folder, symlinks=True)
    site = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    for name in NEEDED:
        for file in distribution(name).files or ():
            if ".." not in file.parts:
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file.locate(), site / file)
    return str(folder / "bin" / "python")
