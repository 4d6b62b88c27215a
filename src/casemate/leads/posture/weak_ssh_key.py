"""An SSH key that is too short

## What it is

A key of the server, or one that opens an account, is DSA (always 1024 bits) or RSA of less than 2048 bits.

## Why it matters

Such keys are within reach of who can pay for the computation, and give the server's identity or the account away (NIST
SP 800-131A, NIST SP 800-57 part 1; ATT&CK T1557).

## How to fix it

`ssh-keygen -t ed25519` in its place; of the server: `rm /etc/ssh/ssh_host_dsa_key*; ssh-keygen -A`, and tell the users
the new fingerprint.
"""

from collections.abc import Iterator

from casemate.host.facts.sshkeys import authorized, bits_of, private_keys
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

ENOUGH = 2048
SHORT = (
    "AAAAB3NzaC1yc2EAAAADAQABAAAAgQ" + "DV1dXV" + "1dXV" * 41 + "1Q=="
)  # numbers that are no keys, of 1024 and 2048 bits
LONG = "AAAAB3NzaC1yc2EAAAADAQABAAABAQ" + "DV1dXV" + "1dXV" * 84 + "1dXV1Q"
SERVER = "# file: /etc/ssh/sshd_config 0644\nUsePAM yes\n"


def find(host: Host) -> Iterator[Seen]:
    """Keys of the server, then lines that let in with a short one."""
    for key in host.once(private_keys):
        if key.path.rpartition("/")[2].startswith("ssh_host_") and 0 < key.bits < ENOUGH:
            yield Seen(path=key.path, what=f"the SSH server's key {key.path} has {key.bits} bits only", line=key.line)
    for line in host.once(authorized):
        bits = bits_of(line.public)
        if 0 < bits < ENOUGH:
            yield Seen(path=line.path, line=line.line, what=f"a key of {bits} bits only logs in as {line.who.name}")


RULE = FactRule(
    id=RuleId("weak-ssh-key"),
    title="SSH key that is too short",
    cwe=326,
    owasp="A02:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a short key of root",
            language="host",
            code=f"{SERVER}# file: /root/.ssh/authorized_keys 0600\nssh-rsa {SHORT} old  # finding\n",
        ),
        Example(
            name="a short key among others, with options",
            language="host",
            code=f"{SERVER}# file: /home/alice/.ssh/authorized_keys 0600 alice:alice\nssh-rsa {LONG}\n"
            f'from="10.0.0.1" ssh-rsa {SHORT}  # finding\n',
        ),
        Example(
            name="near-miss: long enough",
            language="host",
            code=f"{SERVER}# file: /root/.ssh/authorized_keys 0600\nssh-rsa {LONG} new\n",
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=f"{SERVER}# file: /root/.ssh/authorized_keys 0600\n# ssh-rsa {SHORT} old\n",
        ),
        Example(
            name="near-miss: root cannot log in",
            language="host",
            code=f"{SERVER}PermitRootLogin no\n# file: /root/.ssh/authorized_keys 0600\nssh-rsa {SHORT} old\n",
        ),
    ),
)
