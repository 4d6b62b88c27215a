"""Gets the packages that execute, load or render what they are given by design, unpacked, each with an environment.

    python benchmarks/prepare_design.py --packages DIR --environments DIR --uv PROGRAM --python PYTHON [--only NAME]

Wheels of the current releases, from the index; unpacked below DIR/PACKAGE/VERSION and not installed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import release_metadata
from prepare_pairs import BUILDING, Tools

# Programs started, code run, objects loaded, templates rendered: that is what they are for.
STARTING = ("invoke", "fabric", "sh", "plumbum", "pexpect", "nox", "doit", "honcho", "execnet", "nbclient")
LOADING = ("joblib", "cloudpickle", "dill", "jsonpickle", "pyyaml", "ruamel.yaml", "diskcache", "klepto", "rpyc")
RENDERING = ("jinja2", "mako", "chameleon", "genshi", "cookiecutter", "copier")
EVALUATING = ("numexpr", "asteval", "simpleeval", "restrictedpython", "hy")
PACKAGES = STARTING + LOADING + RENDERING + EVALUATING


def main() -> None:
    """Get those that are not there yet; say which cannot be had."""
    options = _arguments(sys.argv[1:])
    tools = Tools(uv=options.uv, pythons=Path(), extra={})
    for package in options.only or PACKAGES:
        if not any((options.packages / package).glob("*")):
            why = fetched(package, options.packages / package, options.python, tools)
            print(f"{package}: {why or 'unpacked'}", flush=True)
        for release in sorted((options.packages / package).glob("*")):
            folder = options.environments.resolve() / f"{package}-{release.name}"
            if not (folder / "prepared.json").is_file():
                failed = environment(release, folder, options.python, tools)
                print(
                    f"{release.name}: environment{'; not to be had: ' + ', '.join(failed) if failed else ''}",
                    flush=True,
                )


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True, metavar="DIR")
    parser.add_argument("--environments", type=Path, required=True, metavar="DIR")
    parser.add_argument("--uv", type=Path, required=True, metavar="PROGRAM")
    parser.add_argument("--python", type=Path, required=True, metavar="PYTHON")
    parser.add_argument("--only", action="append", metavar="PACKAGE")
    return parser.parse_args(words)


def fetched(package: str, home: Path, python: Path, tools: Tools) -> str:
    """Unpack the package's newest wheel below `home`; why not, when it cannot be had. Nothing of it is run: the
    installer is told to put it into a folder of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        into = Path(scratch) / "unpacked"
        words = ("pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(into))
        done = tools.run(*words, "--link-mode", "copy", "--python", str(python), package)
        found = sorted(into.glob("*.dist-info"))
        if done.returncode or not found:
            return done.stderr.strip()[:300] or "no wheel"
        version = found[0].name.removesuffix(".dist-info").rpartition("-")[2]
        home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(into / "bin", ignore_errors=True)
        shutil.move(str(into), str(home / version))
    return ""


def environment(release: Path, folder: Path, python: Path, tools: Tools) -> list[str]:
    """Make an environment with the release's dependencies; what is not to be had."""
    tools.run("venv", "--quiet", "--clear", "--python", str(python), str(folder))
    inner = str(folder / "bin" / "python")
    asked = release_metadata.read(release).requirements
    tools.run("pip", "install", "--quiet", "--python", inner, *BUILDING)
    if asked and tools.run("pip", "install", "--quiet", "--python", inner, "--only-binary", ":all:", *asked).returncode:
        failed = [one for one in asked if tools.run("pip", "install", "--quiet", "--python", inner, one).returncode]
    else:
        failed = []
    (folder / "prepared.json").write_text(json.dumps({"requirements": asked, "failed": failed}, indent=1) + "\n")
    return failed


if __name__ == "__main__":
    main()
