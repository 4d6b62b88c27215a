"""Where a browser goes when it is sent somewhere: the host of an address, read as the WHATWG's URL standard says."""

from __future__ import annotations

import re
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SPECIAL = frozenset(("http", "https", "ftp", "ws", "wss"))


def host(location: str, *, scheme: str = "http") -> str:
    """The host that a `Location` names, "" when it stays on the site. scheme: of the page."""
    text = re.sub(r"[\t\n\r]", "", location.strip("".join(map(chr, range(33)))))
    found = _SCHEME.match(text)
    named = found.group(1).lower() if found else scheme
    if named not in _SPECIAL:
        return ""
    rest = (text[found.end() :] if found else text).replace("\\", "/")
    slashes = len(rest) - len(rest.lstrip("/"))
    if slashes < 2 and (found is None or named == scheme):
        return ""  # a path of this site; `http:path` on a page of http is one too
    authority = re.split(r"[/?#]", rest[slashes:], maxsplit=1)[0].rpartition("@")[2]
    return unquote(re.sub(r":\d*$", "", authority)).lower().rstrip(".")


def within(name: str, domain: str) -> bool:
    """Whether a host is the domain or below it."""
    return name == domain or name.endswith("." + domain)
