"""Configuration of a privileged service that others can change

## What it is

A file that a service reads as root, and in which commands or modules can be named, can be changed by somebody who is
not root: mounts, exports, inetd, web servers' modules, hooks of VPN and network services.

## Why it matters

What they name there runs as root at the next start (ATT&CK T1543).

## How to fix it

`chown root:root FILE; chmod go-w FILE`, and the same for the folders above.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("service-configuration-writable"),
    title="Configuration of a privileged service that others can change",
    cwe=732,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("service-configuration",),
    examples=(
        Example(
            name="mounts",
            language="host",
            code="# file: /etc/fstab 0666  # finding\n",
        ),
        Example(
            name="a web server's file, of an account",
            language="host",
            code="# file: /etc/nginx/nginx.conf 0644 websvc:websvc  # finding\nuser www-data;\n",
        ),
        Example(
            name="a name server's",
            language="host",
            code="# file: /etc/dnsmasq.conf 0646  # finding\nport=53\n",
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code="# file: /etc/fstab 0644\n# file: /etc/nginx/nginx.conf 0644\nuser www-data;\n",
        ),
        Example(
            name="near-miss: a service's own file, read as itself",
            language="host",
            code="# file: /etc/redis/redis.conf 0640 ingest:ingest\nport 6379\n",
        ),
        Example(
            name="near-miss: a group without members",
            language="host",
            code="# file: /etc/samba/smb.conf 0664 root:staff\n[global]\n",
        ),
    ),
)
