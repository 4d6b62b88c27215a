"""What runs in the sandbox: a case's tests and its check, each in a process of its own. Standard library, Python 3.7 or later.

    python inside.py FOLDER:MODULE:FUNCTIONS …

FUNCTIONS is "violated", or "tests" for every function called test_…. One line of JSON for each: folder, module, and how it ended.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys

SECONDS = 20


def one(folder: str, module: str, wanted: str) -> str:
    """How it ended: "violated", "holds", "passed", "failed: …", "broken: …"."""
    sys.path[:0] = [os.path.abspath(folder)]
    try:
        loaded = importlib.import_module(module)
    except BaseException as error:
        return "broken: " + repr(error)[:300]
    if wanted == "violated":
        try:
            return "violated" if loaded.violated() is True else "holds"
        except BaseException as error:
            return "broken: " + repr(error)[:300]
    names = [name for name in vars(loaded) if name.startswith("test_") and callable(getattr(loaded, name))]
    for name in names:
        try:
            getattr(loaded, name)()
        except BaseException as error:
            return "failed: " + name + ": " + repr(error)[:300]
    return "passed" if names else "broken: no tests"


def apart(folder: str, module: str, wanted: str) -> str:
    """The same in a process of its own, without its output."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        signal.alarm(SECONDS)
        told = one(folder, module, wanted)
        os.write(writing, told.encode("utf-8", "replace"))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    status = os.waitpid(child, 0)[1]
    return said if status == 0 and said else f"broken: it ended with status {status}"


def main() -> None:
    """Run all that was asked for."""
    sys.dont_write_bytecode = True
    for asked in sys.argv[1:]:
        folder, module, wanted = asked.split(":")
        sys.stdout.write(json.dumps([folder, module, apart(folder, module, wanted)]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
