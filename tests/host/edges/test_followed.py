"""What login files, hooks of the boot, of kernels and of containers call in their turn."""

from __future__ import annotations

import pytest

from casemate.host.edges import boot_hooks, containers, jobs, kernel, profiles, units
from casemate.model.host import ROOT, account
from tests.host.tree import tree


@pytest.mark.parametrize(
    ("family", "text", "first"),
    [
        (profiles, "# file: /root/.bashrc\n[ -f /opt/x ] && . /opt/x\n", "/root/.bashrc"),
        (profiles, "# file: /root/.profile\n/opt/x --quiet\n", "/root/.profile"),
        (profiles, "# file: /etc/profile.d/a.sh\n. /opt/x\n", "/etc/profile.d/a.sh"),
        (
            boot_hooks,
            "# file: /etc/systemd/system-generators/g 0755\n#!/bin/sh\n. /opt/x\n",
            "/etc/systemd/system-generators/g",
        ),
        (
            boot_hooks,
            "# file: /usr/lib/systemd/system-sleep/g 0755\n#!/bin/sh\n/opt/x\n",
            "/usr/lib/systemd/system-sleep/g",
        ),
        (jobs, "# file: /etc/kernel/postinst.d/k 0755\n#!/bin/sh\n/opt/x $1\n", "/etc/kernel/postinst.d/k"),
        (jobs, "# file: /etc/initramfs-tools/hooks/k 0755\n#!/bin/sh\n. /opt/x\n", "/etc/initramfs-tools/hooks/k"),
        (containers, "# file: /var/lib/lxc/a/config\nlxc.hook.pre-start = /opt/x\n", "/var/lib/lxc/a/config"),
        (containers, "# file: /etc/lxc/default.conf\nlxc.net.0.script.up = /opt/x\n", "/etc/lxc/default.conf"),
    ],
)
def test_what_they_call_is_trusted_by_root(family, text, first):
    """With the file that calls it as the next place."""
    found = [t for t in family.edges(tree(text).host()) if getattr(t, "path", "") == "/opt/x"]
    assert [(t.runner, t.via[0].path) for t in found] == [(ROOT, first)]


@pytest.mark.parametrize(
    ("family", "text"),
    [
        (profiles, "# file: /root/.bashrc\n# . /opt/x\nalias x=/opt/x\n"),
        (jobs, "# file: /etc/kernel/postinst.d/k.dpkg-old 0755\n#!/bin/sh\n/opt/x\n"),
        (jobs, "# file: /etc/kernel/postinst.d/k 0644\n#!/bin/sh\n/opt/x\n"),
        (kernel, "# link: /etc/modprobe.d/a.conf -> /dev/null\n# file: /usr/lib/modprobe.d/a.conf\ninstall m /opt/x\n"),
        (containers, "# file: /var/lib/lxc/a/config\nlxc.hook.start = /opt/x\nlxc.hook.mount = /opt/x\n"),
        (containers, "# file: /var/lib/lxc/a/config\n# lxc.hook.pre-start = /opt/x\n"),
    ],
)
def test_what_root_does_not_run_there_is_not_trusted(family, text):
    """Near-misses: comments, names that are passed over, masked files, hooks that run inside the container."""
    assert "/opt/x" not in {getattr(t, "path", "") for t in family.edges(tree(text).host())}


def test_a_login_file_of_an_account_is_followed_as_that_account():
    """What it sources is read by its owner alone."""
    text = "# file: /home/alice/.bashrc 0644 alice:alice\n. /opt/x\n"
    assert {t.runner for t in profiles.edges(tree(text).host()) if t.path == "/opt/x"} == {account("alice")}


def test_a_folder_of_drop_ins_names_its_unit():
    """The unit is what takes the settings."""
    text = (
        "# file: /usr/lib/systemd/system/a.service\n[Service]\nExecStart=/usr/bin/id\n"
        "# file: /etc/systemd/system/a.service.d/b.conf\n"
    )
    (found,) = [t for t in units.edges(tree(text).host()) if t.path == "/etc/systemd/system/a.service.d" and t.folder]
    assert [fact.path for fact in found.via] == ["/usr/lib/systemd/system/a.service"]
