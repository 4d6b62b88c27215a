"""Old remote shell that sends all in clear text

## What it is

inetd, xinetd or systemd offers telnet, rsh, rlogin, rexec or finger.

## Why it matters

Passwords and whole sessions pass in clear text, for whoever listens on the way (ATT&CK T1040); rsh and rlogin believe what the
other host says of its users (T1021).

## How to fix it

Use SSH. Remove the line, `systemctl disable --now telnet.socket`, or set `disable = yes`. CIS Debian Benchmark, 2.2.
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
    title="Old remote shell that sends all in clear text",
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
            name="near-miss: another service",
            language="host",
            code="# file: /etc/inetd.conf 0644\nident stream tcp wait identd /usr/sbin/identd identd\n",
        ),
    ),
)
