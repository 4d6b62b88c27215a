"""Which advisories apply: ranges, releases, backports, several sources, and what is not known."""

import pytest

from casemate.host.matching import Verdict, ecosystem, in_range, matches
from casemate.host.packages.inventory import Inventory, Release
from casemate.model.advisory import Advisory, Affected, Event, EventKind, Known, Origin, Status
from casemate.model.package import Manager, Package

DEBIAN = Release("debian", "12", "bookworm")


def package(name, version, source="", manager=Manager.DPKG, line=1, **more):
    return Package(
        manager=manager,
        name=name,
        version=version,
        source=source or name,
        source_version=version,
        path="/x",
        line=line,
        **more,
    )


def events(*pairs):
    return tuple(Event(EventKind(kind), version) for kind, version in pairs)


def advisory(own, *affected, origin=Origin.OSV, **more):
    return Advisory(id=own, origin=origin, affected=affected, **more)


def fixed_in(version, name="tool", release="Debian:12", **more):
    return Affected(ecosystem=release, package=name, ranges=(events(("introduced", "0"), ("fixed", version)),), **more)


def found(packages, *advisories, release=DEBIAN):
    sources = {}
    for p in packages:
        sources.setdefault((p.manager, p.source), []).append(p)
    inventory = Inventory(tuple(packages), {key: tuple(ps) for key, ps in sources.items()})
    return [(m.package.name, m.id, m.verdict, m.fixed) for m in matches(inventory, release, Known(advisories))]


@pytest.mark.parametrize(
    ("span", "inside", "outside"),
    [
        ([("introduced", "0"), ("fixed", "1.2")], ["0", "1.1"], ["1.2", "2.0"]),
        ([("introduced", "1.0"), ("last_affected", "1.2")], ["1.0", "1.2"], ["0.9", "1.2.1"]),
        (
            [("fixed", "3.1"), ("introduced", "3.0"), ("introduced", "1.0"), ("fixed", "2.0")],
            ["1.5", "3.0"],
            ["2.0", "2.5", "3.1"],
        ),
        ([("introduced", "1.0")], ["1.0", "99"], ["0.9"]),
        ([("introduced", "0"), ("limit", "2.0")], ["1.0"], ["2.0", "3.0"]),
        ([("introduced", "0"), ("limit", "*")], ["1.0", "9.0"], []),
        ([("introduced", "1.0"), ("fixed", "1.0")], [], ["1.0"]),
    ],
)
def test_the_algorithm_of_the_specification(span, inside, outside):
    """OSV schema, "Evaluation"."""
    assert [v for v in [*inside, *outside] if in_range(Manager.NPM, v, events(*span))] == inside


def test_the_distributions_own_versions_count():
    """A backported fix is one, whatever upstream's ranges and other releases say."""
    upstream = advisory(
        "CVE-1", fixed_in("9.9", release="PyPI"), fixed_in("2.0-1", release="Debian:13"), fixed_in("1.9-2+deb12u2")
    )
    assert found([package("tool", "1.9-2+deb12u2")], upstream) == [("tool", "CVE-1", Verdict.NOT_AFFECTED, "")]
    assert found([package("tool", "1.9-2+deb12u1")], upstream) == [("tool", "CVE-1", Verdict.FIXABLE, "1.9-2+deb12u2")]


def test_packages_of_one_source():
    """One match, the package of the source's name first; one of them that is of another version is judged by its own."""
    said = advisory("CVE-1", fixed_in("5.6.1"))
    assert found([package("libtool", "5.6.0", "tool"), package("tool", "5.6.0")], said) == [
        ("tool", "CVE-1", Verdict.FIXABLE, "5.6.1")
    ]
    mixed = [package("tool-client", "5.6.1", "tool"), package("tool-server", "5.6.0", "tool", line=9)]
    assert found(mixed, said) == [("tool-server", "CVE-1", Verdict.FIXABLE, "5.6.1")]


def test_the_distributions_tracker_is_believed_first():
    """What it says is not affected is not, whatever another says; where it does not know yet, the other one counts."""
    osv = advisory("DEBIAN-CVE-2024-1", fixed_in("2"), covers=("CVE-2024-1",))
    never = Affected(ecosystem="Debian:12", package="tool", status=Status.NOT_AFFECTED)
    unknown = Affected(ecosystem="Debian:12", package="tool", status=Status.UNKNOWN)
    tracker = advisory("CVE-2024-1", never, origin=Origin.DEBIAN)
    assert found([package("tool", "1")], osv, tracker) == [("tool", "CVE-2024-1", Verdict.NOT_AFFECTED, "")]
    waiting = advisory("CVE-2024-1", unknown, origin=Origin.DEBIAN)
    assert found([package("tool", "1")], osv, waiting) == [("tool", "CVE-2024-1", Verdict.FIXABLE, "2")]
    assert found([package("tool", "1")], waiting) == [("tool", "CVE-2024-1", Verdict.UNKNOWN, "")]


def test_a_package_from_a_later_release():
    """A release that never had the weakness says nothing of a package that somebody took from a later one."""
    never = fixed_in("5.6.1+really5.4.5-1", status=Status.NOT_AFFECTED, shipped=("5.4.1-1", "5.4.1-0.2"))
    tracker = advisory("CVE-2024-3094", never, origin=Origin.DEBIAN)
    for version, verdict in (
        ("5.6.0-0.2", Verdict.FIXABLE),
        ("5.4.1-1", Verdict.NOT_AFFECTED),
        ("5.4.1-1+b1", Verdict.NOT_AFFECTED),
    ):
        ((_, _, seen, _),) = found([package("tool", version)], tracker)
        assert seen is verdict


def test_a_notice_over_weaknesses_that_are_judged_one_by_one():
    """It is not told once more."""
    notice = advisory("DSA-1", fixed_in("2"), covers=("CVE-2024-1", "CVE-2024-2"))
    one, two = (advisory(f"CVE-2024-{n}", fixed_in("2")) for n in (1, 2))
    assert [own for _, own, _, _ in found([package("tool", "1")], notice, one, two)] == ["CVE-2024-1", "CVE-2024-2"]
    assert [own for _, own, _, _ in found([package("tool", "1")], notice)] == ["DSA-1"]


def test_copies_of_a_language_package():
    """Each is judged on its own; one that the distribution brought is not compared with upstream."""
    copies = [package("left-pad", v, manager=Manager.NPM, line=n) for n, v in ((1, "1.0.0"), (2, "1.3.0"))]
    brought = package("left-pad", "1.0.0", manager=Manager.NPM, line=3, owner="node-left-pad")
    said = advisory("GHSA-1", fixed_in("1.2.0", "left-pad", "npm"))
    assert [verdict for _, _, verdict, _ in found([*copies, brought], said)] == [Verdict.FIXABLE, Verdict.NOT_AFFECTED]


def test_kernels():
    """The newest of several; what was only built from the kernel's source holds nothing of it."""
    said = advisory("CVE-1", fixed_in("6.1.90-1", "linux"))
    headers = package("linux-libc-dev", "6.1.85-1", "linux")
    old, new = (
        package(f"linux-image-6.1.0-{n}-amd64", v, "linux", line=n) for n, v in ((20, "6.1.85-1"), (21, "6.1.90-1"))
    )
    assert found([headers], said) == []
    assert [v for _, _, v, _ in found([headers, old], said)] == [Verdict.FIXABLE]
    assert [v for _, _, v, _ in found([headers, old, new], said)] == [Verdict.NOT_AFFECTED]


def test_the_next_fix_of_several():
    """The lowest version that mends what is installed; a version that is only listed has none."""
    ranges = (events(("introduced", "1.0"), ("fixed", "1.4")), events(("introduced", "2.0"), ("fixed", "2.2")))
    said = advisory("X", Affected(ecosystem="npm", package="a", ranges=ranges))
    assert found([package("a", "1.1", manager=Manager.NPM)], said)[0][3] == "1.4"
    assert found([package("a", "2.1", manager=Manager.NPM)], said)[0][3] == "2.2"
    listed = advisory("X", Affected(ecosystem="npm", package="a", versions=("1.1",)))
    assert found([package("a", "1.1", manager=Manager.NPM)], listed)[0][2] is Verdict.NO_FIX


@pytest.mark.parametrize(
    ("manager", "release", "expected"),
    [
        (Manager.DPKG, DEBIAN, "Debian:12"),
        (Manager.DPKG, Release("debian", "", "trixie"), "Debian:13"),
        (Manager.DPKG, Release("ubuntu", "22.04"), "Ubuntu:22.04"),
        (Manager.APK, Release("alpine", "3.18.4"), "Alpine:v3.18"),
        (Manager.RPM, Release("rhel", "9.3"), "Red Hat:9"),
        (Manager.RPM, Release("rocky", "9.3"), "Rocky Linux:9"),
        (Manager.RPM, Release("sles", "15.5"), "SUSE:Linux Enterprise Server 15 SP5"),
        (Manager.RPM, Release("opensuse-leap", "15.5"), "openSUSE:Leap 15.5"),
        (Manager.PIP, DEBIAN, "PyPI"),
        (Manager.DPKG, Release("kali", "2026.1"), ""),
        (Manager.DPKG, Release(), ""),
    ],
)
def test_names_of_ecosystems(manager, release, expected):
    """As OSV has them; a distribution that nobody has advisories for has none."""
    assert ecosystem(manager, release) == expected
