"""What holds a service of systemd back (systemd.exec(5), "Sandboxing"), and what undoes it."""

from __future__ import annotations

from typing import Final

from casemate.host.facts.service import own_user
from casemate.host.facts.units import Unit

YES_OR_MORE: Final = (  # a word for no, or an empty value, is none
    "NoNewPrivileges",
    "ProtectSystem",
    "ProtectHome",
    "PrivateTmp",
    "PrivateDevices",
    "PrivateUsers",
    "PrivateNetwork",
    "PrivateMounts",
    "ProtectProc",
    "ProtectKernelTunables",
    "ProtectKernelModules",
    "ProtectControlGroups",
    "RestrictNamespaces",
    "RestrictSUIDSGID",
    "RestrictAddressFamilies",
    "MemoryDenyWriteExecute",
    "SystemCallFilter",
    "RestrictFileSystems",
    "RootDirectory",
    "RootImage",
    "TemporaryFileSystem",
    "ReadOnlyPaths",
    "InaccessiblePaths",
    "IPAddressDeny",
    "AppArmorProfile",
    "SELinuxContext",
)


def sandboxed(unit: Unit, *, plain: bool) -> bool:
    """Whether anything holds the service back. plain: no command of it has the prefix +, which takes all of it away."""
    if not plain:
        return False
    if own_user(unit) is not None:
        return True
    if any(value.key == "CapabilityBoundingSet" and value.section == "Service" for value in unit.values):
        return True  # an empty one, too: it leaves no capability
    settings = (unit.last(key) for key in YES_OR_MORE)
    return any(
        value is not None and value.text.lower() not in ("no", "false", "off", "0", "default") for value in settings
    )
