"""Agents and consoles that take orders from everybody, and those that look like it."""

from __future__ import annotations

import pytest

from casemate.host.facts.monitoring import monitoring
from casemate.host.facts.pip_settings import unchecked
from tests.host.tree import tree

UNIT = (
    "# link: /etc/systemd/system/multi-user.target.wants/x.service -> ../x.service\n"
    "# file: /etc/systemd/system/x.service\n[Service]\nExecStart="
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# file: /etc/nagios/nrpe.cfg\ndont_blame_nrpe=1\n", 1),
        ("# file: /etc/zabbix/zabbix_agent2.d/a.conf\n\nAllowKey=system.run[*]\n", 2),
        ("# file: /etc/haproxy/haproxy.cfg\nfrontend s\n  bind :9000\n  stats uri /s\n  stats admin if TRUE\n", 3),
        ("# file: /etc/haproxy/haproxy.cfg\nglobal\n stats socket ipv4@0.0.0.0:9999 level admin\n", 2),
        ("# file: /etc/traefik/traefik.yml\napi:\n  insecure: true\n", 2),
        ("# file: /etc/caddy/Caddyfile\n{\n  admin :2019\n}\n", 2),
        ("# file: /etc/chrony/chrony.conf\ncmdallow all\n", 1),
        (f"{UNIT}/usr/bin/prometheus --web.enable-admin-api\n", 2),
        (f"{UNIT}/usr/bin/consul agent -client=0.0.0.0 -enable-script-checks=true\n", 2),
        (f"{UNIT}/usr/sbin/varnishd -a :80 -T 0.0.0.0:6082\n", 2),
    ],
)
def test_open(text, line):
    """Each at its line."""
    assert [weak.line for weak in monitoring(tree(text).host())] == [line]


@pytest.mark.parametrize(
    "text",
    [
        "# file: /etc/nagios/nrpe.cfg\nallowed_hosts=10.0.0.5\n#dont_blame_nrpe=1\n",
        "# file: /etc/zabbix/zabbix_agentd.conf\nServer=127.0.0.1\nDenyKey=system.run[*]\n",
        "# file: /etc/haproxy/haproxy.cfg\nlisten s\n  bind :9000\n  stats enable\n  stats auth a:b\n",
        "# file: /etc/haproxy/haproxy.cfg\nglobal\n stats socket /run/h.sock mode 660 level admin\n",
        "# file: /etc/traefik/traefik.yml\napi:\n  dashboard: true\n",
        "# file: /etc/caddy/Caddyfile\n{\n  admin localhost:2019\n}\n",
        "# file: /etc/chrony/chrony.conf\nallow 10.0.0.0/8\n",
        f"{UNIT}/usr/bin/prometheus --web.enable-admin-api --web.listen-address=127.0.0.1:9090\n",
        f"{UNIT}/usr/bin/consul agent -enable-script-checks=true\n",
        f"{UNIT}/usr/sbin/varnishd -a :80 -T localhost:6082\n",
    ],
)
def test_closed(text):
    """For known peers, for this machine, with a password."""
    assert list(monitoring(tree(text).host())) == []


def test_settings_of_pip():
    """Dashes and underscores, values in further lines, passwords left out; https and this machine are fine."""
    host = tree(
        "# file: /etc/pip.conf\n[global]\nindex_url: http://u:p@a.example/s\nextra-index-url =\n  https://b.example\n"
        "  http://c.example\ntrusted-host = localhost\n   d.example\n# index-url = http://e.example\n"
    ).host()
    assert list(unchecked(host, "/etc/pip.conf")) == [
        (2, "index-url = http://a.example/s"),
        (5, "extra-index-url = http://c.example"),
        (7, "trusted-host = d.example"),
    ]
