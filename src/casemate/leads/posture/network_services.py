"""Service that is open to everybody

## What it is

A name server, proxy, SNMP or monitoring agent, console, shared screen, printer, directory or machine manager answers everybody
on the network, or lets them change something.

## Why it matters

Open resolvers and proxies are used to attack others in the machine's name (ATT&CK T1498.002, T1090); the rest tells
about the machine, or lets it be changed (T1602.001, T1021.005).

## How to fix it

Name the networks that need it: `allow-recursion { localnets; };`, `http_access deny all` at the end, `rocommunity NAME
10.0.0.5`, or listen on 127.0.0.1.
"""

from collections.abc import Iterator

from casemate.host.facts.netservices import network_services
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.told import told
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each of them, at its line."""
    return told(network_services(host))


RULE = FactRule(
    id=RuleId("open-network-service"),
    title="Service that is open to everybody",
    cwe=284,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="SNMP that everybody changes",
            language="host",
            code="# file: /etc/snmp/snmpd.conf 0600\nrwcommunity private  # finding\n",
        ),
        Example(
            name="zones for everybody",
            language="host",
            code="# file: /etc/bind/named.conf.options 0644\noptions {\n  allow-transfer { any; };  # finding\n};\n",
        ),
        Example(
            name="an open proxy",
            language="host",
            code="# file: /etc/squid/squid.conf 0644\nacl localnet src 10.0.0.0/8\nhttp_access allow all  # finding\n",
        ),
        Example(
            name="a screen for everybody",
            language="host",
            code="# file: /root/.xinitrc 0644\nxhost +  # finding\n",
        ),
        Example(
            name="agents and consoles that take orders",
            language="host",
            code="# file: /etc/nagios/nrpe.cfg 0644\nallowed_hosts=0.0.0.0/0  # finding\n"
            "# file: /etc/zabbix/zabbix_agentd.conf 0644\nServer=0.0.0.0/0\nAllowKey=system.run[*]  # finding\n"
            "# file: /etc/grafana/grafana.ini 0644\n[auth.anonymous]\nenabled = true\norg_role = Admin  # finding\n"
            "# file: /etc/haproxy/haproxy.cfg 0644\nglobal\n  stats socket /run/h.sock mode 666 level admin  # finding\n"
            "listen stats\n  bind *:8404\n  stats enable  # finding\n",
        ),
        Example(
            name="near-miss: agents for their server, consoles with a password",
            language="host",
            code="# file: /etc/nagios/nrpe.cfg 0644\nallowed_hosts=127.0.0.1,10.0.0.5\ndont_blame_nrpe=0\n"
            "# file: /etc/zabbix/zabbix_agentd.conf 0644\nServer=10.0.0.5\n# EnableRemoteCommands=1\n"
            "# file: /etc/grafana/grafana.ini 0644\n[auth.anonymous]\nenabled = true\norg_role = Viewer\n"
            "# file: /etc/haproxy/haproxy.cfg 0644\nglobal\n  stats socket /run/h.sock mode 660 level admin\n"
            "listen stats\n  bind *:8404\n  stats enable\n  stats auth a:b\n"
            "listen own\n  bind 127.0.0.1:8405\n  stats enable\n",
        ),
        Example(
            name="near-miss: SNMP as Debian ships it",
            language="host",
            code="# file: /etc/snmp/snmpd.conf 0600\nagentaddress 127.0.0.1,[::1]\n"
            "rocommunity public default -V systemonly\n",
        ),
        Example(
            name="near-miss: BIND for known networks",
            language="host",
            code="# file: /etc/bind/named.conf.options 0644\noptions {\n  allow-transfer { none; };\n"
            "  // allow-transfer { any; };\n  allow-recursion { localnets; };\n};\n",
        ),
        Example(
            name="near-miss: a proxy for some",
            language="host",
            code="# file: /etc/squid/squid.conf 0644\nhttp_access allow localnet\nhttp_access deny all\n",
        ),
        Example(
            name="near-miss: a screen for one account",
            language="host",
            code="# file: /root/.xinitrc 0644\nxhost +si:localuser:alice\n",
        ),
    ),
)
