"""Facts in test code that its file's path does not tell."""

from __future__ import annotations

from casemate.leads.catalogue import rules
from casemate.leads.scan import scan_sources

SECRET = '        self.client.post("/", password="Zq8-vT3m!x7Lp")\n'


def _found(code: str, path: str = "shop/checks.py") -> set[tuple[str, int]]:
    wanted = [rule for rule in rules() if rule.id in ("hardcoded-secret", "weak-hash", "path-traversal")]
    return {(lead.rule, lead.location.line) for lead in scan_sources({path: code}, wanted) if not lead.by_design}


def test_a_test_case_is_told_by_its_base_or_as_pytest_tells_it():
    assert not _found(f"from django.test import TestCase\nclass Views(TestCase):\n    def test_login(self):\n{SECRET}")
    assert not _found(
        f"from shop.support import ShopTestCase\nclass Views(ShopTestCase):\n    def setUp(self):\n{SECRET}"
    )
    assert not _found(f"import pytest\nclass TestViews:\n    def test_login(self):\n{SECRET}")
    assert not _found('import pytest\n\ndef test_login(client):\n    client.post("/", password="Zq8-vT3m!x7Lp")\n')
    nested = "import hashlib\nimport pytest\n\ndef test_it(password):\n    def made():\n        return hashlib.md5(password)\n"
    assert not _found(nested)


def test_what_only_sounds_like_a_test_is_none():
    assert _found(f"class Views:\n    def test_login(self):\n{SECRET}") == {("hardcoded-secret", 3)}
    assert _found(f"class TestDrive:\n    def test_login(self):\n{SECRET}") == {("hardcoded-secret", 3)}
    assert _found(f"import pytest\nclass Latest:\n    def test_login(self):\n{SECRET}") == {("hardcoded-secret", 4)}


def test_a_module_of_tests_offers_nothing():
    helper = "\ndef page(name):\n    return open('/srv/shop/' + name).read()\n"
    case = "from unittest import TestCase\nclass Views(TestCase):\n    def test_it(self):\n        pass\n"
    assert not _found(case + helper, "shop/tests.py")
    assert _found(case + helper, "shop/checks.py") == {("path-traversal", 7)}
    assert _found("from unittest import mock\n" + helper, "shop/tests.py") == {("path-traversal", 4)}
