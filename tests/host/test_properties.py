"""Over whole small roots, made at random: an audit ends, and the cut cuts."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemate.pipeline.host import HostOptions, audit_host
from tests.host.tree import Tree, tree

OWNERS = ("root", "root:staff", "root:shadow", "alice", "bob:staff", "websvc", "root:wheel")
FILES = {
    "/etc/profile.d/a.sh": ("export A=1", ". /opt/app/env"),
    "/etc/cron.d/jobs": ("* * * * * root /opt/app/run", "* * * * * root cd /opt/app && tar cf /x *"),
    "/opt/app/run": ("#!/bin/sh\n. /opt/app/env\nhelper", "#!/usr/bin/python3\nimport local"),
    "/opt/app/env": ("A=1", "PATH=/opt/app/bin:$PATH"),
    "/opt/app/local.py": ("x = 1",),
    "/opt/app/bin/tool": ("#!/bin/sh\ntrue",),
    "/etc/sudoers": ("bob ALL=(ALL) NOPASSWD: /opt/app/run", "%staff ALL=(root) NOPASSWD: /usr/bin/find", "root ALL=(ALL) ALL"),
    "/etc/systemd/system/a.service": ("[Service]\nExecStart=/opt/app/run", "[Service]\nUser=websvc\nExecStart=/opt/app/run"),
    "/etc/ld.so.conf.d/a.conf": ("/opt/app/lib",),
    "/etc/ld.so.preload": ("/opt/app/lib/x.so",),
    "/home/alice/.profile": ("export B=2",),
    "/root/.ssh/authorized_keys": ("",),
}  # fmt: skip
FOLDERS = ("/opt/app", "/opt/app/bin", "/opt/app/lib", "/etc/cron.d", "/etc/profile.d", "/home/alice", "/opt")
PROGRAMS = ("/usr/bin/dash", "/usr/bin/find")
BASE = """# file: /etc/profile 0644
for i in /etc/profile.d/*.sh; do . "$i"; done
# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service
"""


@st.composite
def roots(draw):
    """A host with some jobs, rights and programs, of any owners and modes."""
    parts = [BASE]
    for path in draw(st.lists(st.sampled_from(FOLDERS), unique=True, max_size=4)):
        parts.append(
            f"# folder: {path} {draw(st.sampled_from(('0755', '0775', '0777', '1777', '0700')))} {_owner(draw)}"
        )
    for path in draw(st.lists(st.sampled_from(sorted(FILES)), unique=True, min_size=1, max_size=6)):
        mode = draw(st.sampled_from(("0644", "0755", "0666", "0775", "0777", "4755", "0600")))
        parts.append(f"# file: {path} {mode} {_owner(draw)}\n{draw(st.sampled_from(FILES[path]))}")
    for path in draw(st.lists(st.sampled_from(PROGRAMS), unique=True, max_size=1)):
        parts.append(
            f"# copy: /usr/local/bin/tool {path} {draw(st.sampled_from(('4755', '4750', '0755')))} {_owner(draw)}"
        )
    return tree("\n".join(parts) + "\n")


def _owner(draw) -> str:
    return draw(st.sampled_from(OWNERS))


def audited(root: Tree):
    return audit_host(root, options=HostOptions(), progress=lambda stage, done, total: None).report


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(roots())
def test_the_cut_cuts(root):
    """Every audit ends; its cut is proved, or what no fix ends is named."""
    cut = audited(root).host.cut
    assert cut.proved or cut.uncut
