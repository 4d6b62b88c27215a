"""The sources that the applications for the tests are marked with, as cases; and driving them in a process of their own."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SITES = Path(__file__).parent / "sites"
_MARK = re.compile(r"  #: (\w*) ?\| (.+)$")


@dataclass(frozen=True)
class Mark:
    """A marked line. name: of the function that holds it."""

    name: str
    path: str
    line: int
    column: int
    what: str

    def case(self, value: str, *further: "Mark") -> dict[str, object]:
        steps = [
            {"path": m.path, "line": m.line, "column": m.column, "role": "flow", "note": f"{m.what} enters"}
            for m in (self, *further)
        ]
        return {"driver": "web", "boundary": "remote", "steps": steps, "value": value}


def marks(site: str) -> dict[str, Mark]:
    """By the name of the function that holds it, or of the class and the function."""
    found = {}
    for file in sorted((SITES / site).rglob("*.py")):
        holders: list[tuple[int, str]] = []
        for number, line in enumerate(file.read_text().splitlines(), 1):
            begins = re.match(r"( *)(?:async )?(?:def|class) (\w+)", line)
            if begins:
                holders = [h for h in holders if h[0] < len(begins[1])] + [(len(begins[1]), begins[2])]
            marked = _MARK.search(line)
            if marked:
                column = line.index("." + marked[1]) + 2 if marked[1] else len(line) - len(line.lstrip()) + 1
                name = ".".join(name for _, name in holders)
                path = str(file.relative_to(SITES / site))
                found[name] = Mark(name, path, number, column, marked[2])
    return found


def line_of(site: str, path: str, text: str) -> Mark:
    """A step on the first line that holds the text."""
    lines = (SITES / site / path).read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if text in line)
    return Mark("", path, number, lines[number - 1].index(text) + 1, "")


def drive(folder: Path, cases: list[dict[str, object]], python: str = sys.executable, apps: list[str] | None = None):
    """What the driver says of the cases, in the folder of an application."""
    script = Path(__file__).parent / "driving.py"
    told = json.dumps({"cases": cases, "apps": apps or []})
    run = subprocess.run(
        [python, script], cwd=folder, input=told, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def seen(result) -> list[str]:
    """What the application says that it saw."""
    return json.loads(result["response"]["body"])["seen"]
