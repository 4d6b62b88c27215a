"""Attempts by the kernel's less used doors, and by what is inherited.

Runs inside a sandbox and outside (`run.py`): Python 3.7 and later, standard library only.
"""

import ctypes
import fcntl
import os
import struct

from common import attempt, call


@attempt("kernel")
def a_key(bait):
    return call("add_key", b"user", b"casemate", b"x", 1, -1) > 0


@attempt("kernel")
def the_keyring_of_the_session(bait):
    return call("keyctl", 0, -3, 1) > 0


@attempt("kernel")
def see_the_keys(bait):
    with open("/proc/keys") as file:
        return bool(file.read()) or bait["outside"]


@attempt("kernel", "root")
def a_program_in_the_kernel(bait):
    return call("bpf", 0, struct.pack("=5I", 2, 4, 4, 1, 0) + bytes(100), 72) >= 0


@attempt("kernel", "root")
def a_performance_event(bait):
    attributes = bytearray(112)
    struct.pack_into("=IIQ", attributes, 0, 1, 112, 0)
    return call("perf_event_open", bytes(attributes), 0, -1, -1, 0) >= 0


@attempt("kernel", "root")
def faults_in_user_space(bait):
    return call("userfaultfd", 0) >= 0


@attempt("kernel", "")
def a_ring_of_calls(bait):
    return call("io_uring_setup", 2, ctypes.create_string_buffer(120)) >= 0


@attempt("kernel", "")
def a_kernel_to_start(bait):
    return call("kexec_load", 0, 0, None, 0) == 0


@attempt("kernel", "")
def a_module(bait):
    call("init_module", b"", 0, b"")
    return True


@attempt("kernel", "root")
def the_log(bait):
    return call("syslog", 10, None, 0) >= 0


@attempt("kernel", "root")
def input_to_a_terminal(bait):
    _first, second = os.openpty()
    return fcntl.ioctl(second, 0x5412, b"x") is not None


@attempt("kernel", "")
def the_terminal(bait):
    return os.open("/dev/tty", os.O_RDWR) >= 0


@attempt("inherited")
def a_descriptor(bait):
    for number in range(3, 256):
        try:
            if bait["secret"].encode() in os.pread(number, 4096, 0):
                return True
        except OSError:
            continue
    return False


@attempt("inherited")
def a_variable(bait):
    return bait["secret"] in os.environ.values()


@attempt("inherited")
def the_session_of_the_terminal(bait):
    return os.getsid(0) == bait["session"]
