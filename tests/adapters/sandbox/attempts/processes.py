"""Attempts on other processes, the supervisor among them.

Runs inside a sandbox and outside (`run.py`): Python 3.7 and later, standard library only.
"""

import ctypes
import fcntl
import os
import resource
import signal
import struct

from common import attempt, call


@attempt("processes")
def signal_a_process(bait):
    os.kill(bait["victim"], signal.SIGWINCH)
    return True


@attempt("processes", "")
def signal_all_processes(bait):
    os.kill(-1, signal.SIGWINCH)
    return False  # whether it arrived is seen outside


@attempt("processes")
def signal_a_thread(bait):
    return call("tgkill", bait["victim"], bait["victim"], signal.SIGWINCH) == 0


@attempt("processes")
def signal_by_a_descriptor(bait):
    return call("pidfd_send_signal", call("pidfd_open", bait["victim"], 0), signal.SIGWINCH, None, 0) == 0


@attempt("processes")
def a_signal_for_input(bait):
    reading, writing = os.pipe()
    fcntl.fcntl(reading, fcntl.F_SETOWN, bait["victim"])
    fcntl.fcntl(reading, fcntl.F_SETSIG if hasattr(fcntl, "F_SETSIG") else 10, signal.SIGWINCH)
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writing, b"x")
    return bait["outside"]  # whether it arrived is seen outside


@attempt("processes")
def trace_a_process(bait):
    return call("ptrace", 0x4206, bait["victim"], 0, 0) == 0


@attempt("processes")
def trace_the_parent(bait):
    return call("ptrace", 0x4206, os.getppid(), 0, 0) == 0


@attempt("processes")
def read_anothers_memory(bait):
    buffer = ctypes.create_string_buffer(64)
    mine = struct.pack("=QQ", ctypes.addressof(buffer), 64)
    theirs = struct.pack("=QQ", bait["where"], 64)
    return call("process_vm_readv", bait["victim"], mine, 1, theirs, 1, 0) > 0 and bait["secret"].encode() in buffer.raw


@attempt("processes")
def read_anothers_memory_by_proc(bait):
    with open("/proc/%d/mem" % bait["victim"], "rb", 0) as file:
        file.seek(bait["where"])
        return bait["secret"].encode() in file.read(64)


@attempt("processes")
def write_the_supervisors_memory(bait):
    pid = bait["supervisor"] or os.getppid()
    return os.open(f"/proc/{pid}/mem", os.O_RDWR) >= 0


@attempt("processes")
def take_the_supervisors_descriptors(bait):
    pid = bait["supervisor"] or os.getppid()
    return any(os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd"))


@attempt("processes")
def take_anothers_descriptor(bait):
    return call("pidfd_getfd", call("pidfd_open", bait["victim"], 0), 0, 0) >= 0


@attempt("processes")
def compare_with_another(bait):
    return call("kcmp", os.getpid(), bait["victim"], 1, 0, 0) >= 0


@attempt("processes")
def slow_down_another(bait):
    os.setpriority(os.PRIO_PROCESS, bait["victim"], 5)
    return True


@attempt("processes", "")
def slow_down_the_account(bait):
    os.setpriority(os.PRIO_USER, os.getuid(), os.getpriority(os.PRIO_USER, os.getuid()))
    return bait["outside"] or os.path.exists("/proc/%d" % bait["victim"])


@attempt("processes")
def bind_another_to_a_core(bait):
    os.sched_setaffinity(bait["victim"], {min(os.sched_getaffinity(0))})
    return True


@attempt("processes")
def limit_another(bait):
    resource.prlimit(bait["victim"], resource.RLIMIT_CORE, (0, 0))
    return True


@attempt("processes")
def input_and_output_priority_of_another(bait):
    return call("ioprio_set", 1, bait["victim"], 2 << 13 | 4) == 0
