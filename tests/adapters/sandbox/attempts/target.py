"""Attempts on the target, which is lent read-only.

Runs inside a sandbox and outside (`run.py`): Python 3.7 and later, standard library only.
"""

import mmap
import os

from common import attempt


@attempt("target")
def write_to_the_target(bait):
    with open(bait["target"] + "/module.py", "a") as file:
        return file.write("#") > 0


@attempt("target")
def remove_from_the_target(bait):
    os.unlink(bait["target"] + "/other.py")
    return True


@attempt("target")
def add_to_the_target(bait):
    with open(bait["target"] + "/sitecustomize.py", "w"):
        return True


@attempt("target")
def change_a_mode_in_the_target(bait):
    os.chmod(bait["target"] + "/module.py", 0o777)
    return True


@attempt("target")
def change_times_in_the_target(bait):
    os.utime(bait["target"] + "/module.py", (1, 1))
    return True


@attempt("target")
def write_to_a_pipe_in_the_target(bait):
    return os.write(os.open(bait["target"] + "/f", os.O_WRONLY | os.O_NONBLOCK), b"x") == 1


@attempt("target")
def map_the_target_for_writing(bait):
    with open(bait["target"] + "/module.py", "r+b") as file:
        mmap.mmap(file.fileno(), 0)[0:1] = b"#"
    return True


@attempt("target")
def reopen_the_target_for_writing(bait):
    with open(bait["target"] + "/module.py") as file:
        return os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDWR) >= 0


@attempt("target", "")
def write_to_the_interpreter(bait):
    return os.open(os.path.join(os.path.dirname(os.__file__), "casemate-probe.py"), os.O_WRONLY | os.O_CREAT) >= 0
