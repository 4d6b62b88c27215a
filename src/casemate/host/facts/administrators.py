"""Who administers a host by design: whom sudo, doas or polkit lets do everything, and not who is in a group of a likely name.

On Debian the group wheel has no power of its own; on Fedora sudo has none. Sources: sudoers(5), doas.conf(5), polkit(8)
(addAdminRule, "unix-group:"), pklocalauthority(8) (AdminIdentities).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from casemate.host.facts.polkit_rules import FOLDERS
from casemate.host.facts.sudo_rights import rights
from casemate.host.host import Host
from casemate.model.host import named

USUAL: Final = ("sudo", "wheel", "admin")  # believed where the rules cannot be read
_RULES: Final = ("/etc/sudoers", "/etc/doas.conf")
_LOCAL: Final = "/etc/polkit-1/localauthority.conf.d"
_IDENTITY: Final = re.compile(r"\bunix-(user|group):([\w.-]{1,64})")
_COMMENT: Final = re.compile(r"^\s*(?://|#|\*|/\*)")


def administrators(host: Host) -> frozenset[str]:
    """The names of the accounts."""
    accounts = host.accounts
    users = {"root"}
    groups = {"root"}
    if any(host.fs.is_file(path) and host.fs.text(path) is None for path in _RULES):
        groups.update(USUAL)
    for right in host.once(rights):
        if right.administrator and right.holder.startswith(("account:", "group:")):
            (users if right.holder.startswith("account:") else groups).add(named(right.holder))
    for kind, name in _of_polkit(host):
        (users if kind == "user" else groups).add(name)
    members = (m for name in groups if (of := accounts.group(name)) for m in accounts.members(of))
    return frozenset(users | set(members))


def _of_polkit(host: Host) -> Iterator[tuple[str, str]]:
    """Whose password polkit takes for an administrator's. The first rule that answers would decide; all are believed here,
    since what follows from it is only what goes unreported."""
    for folder in (*FOLDERS, _LOCAL):
        for name in host.fs.names(folder):
            if not name.endswith((".rules", ".conf")):
                continue
            text = host.fs.text(f"{folder}/{name}")
            lines = [line for line in text.lines if not _COMMENT.match(line)] if text else []
            if not any("addAdminRule" in line or line.strip().startswith("AdminIdentities") for line in lines):
                continue
            for line in lines:
                if "isInGroup" not in line:
                    yield from ((match[1], match[2]) for match in _IDENTITY.finditer(line))
