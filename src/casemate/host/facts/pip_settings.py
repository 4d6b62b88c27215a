"""Where pip's settings have it take packages from whom it cannot check (pip documentation, "Configuration")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.host import Host

LONGEST = 4096
SYSTEM = ("/etc/pip.conf", "/etc/xdg/pip/pip.conf")
OWN = (".pip/pip.conf", ".config/pip/pip.conf")  # below a home
HTTP = r"http://(?!localhost\b|127\.|\[::1\])\S+"
_UNCHECKED = re.compile(
    rf"(?:(?:extra-)?index-url|find-links|index)={HTTP}|trusted-host=(?!localhost|127\.|\[?::1)\S", re.I
)


def unchecked(host: Host, path: str) -> Iterator[tuple[int, str]]:
    """Such lines of a file, and what they set. Names may have dashes or underscores; a value goes on in indented lines."""
    text = host.fs.text(path)
    key = ""
    for number, line in text.numbered() if text else ():
        bare = line.strip()
        if len(line) > LONGEST or not bare or bare[0] in "#;[":
            continue
        if not line[0].isspace():
            name, bare = re.split(r"\s*[=:]\s*", f"{bare}=", maxsplit=1)
            key, bare = name.lower().replace("_", "-"), bare.removesuffix("=")
        word = next((word for word in bare.split() if _UNCHECKED.match(f"{key}={word}")), "")
        if word:
            shown = re.sub(r"//[^/@\s]*@", "//", word)  # never a password
            yield number, f"{key} = {shown}"
