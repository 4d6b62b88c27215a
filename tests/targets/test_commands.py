"""Which packages are started by a command: each form in which a project says so, and what speaks against it."""

import pytest

from casemate.targets.commands import packages, states

INI = "[console_scripts]\nstand = stand.main:run\n\n[stand.hooks]\nprint = printing.hooks:print\n"
CFG = "[options.entry_points]\nconsole_scripts =\n"
SAID = {
    "an installed package": ({"stand-1.0.dist-info/entry_points.txt": INI}, {"stand"}),
    "a window": ({"entry.egg-info/entry_points.txt": INI.replace("console", "gui")}, {"stand"}),
    "project.scripts": ({"pyproject.toml": '[project.scripts]\nstand = "stand.main:run"\n'}, {"stand"}),
    "gui-scripts": ({"pyproject.toml": '[project.gui-scripts]\nstand = "stand:run"\n'}, {"stand"}),
    "poetry": ({"pyproject.toml": '[tool.poetry.scripts]\nstand = "stand.main:run"\n'}, {"stand"}),
    "other scripts": ({"pyproject.toml": '[tool.hatch.scripts]\nstand = "stand.main:run"\n'}, set()),
    "setup.cfg": ({"setup.cfg": f"{CFG}    a = stand.main:run\n    b = till:run\n"}, {"stand", "till"}),
    "setup.py": ({"setup.py": 'setup(entry_points={"console_scripts": ["a=stand.main:run"], "x": ["b = till:run"]})'}, {"stand"}),
    "only hooks": ({"entry.dist-info/entry_points.txt": "[stand.hooks]\nprint = printing.hooks:print\n"}, set()),
    "damaged": ({"pyproject.toml": "[project.scripts"}, set()),
    "a scalar": ({"pyproject.toml": "project = 1\ntool = []"}, set()),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "expected"), SAID.values(), ids=SAID)
def test_a_command_is_known_by_what_the_project_says(texts, expected):
    """And by no other table or group."""
    assert all(map(states, texts))
    assert packages(texts).started == expected


SHOWN = ("from stand import Stand", "    >>> from stand.main import run", "import stand", "> import stand.main")
NOT_SHOWN = (
    "from stand to stand",
    "import stand is what we do not recommend",
    "the import of stand",
    "from other import stand",
)


@pytest.mark.parametrize("line", SHOWN)
@pytest.mark.parametrize("name", ["README.md", "README", "stand-1.0.dist-info/METADATA"])
def test_what_a_readme_imports_is_a_library(line, name):
    """It says how to call it."""
    assert packages({name: f"# Stand\n\n{line}\n", "stand.egg-info/entry_points.txt": INI}).started == frozenset()


@pytest.mark.parametrize("line", NOT_SHOWN)
def test_prose_imports_nothing(line):
    """Words that look alike."""
    assert packages({"README.md": f"# Stand\n\n{line}\n", "stand.egg-info/entry_points.txt": INI}).started == {"stand"}


@pytest.mark.parametrize(
    "path", ["a/b/c/README.md", "a/b.dist-info/METADATA/x", "README-old.md", "notes.txt", "x/METADATA"]
)
def test_other_files_say_nothing(path):
    """They are not read."""
    assert not states(path)


def test_a_readme_shows_how_to_import():
    """So the package is a library, whether it is started or not."""
    assert packages({"README.md": "from stand.keeper import Keeper\n"}).shown == {"stand"}
    assert packages({"README.md": "# Stand\n"}).shown == frozenset()
