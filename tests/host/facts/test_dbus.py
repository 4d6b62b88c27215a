"""The system bus: its rules and the services that it starts, also from files that want to do harm."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.facts.dbus import _Reader, bus_rules, bus_services
from tests.host.tree import tree


def rules(text: str):
    host = tree(text).host()
    return [(r.path, r.line, r.context, r.allow, dict(r.says)) for r in host.once(bus_rules)], host.fs.losses


def test_rules_have_their_context_and_line():
    """Each with its attributes; what stands outside a policy is none."""
    found, losses = rules(
        "# file: /etc/dbus-1/system.d/a.conf\n<busconfig>\n<allow own='x'/>\n<policy user='root'>\n"
        "<allow own='a.b'/>\n</policy><policy context='default'>\n<deny own='*'/></policy></busconfig>\n"
    )
    path = "/etc/dbus-1/system.d/a.conf"
    assert found == [(path, 4, "user:root", True, {"own": "a.b"}), (path, 6, "default", False, {"own": "*"})]
    assert losses == ()


def test_included_files_are_read_once():
    """Also in a circle, and folders of them."""
    found, _ = rules(
        "# file: /etc/dbus-1/system-local.conf\n<busconfig><include>more.conf</include><includedir>d</includedir></busconfig>\n"
        "# file: /etc/dbus-1/more.conf\n<busconfig><include>system-local.conf</include>"
        "<policy context='default'><allow own='m'/></policy></busconfig>\n"
        "# file: /etc/dbus-1/d/x.conf\n<busconfig><policy context='default'><allow own='d'/></policy></busconfig>\n"
    )
    assert [f[4]["own"] for f in found] == ["m", "d"]


def test_entities_are_refused():
    """A file that declares one is not read on, whether it would grow or name another file."""
    found, losses = rules(
        '# file: /etc/dbus-1/system.d/a.conf\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "/etc/shadow">]>\n'
        "<busconfig><policy context='default'><allow own='&a;&b;'/></policy></busconfig>\n"
    )
    assert found == []
    assert [loss.detail for loss in losses] == ["it declares entities"]


def test_what_is_no_xml_is_told():
    """With the line; the rules before it count."""
    found, losses = rules(
        "# file: /etc/dbus-1/system.d/a.conf\n<busconfig>\n<policy context='default'>\n<allow own='a'>\n</x>\n"
    )
    assert len(found) == 1
    assert losses[0].what == "/etc/dbus-1/system.d/a.conf:4"


def test_services_are_read():
    """With whom they run as; root when nothing is said."""
    host = tree(
        "# file: /usr/share/dbus-1/system-services/a.service\n[D-BUS Service]\nName=a.b\nExec=/bin/x 'y z'\n"
        "# file: /usr/share/dbus-1/system-services/b.service\n[D-BUS Service]\nName=c\nUser=alice\nSystemdService=c.service\n"
    ).host()
    assert [(s.name, s.exec, s.exec_line, s.user, s.unit) for s in host.once(bus_services)] == [
        ("a.b", "/bin/x y z", 3, "root", ""),
        ("c", "", 1, "alice", "c.service"),
    ]


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data):
    """Whatever is in the file, it is read or told as not understood."""
    assert isinstance(_Reader("/x").read(data), str)


def test_deep_nesting_is_read():
    """A hundred thousand elements in one another are no matter."""
    assert _Reader("/x").read(b"<a>" * 100_000 + b"</a>" * 100_000) == ""
