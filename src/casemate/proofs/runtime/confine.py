"""What a process does to itself before it runs a line of the target: limits, Landlock, a seccomp filter. None can be undone.

Constants are those of linux/landlock.h, linux/prctl.h, linux/seccomp.h and linux/capability.h. Standard library only,
Python 3.7 and later.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct

TYPE_CHECKING = False  # `typing` and `collections` cost a tenth of an interpreter's start
if TYPE_CHECKING:
    from collections.abc import Iterable

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_PR_CAPBSET_DROP, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 24, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_MAKE_DEVICES = 1 << 6 | 1 << 11
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_NET_TCP = 3  # bind, connect
_SCOPES = 3  # abstract sockets, signals

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def _check(what: str, result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def _syscall(what: str, number: int, *arguments: object) -> int:
    return _check(what, _libc.syscall(ctypes.c_long(number), *arguments))


def prctl(option: int, value: int = 0, second: int = 0) -> None:
    """Set a property of this process. Raises OSError."""
    words = [ctypes.c_ulong(word) for word in (value, second, 0, 0)]
    _check("prctl", _libc.prctl(ctypes.c_int(option), *words))


def landlock_abi() -> int:
    """The version of Landlock that the kernel has; 0 for none."""
    try:
        return _syscall("landlock", _CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except OSError:
        return 0


def landlock(readable: Iterable[str], writable: Iterable[str], *, tcp: bool) -> int:
    """Leave these places and nothing else, and keep signals and abstract sockets within; which version did it, 0 for none.

    A place that is not there is left out. tcp: whether TCP stays (the network is closed by another wall).
    """
    abi = min(landlock_abi(), 6)
    if abi == 0:
        return 0
    handled = (1 << 13) - 1
    handled |= (abi >= 2) * _REFER | (abi >= 3) * _TRUNCATE | (abi >= 5) * _IOCTL_DEV
    fields = [handled]
    if abi >= 4:
        fields.append(0 if tcp else _NET_TCP)
    if abi >= 6:
        fields.append(_SCOPES)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _syscall(
        "landlock_create_ruleset", _CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)
    )
    try:
        for place in readable:
            _allow(ruleset, place, (_EXECUTE | _READ_FILE | _READ_DIR) & handled)
        for place in writable:
            _allow(ruleset, place, handled & ~_MAKE_DEVICES)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        _syscall("landlock_restrict_self", _RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return abi


def _allow(ruleset: int, place: str, access: int) -> None:
    try:
        at = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(f"/proc/self/fd/{at}") and not os.path.isdir(place):
            access &= _OF_FILES
        rule = struct.pack("=Qi", access, at)
        _syscall(
            "landlock_add_rule", _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0)
        )
    finally:
        os.close(at)


def seccomp(program: bytes) -> None:
    """Apply a filter to this process and all that it starts. program: of struct sock_filter. Raises OSError."""
    held = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(held)))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(header))


def no_capabilities() -> None:
    """Drop every capability, also those that a program could get back. Raises OSError."""
    with open("/proc/sys/kernel/cap_last_cap", "rb") as file:
        last = int(file.read())
    for number in range(last + 1):
        try:
            prctl(_PR_CAPBSET_DROP, number)
        except OSError:
            break  # without CAP_SETPCAP there is none to drop
    try:
        prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    except OSError:
        pass
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _check("capset", _libc.capset(header, bytes(24)))


def limit(bounds: Iterable[tuple[int, int]]) -> None:
    """Set limits, soft and hard, as (resource, bound); never above what the process was given."""
    for kind, bound in bounds:
        soft = bound
        if kind == resource.RLIMIT_CPU:
            bound += 1  # so that the signal says which limit it was
        given = resource.getrlimit(kind)[1]
        if given != resource.RLIM_INFINITY:
            soft, bound = min(soft, given), min(bound, given)
        resource.setrlimit(kind, (soft, bound))
