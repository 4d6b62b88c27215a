"""Password fields: what crypt(5) makes of them, never their values."""

from __future__ import annotations

import re

from casemate.host.accounts import Account

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
