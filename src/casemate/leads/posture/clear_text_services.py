"""Old remote shell, or trust in hosts by name

## What it is

inetd, xinetd or systemd offers telnet, rsh, rlogin, rexec or finger, or a file such as `/etc/hosts.equiv` trusts every
host.

## Why it matters

Passwords and whole sessions pass in clear text, for whoever listens on the way (ATT&CK T1040); with `+` in
`hosts.equiv` or `.rhosts` no password is asked for at all (T1021).

## How to fix it

Use SSH. Remove the line, `systemctl disable --now telnet.socket`, or set `disable = yes`; delete the lines with `+`.
See hosts.equiv(5); CIS Debian Benchmark, 2.2.
"""

from collections.abc import Iterator

from casemate.host.facts.netservices import clear_text_services
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.told import told
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each of them, at its line."""
    return told(clear_text_services(host))


RULE = FactRule(
    id=RuleId("clear-text-service"),
    title="Old remote shell, or trust in hosts by name",
    cwe=319,
    owasp="A02:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="telnet from inetd",
            language="host",
            code="# file: /etc/inetd.conf 0644\n"
            "telnet stream tcp nowait telnetd /usr/sbin/tcpd /usr/sbin/in.telnetd  # finding\n",
        ),
        Example(
            name="rsh from xinetd",
            language="host",
            code="# file: /etc/xinetd.d/rsh 0644\nservice shell  # finding\n{\n disable = no\n"
            " server = /usr/sbin/in.rshd\n}\n",
        ),
        Example(
            name="every host is trusted",
            language="host",
            code="# file: /root/.rhosts 0600\n+ +  # finding\n",
        ),
        Example(
            name="near-miss: switched off",
            language="host",
            code="# file: /etc/xinetd.d/telnet 0644\nservice telnet\n{\n disable = yes\n}\n",
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code="# file: /etc/inetd.conf 0644\n"
            "#telnet stream tcp nowait telnetd /usr/sbin/tcpd /usr/sbin/in.telnetd\n",
        ),
        Example(
            name="near-miss: named hosts",
            language="host",
            code="# file: /etc/hosts.equiv 0644\ndb1.example.org\n-web.example.org\n",
        ),
    ),
)
