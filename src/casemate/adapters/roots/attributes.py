"""The extended attributes that decide who can do what, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass

from casemate.host.xattrs import ACCESS_LIST, CAPABILITY, access_list, capabilities
from casemate.model.host import AclEntry, Capabilities


@dataclass(frozen=True, slots=True)
class Attributes:
    """As `Node` has them."""

    acl: tuple[AclEntry, ...] | None = None
    capabilities: Capabilities | None = None


def attributes(names: Container[str], value: Callable[[str], bytes]) -> Attributes:
    """Those that a node has, by the names of its attributes. ValueError when one cannot be understood."""
    acl = capable = None
    if ACCESS_LIST in names:
        acl = access_list(value(ACCESS_LIST))
    if CAPABILITY in names:
        capable = capabilities(value(CAPABILITY))
    return Attributes(acl, capable)
