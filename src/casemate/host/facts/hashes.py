"""Password fields: what crypt(5) makes of them, never their values."""

from __future__ import annotations

import re

from casemate.host.accounts import Account, Accounts
from casemate.host.host import Host
from casemate.model.host import ROOT, Actor

SHADOW_FILES = ("/etc/shadow", "/etc/gshadow")
BACKUPS = ("-", "~", ".bak", ".old", ".orig", ".save", ".backup", ".dpkg-old", ".dpkg-dist", ".rpmsave", ".1", ".copy")

_SCHEMES = (
    (r"\$1\$", "MD5", True),
    (r"\$md5", "SunMD5", True),
    (r"\$sha1\$", "SHA-1", True),
    (r"\$3\$", "NTHASH", True),
    (r"\$2[abxy]?\$", "bcrypt", False),
    (r"\$5\$", "SHA-256", False),
    (r"\$6\$", "SHA-512", False),
    (r"\$(y|gy|7)\$", "yescrypt", False),
    (r"\$argon2", "Argon2", False),
    (r"_[./0-9A-Za-z]{19}$", "BSDi DES", True),
    (r"[./0-9A-Za-z]{13}$", "DES", True),
)


def scheme(field: str) -> tuple[str, bool] | None:
    """The name of a hash's scheme, and whether it is broken or far too fast (crypt(5)); None for what is no hash."""
    for pattern, name, weak in _SCHEMES:
        if re.match(pattern, field):
            return name, weak
    return None


def usable(who: Account) -> bool:
    """Whether a password lets the account in: it has one, and it is not locked."""
    return bool(who.password) and scheme(who.password or "") is not None


def empty(who: Account) -> bool:
    """Whether no password at all is asked for (shadow(5)): by the field of shadow, or that of passwd."""
    return who.password == ""


def shadow_copies(host: Host) -> list[str]:
    """shadow, gshadow, and every copy of them in the usual places."""
    out = [p for p in SHADOW_FILES if host.fs.is_file(p)]
    for folder in ("/etc", "/var/backups", "/root", "/tmp", "/var/tmp", "/opt", "/srv", "/backup", "/mnt"):
        for name in host.fs.names(folder):
            if (
                re.match(r"(\.?etc[-_.])?g?shadow.", name)
                and f"{folder}/{name}" not in out
                and host.fs.is_file(f"{folder}/{name}")
            ):
                out.append(f"{folder}/{name}")
    return out


def hashed(host: Host, path: str) -> tuple[int, str] | None:
    """The line and the name of the first account whose hash a file in the form of shadow(5) holds, root's before others'."""
    text = host.fs.text(path)
    found: list[tuple[int, str]] = []
    for number, line in text.numbered() if text else ():
        name, _, rest = line.partition(":")
        if scheme(rest.partition(":")[0]):
            found.append((number, name))
    return next((f for f in found if f[1] == "root"), found[0] if found else None)


def opens(accounts: Accounts, name: str) -> Actor | None:
    """Whom a cracked password of an account opens."""
    if name == "root":
        return ROOT
    known = accounts.named(name)
    return known.actor if known and known.login else None
