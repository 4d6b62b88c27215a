"""The extended attributes that decide who can do what, wherever they come from."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Container
from dataclasses import dataclass
from urllib.parse import unquote

from casemate.host.xattrs import ACCESS_LIST, CAPABILITY, access_list, capabilities, listed
from casemate.model.host import AclEntry, AclTag, Capabilities


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


def archived(records: dict[str, bytes]) -> Attributes:
    """Those that an extended header of a tar archive has, in the forms of GNU tar and star, and of libarchive (tar(5))."""
    known: dict[str, bytes] = {}
    for key, value in records.items():
        if key.startswith("LIBARCHIVE.xattr."):
            name = unquote(key.removeprefix("LIBARCHIVE.xattr."))
            known.setdefault(name, b64decode(value + b"=" * (-len(value) % 4)))
        elif key.startswith("SCHILY.xattr."):
            known[key.removeprefix("SCHILY.xattr.")] = value
    out = attributes(known, known.__getitem__)
    if "SCHILY.acl.access" in records and ACCESS_LIST not in known:
        return Attributes(_described(records["SCHILY.acl.access"].decode("utf-8", "surrogateescape")), out.capabilities)
    return out


_WORDS = {
    "user": (AclTag.OWNER, AclTag.USER),
    "group": (AclTag.OWNING_GROUP, AclTag.GROUP),
    "mask": (AclTag.MASK, AclTag.MASK),
    "other": (AclTag.OTHER, AclTag.OTHER),
}


def _described(text: str) -> tuple[AclEntry, ...] | None:
    """An access list in words, "user:lisa:rwx:502,...": the number counts, since the name is that of another machine."""
    entries = []
    for entry in filter(None, (part.partition("#")[0].strip() for part in text.replace("\n", ",").split(","))):
        word, name, permits, *number = (*entry.split(":"), "", "")[: 4 if entry.count(":") > 2 else 3]
        digits = number[0] if number else name
        if word not in _WORDS or len(permits) != 3 or permits.strip("rwx-") or (name and not digits.isdecimal()):
            raise ValueError(f"no entry of an access list: {entry[:80]!r}")
        bits = sum(bit for bit, sign in ((4, "r"), (2, "w"), (1, "x")) if sign in permits)
        entries.append(AclEntry(_WORDS[word][bool(name)], bits, int(digits) if name else -1))
    return listed(entries)
