"""The filter says what it means to say, for both architectures: its program is run here as the kernel would."""

import platform
import struct
from errno import EACCES, EAFNOSUPPORT, ENOSYS, EPERM

import pytest

from casemate.adapters.sandbox.seccomp import program, refusals
from casemate.adapters.sandbox.syscalls import AUDIT_ARCHITECTURE, LAST_KNOWN, NUMBERS

ALLOW, KILL = "allow", "kill"
INSIDE = {"namespaces": True, "shared_account": False, "memory_files": True}
BARE = {"namespaces": False, "shared_account": True, "memory_files": False}
NEVER = (
    "ptrace", "process_vm_readv", "keyctl", "add_key", "request_key", "mount", "bpf", "perf_event_open", "userfaultfd",
    "kexec_load", "init_module", "finit_module", "pidfd_getfd", "open_by_handle_at", "fsopen", "move_mount", "kcmp",
)  # fmt: skip
WRITE = {"x86_64": 1, "aarch64": 64}


def verdict(code, number, *arguments, architecture):
    """What a BPF program answers to a call (linux/bpf_common.h)."""
    data = struct.pack("=iIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = [struct.unpack_from("=HBBI", code, at) for at in range(0, len(code), 8)]
    at, accumulator = 0, 0
    while True:
        operation, yes, no, value = steps[at]
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x06:
            return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(value, value & 0xFFFF)
        else:
            holds = {0x15: accumulator == value, 0x25: accumulator > value, 0x45: accumulator & value != 0}[operation]
            at += yes if holds else no


@pytest.fixture(params=sorted(NUMBERS))
def ask(request):
    """Asks a filter about a call, by name or number, on each architecture."""
    machine = request.param

    def asked(call, *arguments, **settings):
        code = program(machine, refusals(**(settings or INSIDE)))
        number = NUMBERS[machine][call] if isinstance(call, str) else call
        return verdict(code, number, *arguments, architecture=AUDIT_ARCHITECTURE[machine])

    asked.machine = machine
    return asked


@pytest.mark.parametrize("settings", [INSIDE, BARE])
def test_ordinary_calls_are_allowed(ask, settings):
    """Whatever is not named."""
    assert ask(WRITE[ask.machine], 1, **settings) == ALLOW
    assert ask("ioctl", 1, 0x5401, **settings) == ALLOW  # TCGETS
    assert ask("clone", 0x00003D0F00, **settings) == ALLOW  # a thread's flags
    assert ask("prlimit64", 0, 7, **settings) == ALLOW
    assert ask("socketpair", 1, 0x80001, **settings) == ALLOW


def test_a_foreign_architecture_ends_the_process(ask):
    """Its numbers mean other calls."""
    code = program(ask.machine, refusals(**INSIDE))
    assert verdict(code, WRITE[ask.machine], architecture=0x40000003) == KILL  # i386


def test_calls_that_came_later_do_not_exist(ask):
    """And neither does the second set of numbers of x86_64."""
    assert ask(LAST_KNOWN) == ALLOW
    assert [ask(number) for number in (LAST_KNOWN + 1, 0x40000001, 0x7FFFFFFF)] == [ENOSYS] * 3


def test_clone3_does_not_exist(ask):
    """So that clone is used, whose flags can be looked at."""
    assert [ask(call) for call in ("clone3", "io_uring_setup")] == [ENOSYS, ENOSYS]


@pytest.mark.parametrize("flag", [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000])
def test_no_new_namespace(ask, flag):
    """Of any kind, with whatever else is asked for."""
    assert ask("clone", flag | 17) == EPERM
    assert ask("unshare", flag) == EPERM
    assert ask("setns", 3, flag) == EPERM


@pytest.mark.parametrize("call", NEVER)
def test_what_nobody_needs(ask, call):
    """Is refused everywhere."""
    assert ask(call) == ask(call, **BARE) == EPERM


def test_no_input_is_put_into_a_terminal(ask):
    """TIOCSTI, however its upper half looks, which the kernel does not read either."""
    assert ask("ioctl", 0, 0x5412) == EPERM
    assert ask("ioctl", 0, 0x5412 | 1 << 32) == EPERM
    assert ask("ioctl", 0, 0x541C) == ask("ioctl", 0, 0x5423) == EPERM


def test_limits_of_others_are_left_alone(ask):
    """prlimit for oneself only."""
    assert ask("prlimit64", 4711) == EPERM


def test_sockets_where_the_network_is_ones_own(ask):
    """Internet ones; none that goes below them or around the namespace, or to a file that is lent."""
    assert [ask("socket", family, 1) for family in (2, 10)] == [ALLOW] * 2
    assert [ask("socket", family, 1) for family in (1, 16, 17, 38, 40)] == [EAFNOSUPPORT] * 5
    assert [ask("socketpair", 1, kind) for kind in (1, 2, 3, 5)] == [ALLOW, EACCES, EACCES, ALLOW]
    assert ask("socket", 2, 3 | 0x80000) == EPERM  # raw, close-on-exec
    assert ask("connect", 3) == ask("bind", 3) == ALLOW


def test_no_sockets_where_it_is_not(ask):
    """But connected pairs, which lead nowhere else."""
    assert [ask("socket", family, 1, **BARE) for family in (1, 2, 10, 16)] == [EACCES] * 4
    assert ask("connect", 3, **BARE) == ask("bind", 3, **BARE) == EACCES
    assert ask("socketpair", 1, 2, **BARE) == EACCES
    assert ask("sendto", 3, 1, 1, 0, 0, **BARE) == ALLOW
    assert ask("sendto", 3, 1, 1, 0, 0x7000, **BARE) == EACCES
    assert ask("sendto", 3, 1, 1, 0, 1 << 32, **BARE) == EACCES


def test_what_an_account_shares(ask):
    """Where files and processes of the machine are the account's own, it cannot change them by other ways than writing."""
    for call in ("fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "utimensat", "setxattr", "shmget", "mq_open"):
        assert (ask(call), ask(call, **BARE)) == (ALLOW, EPERM)
    assert ask("ioctl", 3, 0x40086602, **BARE) == EPERM  # FS_IOC_SETFLAGS
    assert [ask("setpriority", *a, **BARE) for a in ((0, 0), (0, 1), (2, 0))] == [ALLOW, EPERM, EPERM]
    assert ask("setsid", **BARE) == ask("setpgid", **BARE) == EPERM
    assert ask("memfd_create", **BARE) == ENOSYS


def test_it_fits(ask):
    """A program has at most 4096 instructions, and this one is far from it."""
    for settings in (INSIDE, BARE):
        assert len(program(ask.machine, refusals(**settings))) // 8 < 400


def test_this_machine_is_known():
    """Where the tests run, the filter's numbers are those that Python's own library uses."""
    assert platform.machine() in NUMBERS
