"""What a process does to itself: with every version of Landlock up to this kernel's, and with none."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casemate.proofs.runtime import confine

PACKAGE = str(Path(confine.__file__).parent)
HERE = confine.landlock_abi()
START = f"""
import sys
m = type(sys)("casemate_runtime"); m.__path__ = [{PACKAGE!r}]; sys.modules[m.__name__] = m
from casemate_runtime import confine
"""


def confined(code: str, *arguments: str) -> list[str]:
    """The lines that a process printed which ran this after loading the module."""
    done = subprocess.run([sys.executable, "-c", START + code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("abi", range(1, 7))
def test_every_version_of_landlock(tmp_path, abi):
    """What may be read, written and listed is what was named, with as many rights as the version knows."""
    if abi > HERE:
        pytest.skip(f"this kernel has Landlock {HERE}")
    for name in ("own", "lent", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("x")
    code = """
import os
root = sys.argv[1]
confine.landlock_abi = lambda: int(sys.argv[2])
print(confine.landlock(["/usr", root + "/lent", "/not/there", root + "/lent/file"], [root + "/own", "/dev/null"], tcp=False))
def attempt(name, act):
    try:
        act()
        print(name, "done")
    except OSError as error:
        print(name, type(error).__name__)
for place in ("own", "lent", "other"):
    attempt("read " + place, lambda: open(f"{root}/{place}/file").close())
    attempt("write " + place, lambda: open(f"{root}/{place}/file", "a").close())
    attempt("list " + place, lambda: os.listdir(f"{root}/{place}"))
    attempt("make " + place, lambda: os.mkdir(f"{root}/{place}/made"))
    attempt("remove " + place, lambda: os.unlink(f"{root}/{place}/file"))
attempt("null", lambda: open("/dev/null", "w").close())
attempt("above", lambda: os.listdir(root))
"""
    acts = ("read", "write", "list", "make", "remove")
    assert confined(code, str(tmp_path), str(abi)) == [
        str(abi),
        *(f"{act} own done" for act in acts),
        "read lent done",
        "write lent PermissionError",
        "list lent done",
        "make lent PermissionError",
        "remove lent PermissionError",
        *(f"{act} other PermissionError" for act in acts),
        "null done",
        "above PermissionError",
    ]


def test_a_kernel_without_landlock(tmp_path):
    """Is told, and nothing else happens."""
    code = (
        "confine.landlock_abi = lambda: 0\nprint(confine.landlock([], [], tcp=False))\nprint(open(sys.argv[1]).read())"
    )
    (tmp_path / "file").write_text("still there")
    assert confined(code, str(tmp_path / "file")) == ["0", "still there"]


def test_limits_go_down_only():
    """A limit above what was given stays what was given, and that of processor time has a second in which to say so."""
    code = f"""
import resource
confine.limit([({resource.RLIMIT_NOFILE}, 50), ({resource.RLIMIT_CPU}, 7)])
confine.limit([({resource.RLIMIT_NOFILE}, 500)])
print(resource.getrlimit({resource.RLIMIT_NOFILE}), resource.getrlimit({resource.RLIMIT_CPU}))
"""
    assert confined(code) == ["(50, 50) (7, 8)"]


def test_no_capability_is_left():
    """Nor one that could come back."""
    code = "confine.no_capabilities()\nprint(*[l.split()[1] for l in open('/proc/self/status') if l.startswith('Cap')])"
    (line,) = confined(code)
    inheritable, permitted, effective, bounding, ambient = (int(word, 16) for word in line.split())
    assert (inheritable, permitted, effective, ambient) == (0, 0, 0, 0)
    assert bounding == 0 or os.getuid() != 0


def test_a_process_that_is_not_to_be_read():
    """The supervisor cannot be looked into by its own account without the capability to."""
    code = """
import os
confine.prctl(confine.PR_SET_DUMPABLE, 0)
child = os.fork()
if child == 0:
    confine.no_capabilities()
    for name in ("mem", "environ", "fd/0"):
        try:
            os.readlink(f"/proc/{os.getppid()}/{name}") if "/" in name else os.open(f"/proc/{os.getppid()}/{name}", os.O_RDONLY)
            print(name, "opened", flush=True)
        except OSError as error:
            print(name, type(error).__name__, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""
    assert confined(code) == ["mem PermissionError", "environ PermissionError", "fd/0 PermissionError"]


def test_what_ends_with_its_parent():
    """The signal that a job is given for the death of its supervisor."""
    code = f"""
import os, time
reading, writing = os.pipe()
middle = os.fork()
if middle == 0:
    if os.fork() == 0:
        confine.prctl(confine.PR_SET_PDEATHSIG, {int(signal.SIGKILL)})
        os.write(writing, b"ready")
        time.sleep(60)
    os.read(reading, 5)
    os._exit(0)
os.close(writing)
os.waitpid(middle, 0)
print(os.read(reading, 5))
"""
    assert confined(code) == ["b''"]
