"""What dockerd is told, and which rights containers get."""

from __future__ import annotations

import pytest

from casemate.host.facts.containers import containers
from casemate.host.facts.docker import docker
from casemate.host.facts.yaml_tree import yaml_trees
from tests.host.tree import tree

WANTED = "# link: /etc/systemd/system/multi-user.target.wants/docker.service -> ../docker.service\n"
UNIT = "# file: /etc/systemd/system/docker.service\n[Service]\n"


def test_addresses_of_the_command_line_and_of_settings():
    """Those of TCP, each at its line, with the line that ends it; sockets of this machine are none."""
    found = (
        tree(
            UNIT
            + "ExecStart=/usr/bin/dockerd -H fd:// --host=tcp://0.0.0.0:2375\n"
            + WANTED
            + '# file: /etc/docker/daemon.json\n{"hosts": ["unix:///x", "tcp://127.0.0.1:2375"]}\n'
        )
        .host()
        .once(docker)
    )
    told = [(x.address, x.local, x.place.path, x.place.line) for x in found.listeners]
    assert told == [
        ("tcp://127.0.0.1:2375", True, "/etc/docker/daemon.json", 1),
        ("tcp://0.0.0.0:2375", False, "/etc/systemd/system/docker.service", 2),
    ]
    assert [x.fixes[0].to for x in found.listeners] == [
        '{"hosts": ["unix:///x"]}',
        "ExecStart=/usr/bin/dockerd -H fd://",
    ]
    assert not found.verified


def test_defaults_count_where_they_are_used():
    """DOCKER_OPTS is nobody's business when the unit does not take it up."""
    text = '# file: /etc/default/docker\nDOCKER_OPTS="-H tcp://0.0.0.0:2375"\n'
    assert len(tree(text).host().once(docker).listeners) == 1
    assert not tree(text + UNIT + "ExecStart=/usr/bin/dockerd\n" + WANTED).host().once(docker).listeners


@pytest.mark.parametrize(
    "text", ["[1]", "{", '"x"', "[" * 100_000, '{"hosts": 5}', '{"hosts": [5, null]}', '{"group": []}']
)
def test_odd_settings_break_nothing(text):
    """They are told, or give nothing."""
    assert tree(f"# file: /etc/docker/daemon.json\n{text}\n").host().once(docker).listeners == ()


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("privileged: true", [True]),
        ("volumes: ['/:/host:ro']", [False]),
        ("volumes: [{type: bind, source: /, target: /h}]", [True]),
        ("volumes: ['/srv/data:/data', './x:/y', data:/z]", []),
        ("cap_add: [SYS_ADMIN, NET_RAW]", [False]),
        ("security_opt: ['seccomp:unconfined', 'no-new-privileges:true']", [False]),
        ("devices: ['/dev/sda:/dev/sda', '/dev/ttyUSB0']", [True]),
        ("<<: {privileged: true}", [True]),
    ],
)
def test_rights_of_a_compose_file(text, whole):
    """Those over the host, whole or in part."""
    host = tree(f"# file: /opt/a/compose.yaml\nservices:\n  web:\n    {text}\n").host()
    assert [r.whole for r in host.once(containers)] == whole


def test_hostile_yaml_is_told():
    """Nesting, aliases and tags make no objects and no crash."""
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nservices: {w: {privileged: !!python/object:os.system x}}"
    for text in ("[" * 20_000, bomb, "a: *nope", "\x01", "- - - -", "services: [1]"):
        host = tree(f"# file: /srv/compose.yml\n{text}\n").host()
        host.once(containers)
        yaml_trees(host, "/srv/compose.yml")
    assert host.once(containers) == ()
