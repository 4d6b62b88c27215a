"""Which names of a setting say that its value is a secret, and which values are one rather than a place for one.

Unlike in source code (`leads/secretlike.py`) a value of a configuration file is a value: a short or plain word counts
where the name says so clearly.
"""

from __future__ import annotations

import re
from functools import lru_cache

from casemate.model.secret_forms import SHAPES, STAND_INS

PASSWORDS = ("password", "passwd", "passphrase", "passwort", "psk", "bindpw", "rootpw", "authtok", "secret")
SHORT = frozenset({"pass", "pwd", "pw", "passwd"})
KEYS = frozenset({"key", "token", "auth", "credential", "credentials", "cookie"})
BEFORE = frozenset({
    "api", "secret", "private", "access", "auth", "encryption", "signing", "master", "bearer", "jwt", "session", "account",
    "refresh", "id", "app", "storage", "shared", "preshared", "client", "oauth", "root", "admin", "bot", "deploy", "vault",
    "webhook", "license", "service", "registry", "npm", "github", "gitlab", "slack", "data",
})  # fmt: skip
_ABOUT = (
    "file files path dir field label name names header param url uri length len min max warn days age policy class "
    "algorithm algo type kind expire expiry expires ttl timeout prompt retries tries check quality hash hasher "
    "hashers encoder encryption scheme method enabled enable required require reset change command cmd program "
    "cipher size format ref public pub store backend provider validator validators cache history lock agent map "
    "maps attr attribute attributes column query regex pattern message text authentication authenticator usage mode "
    "use allow allowed ask fail insults feedback timestamp rounds update salt version agentsocket show hide crypt "
    "crypted options server port host plugin id from "
)
ABOUT = frozenset(_ABOUT.split())
HOLLOW = re.compile(
    r"(?i)[$%@&{<(\[].*|.*[>}]|x+|\*+|\.+|-+|#+|none|null|nil|true|false|yes|no|on|off|required|optional|prompt|ask|default|enabled"
    r"|disabled|empty|unset|undefined|internal|plain|plaintext|clear|cleartext|md5|sha\d*|files?|compat|system|auto|any|all|sss|pam"
    r"|password|passwd|passphrase|passw0rd|secret|token|key|pass|changeit|foo|bar|foobar|hash|string|str|\d{1,3}"
)
STANDS = re.compile(
    r"(?i)change.?(?:me|this|it)|your|example|placeholder|insert|replace|redacted|<|>|\$\{|\{\{|x{4,}|\*{3}|secretkey\b"
)
ELSEWHERE = re.compile(
    r"(?i)/|~|\./|file:|https?:|env[:.(]|vault[:.]|!|enc\[|\{cipher\}|arn:|getenv|os\.|process\.|lookup|keyring|\$ansible"
)
HASH = re.compile(
    r"(?:\$(?:1|2[abxy]|5|6|7|y|gy|apr1|sha1|argon2\w*)\$|\{(?:SSHA|SHA|SMD5|CRYPT|MD5)\w*\})[^\s:\"']{8,}"
)


@lru_cache(maxsize=1 << 14)
def words(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: `dbPassword`, `db_password`, `spring.db-password`."""
    return tuple(w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name[:120]))


@lru_cache(maxsize=1 << 14)
def weight(name: str) -> int:
    """How clearly a name says that it holds a secret: 0 not at all, 1 when the value looks like one, 2 a password's name, 3 a
    password of something named."""
    parts = words(name)
    if not parts:
        return 0
    last = parts[-1] if not parts[-1].isdigit() or len(parts) == 1 else parts[-2]
    if (
        set(parts[:-1]) & {"public", "pub"}
        or last in ABOUT
        or set(parts) & {"min", "max", "policy", "hasher", "validator"}
    ):
        return 0
    if last in SHORT or last.endswith(PASSWORDS):
        return 3 if len(parts) > 1 or last not in (*SHORT, *PASSWORDS) else 2
    if last in KEYS and ((len(parts) == 1 and last == "token") or any(p in BEFORE for p in parts[:-1])):
        return 1
    return 1 if last.endswith(("apikey", "secretkey", "privatekey", "accesskey", "token")) and len(last) > 5 else 0


def is_secret(name: str, value: str, *, sure: bool = False) -> bool:
    """Whether a setting holds a secret. sure: the file is there for credentials, so that a plain word counts too."""
    value = value.strip()
    if not 4 <= len(value) <= 8000 or ELSEWHERE.match(value) or " " in value:
        return False
    if SHAPES.search(value) and not STAND_INS.search(value):
        return True
    rank = weight(name)
    if not rank:
        return False
    if HASH.match(value):
        return True
    if HOLLOW.fullmatch(value) or STANDS.search(value) or value.lower() in words(name):
        return False
    if rank == 1:
        return len(value) >= 12 and _mixed(value)
    if rank == 3 or sure:
        return True
    return _mixed(value)


def _mixed(value: str) -> bool:
    """Letters and digits, or letters of both cases amid signs: no word."""
    kinds = sum(bool(re.search(c, value)) for c in ("[a-z]", "[A-Z]", "[0-9]", r"[^A-Za-z0-9_.-]"))
    return kinds >= 3 or (kinds == 2 and bool(re.search(r"\d", value)))
