"""File capabilities as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.host.capabilities import names, read, written
from casemate.model.host import Capabilities


def test_as_getcap_writes_them():
    """One clause for those held alike; the older form with a plus is read as well."""
    held = Capabilities(1 << 7 | 1 << 12, 1 << 7, True)
    assert names(held.permitted) == ("cap_setuid", "cap_net_admin")
    assert written(Capabilities(1 << 7, 0, True)) == "cap_setuid=ep"
    assert read(written(held)) == held
    assert read("cap_net_raw,cap_net_admin+ep") == Capabilities(1 << 12 | 1 << 13, 0, True)
    assert read("=ep") == Capabilities((1 << 41) - 1, 0, True)


@pytest.mark.parametrize("text", ["cap_setuid", "cap_none=ep", "/usr/bin/x cap_setuid=ep", "99=p", "cap_setuid=x"])
def test_what_is_none(text):
    """It is no capability, and no exception."""
    assert read(text) is None


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), st.booleans())
def test_every_mask_is_written_and_read(permitted, inheritable, effective):
    """Also bits that have no name yet."""
    held = Capabilities(permitted, inheritable, effective and bool(permitted | inheritable))
    assert read(written(held)) == held
