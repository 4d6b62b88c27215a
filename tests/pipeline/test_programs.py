"""A package that is started by a command and that nobody is told to import: its functions are no boundary, and that is shown."""

import pytest

from casemate.model.lead import Doubt
from pipeline.test_scan import scanned

TAG = "import os\n\n\ndef tag(title):\n    os.system('tag ' + title)\n"
PROJECT = '[project]\nname = "stand"\n\n[project.scripts]\nstand = "stand.main:main"\n'
STAND = {"pyproject.toml": PROJECT, "stand/__init__.py": "", "stand/main.py": TAG}
API, DESIGN = {("stand/main.py", False)}, {("stand/main.py", True)}
LIBRARIES = {
    "without a command": {"pyproject.toml": '[project]\nname = "stand"\n'},
    "that can be run": {"pyproject.toml": "", "stand/__main__.py": "from stand.main import tag\n"},
    "with a README that imports it": {"README.md": "```python\nfrom stand.main import tag\n```\n"},
    "that offers something itself": {"stand/__init__.py": "from stand.main import tag\n"},
    "with a function of its own": {"stand/__init__.py": "def tag(title):\n    pass\n"},
    "with a list of what it offers": {"stand/main.py": f"__all__ = ['tag']\n{TAG}"},
    "whose part offers it": {
        "stand/main.py": "",
        "stand/tags/__init__.py": "from stand.tags.one import tag\n",
        "stand/tags/one.py": TAG,
    },
}


PROGRAMS = {
    "whose parts take names from it": {
        "stand/__init__.py": "class Till:\n    pass\n",
        "stand/more.py": "from stand import Till\n",
    },
    "whose parts take names from its own file": {
        "stand/__init__.py": "class Till:\n    pass\n",
        "stand/more.py": "from .__init__ import Till\n",
    },
    "with a script of its wheel": {
        "pyproject.toml": "",
        "stand-1.0.data/scripts/stand": "#!python\nimport sys\nfrom stand import main\n",
    },
    "with another package of the same distribution": {
        "pyproject.toml": "",
        "stand-1.0.dist-info/entry_points.txt": "[console_scripts]\nshop = shop.main:run\n",
        "stand-1.0.dist-info/top_level.txt": "stand\nshop\n",
    },
}


def laid(folder, files):
    """Files written below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def found(folder, **options):
    """Where leads stand, and whether they are by design."""
    report = scanned(folder, **options)
    return {(one.lead.location.path, one.lead.by_design) for one in report.findings}


def test_a_program_is_no_library(tmp_path):
    """The lead is by design, counted, shown on request, and says why."""
    assert found(laid(tmp_path, STAND)) == DESIGN
    (one,) = scanned(tmp_path).findings
    assert one.lead.message == "os.system runs a command made from the parameter `title` of a program's own function"


@pytest.mark.parametrize("more", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_is_told_by_what_it_says(tmp_path, more):
    """Each way, alone."""
    assert found(laid(tmp_path, STAND | more)) == DESIGN


def test_what_another_distribution_brings_is_no_part(tmp_path):
    """Nor where a README shows how to import one of them."""
    info = "shop-1.0.dist-info"
    shop = {"pyproject.toml": "", f"{info}/entry_points.txt": "[console_scripts]\nshop = shop.main:run\n"}
    assert found(laid(tmp_path / "a", STAND | shop | {f"{info}/top_level.txt": "shop\n"})) == API
    shown = {f"{info}/top_level.txt": "stand\nshop\n", f"{info}/METADATA": "\n>>> from stand import main\n"}
    assert found(laid(tmp_path / "b", STAND | shop | shown)) == API


@pytest.mark.parametrize("more", LIBRARIES.values(), ids=LIBRARIES)
def test_a_library_is_told_by_what_it_says(tmp_path, more):
    """Each way, alone."""
    ((path, by_design),) = found(laid(tmp_path, STAND | more))
    assert (path.rpartition("/")[0].startswith("stand"), by_design) == (True, False)


def test_an_untrusted_target_is_not_believed(tmp_path):
    """Whoever wants to hide something could write a pyproject.toml."""
    assert found(laid(tmp_path, STAND), untrusted=True) == API


def test_what_comes_from_outside_is_found_in_a_program(tmp_path):
    """Its boundaries are those that are known."""
    main = TAG + "\n\ndef application(environ, start_response):\n    tag(environ['QUERY_STRING'])\n"
    assert found(laid(tmp_path, STAND | {"stand/main.py": main})) == API


TYPED = {
    "argv": "import os, sys\n\n\ndef main():\n    os.system('tag ' + sys.argv[1])\n",
    "click": "import click, os\n\n\n@click.command()\n@click.argument('a')\ndef main(a):\n    os.system('tag ' + a)\n",
}


@pytest.mark.parametrize(
    "more", [{}, {"README.md": "```python\nfrom stand.main import tag\n```\n"}], ids=["alone", "shown"]
)
@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_who_types_a_command_gives_their_own(tmp_path, text, more):
    """Where the project says that it is installed; whether it is a library as well makes no odds."""
    (one,) = scanned(laid(tmp_path, STAND | {"stand/main.py": text} | more)).findings
    assert (one.lead.doubt, one.lead.by_design) == (Doubt.CALLER, False)


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED)
def test_anything_may_start_a_script(tmp_path, text):
    """Of no project, of another package, or of one that is not believed."""
    for folder, files, untrusted in (
        ("a", STAND | {"pyproject.toml": ""}, False),
        ("b", STAND | {"pyproject.toml": PROJECT.replace("stand.", "shop.")}, False),
        ("c", STAND, True),
    ):
        (one,) = scanned(laid(tmp_path / folder, files | {"stand/main.py": text}), untrusted=untrusted).findings
        assert one.lead.doubt is None


def test_what_is_piped_in_may_be_anybodys(tmp_path):
    """A command may be the end of a pipe."""
    text = "import os, sys\n\n\ndef main():\n    os.system('tag ' + sys.stdin.read())\n"
    (one,) = scanned(laid(tmp_path, STAND | {"stand/main.py": text})).findings
    assert one.lead.doubt is None
