"""Kernel settings: which file counts, how keys are written."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.facts.sysctl import slashed, sysctl
from tests.host.tree import tree


def read(text):
    host = tree(text).host()
    return host, host.once(sysctl)


def test_a_name_in_etc_overrides_the_same_name_elsewhere():
    """/etc before /run, /usr/local/lib and /usr/lib, as sysctl.d(5) says."""
    _, found = read("# file: /usr/lib/sysctl.d/50-a.conf\nkernel.a=1\n# file: /etc/sysctl.d/50-a.conf\nkernel.b=2\n")
    assert [(s.key, s.path, s.line) for s in found.settings.values()] == [("kernel/b", "/etc/sysctl.d/50-a.conf", 1)]


def test_a_link_to_null_masks_a_file():
    """Nothing of the shipped file is left."""
    _, found = read(
        "# file: /usr/lib/sysctl.d/50-a.conf\nkernel.a=1\n# device: /dev/null 0666\n"
        "# link: /etc/sysctl.d/50-a.conf -> /dev/null\n"
    )
    assert found.settings == {}


def test_names_are_sorted_over_all_folders():
    """A later name wins, whatever its folder."""
    _, found = read("# file: /etc/sysctl.d/10-a.conf\nkernel.a=1\n# file: /usr/lib/sysctl.d/90-b.conf\nkernel.a=2\n")
    assert found.settings["kernel/a"].value == "2"


def test_the_linked_file_is_named_by_its_own_path():
    """99-sysctl.conf stands for /etc/sysctl.conf, which is then read once."""
    _, found = read(
        "# file: /etc/sysctl.conf\n\nkernel.a = 1\n# link: /etc/sysctl.d/99-sysctl.conf -> ../sysctl.conf\n"
    )
    setting = found.settings["kernel/a"]
    assert (setting.path, setting.line, len(found.files)) == ("/etc/sysctl.conf", 2, 1)


def test_a_key_of_its_own_beats_a_pattern():
    """Also when the pattern stands behind it."""
    _, found = read("# file: /etc/sysctl.d/a.conf\nnet.ipv4.conf.all.rp_filter=1\nnet.ipv4.conf.*.rp_filter=0\n")
    assert found.value("net/ipv4/conf/all/rp_filter").value == "1"
    assert found.value("net/ipv4/conf/eth0/rp_filter").value == "0"
    assert found.value("kernel/x") is None


def test_separators_and_odd_lines():
    """The first separator decides; what is no assignment is told."""
    assert slashed("net.ipv4.conf.eth0/10.rp_filter") == "net/ipv4/conf/eth0.10/rp_filter"
    assert slashed("net/ipv4/conf/eth0.10/rp_filter") == "net/ipv4/conf/eth0.10/rp_filter"
    assert slashed("/proc/sys/kernel/a") == "kernel/a"
    host, found = read("# file: /etc/sysctl.d/a.conf\nkernel.a\n-net.ipv4.conf.eth0.rp_filter\n-kernel.b = 0x10\n")
    assert [loss.what for loss in host.fs.losses] == ["/etc/sysctl.d/a.conf:1"]
    assert found.settings["kernel/b"].number == 16


def test_commands_at_boot_come_last():
    """A start script or unit that sets a value overrules the files."""
    _, found = read(
        "# file: /etc/sysctl.d/99-a.conf\nkernel.a=1\nkernel.b=1\n# file: /etc/rc.local 0755\n#!/bin/sh\n"
        "#sysctl -w kernel.a=7\n/sbin/sysctl -q -w kernel.a=2 kernel.c=3\n"
        "# file: /etc/systemd/system/x.service\n[Service]\nExecStart=/bin/sh -c 'echo 0 > /proc/sys/kernel/b'\n"
    )
    assert {(s.key, s.value, s.path, s.line) for s in found.settings.values()} == {
        ("kernel/b", "0", "/etc/systemd/system/x.service", 2),
        ("kernel/a", "2", "/etc/rc.local", 3),
        ("kernel/c", "3", "/etc/rc.local", 3),
    }


@settings(max_examples=50)
@given(st.text(alphabet="kernl./-=*# 01\n;", max_size=60))
def test_any_text_is_read(text):
    """No text of a settings file stops the reader."""
    read("# file: /etc/sysctl.d/a.conf\n" + text)
