"""The filter on system calls, assembled here: what the kernel is not even asked inside a sandbox.

Programs are arrays of struct sock_filter (linux/filter.h) over struct seccomp_data (linux/seccomp.h). What is not refused is
allowed, up to the last call that was known when this was written; calls that came later do not exist inside.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from errno import EACCES, EAFNOSUPPORT, ENOSYS, EPERM
from typing import Literal

from casemate.adapters.sandbox.syscalls import AUDIT_ARCHITECTURE, LAST_KNOWN, NUMBERS

_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_BITS, _AND, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000

_NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_TERMINAL = (0x5412, 0x541C, 0x5423)  # TIOCSTI, TIOCLINUX, TIOCSETD
_FILE_FLAGS = (0x40086602, 0x40046602, 0x401C5820)  # FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10
_SOCK_DGRAM, _SOCK_RAW, _SOCK_PACKET, _SOCK_TYPE = 2, 3, 10, 0xF


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """What an argument must be for the refusal to apply: the lower half of it, and mask first."""

    argument: int
    is_: Literal["in", "not in", "has bits", "set"]
    values: tuple[int, ...] = ()
    mask: int = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A call that is answered with an error, always or where the test applies."""

    calls: tuple[str, ...]
    errno: int = EPERM
    test: Test | None = None


_ALWAYS = (
    # Answered thus, the C library falls back to clone, whose flags can be looked at.
    Refusal(calls=("clone3", "io_uring_setup", "io_uring_enter", "io_uring_register"), errno=ENOSYS),
    Refusal(calls=("clone",), test=Test(argument=0, is_="has bits", values=(_NEW_NAMESPACES,))),
    Refusal(calls=("unshare", "setns")),
    Refusal(calls=("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd")),
    Refusal(calls=("process_madvise", "process_mrelease", "migrate_pages", "move_pages")),
    Refusal(calls=("add_key", "request_key", "keyctl")),
    Refusal(calls=("mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "mount_setattr")),
    Refusal(calls=("fsopen", "fsconfig", "fsmount", "fspick", "statmount", "listmount")),
    Refusal(calls=("bpf", "perf_event_open", "userfaultfd", "memfd_secret", "syslog", "lookup_dcookie")),
    Refusal(calls=("kexec_load", "kexec_file_load", "reboot", "init_module", "finit_module", "delete_module")),
    Refusal(calls=("swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "nfsservctl", "uselib", "ustat", "sysfs")),
    Refusal(calls=("sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex")),
    Refusal(calls=("open_by_handle_at", "name_to_handle_at", "fanotify_init", "fanotify_mark")),
    Refusal(calls=("vhangup", "iopl", "ioperm", "modify_ldt", "_sysctl")),
    Refusal(calls=("ioctl",), test=Test(argument=1, is_="in", values=_TERMINAL)),
    Refusal(calls=("prlimit64",), test=Test(argument=0, is_="not in", values=(0,))),
    # A pair is connected for good, but for one of datagrams, which can be turned to any socket in the file system.
    Refusal(calls=("socketpair",), errno=EACCES, test=Test(argument=0, is_="not in", values=(_AF_UNIX,))),
    Refusal(
        calls=("socketpair",),
        errno=EACCES,
        test=Test(argument=1, is_="in", values=(_SOCK_DGRAM, _SOCK_RAW), mask=_SOCK_TYPE),
    ),
)
_NETWORK_OF_ITS_OWN = (
    # No local sockets either: what is lent read-only may hold one, and connecting to it is no writing.
    Refusal(calls=("socket",), errno=EAFNOSUPPORT, test=Test(argument=0, is_="not in", values=(_AF_INET, _AF_INET6))),
    Refusal(calls=("socket",), test=Test(argument=1, is_="in", values=(_SOCK_RAW, _SOCK_PACKET), mask=_SOCK_TYPE)),
)
_NO_NAMESPACES = (
    # Landlock knows of TCP alone, and of no socket in the file system: there are none at all but connected pairs.
    Refusal(calls=("socket", "connect", "bind"), errno=EACCES),
    Refusal(calls=("sendto",), errno=EACCES, test=Test(argument=4, is_="set")),
    # What the machine shares between processes by number or name, and Landlock does not know of.
    Refusal(calls=("shmget", "semget", "msgget", "mq_open", "mq_unlink")),
    Refusal(calls=("inotify_init", "inotify_init1", "inotify_add_watch")),
    # Others' processes of the same account.
    Refusal(calls=("setpriority", "ioprio_set"), test=Test(argument=0, is_="not in", values=(0, 1))),
    Refusal(calls=("setpriority", "ioprio_set"), test=Test(argument=1, is_="set")),
    Refusal(
        calls=("sched_setparam", "sched_setscheduler", "sched_setaffinity", "sched_setattr"),
        test=Test(argument=0, is_="set"),
    ),
    # All of a run stays in one process group, and is ended by one signal.
    Refusal(calls=("setsid", "setpgid")),
)
_SHARED_ACCOUNT = (  # Landlock does not look at what changes a file without writing to it
    Refusal(calls=("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat")),
    Refusal(calls=("utime", "utimes", "futimesat", "utimensat")),
    Refusal(calls=("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr")),
    Refusal(calls=("ioctl",), test=Test(argument=1, is_="in", values=_FILE_FLAGS)),
)


_MEMORY_FILES = (Refusal(calls=("memfd_create",), errno=ENOSYS),)  # a watchdog does not see what they hold


def refusals(*, namespaces: bool, shared_account: bool, memory_files: bool) -> tuple[Refusal, ...]:
    """What is refused. namespaces: the run has its own of every kind. shared_account: files of the machine are its account's.
    memory_files: whether files that are only memory count towards a limit."""
    return (
        *_ALWAYS,
        *(_NETWORK_OF_ITS_OWN if namespaces else _NO_NAMESPACES),
        *(_SHARED_ACCOUNT if shared_account else ()),
        *(() if memory_files else _MEMORY_FILES),
    )


def program(machine: str, refused: tuple[Refusal, ...]) -> bytes:
    """The filter's program. machine: as uname names it. Raises KeyError for one that is not known."""
    numbers = NUMBERS[machine]
    code = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JUMP_EQUAL, AUDIT_ARCHITECTURE[machine], yes=1),
        _instruction(_RETURN, _KILL_PROCESS),  # another architecture has other numbers
        _instruction(_LOAD, _NUMBER),
        _instruction(_JUMP_ABOVE, LAST_KNOWN, no=1),  # x32's are all above it
        _instruction(_RETURN, _ERRNO | ENOSYS),
    ]
    for refusal in refused:
        for call in refusal.calls:
            if call in numbers:
                body = list(_body(refusal))
                code += [_instruction(_JUMP_EQUAL, numbers[call], no=len(body)), *body]
    code.append(_instruction(_RETURN, _ALLOW))
    return b"".join(code)


def _body(refusal: Refusal) -> Iterator[bytes]:
    """What follows once the number is the call's: the error, or the test and then on with the number loaded again."""
    error = _instruction(_RETURN, _ERRNO | refusal.errno)
    test = refusal.test
    if test is None:
        yield error
        return
    low = _ARGUMENTS + 8 * test.argument  # both architectures have the lower half first
    yield _instruction(_LOAD, low)
    if test.is_ == "set":
        yield _instruction(_JUMP_EQUAL, 0, no=2)
        yield _instruction(_LOAD, low + 4)
        yield _instruction(_JUMP_EQUAL, 0, yes=1)
    else:
        if test.mask != 0xFFFFFFFF:
            yield _instruction(_AND, test.mask)
        jump = _JUMP_BITS if test.is_ == "has bits" else _JUMP_EQUAL
        for at, value in enumerate(test.values, 1):
            left = len(test.values) - at  # tests still to come
            if test.is_ == "not in":
                yield _instruction(jump, value, yes=left + 1)
            else:
                yield _instruction(jump, value, yes=left, no=0 if left else 1)
    yield error
    yield _instruction(_LOAD, _NUMBER)


def _instruction(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
