"""Weak algorithms offered by sshd

## What it is

`Ciphers`, `MACs`, `KexAlgorithms` or the algorithms of keys in sshd_config(5) name what is broken or too short: CBC
modes, RC4, 3DES, MD5, truncated SHA-1, Diffie-Hellman in a group of 1024 bits or with SHA-1, DSA, RSA signatures over
SHA-1. OpenSSH offers none of them by itself.

## Why it matters

Who sits on the way can make both sides agree on the weakest that both offer, and read or change what is sent (ATT&CK
T1557). Sources: RFC 9142 (key exchange), RFC 8758 (RC4), CVE-2008-5161 (CBC), OpenSSH 8.8's release notes (`ssh-rsa`).

## How to fix it

Remove the line, so that the defaults of OpenSSH count, or take the names out: `Ciphers -*-cbc`. Replace old clients
first.
"""

import re
from collections.abc import Iterator
from fnmatch import translate

from casemate.host.facts.sshd import sshd
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

KEYS = ("ssh-dss", "ssh-dss-cert-v01@openssh.com", "ssh-rsa", "ssh-rsa-cert-v01@openssh.com")
WEAK = {
    "ciphers": (
        *(
            "3des-cbc",
            "aes128-cbc",
            "aes192-cbc",
            "aes256-cbc",
            "rijndael-cbc@lysator.liu.se",
            "blowfish-cbc",
            "cast128-cbc",
        ),
        *("arcfour", "arcfour128", "arcfour256", "des-cbc", "none"),
    ),
    "macs": (
        *("hmac-md5", "hmac-md5-96", "hmac-sha1-96", "hmac-ripemd160", "hmac-ripemd160@openssh.com", "none"),
        *("hmac-md5-etm@openssh.com", "hmac-md5-96-etm@openssh.com", "hmac-sha1-96-etm@openssh.com"),
        "hmac-ripemd160-etm@openssh.com",
    ),
    "kexalgorithms": (
        *("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"),
        "rsa1024-sha1",
    ),
    "hostkeyalgorithms": KEYS,
    "pubkeyacceptedalgorithms": KEYS,
    "hostbasedacceptedalgorithms": KEYS,
    "casignaturealgorithms": KEYS,
}


def find(host: Host) -> Iterator[Seen]:
    """The line that counts of each list; what is taken from the defaults (`-`) adds nothing."""
    told = host.once(sshd)
    for keyword, weak in WEAK.items():
        lines = [told.first(keyword), *(s for s in told.all(keyword) if s.blocks)]
        for setting in dict.fromkeys(lines):
            if not setting.path or setting.value.startswith("-"):
                continue
            offered = [p for p in setting.value.lstrip("+^").replace(" ", "").split(",") if p]
            named = [name for name in weak if any(_like(name, pattern) for pattern in offered[:200])]
            if named:
                yield Seen(path=setting.path, line=setting.line, what=", ".join(named))


def _like(name: str, pattern: str) -> bool:
    return name == pattern or (bool(re.search(r"[*?]", pattern)) and re.match(translate(pattern), name) is not None)


RULE = FactRule(
    id=RuleId("weak-ssh-crypto"),
    title="Weak algorithms offered by sshd",
    cwe=327,
    owasp="A02:2021",
    severity=Severity.MEDIUM,
    message="sshd offers weak algorithms: {what}",
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
            code="# file: /etc/ssh/sshd_config 0644\nInclude sshd_config.d/*\n"
            "# file: /etc/ssh/sshd_config.d/40-old.conf 0644\nMACs hmac-md5  # finding\n",
        ),
        Example(
            name="added to the defaults",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nKexAlgorithms +diffie-hellman-group1-sha1  # finding\n"
            "HostKeyAlgorithms = +ssh-rsa  # finding\n",
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
        Example(
            name="near-miss: a later line does not count",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nCiphers aes256-gcm@openssh.com\nCiphers 3des-cbc\n",
        ),
        Example(
            name="near-miss: a file that is not included",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nUsePAM yes\n"
            "# file: /etc/ssh/sshd_config.d/40-old.conf 0644\nMACs hmac-md5\n",
        ),
    ),
)
