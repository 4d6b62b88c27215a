"""CPU, wall time and memory of real process trees."""

import sys
from textwrap import dedent

from measure import run, tree

BUSY = "import time\nwhile time.process_time() < {seconds}: pass\n"


def python(code: str) -> list[str]:
    """A command that runs this code."""
    return [sys.executable, "-S", "-c", dedent(code)]


def test_cpu_time_counts_the_children():
    """Two children that compute 0.2 s each cost their parent's account at least 0.4 s."""
    code = f"""
        import subprocess, sys
        children = [subprocess.Popen([sys.executable, "-S", "-c", {BUSY.format(seconds=0.2)!r}]) for _ in range(2)]
        for child in children:
            child.wait()
        """
    assert run(python(code), timeout=30).cpu >= 0.4


def test_a_waiting_process_costs_wall_time_only():
    """Waiting 0.3 s costs wall time, and hardly any CPU time."""
    done = run(python("import select; select.select([], [], [], 0.3)"), timeout=30)
    assert done.wall >= 0.3
    assert done.cpu < 0.3


def test_memory_is_that_of_the_whole_tree():
    """A parent and a child that hold 60 MB each peak at 120 MB or more."""
    hold = "kept = b'x' * 60_000_000\n"
    code = f"""
        import subprocess, sys
        {hold.strip()}
        subprocess.run([sys.executable, "-S", "-c", {(hold + BUSY.format(seconds=0.2))!r}])
        """
    assert 120e6 <= run(python(code), timeout=30).peak < 400e6


def test_the_tree_is_killed_at_the_time_limit():
    """A command that does not end is stopped with its children, and the run says so."""
    code = "import subprocess; subprocess.run(['sleep', '60'])"
    done = run(python(code), timeout=0.3)
    assert done.timed_out
    assert done.code == -9
    assert done.wall < 10


def test_the_last_error_line_is_kept():
    """Exit code and last line of stderr come back; what is written to stdout does not matter."""
    done = run(python("import sys; print('x' * 100000); sys.exit('first\\nlast\\n')"), timeout=30)
    assert (done.code, done.error, done.timed_out) == (1, "last", False)


def test_a_process_that_is_gone_has_no_children():
    """Sampling goes on when a process ends between the listing and the reading: the time limit depends on it."""
    ended = 2**22 + 1  # above the kernel's largest process id
    assert tree(ended) == [ended]
