"""How the tests of a target are told, where unittest runs them."""

import subprocess
import sys
import unittest

from casemate.proofs.runtime.testing import _Result, _unittest


class Odd(unittest.TestCase):
    """Never collected by pytest as tests of ours: it is run by hand."""

    __test__ = False

    def test_parts(self):
        for number in (1, 2):
            with self.subTest(number):
                self.assertEqual(number, 1)

    @unittest.expectedFailure
    def test_that_was_to_fail(self):
        self.assertTrue(True)

    @unittest.skip("not here")
    def test_left_out(self):
        raise AssertionError

    def test_good(self):
        self.assertTrue(True)


def test_parts_and_surprises_are_failures():
    """A failed part fails its test, and so does what succeeds against expectation."""
    result = _Result()
    unittest.TestSuite(Odd(n) for n in unittest.TestLoader().getTestCaseNames(Odd)).run(result)
    assert {name.rpartition(".")[2]: end for name, end in result.results.items()} == {
        "test_good": "passed",
        "test_left_out": "skipped",
        "test_parts": "failed",
        "test_that_was_to_fail": "failed",
    }


def test_a_file_that_cannot_be_loaded_is_one_failure(tmp_path, monkeypatch):
    """The other files are run all the same."""
    (tmp_path / "test_odd_file.py").write_text("import os\nos.environ['NOWHERE_TO_BE_FOUND']\n")
    (tmp_path / "test_good_file.py").write_text(
        "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    told = _unittest(["test_odd_file.py", "test_good_file.py"])
    for name in ("test_odd_file", "test_good_file"):
        sys.modules.pop(name, None)
    assert told["results"] == {"test_odd_file": "failed", "test_good_file.T.test_a": "passed"}


PROJECT = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    "shop/__init__.py": "",
    "shop/settings.py": """
import os
SECRET_KEY = os.environ["SHOP_SECRET_KEY"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
""",
    "shop/test_users.py": """
from django.contrib.auth.models import User
from django.test import TestCase

class T(TestCase):
    def test_a_user_is_kept(self):
        User.objects.create(username="ann")
        self.assertEqual(User.objects.count(), 1)
""",
}
TOLD = """
import sys
sys.path.insert(0, sys.argv[1])
from casemate.proofs.runtime import testing, testing_django
files = ["shop/test_users.py"]
print([testing_django.ready(["."], files), testing._unittest(files)["results"]])
"""


def told_of(folder, more):
    """What a process of its own says of the project's tests."""
    for path, text in {**PROJECT, **more}.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", TOLD, str(folder)], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr


def test_a_django_project_is_set_up_for_its_tests(tmp_path):
    """With settings that ask for an environment variable, and a database that is not the project's own."""
    assert told_of(tmp_path, {}) == "['', {'shop.test_users.T.test_a_user_is_kept': 'passed'}]"
    assert not (tmp_path / "shop.sqlite3").exists()


def test_a_django_project_that_sets_itself_up_is_left_alone(tmp_path):
    """Settings are chosen once: whoever comes first would break what its tests do."""
    own = "from django.conf import settings\nsettings.configure()\n"
    assert told_of(tmp_path, {"conftest.py": own}).startswith("['', {'shop.test_users': 'failed'")


def test_a_django_project_that_cannot_be_set_up_is_told(tmp_path):
    """And its tests are run all the same."""
    broken = PROJECT["shop/settings.py"] + "raise RuntimeError('no such house')\n"
    assert "no such house" in told_of(tmp_path, {"shop/settings.py": broken})
