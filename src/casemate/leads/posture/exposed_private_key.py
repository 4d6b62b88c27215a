"""A private key that others can read

## What it is

A file with a private key of SSH, of a TLS server, of a VPN or of the machine itself can be read by others than its
owner. Keys that open an account of this machine are told by `ssh-key-readable`.

## Why it matters

Whoever copies it can pose as its owner: log in elsewhere, answer in the place of the server, or read recorded traffic
(ATT&CK T1552.004). A passphrase only slows that down.

## How to fix it

Make a new key and have the old one revoked, then `chmod 0600 FILE` (or `0640 root:ssl-cert`, where a service reads it
by its group).
"""

from collections.abc import Iterator

from casemate.host.exposure import readers
from casemate.host.facts.sshd import sshd
from casemate.host.facts.sshkeys import authorized, private_keys
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.ssh_key_readable import KEY, LOCKED
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each such file, unless its key is told as a way into an account."""
    lines = host.once(authorized) if host.once(sshd).present else ()
    opening = {line.public.rstrip("="): line for line in lines}
    for key in host.once(private_keys):
        who = readers(host, key.path)
        line = opening.get(key.public.rstrip("=")) if key.public else None
        if who is None or (line is not None and not key.encrypted and not line.limited):
            continue
        name = key.path.rpartition("/")[2]
        of = " of this machine's SSH server" if name.startswith("ssh_host_") else ""
        by = f", accepted for one command as {line.who.name}" if line is not None and line.limited else ""
        how = " (with a passphrase)" if key.encrypted else ""
        yield Seen(
            path=key.path,
            line=key.line,
            what=f"{key.path} holds {key.form}{of}{how}{by} and can be read by {who.who}",
            severity=Severity.LOW if key.encrypted else None,
        )


RULE = FactRule(
    id=RuleId("exposed-private-key"),
    title="Private key that others can read",
    cwe=522,
    owasp="A04:2021",
    severity=Severity.HIGH,
    message="{what}",
    find=find,
    also=(732,),
    examples=(
        Example(
            name="of the server itself",
            language="host",
            code=f"# file: /etc/ssh/ssh_host_ed25519_key 0644  # finding\n{KEY}",
        ),
        Example(
            name="of TLS, after other text",
            language="host",
            code="# file: /etc/nginx/tls/site.pem 0644\nBag Attributes\n-----BEGIN PRIVATE KEY-----  # finding\n"
            "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n",
        ),
        Example(
            name="with a passphrase",
            language="host",
            code=f"# file: /srv/old/id_rsa 0644  # finding\n{LOCKED}",
        ),
        Example(
            name="near-miss: kept to its owner",
            language="host",
            code=f"# file: /home/alice/.ssh/id_ed25519 0600 alice:alice\n{KEY}",
        ),
        Example(
            name="near-miss: a certificate and a public key",
            language="host",
            code="# file: /etc/ssl/site.pem 0644\n-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUAAECAwQFBgcICQoLDA0ODxAREhMw\n"
            "-----END CERTIFICATE-----\n# file: /etc/ssl/id_ed25519.pub 0644\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA site\n",
        ),
        Example(
            name="near-miss: a service reads it by its group",
            language="host",
            code=f"# file: /etc/ssl/private/site.key 0640 root:websvc\n{KEY}",
        ),
        Example(
            name="near-miss: a test's key of a package",
            language="host",
            code=f"# file: /opt/app/lib/python3.11/site-packages/x/key.pem 0644\n{KEY}",
        ),
    ),
)
