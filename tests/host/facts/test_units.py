"""Units: which file counts, what drop-ins change, and what can run."""

from __future__ import annotations

import pytest

from casemate.host.edges.units import edges
from casemate.host.facts.units import units
from tests.host.tree import tree

E, L = "/etc/systemd/system", "/usr/lib/systemd/system"


def read(text: str):
    host = tree(text.replace("E/", f"{E}/").replace("L/", f"{L}/")).host()
    return host.once(units)


def test_the_first_folder_counts():
    """A file in /etc hides the one of the distribution."""
    found = read("# file: L/a.service\n[Service]\nUser=x\n# file: E/a.service\n[Service]\nUser=y\n")
    assert found.units["a.service"].text("User") == "y"
    assert found.units["a.service"].path == f"{E}/a.service"


def test_drop_ins_apply_in_the_order_of_their_names():
    """From the unit's own folder, its prefix's and its type's; of two with one name the nearer; a link to /dev/null is none."""
    found = read(
        "# file: L/a-b.service\n[Service]\nNice=0\nExecStart=/one\n"
        "# file: E/a-b.service.d/50.conf\n[Service]\nNice=5\n"
        "# file: L/a-b.service.d/50.conf\n[Service]\nNice=6\n"
        "# file: E/service.d/40.conf\n[Service]\nNice=4\n"
        "# file: E/a-.service.d/60.conf\n[Service]\nExecStart=\nExecStart=/two\n"
        "# file: L/a-b.service.d/70.conf\n[Service]\nNice=7\n"
        "# link: E/a-b.service.d/70.conf -> /dev/null\n"
    )
    unit = found.units["a-b.service"]
    assert unit.text("Nice") == "5"
    assert [(v.text, v.path, v.line) for v in unit.all("ExecStart")] == [("/two", f"{E}/a-.service.d/60.conf", 3)]


def test_an_empty_value_means_the_default():
    """For lists and for single settings alike."""
    unit = read("# file: E/a.service\n[Service]\nUser=x\nUser=\n[Unit]\nUser=y\n").units["a.service"]
    assert unit.last("User") is None


def test_aliases_are_one_unit():
    """A link to another unit is its second name, and drop-ins of that name apply, too."""
    found = read(
        "# file: L/a.service\n[Service]\nNice=1\n# link: E/b.service -> a.service\n"
        "# file: E/b.service.d/x.conf\n[Service]\nNice=2\n"
    )
    assert set(found.units) == {"a.service"}
    assert found.named("b.service").text("Nice") == "2"


def test_masked_units_do_nothing():
    """By a link to /dev/null or an empty file, whatever the distribution's file says."""
    found = read(
        "# file: L/a.service\n[Service]\nNice=1\n# link: E/a.service -> /dev/null\n# file: E/b.service\n"
        "# link: E/multi-user.target.wants/a.service -> ../a.service\n"
    )
    assert found.units["a.service"].masked
    assert found.units["b.service"].masked
    assert list(found.running()) == []


def test_what_can_run():
    """By links, settings, timers, paths, sockets, D-Bus and devices; what nothing starts is not among it."""
    service = "[Service]\nExecStart=/x\n"
    names = ("wanted", "required", "timed", "pathed", "socketed", "bused", "plugged", "idle")
    found = read(
        "".join(f"# file: E/{n}.service\n{service}" for n in names)
        + "# link: E/multi-user.target.wants/wanted.service -> ../wanted.service\n"
        "# file: E/wanted.service\n[Unit]\nRequires=required.service\n"
        + service
        + "# file: E/t.timer\n[Timer]\nUnit=timed.service\n# link: E/timers.target.wants/t.timer -> ../t.timer\n"
        "# file: E/pathed.path\n[Path]\nPathExists=/x\n# link: E/paths.target.wants/pathed.path -> ../pathed.path\n"
        "# file: E/s.socket\n[Socket]\nService=socketed.service\n# link: E/sockets.target.wants/s.socket -> ../s.socket\n"
        "# file: /usr/share/dbus-1/system-services/x.service\n[D-BUS Service]\nName=x\nSystemdService=bused.service\n"
        '# file: /etc/udev/rules.d/9.rules\nTAG+="systemd", ENV{SYSTEMD_WANTS}+="plugged.service"\n'
    )
    running = {u.name.removesuffix(".service") for u in found.running() if u.type == "service"}
    assert running == set(names) - {"idle"}


def test_instances_come_from_their_template():
    """With the instance in place of %i, and drop-ins of both."""
    found = read(
        "# file: L/w@.service\n[Service]\nExecStart=/opt/%i\n# link: E/multi-user.target.wants/w@one.service -> L/w@.service\n"
        "# file: E/w@.service.d/x.conf\n[Service]\nNice=1\n# file: E/w@one.service.d/y.conf\n[Service]\nNice=2\n"
    )
    unit = found.units["w@one.service"]
    assert [c.words for c in unit.commands("ExecStart")] == [("/opt/one",)]
    assert unit.text("Nice") == "2"
    assert "w@.service" not in found.active


def test_circles_end():
    """Aliases of one another, units that want each other, drop-in folders that are links in a circle."""
    found = read(
        "# link: E/a.service -> b.service\n# link: E/b.service -> a.service\n"
        "# file: E/c.service\n[Unit]\nWants=d.service\n# file: E/d.service\n[Unit]\nWants=c.service\n"
        "# link: E/multi-user.target.wants/c.service -> ../c.service\n# link: E/c.service.d -> c.service.d\n"
    )
    assert {"c.service", "d.service"} <= set(found.active)


@pytest.mark.parametrize(
    ("unit", "between"),
    [
        ("ExecStart=/usr/local/sbin/a\nEnvironment=PYTHONPATH=/opt/lib\n", ["/usr/local/sbin/a"]),
        ("ExecStart=/usr/bin/python3 -u /usr/local/sbin/a x\nEnvironment=PYTHONPATH=/opt/lib\n", ["/usr/local/sbin/a"]),
        ("ExecStart=/usr/bin/python3 -m a\nEnvironment=PYTHONPATH=/opt/lib\n", []),
        ("ExecStart=/usr/bin/id\nEnvironment=PYTHONPATH=/opt/lib\n", []),
        ("ExecStart=/usr/bin/id\nEnvironment=LD_LIBRARY_PATH=/opt/lib\n", ["/usr/bin/id"]),
    ],
)
def test_the_way_goes_through_what_loads_from_the_variable(unit, between):
    """From the folder to the script or program of the unit that loads from it, then to the unit."""
    told = tree(
        "# folder: /opt/lib 0777\n# file: /usr/local/sbin/a 0755\n#!/usr/bin/python3\nimport json\n"
        f"# file: /etc/systemd/system/a.service\n[Service]\n{unit}"
        "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
    ).host()
    found = [t for t in edges(told) if t.path == "/opt/lib" and t.kind == "unit-environment"]
    assert [[fact.path for fact in t.via] for t in found] == [[*between, "/etc/systemd/system/a.service"]]
