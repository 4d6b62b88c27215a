"""Access lists and file capabilities as Linux keeps them in extended attributes.

Sources: include/uapi/linux/posix_acl_xattr.h, include/uapi/linux/capability.h and security/commoncap.c of Linux, acl(5),
capabilities(7).
"""

from __future__ import annotations

import struct
from typing import Final

from casemate.model.host import AclEntry, AclTag, Capabilities

ACCESS_LIST: Final = "system.posix_acl_access"
CAPABILITY: Final = "security.capability"

_ACL_VERSION = 2
_TAGS: Final = {
    0x01: AclTag.OWNER,
    0x02: AclTag.USER,
    0x04: AclTag.OWNING_GROUP,
    0x08: AclTag.GROUP,
    0x10: AclTag.MASK,
    0x20: AclTag.OTHER,
}
_NUMBERS: Final = {tag: number for number, tag in _TAGS.items()}
_NAMED = (AclTag.USER, AclTag.GROUP)
_EVERYWHERE = {AclTag.OWNER, AclTag.OWNING_GROUP, AclTag.OTHER}
_NO_ID = 0xFFFFFFFF

_REVISIONS: Final = {0x01000000: "<II", 0x02000000: "<IIII", 0x03000000: "<IIIII"}
_EFFECTIVE = 0x000001


def access_list(value: bytes) -> tuple[AclEntry, ...] | None:
    """The entries of `system.posix_acl_access`; None when they say no more than the mode does. ValueError when it is none."""
    if len(value) < 4 or (len(value) - 4) % 8 or int.from_bytes(value[:4], "little") != _ACL_VERSION:
        raise ValueError("no access list of version 2")
    entries = []
    for number, permits, owner in struct.iter_unpack("<HHI", value[4:]):
        tag = _TAGS.get(number)
        if tag is None or permits > 7:
            raise ValueError(f"no entry of an access list: tag {number}, permissions {permits}")
        entries.append(AclEntry(tag, permits, owner if tag in _NAMED else -1))
    return listed(entries)


def listed(entries: list[AclEntry]) -> tuple[AclEntry, ...] | None:
    """The entries if they are a whole list, in the order in which Linux looks at them; None when they say what a mode says."""
    tags = [entry.tag for entry in entries]
    if any(tags.count(tag) != 1 for tag in _EVERYWHERE):
        raise ValueError("an access list has one entry each for the owner, the owning group and the others")
    if set(tags) == _EVERYWHERE:
        return None
    if tags.count(AclTag.MASK) != 1:
        raise ValueError("an access list that names users or groups has one mask")
    return tuple(sorted(entries, key=lambda entry: (_NUMBERS[entry.tag], entry.id)))


def packed(entries: tuple[AclEntry, ...]) -> bytes:
    """The attribute's value for these entries."""
    lines = (
        struct.pack("<HHI", _NUMBERS[entry.tag], entry.permits, entry.id if entry.tag in _NAMED else _NO_ID)
        for entry in entries
    )
    return struct.pack("<I", _ACL_VERSION) + b"".join(lines)


def capabilities(value: bytes) -> Capabilities | None:
    """What `security.capability` gives; None when it counts in another user namespace only. ValueError when it is none.

    Revision 3 names the user that is root in the namespace where it counts: the host's own root is 0.
    """
    magic = int.from_bytes(value[:4], "little")
    form = _REVISIONS.get(magic & 0xFF000000)
    if form is None or len(value) != 4 + struct.calcsize(form):
        raise ValueError("no file capabilities of a known revision")
    words = struct.unpack(form, value[4:])
    if len(words) == 5 and words[4]:
        return None
    permitted, inheritable = words[0], words[1]
    if len(words) > 2:
        permitted, inheritable = permitted | words[2] << 32, inheritable | words[3] << 32
    return Capabilities(permitted, inheritable, bool(magic & _EFFECTIVE))
