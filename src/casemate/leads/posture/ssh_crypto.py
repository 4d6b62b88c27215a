"""Weak algorithms offered by sshd

## What it is

`Ciphers`, `MACs` or `KexAlgorithms` of sshd_config(5) name algorithms that are broken or too short.

## Why it matters

Who sits on the way can make both sides agree on the weakest that both offer (ATT&CK T1557).

## How to fix it

Remove the line: the defaults of OpenSSH offer none of these.
"""

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

WEAK = ("3des-cbc", "aes128-cbc", "hmac-md5", "hmac-sha1-96")


def find(host: Host) -> Iterator[Seen]:
    """Lines that offer one of them. (A first draft, until a reader of the whole configuration is there.)"""
    for path in ("/etc/ssh/sshd_config", *host.fs.glob("/etc/ssh/sshd_config.d/*.conf")):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            word, _, rest = line.strip().partition(" ")
            weak = [name for name in WEAK if name in rest.split(",")]
            if word.lower() in ("ciphers", "macs") and weak:
                yield Seen(path=path, line=number, what=", ".join(weak))


RULE = FactRule(
    id=RuleId("weak-ssh-crypto"),
    title="Weak algorithms offered by sshd",
    cwe=327,
    owasp="A02:2021",
    severity=Severity.MEDIUM,
    message="sshd offers {what}",
    find=find,
    examples=(
        Example(
            name="cbc",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nCiphers aes128-ctr,3des-cbc  # finding\n",
        ),
        Example(
            name="md5 in a drop-in",
            language="host",
            code="# file: /etc/ssh/sshd_config.d/40-old.conf 0644\nMACs hmac-md5  # finding\n",
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\n#Ciphers 3des-cbc\n",
        ),
        Example(
            name="near-miss: strong ones",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nCiphers aes256-gcm@openssh.com\n",
        ),
        Example(
            name="near-miss: taken out",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nCiphers -3des-cbc\n",
        ),
    ),
)
