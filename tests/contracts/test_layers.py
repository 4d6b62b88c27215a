"""The house plan holds: layers by import-linter, and what import-linter does not see."""

import ast
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "casemate"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 400


def imported(path):
    """The modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_contracts_on_imports_hold(monkeypatch, capsys):
    """Layers, adapters only from app, processes and sockets only in adapters, rules independent of one another."""
    monkeypatch.chdir(ROOT)
    code = lint_imports(no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_every_room_has_its_place_in_the_layers():
    """The layers are exhaustive, so that a new room must say where it stands."""
    (layers,) = (contract for contract in CONTRACTS if contract["type"] == "layers")
    named = {name.strip() for line in layers["layers"] for name in line.split("|")}
    rooms = {path.stem for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert layers["exhaustive"] is True
    assert named == rooms - {"__init__", "__pycache__", "py"}


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.name == "__init__.py"], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_a_package_imports_nothing_by_itself(path):
    """Cycles and slow starts begin in `__init__`."""
    assert list(imported(path)) == []


@pytest.mark.parametrize("room", ["model", "taint", "knowledge", "languages", "evidence", "leads"])
def test_the_core_has_no_clock_no_chance_and_no_files(room):
    """Same input, same report: nothing ambient is within reach of what makes it."""
    ambient = {"time", "random", "secrets", "uuid", "tempfile", "getpass", "platform", "locale"}
    found = {(str(p.relative_to(PACKAGE)), m) for p in (PACKAGE / room).rglob("*.py") for m in imported(p)}
    assert [entry for entry in sorted(found) if entry[1].split(".")[0] in ambient] == []


def test_files_are_short():
    """What is longer than that holds more than one thing."""
    assert [str(p.relative_to(ROOT)) for p in FILES if len(p.read_text().splitlines()) > MOST_LINES + 50] == []
