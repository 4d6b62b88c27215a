"""How the tests of a target are told, where unittest runs them."""

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
