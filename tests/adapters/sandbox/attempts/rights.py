"""Attempts to get namespaces and rights.

Runs inside a sandbox and outside (`run.py`): Python 3.7 and later, standard library only.
"""

import ctypes
import glob
import os
import resource
import signal
import struct
import subprocess

from common import NEW_NET, NEW_NS, NEW_USER, attempt, call


@attempt("rights")
def a_user_namespace(bait):
    return call("unshare", NEW_USER) == 0


@attempt("rights", "root")
def a_network_namespace(bait):
    return call("unshare", NEW_NET) == 0


@attempt("rights", "root")
def a_mount_namespace(bait):
    return call("unshare", NEW_NS) == 0


@attempt("rights")
def a_process_in_a_user_namespace(bait):
    if call("clone", NEW_USER | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)
    return True


@attempt("rights")
def a_process_in_a_user_namespace_by_clone3(bait):
    arguments = struct.pack("=8Q", NEW_USER, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    if call("clone3", arguments, len(arguments)) == 0:
        os._exit(0)
    return True


@attempt("rights", "root")
def join_anothers_namespace(bait):
    return call("setns", os.open("/proc/%d/ns/net" % bait["victim"], os.O_RDONLY), 0) == 0


@attempt("rights", "")
def join_the_namespace_of_the_first_process(bait):
    return call("setns", os.open("/proc/1/ns/uts", os.O_RDONLY), 0) == 0


@attempt("rights", "")
def mount_a_file_system(bait):
    return call("mount", b"x", os.environ["TMPDIR"].encode(), b"tmpfs", 0, None) == 0


@attempt("rights", "")
def make_a_mount_writable(bait):
    return call("mount", None, bait["target"].encode(), None, 0x1020, None) == 0


@attempt("rights", "root")
def open_a_file_system(bait):
    return call("fsopen", b"tmpfs", 0) >= 0


@attempt("rights", "root")
def copy_a_tree_of_mounts(bait):
    return call("open_tree", -100, b"/", 1) >= 0


@attempt("rights", "root")
def change_the_root(bait):
    os.chroot(os.environ["TMPDIR"])
    return True


@attempt("rights", "")
def name_the_machine(bait):
    return call("sethostname", b"x", 1) == 0


@attempt("rights", "root")
def all_capabilities(bait):
    libc = ctypes.CDLL(None, use_errno=True)
    wanted = struct.pack("=6I", 1 << 21, 1 << 21, 0, 0, 0, 0)
    return libc.capset(struct.pack("=Ii", 0x20080522, 0), wanted) == 0


@attempt("rights", "root")
def another_account(bait):
    os.setresuid(12345, 12345, 12345)
    return True


@attempt("rights", "root")
def a_program_that_changes_the_account(bait):
    said = subprocess.run([bait["setuid"], "-u"], stdout=subprocess.PIPE, check=True).stdout
    return int(said) != os.getuid()


@attempt("rights", "")
def more_than_the_limits(bait):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))
    except ValueError:
        return False
    return True


@attempt("rights", "")
def out_of_the_control_group(bait):
    for path in glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)[:5]:
        with open(path, "w") as file:
            file.write(str(os.getpid()))
            return True
    return False
