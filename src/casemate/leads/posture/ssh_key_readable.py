"""A private key that others can read opens an account

## What it is

A file holds a private key of SSH without a passphrase. Others than its owner can read it, and its public part stands in
an account's `authorized_keys`.

## Why it matters

Whoever copies the key logs in as that account, from anywhere the server can be reached (ATT&CK T1552.004).

## How to fix it

Make a new key and replace the old one in `authorized_keys`, since the old one may have been copied: `ssh-keygen -t
ed25519`. Keep the file to its owner: `chmod 0600 FILE`. See sshd(8), AUTHORIZED_KEYS FILE FORMAT.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

KEY = """-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHwAAAAA=
-----END OPENSSH PRIVATE KEY-----
"""  # a header and a public part; no key follows
LOCKED = """-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAAAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAAAA==
-----END OPENSSH PRIVATE KEY-----
"""
PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
SERVER = "# file: /etc/ssh/sshd_config 0644\nUsePAM yes\n"

RULE = ChainRule(
    id=RuleId("ssh-key-readable"),
    title="Private key that others can read opens an account",
    cwe=522,
    owasp="A04:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("private-key",),
    examples=(
        Example(
            name="a key of root, for everybody",
            language="host",
            code=f"{SERVER}# file: /root/.ssh/authorized_keys 0600\n{PUBLIC} deploy\n"
            f"# file: /opt/deploy/id_ed25519 0644  # finding\n{KEY}",
        ),
        Example(
            name="a key of a person, with options in the list",
            language="host",
            code=f'{SERVER}# file: /home/alice/.ssh/authorized_keys 0600 alice:alice\nno-pty,environment="A=b c" {PUBLIC}\n'
            f"# file: /srv/backup/alice-key 0644  # finding\n{KEY}",
        ),
        Example(
            name="near-miss: only its owner reads it",
            language="host",
            code=f"{SERVER}# file: /root/.ssh/authorized_keys 0600\n{PUBLIC}\n# file: /opt/deploy/id_ed25519 0600\n{KEY}",
        ),
        Example(
            name="near-miss: with a passphrase",
            language="host",
            code=f"{SERVER}# file: /root/.ssh/authorized_keys 0600\n{PUBLIC}\n# file: /opt/deploy/id_ed25519 0644\n{LOCKED}",
        ),
        Example(
            name="near-miss: in a folder that only root enters",
            language="host",
            code=f"{SERVER}# file: /root/.ssh/authorized_keys 0600\n{PUBLIC}\n# file: /root/.ssh/id_ed25519 0644\n{KEY}",
        ),
        Example(
            name="near-miss: root may not log in",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitRootLogin no\n"
            f"# file: /root/.ssh/authorized_keys 0600\n{PUBLIC}\n# file: /opt/deploy/id_ed25519 0644\n{KEY}",
        ),
    ),
)
