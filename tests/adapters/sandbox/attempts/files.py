"""Attempts on the machine's files.

Runs inside a sandbox and outside (`run.py`): Python 3.7 and later, standard library only.
"""

import ctypes
import glob
import os
import struct

from common import attempt, call, has_secret


@attempt("files")
def read_by_path(bait):
    return has_secret(bait["path"], bait)


@attempt("files")
def read_by_a_relative_path(bait):
    return has_secret("../" * 12 + bait["path"], bait)


@attempt("files")
def read_by_proc_self_root(bait):
    return has_secret("/proc/self/root" + bait["path"], bait)


@attempt("files")
def read_by_proc_self_cwd(bait):
    return has_secret("/proc/self/cwd/" + "../" * 12 + bait["path"], bait)


@attempt("files", "")
def read_by_the_first_process(bait):
    return has_secret("/proc/1/root" + bait["path"], bait)


@attempt("files")
def read_by_the_parent_process(bait):
    return has_secret(f"/proc/{os.getppid()}/root" + bait["path"], bait)


@attempt("files")
def read_by_the_root_of_any_process(bait):
    return any_process("/proc/%s/root" + bait["path"], bait)


@attempt("files")
def read_by_an_open_file_of_any_process(bait):
    return any_process("/proc/%s/fd/*", bait)


@attempt("files")
def read_the_environment_of_any_process(bait):
    return any_process("/proc/%s/environ", bait)


@attempt("files")
def read_the_folder_of_any_process(bait):
    return any_process("/proc/%s/cwd/secret.txt", bait)


def any_process(pattern, bait):
    for pid in [str(bait["victim"]), *filter(str.isdigit, os.listdir("/proc"))]:
        for path in glob.glob(pattern % pid):
            try:
                if os.path.isfile(path) and has_secret(path, bait):
                    return True
            except OSError:
                continue
    return False


@attempt("files")
def see_the_machines_processes(bait):
    for path in glob.glob("/proc/*/cmdline"):
        with open(path, "rb") as file:
            if bait["marker"].encode() in file.read():
                return True
    return False


@attempt("files")
def read_by_a_symbolic_link(bait):
    os.symlink(bait["path"], "result/link")
    return has_secret("result/link", bait)


@attempt("files")
def read_by_a_hard_link(bait):
    where = os.path.join(os.environ["TMPDIR"], "hard")
    os.link(bait["path"], where)
    return has_secret(where, bait)


@attempt("files")
def list_a_folder(bait):
    return bool(os.listdir(bait["folder"]))


@attempt("files")
def read_shared_memory_by_path(bait):
    return has_secret(bait["shared"], bait)


@attempt("files")
def read_shared_memory_by_key(bait):
    number = call("shmget", bait["key"], 4096, 0)
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    where = libc.shmat(ctypes.c_int(number), None, 0)
    return bait["secret"].encode() in ctypes.string_at(where, 64)


@attempt("files", "root")
def read_the_shadow_file(bait):
    with open("/etc/shadow") as file:
        return "root:" in file.read()


@attempt("files")
def a_handle_of_a_file(bait):
    handle = ctypes.create_string_buffer(struct.pack("=Ii", 128, 0) + bytes(128))
    return call("name_to_handle_at", -100, bait["path"].encode(), handle, ctypes.byref(ctypes.c_int()), 0) == 0


@attempt("files")
def write_by_path(bait):
    with open(bait["path"], "r+") as file:
        return file.write(bait["secret"]) > 0


@attempt("files")
def truncate_by_path(bait):
    os.truncate(bait["spare"], 1)
    return True


@attempt("files")
def remove_by_path(bait):
    os.unlink(bait["spare_too"])
    return True


@attempt("files")
def rename_out(bait):
    os.rename(bait["spare_three"], os.path.join(os.environ["TMPDIR"], "moved"))
    return True


@attempt("files")
def change_the_mode(bait):
    os.chmod(bait["path"], 0o604)
    return True


@attempt("files")
def change_the_owner(bait):
    os.chown(bait["path"], os.getuid(), os.getgid())
    return True


@attempt("files")
def change_the_times(bait):
    os.utime(bait["path"], (1, 1))
    return True


@attempt("files", "")
def set_an_attribute(bait):
    os.setxattr(bait["path"], "user.casemate", b"1")
    return True


@attempt("files")
def make_a_file(bait):
    with open(os.path.join(bait["folder"], "made"), "w"):
        return True


@attempt("files")
def make_a_folder(bait):
    os.mkdir(os.path.join(bait["folder"], "made too"))
    return True


@attempt("files")
def make_a_pipe(bait):
    os.mkfifo(os.path.join(bait["folder"], "made three"))
    return True


@attempt("files")
def watch_a_folder(bait):
    return call("inotify_add_watch", call("inotify_init1", 0), bait["folder"].encode(), 0x100) >= 0


@attempt("files", "root")
def watch_everything(bait):
    return call("fanotify_init", 0, 0) >= 0


@attempt("files")
def read_sys(bait):
    return bool(os.listdir("/sys/class"))


@attempt("files", "root")
def write_a_setting_of_the_kernel(bait):
    with open("/proc/sys/kernel/core_pattern", "r+") as file:
        value = file.read()
        file.seek(0)
        return file.write(value) > 0


@attempt("files", "root")
def open_any_setting_of_the_kernel(bait):
    for top, _, names in os.walk("/proc/sys"):
        for name in names:
            try:
                os.close(os.open(os.path.join(top, name), os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                continue
            return True
    return False


@attempt("files", "root")
def open_any_file_of_the_kernel(bait):
    for name in os.listdir("/proc"):
        if not name.isdigit() and os.path.isfile("/proc/" + name):
            try:
                os.close(os.open("/proc/" + name, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                continue
            return True
    return False


@attempt("files", "")
def open_the_system_requests(bait):
    return os.open("/proc/sysrq-trigger", os.O_WRONLY) >= 0


@attempt("files", "root")
def open_a_disk(bait):
    found = [
        path for path in glob.glob("/dev/*") if os.path.exists(path) and os.stat(path).st_mode & 0o170000 == 0o060000
    ]
    return bool(found) and bool([os.open(path, os.O_RDONLY) for path in found[:1]])


@attempt("files", "root")
def make_a_device(bait):
    where = os.path.join(os.environ["TMPDIR"], "device")
    os.mknod(where, 0o600 | 0o020000, os.makedev(1, 5))
    with open(where, "rb") as file:
        return file.read(4) == bytes(4)


@attempt("files", "root")
def read_the_kernels_messages(bait):
    with open("/dev/kmsg", "rb"):
        return True
