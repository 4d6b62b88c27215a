"""Access lists and file capabilities, byte by byte."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.host.xattrs import access_list, capabilities, packed
from casemate.model.host import AclEntry, AclTag, Capabilities

NO_ID = 2**32 - 1


def acl(*entries, version=2):
    return struct.pack("<I", version) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def test_an_access_list_names_a_user():
    """As setfacl -m u:1000:rw stores it."""
    value = acl((1, 6, NO_ID), (2, 6, 1000), (4, 4, NO_ID), (0x10, 6, NO_ID), (0x20, 4, NO_ID))
    assert access_list(value) == (
        AclEntry(AclTag.OWNER, 6),
        AclEntry(AclTag.USER, 6, 1000),
        AclEntry(AclTag.OWNING_GROUP, 4),
        AclEntry(AclTag.MASK, 6),
        AclEntry(AclTag.OTHER, 4),
    )


def test_a_list_that_says_what_the_mode_says():
    """Three entries are a mode: there is no list."""
    assert access_list(acl((1, 6, NO_ID), (4, 4, NO_ID), (0x20, 4, NO_ID))) is None


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\x02\0\0",
        acl((1, 6, 0), version=3),
        acl((1, 6, 0)) + b"\0",
        acl((1, 6, 0), (4, 4, 0)),  # no entry for the others
        acl((1, 6, 0), (1, 6, 0), (4, 4, 0), (0x20, 4, 0)),
        acl((1, 6, 0), (2, 6, 1000), (4, 4, 0), (0x20, 4, 0)),  # no mask
        acl((1, 8, 0), (4, 4, 0), (0x20, 4, 0)),
        acl((3, 6, 0), (4, 4, 0), (0x20, 4, 0)),
    ],
)
def test_what_is_no_access_list(value):
    """A list that the kernel would refuse is an error, never no list."""
    with pytest.raises(ValueError, match=r"access list"):
        access_list(value)


def test_capabilities_of_each_revision():
    """One word of bits in the first revision, two since; the third names the root of a namespace."""
    assert capabilities(struct.pack("<III", 0x01000000, 1 << 7, 0)) == Capabilities(1 << 7)
    assert capabilities(struct.pack("<IIIII", 0x02000001, 1 << 7, 2, 1 << 6, 0)) == Capabilities(
        1 << 7 | 1 << 38, 2, True
    )
    assert capabilities(struct.pack("<IIIIII", 0x03000001, 1, 0, 0, 0, 0)) == Capabilities(1, 0, True)


def test_capabilities_of_another_namespace():
    """They give nothing to who runs the program on the host itself."""
    assert capabilities(struct.pack("<IIIIII", 0x03000001, 1 << 7, 0, 0, 0, 100000)) is None


@pytest.mark.parametrize("value", [b"", b"\1\0\0\2", struct.pack("<II", 0x02000001, 1), bytes(20), b"\xff" * 20])
def test_what_is_no_file_capability(value):
    """Another size or revision is an error, never no capability."""
    with pytest.raises(ValueError, match=r"revision"):
        capabilities(value)


@given(st.binary(max_size=64))
def test_any_bytes(value):
    """A value is understood or refused, and what was understood is written back as it was, but for the order."""
    try:
        found = access_list(value)
    except ValueError:
        found = None
    if found is not None:
        assert access_list(packed(found)) == found
    with suppress(ValueError):
        capabilities(value)
