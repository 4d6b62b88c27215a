"""What attempts share: the list, system calls by number, and the look for the secret.

Runs inside a sandbox and outside (`run.py`): Python 3.7 and later, standard library only.
"""

import ctypes
import platform

ATTEMPTS = {}
NUMBERS = {
    "x86_64": {
        "ptrace": 101, "process_vm_readv": 310, "kcmp": 312, "unshare": 272, "clone": 56, "clone3": 435, "setns": 308,
        "mount": 165, "add_key": 248, "keyctl": 250, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
        "io_uring_setup": 425, "kexec_load": 246, "init_module": 175, "pidfd_open": 434, "pidfd_getfd": 438,
        "pidfd_send_signal": 424, "name_to_handle_at": 303, "syslog": 103, "fanotify_init": 300, "inotify_add_watch": 254,
        "inotify_init1": 294, "open_tree": 428, "tgkill": 234, "shmget": 29, "shmat": 30, "fsopen": 430, "ioprio_set": 251,
        "mknod": 133, "swapon": 167, "process_madvise": 440, "sethostname": 170, "modify_ldt": 154, "move_mount": 429,
    },
    "aarch64": {
        "ptrace": 117, "process_vm_readv": 270, "kcmp": 272, "unshare": 97, "clone": 220, "clone3": 435, "setns": 268,
        "mount": 40, "add_key": 217, "keyctl": 219, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282,
        "io_uring_setup": 425, "kexec_load": 104, "init_module": 105, "pidfd_open": 434, "pidfd_getfd": 438,
        "pidfd_send_signal": 424, "name_to_handle_at": 264, "syslog": 116, "fanotify_init": 262, "inotify_add_watch": 27,
        "inotify_init1": 26, "open_tree": 428, "tgkill": 131, "shmget": 194, "shmat": 196, "fsopen": 430, "ioprio_set": 30,
        "swapon": 224, "process_madvise": 440, "sethostname": 161, "move_mount": 429,
    },
}  # fmt: skip
NEW_USER, NEW_NET, NEW_NS = 0x10000000, 0x40000000, 0x00020000


def attempt(family, control="any"):
    """Put a function on the list."""

    def add(act):
        ATTEMPTS[f"{family}: {act.__name__.replace('_', ' ').strip()}"] = (act, control)
        return act

    return add


def call(name, *arguments):
    """A system call; raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    result = libc.syscall(ctypes.c_long(NUMBERS[platform.machine()][name]), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def has_secret(path, bait):
    with open(path, "rb") as file:
        return bait["secret"].encode() in file.read(1 << 16)
