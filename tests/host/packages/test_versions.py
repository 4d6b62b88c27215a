"""Versions: the tables of the specifications, and that each order is a total one."""

from functools import cmp_to_key

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.packages.versions import compare
from casemate.model.package import Manager

ORDERED = {
    Manager.DPKG: [
        ["~~", "~~a", "~", "", "a"],  # deb-version(7)
        ["1.0~beta1~svn1245", "1.0~beta1", "1.0", "1.0-1", "1.0a", "1.0+b1", "1.0.1", "1.2", "1.10", "1:0.1"],
        ["1.9.13p3-1", "1.9.13p3-1+deb12u1", "1.9.13p3-1+deb12u2", "1.9.13p3-2"],
        ["1:9.2p1-2+deb12u2", "1:9.2p1-2+deb12u3", "1:9.2p1-2+deb12u10"],
        ["2.0~rc1-1", "2.0-0ubuntu1", "2.0-1", "2.0-1ubuntu0.1", "2.0-10"],
    ],
    Manager.RPM: [
        ["1.0~rc1-1", "1.0-1", "1.0-2", "1.0^git1-1", "1.0.1-1", "1.1-1", "1:0.5-1"],  # rpm's tests/rpmvercmp.at
        ["1.0a-1", "1.0.1-1"],
        ["5.5p1-1", "5.5p2-1", "5.5p10-1"],
        ["xyz10-1", "xyz10.1-1"],
        ["1.0^-1", "1.0^git1-1"],
        ["8.7p1-8.el9", "8.7p1-34.el9_3.3", "8.7p1-38.el9_4.1"],
        ["1.0~rc1~git123-1", "1.0~rc1-1"],
        ["2a-1", "2.0-1"],
    ],
    Manager.APK: [
        [
            "1.0_alpha1",
            "1.0_beta",
            "1.0_pre",
            "1.0_rc1",
            "1.0",
            "1.0_cvs",
            "1.0_git20210101",
            "1.0_p1",
            "1.0a",
            "1.0.1",
        ],
        ["1.2.3-r0", "1.2.3-r1", "1.2.3-r10", "1.2.4-r0"],
        ["0.1.0_alpha", "0.1.0_alpha1", "0.1.0_alpha2", "0.1.0"],
        ["1.02", "1.1"],
        ["1.9.13_p3-r2", "1.9.13_p3-r3"],
    ],
    Manager.PIP: [
        [
            "1.dev0",
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
        ],  # PEP 440
        ["1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+5"],
        ["1.0+5", "1.0.post456.dev34", "1.0.post456", "1.1.dev1", "1!0.1"],
    ],
    Manager.NPM: [
        [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
        ],
        ["1.0.0-rc.1", "1.0.0", "1.2.9", "1.10.0", "2.0.0"],  # semver.org, §11
    ],
}
EQUAL = {
    Manager.DPKG: [("0:1.0-1", "1.0-1"), ("1.0", "1.0-0"), ("1.00", "1.0")],
    Manager.RPM: [("0:1.0-1", "1.0-1"), ("1.0010-1", "1.10-1"), ("1_0-1", "1.0-1")],
    Manager.APK: [("1.0", "1.0-r0")],
    Manager.PIP: [("1.0", "1.0.0"), ("1.0-1", "1.0.post1"), ("v1.0", "1.0"), ("1.0c1", "1.0rc1")],
    Manager.NPM: [("1.0.0+a", "1.0.0+b"), ("v1.2.3", "1.2.3")],
}


@pytest.mark.parametrize(("manager", "row"), [(m, row) for m, rows in ORDERED.items() for row in rows])
def test_the_order_of_the_specification(manager, row):
    """Each version is before all that follow it, and after none."""
    for index, left in enumerate(row):
        assert compare(manager, left, left) == 0
        for right in row[index + 1 :]:
            assert compare(manager, left, right) < 0, (left, right)
            assert compare(manager, right, left) > 0, (right, left)


@pytest.mark.parametrize(("manager", "pair"), [(m, pair) for m, pairs in EQUAL.items() for pair in pairs])
def test_different_texts_of_one_version(manager, pair):
    """They are the same."""
    assert compare(manager, *pair) == 0


TEXTS = st.text(alphabet="019azp~^+-._:rv!é", max_size=9)


@pytest.mark.parametrize("manager", list(Manager))
@settings(max_examples=150)
@given(texts=st.lists(TEXTS, min_size=3, max_size=5))
def test_it_is_a_total_order(manager, texts):
    """Whatever the texts are: nothing raises, and sorting gives a chain in which each is at most every later one."""
    ordered = sorted(texts, key=cmp_to_key(lambda a, b: compare(manager, a, b)))
    for index, left in enumerate(ordered):
        for right in ordered[index:]:
            assert compare(manager, left, right) <= 0
            assert compare(manager, right, left) == -compare(manager, left, right)


@pytest.mark.parametrize("manager", list(Manager))
def test_huge_numbers(manager):
    """A number of thousands of digits is no trouble."""
    assert compare(manager, "9" * 10_000, "1") > 0
