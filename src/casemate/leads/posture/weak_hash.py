"""Password kept by a weak scheme

## What it is

A password hash of shadow(5) was made by DES, MD5 or another scheme that is guessed at billions of tries a second; a hash
stands in /etc/passwd, which everybody reads; or new passwords are hashed so (ENCRYPT_METHOD of login.defs(5), an option of
pam_unix).

## Why it matters

Who gets the file has the passwords soon (ATT&CK T1110.002; crypt(5)).

## How to fix it

Set ENCRYPT_METHOD and pam_unix to yescrypt or sha512, and have the account change its password: `chage -d 0 NAME`.
"""

from collections.abc import Iterator

from casemate.host.facts.hashes import scheme
from casemate.host.facts.pam import pam
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Hashes of accounts, then what new ones are made by."""
    for who in host.accounts.accounts:
        own = who.password or ""
        known = scheme(own.lstrip("!*"))
        line, path = (who.shadow_line, "/etc/shadow") if who.shadow_line else (who.line, "/etc/passwd")
        if path == "/etc/passwd" and known:
            yield Seen(
                path=path,
                line=line,
                what=f"the password hash of {who.name} stands in /etc/passwd",
                severity=Severity.HIGH,
            )
        elif known and known[1]:
            locked = own.startswith(("!", "*"))
            severity = Severity.LOW if locked else Severity.MEDIUM
            yield Seen(
                path=path, line=line, what=f"the password of {who.name} is hashed by {known[0]}", severity=severity
            )
    yield from _methods(host)


def _methods(host: Host) -> Iterator[Seen]:
    text = host.fs.text("/etc/login.defs")
    for number, line in text.numbered() if text else ():
        words = line.split()
        if words[:1] == ["ENCRYPT_METHOD"] and words[1:2] and words[1].upper() in ("DES", "MD5"):
            yield Seen(
                path="/etc/login.defs", line=number, what=f"new passwords are hashed by {words[1]} (ENCRYPT_METHOD)"
            )
        if words[:1] == ["MD5_CRYPT_ENAB"] and words[1:2] == ["yes"]:
            yield Seen(path="/etc/login.defs", line=number, what="new passwords are hashed by MD5 (MD5_CRYPT_ENAB)")
    for entry in host.once(pam).entries():
        weak = [a for a in entry.args if a in ("md5", "bigcrypt")]
        if entry.kind == "password" and entry.name == "pam_unix" and weak:
            yield Seen(path=entry.path, line=entry.line, what=f"new passwords are hashed by {weak[0]} (pam_unix)")


RULE = FactRule(
    id=RuleId("weak-password-hash"),
    title="Password kept by a weak scheme",
    cwe=916,
    owasp="A02:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="MD5",
            language="host",
            code=(
                "# file: /etc/shadow 0640 root:shadow\n"
                "root:*:19700:0:99999:7:::\n"
                "alice:$1$abcdefgh$ABCDEFGHIJKLMNOPQRSTU/:19700:0:99999:7:::  # finding\n"
            ),
        ),
        Example(
            name="DES",
            language="host",
            code=(
                "# file: /etc/shadow 0640 root:shadow\n"
                "root:*:19700:0:99999:7:::\n"
                "alice:abCDEFGHIJKL.:19700:0:99999:7:::  # finding\n"
            ),
        ),
        Example(
            name="login.defs",
            language="host",
            code=("# file: /etc/login.defs\nENCRYPT_METHOD MD5  # finding\n"),
        ),
        Example(
            name="near-miss: SHA-512",
            language="host",
            code=(
                "# file: /etc/shadow 0640 root:shadow\n"
                "root:*:19700:0:99999:7:::\n"
                "alice:$6$abcdefgh$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:19700:0:99999:7:::\n"
            ),
        ),
        Example(
            name="near-miss: locked",
            language="host",
            code=("# file: /etc/shadow 0640 root:shadow\nroot:*:19700:0:99999:7:::\nalice:!!:19700:0:99999:7:::\n"),
        ),
        Example(
            name="near-miss: SHA512 for new ones",
            language="host",
            code=("# file: /etc/login.defs\n#ENCRYPT_METHOD DES\nENCRYPT_METHOD SHA512\n"),
        ),
    ),
)
