"""The names of capabilities, and how getcap(8) writes those of a file.

Sources: include/uapi/linux/capability.h of Linux, cap_text_formats(7).
"""

from __future__ import annotations

import re
from typing import Final

from casemate.model.host import Capabilities

_NAMES: Final = (
    "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service "
    "net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin "
    "sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override "
    "mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
)
_ORDER: Final = _NAMES.split()  # by their bits
_CLAUSE = re.compile(r"(?P<names>[a-z0-9_,]*)(?P<sign>[=+])(?P<flags>[eip]*)")


def names(mask: int) -> tuple[str, ...]:
    """The capabilities of a bit mask, by their bits: "cap_setuid". One without a name is its number."""
    bits = range(mask.bit_length())
    return tuple(f"cap_{_ORDER[bit]}" if bit < len(_ORDER) else str(bit) for bit in bits if mask >> bit & 1)


def written(held: Capabilities) -> str:
    """As getcap(8) writes them: "cap_net_raw=ep", with a blank between those that are held in another way."""
    out: dict[str, list[str]] = {}
    for name in names(held.permitted | held.inheritable):
        bit = 1 << (_ORDER.index(name[4:]) if name.startswith("cap_") else int(name))
        flags = "e" * held.effective + "i" * bool(held.inheritable & bit) + "p" * bool(held.permitted & bit)
        out.setdefault(flags, []).append(name)
    return " ".join(f"{','.join(those)}={flags}" for flags, those in out.items())


def read(text: str) -> Capabilities | None:
    """What such a text says; None when it is none. A "+" is written by older versions."""
    permitted = inheritable = 0
    effective = False
    for clause in text.split():
        found = _CLAUSE.fullmatch(clause)
        if found is None:
            return None
        mask = 0
        for name in found["names"].split(",") if found["names"] not in ("", "all") else (f"cap_{n}" for n in _ORDER):
            if name.removeprefix("cap_") in _ORDER:
                mask |= 1 << _ORDER.index(name.removeprefix("cap_"))
            elif name.isdecimal() and int(name) < 64:
                mask |= 1 << int(name)
            else:
                return None
        permitted |= mask if "p" in found["flags"] else 0
        inheritable |= mask if "i" in found["flags"] else 0
        effective = effective or "e" in found["flags"]
    return Capabilities(permitted, inheritable, effective)
