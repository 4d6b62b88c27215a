"""Settings that make somebody root as they stand, and files that stand for disks."""

from __future__ import annotations

import pytest

from casemate.host.edges.files_as_disks import edges as disks
from casemate.host.edges.given_away import edges
from casemate.host.facts.shares import shares
from casemate.host.facts.sysctl import sysctl
from casemate.host.graph import edges as graph_edges
from casemate.host.relation import Secret, Trust
from casemate.model.host import ANYONE, NETWORK, ROOT
from tests.host.tree import tree


@pytest.mark.parametrize(
    ("text", "holders"),
    [
        ("# file: /etc/exports\n/etc *(rw,no_root_squash)\n", [NETWORK]),
        ("# file: /etc/exports\n/srv/x *(rw,no_root_squash)\n", []),
        ("# file: /etc/fstab\n/dev/sdb1 /mnt auto users,suid,dev 0 0\n", [ANYONE]),
        ("# file: /etc/fstab\n/dev/sdb1 /mnt vfat users,suid,dev 0 0\n", []),
        ("# file: /root/.jupyter/jupyter_notebook_config.py\nc.NotebookApp.token = ''\n", [ANYONE]),
        (
            "# file: /etc/redis/redis.conf\nbind 0.0.0.0\nprotected-mode no\n"
            "# file: /usr/lib/systemd/system/redis.service\n[Service]\nUser=ingest\n",
            [],
        ),
    ],
)
def test_who_gets_root(text, holders):
    """By the network or as a local user; a folder that holds no programs of root's is told as a setting only."""
    found = list(edges(tree(text).host()))
    assert [holder for grant in found for holder in grant.holders] == holders
    assert all(grant.becomes == ROOT for grant in found)


def test_a_server_that_runs_as_root_has_its_unit():
    """The unit is the second place of the way."""
    (grant,) = edges(
        tree(
            "# file: /etc/redis/redis.conf\nbind 0.0.0.0\nprotected-mode no\n"
            "# file: /usr/lib/systemd/system/redis-server.service\n[Service]\nExecStart=/usr/bin/redis-server\n"
        ).host()
    )
    assert [(fact.path, fact.line) for fact in grant.via] == [
        ("/etc/redis/redis.conf", 1),
        ("/etc/redis/redis.conf", 2),
        ("/usr/lib/systemd/system/redis-server.service", 2),
    ]


def test_shares_in_files_that_are_included():
    """Samba's include and rsync's &include; a file that includes itself is read once."""
    host = tree(
        "# file: /etc/samba/smb.conf\n[global]\nmap to guest = bad user\ninclude = /etc/samba/Own.conf\n"
        "# file: /etc/samba/Own.conf\n[p]\npath = /srv/p\nguest ok = yes\nread only = no\ninclude = /etc/samba/Own.conf\n"
        "# file: /etc/rsyncd.conf\nuid = root\n&include /etc/rsync.D\n"
        "# file: /etc/rsync.D/a.inc\n[a]\npath = /srv/a\nread only = no\n"
    ).host()
    assert [(weak.path, weak.line) for weak in shares(host)] == [("/etc/samba/Own.conf", 4), ("/etc/rsync.D/a.inc", 3)]


@pytest.mark.parametrize(
    ("fstab", "kinds"),
    [
        ("/srv/i /mnt ext4 loop", [Trust]),
        ("/srv/i /mnt ext4 loop,nosuid", []),
        ("/srv/i none swap sw", [Secret, Trust]),
        ("/srv/d /mnt none bind", []),
        ("/dev/sda1 /mnt ext4 defaults", []),
        ("/srv/i /mnt ext4 loop,user", []),
    ],
)
def test_files_as_disks(fstab, kinds):
    """Images that are mounted with their SUID programs, and files that are swapped to."""
    text = f"# file: /srv/i 0644\nx\n# folder: /srv/d\n# file: /etc/fstab\n{fstab} 0 0\n"
    assert [type(relation) for relation in disks(tree(text).host())] == kinds


def test_settings_that_are_not_in_sysctl_files():
    """The command line counts least, tmpfiles.d and udev more than files."""
    host = tree(
        "# file: /etc/kernel/cmdline\nro sysctl.kernel.a=1 sysctl.kernel.b=1\n"
        "# file: /etc/sysctl.d/a.conf\nkernel.b=2\nkernel.c=2\n"
        "# file: /etc/tmpfiles.d/a.conf\nw /proc/sys/kernel/c - - - - 3\nw /sys/x - - - - 4\n"
        '# file: /etc/udev/rules.d/a.rules\nACTION=="add", SYSCTL{kernel/d}="5"\n'
    ).host()
    found = {key: (s.value, s.path) for key, s in host.once(sysctl).settings.items()}
    assert found == {
        "kernel/a": ("1", "/etc/kernel/cmdline"),
        "kernel/b": ("2", "/etc/sysctl.d/a.conf"),
        "kernel/c": ("3", "/etc/tmpfiles.d/a.conf"),
        "kernel/d": ("5", "/etc/udev/rules.d/a.rules"),
    }


def test_a_link_on_the_way_is_told():
    """The file that can be changed first, then the name by which it is known."""
    host = tree("").host()
    trust = Trust(runner=ROOT, path="/etc/x", kind="k", technique="T1546", via=(), says="is read")
    host = tree("# link: /etc/x -> /srv/y\n# file: /srv/y 0666\n\n").host()
    (edge,) = (edge for edge in graph_edges(host, [trust]) if edge.kind == "k")
    assert [fact.path for fact in edge.steps] == ["/srv/y", "/etc/x"]
