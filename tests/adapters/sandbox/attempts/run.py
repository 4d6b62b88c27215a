"""Attempts to get out, by class: run inside every sandbox, where none may succeed, and outside, where they must.

This file is the harness itself: it runs on the target's interpreter, Python 3.7 and later, with nothing but the standard
library. An attempt gets the bait (`../bait.py`) and is true when it got out. All of them are made on what the test put
there: loopback, files and a process of the test's own.

control: who succeeds with it outside: "any", "root", or "" where a trial would change the machine or needs what few have.
"""

import errno
import json
import os
import signal
import sys

from common import ATTEMPTS

for family in ("network", "files", "target", "processes", "rights", "kernel"):
    __import__(family)


def tried(act, bait):
    """The outcome of one attempt, made in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGWINCH, signal.SIG_IGN)
        signal.alarm(10)
        try:
            words = "out" if act(bait) else "held"
        except OSError as error:
            words = "held: " + errno.errorcode.get(error.errno, type(error).__name__)
        except BaseException as error:
            words = f"broken: {type(error).__name__}: {error}"
        os.write(writing, words.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        words = file.read().decode()
    os.waitpid(child, 0)
    return words or "held: it was ended"


def case(data):
    """Try them all. data: the bait, as JSON."""
    bait = json.loads(data)
    signal.signal(signal.SIGWINCH, signal.SIG_IGN)
    bait["supervisor"] = 0 if bait["outside"] else os.getppid()
    report = claim()
    for name in sorted(ATTEMPTS):
        act, control = ATTEMPTS[name]
        if not bait["outside"] or control == "any" or (control == "root" and bait["root"]):
            report(json.dumps([name, tried(act, bait)]).encode())
    report(b'["all", "tried"]')


if __name__ == "__main__":
    if sys.argv[1:] == ["--list"]:
        print(json.dumps({name: control for name, (_, control) in ATTEMPTS.items()}))
    elif len(sys.argv) > 1:  # outside, as the control

        def claim():
            return lambda payload: print(payload.decode(), flush=True)

        with open(sys.argv[1], "rb") as given:
            case(given.read())
    else:
        from casemate_runtime.report import claim
