"""Dotted names for the files of a tree."""

import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.targets.modules import PRELOADED, is_test, name_modules


def named(text, *, others="", root="tree", reserved=()):
    known = name_modules(text.split(), others=others.split(), root=root, reserved=reserved)
    return {path: module.name for path, module in known.items()}


def aliases(text, *, others="", root="tree", reserved=()):
    known = name_modules(text.split(), others=others.split(), root=root, reserved=reserved)
    return {path: module.aliases for path, module in known.items() if module.aliases}


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        ("a.py b/c.py", ["a", "b.c"]),
        ("p/__init__.py p/a.py p/q/__init__.py p/q/b.py", ["p", "p.a", "p.q", "p.q.b"]),
        ("src/p/__init__.py src/p/a.py src/b.py", ["p", "p.a", "b"]),
        ("x/README.md x/p/__init__.py x/p/a.py", ["p", "p.a"]),
        ("setup.py google/cloud/p/__init__.py google/cloud/p/a.py", ["setup", "google.cloud.p", "google.cloud.p.a"]),
        ("src/ns/p/__init__.py src/ns/a.py", ["p", "ns.a"]),
        ("proj/pyproject.toml proj/app/main.py proj/app/db.py", ["app.main", "app.db"]),
        ("site/manage.py site/shop/models.py", ["manage", "shop.models"]),
        ("lib/python3.11/site-packages/p/a.py", ["p.a"]),
        ("p/__main__.py p/__init__.py", ["p.__main__", "p"]),
        ("my-tool.py sub-dir/a.py v1.2/a.b.py", ["my-tool", "sub-dir.a", "v1-2.a-b"]),
        ("bin/tool", ["bin.tool"]),
    ],
)
def test_layouts(layout, names):
    """The folder that would be on sys.path is told from the layout."""
    sources = [path for path in layout.split() if not path.endswith((".md", ".toml"))]
    others = [path for path in layout.split() if path.endswith((".md", ".toml"))]
    assert list(named(" ".join(sources), others=" ".join(others)).values()) == names


def test_a_root_that_is_a_package():
    """A root with an `__init__.py` gives its own name to all modules."""
    assert named("__init__.py a.py q/__init__.py scripts/x.py", root="django") == {
        "__init__.py": "django",
        "a.py": "django.a",
        "q/__init__.py": "django.q",
        "scripts/x.py": "django.scripts.x",
    }


def test_a_root_whose_name_cannot_be_imported():
    """A root called `my-app` is no package in spite of its `__init__.py`: its modules import one another by their names."""
    known = name_modules(["__init__.py", "a.py"], root="my-app")
    assert [(module.name, module.package) for module in known.values()] == [("__init__", False), ("a", False)]


def test_packages():
    """Exactly the `__init__.py` of packages are marked."""
    known = name_modules(["p/__init__.py", "p/a.py", "b.py"], root="tree")
    assert [module.package for module in known.values()] == [True, False, False]


def test_a_module_and_a_package_of_one_name():
    """As in Python the package wins; the module keeps a name of its own."""
    assert named("foo.py foo/__init__.py") == {"foo.py": "foo~2", "foo/__init__.py": "foo"}


def test_two_projects_with_one_package_name():
    """The first project keeps the name; all modules of the other get their path, so that relative imports hold."""
    layout = "one/app/__init__.py one/app/a.py two/app/__init__.py two/app/a.py two/app/b.py"
    assert named(layout, others="one/README two/README") == {
        "one/app/__init__.py": "app",
        "one/app/a.py": "app.a",
        "two/app/__init__.py": "two.app",
        "two/app/a.py": "two.app.a",
        "two/app/b.py": "two.app.b",
    }


def test_parts_of_one_namespace_in_two_projects():
    """A namespace package may be spread over projects without anything being renamed."""
    layout = "one/src/ns/a/__init__.py two/src/ns/b/__init__.py"
    assert list(named(layout).values()) == ["ns.a", "ns.b"]


def test_other_readings_are_aliases():
    """A script may be imported by its neighbours or from the root, a package by its longer path."""
    assert aliases("scripts/helper.py x/p/__init__.py", others="x/README") == {
        "scripts/helper.py": ("helper",),
        "x/p/__init__.py": ("x.p",),
    }


def test_ambiguous_readings_are_no_aliases():
    """An alias that two files could mean, or that is a module's name, means none."""
    assert aliases("a/util.py b/util.py c/main.py main.py") == {}


def test_an_alias_takes_over_no_library():
    """A file called like a library is not what the rest of the program imports under that name."""
    assert aliases("api/json.py api/requests.py api/own.py", reserved=["requests"]) == {"api/own.py": ("own",)}


def test_tests_are_marked():
    """Test code is told by its names; a library's own package for testing is not test code."""
    layout = "p/__init__.py p/test/__init__.py p/test/client.py p/tests/x.py test/y.py p/test_z.py p/testing.py"
    known = name_modules(layout.split(), root="tree")
    assert [path for path, module in known.items() if module.test] == ["p/tests/x.py", "test/y.py", "p/test_z.py"]


def test_a_project_in_a_folder_of_tests_is_there_to_be_tested():
    """A package's own `test` that is a whole project, with its `manage.py`, is no part of the library."""
    layout = "p/__init__.py p/test/__init__.py p/test/manage.py p/test/shop/__init__.py p/test/shop/views.py p/a.py"
    known = name_modules(layout.split(), root="tree")
    assert [path for path, module in known.items() if not module.test] == ["p/__init__.py", "p/a.py"]


def test_a_package_s_own_tests_with_what_helps_them():
    """A folder `test` of a package with tests in it, at any depth, is no part of what the package offers."""
    layout = "p/__init__.py p/test/__init__.py p/test/util/git.py p/test/unit/test_a.py p/a.py q/__init__.py q/test/client.py"
    known = name_modules(layout.split(), root="r")
    assert [path for path, module in known.items() if module.test] == [
        "p/test/__init__.py",
        "p/test/util/git.py",
        "p/test/unit/test_a.py",
    ]


@pytest.mark.parametrize(
    "path", ["tests/a.py", "x/tests/y/a.py", "test/a.py", "test_a.py", "x/a_test.py", "conftest.py"]
)
def test_names_of_tests(path):
    """The customary names of tests, at any depth."""
    assert is_test(path)


@pytest.mark.parametrize("path", ["a.py", "testing/a.py", "contest.py", "latest.py", "attest/a.py", "testa.py"])
def test_names_like_tests(path):
    """Names that only sound like tests."""
    assert not is_test(path)


COMPONENTS = st.sampled_from(["a", "b", "src", "a-b", "a.b", "tests"])
PATHS = st.tuples(
    st.lists(COMPONENTS, max_size=3), st.sampled_from(["__init__.py", "a.py", "b.py", "a", "a.b.py", "setup.py"])
).map(lambda parts: "/".join([*parts[0], parts[1]]))


@settings(deadline=None)
@given(st.lists(PATHS, unique=True, max_size=12), st.sampled_from(["tree", "my-app"]))
def test_names_are_unique_and_independent_of_order(paths, root):
    """Every file has a name that no other has; aliases mean one file only; the order of the files does not matter."""
    known = name_modules(paths, root=root)
    assert list(known) == paths
    names = [module.name for module in known.values()]
    assert max(Counter(names).values(), default=1) == 1
    assert all(name and not name.startswith(".") and ".." not in name for name in names)
    claims = Counter(alias for module in known.values() for alias in module.aliases)
    assert not claims.keys() & set(names)
    assert max(claims.values(), default=1) == 1
    assert name_modules(reversed(paths), root=root) == known


def test_what_is_loaded_before_a_program():
    """As this interpreter says it, which has no `.pth` file to read here."""
    code = "import sys; print(*(name for name in sys.modules if '.' not in name and name != '__main__'))"
    bare = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    with_site = {"_collections_abc", "_sitebuiltins", "_stat", "genericpath", "os", "posixpath", "site", "stat"}
    frozen = {"_frozen_importlib", "_frozen_importlib_external", "linecache"}  # the last is of 3.13 with -c alone
    assert set(bare.stdout.split()) - frozen == PRELOADED - with_site


@pytest.mark.parametrize(("layout", "names"), [("os.py app.py", {"os~2", "app"}), ("sys/__init__.py", {"sys~2"})])
def test_no_file_of_a_target_takes_the_place_of_what_is_loaded_already(layout, names):
    """CPython has `os` and `sys` before the first line of a program: an `os.py` beside it hides nothing that `os` does."""
    assert set(named(layout).values()) == names
    assert named("p/__init__.py p/os.py")["p/os.py"] == "p.os"
