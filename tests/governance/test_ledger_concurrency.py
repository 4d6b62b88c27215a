"""Several processes on one ledger, some of them killed: every acknowledged entry is there, and the log is valid."""

import signal
import subprocess
import sys

from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.audit import audit
from casemate.governance.ledger import Ledger
from governance.support import SIGNER

APPENDER = """
import sys
from pathlib import Path
from casemate.adapters.keys import FileSigner
from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.ledger import Ledger

folder, name, count = sys.argv[1:]
ledger = Ledger(store=LedgerFolder(Path(folder)), signer=FileSigner(bytes(range(32))))
for i in range(int(count)):
    print(ledger.append(f"{name} {i}".encode()), name, i, flush=True)
"""


def appender(folder, name: str, count: int) -> subprocess.Popen:
    command = [sys.executable, "-c", APPENDER, str(folder), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check(folder, acknowledged: list[str]) -> int:
    """Everything that was acknowledged stands where it was said to stand; the size of the log."""
    ledger = Ledger(store=LedgerFolder(folder), signer=SIGNER)
    result = audit(ledger)
    assert result.problems == ()
    for line in acknowledged:
        index, name, i = line.split()
        assert ledger.prove(int(index)).entry == f"{name} {i}".encode()
    return result.head.size


def test_four_processes_append(tmp_path):
    """Four at once, 12 appends each: no entry is lost, doubled or overwritten."""
    processes = [appender(tmp_path, name, 12) for name in "abcd"]
    outputs = [process.communicate() for process in processes]
    assert [error for _, error in outputs] == [""] * 4
    lines = [line for output, _ in outputs for line in output.splitlines()]
    assert len(lines) == 48
    assert check(tmp_path, lines) == 48


def test_processes_are_killed(tmp_path):
    """A process killed in the middle of its work leaves a valid log with all that it had acknowledged."""
    lines = []
    for number in range(4):
        process = appender(tmp_path, f"p{number}", 100_000)
        lines += [process.stdout.readline() for _ in range(5 + number)]
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        lines += rest.splitlines()
        assert process.returncode == -signal.SIGKILL
        check(tmp_path, [line for line in lines if line.count(" ") == 2])
