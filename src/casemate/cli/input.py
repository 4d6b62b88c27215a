"""Files that the operator hands in: earlier reports, decisions, evidence. What cannot be read is one line with the next step."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.evidence.bundle import Bundle
    from casemate.evidence.earlier import Earlier
    from casemate.evidence.triage import Triage

MAX_REPORT = 512 * 1024 * 1024  # bytes
MAX_TRIAGE = 8 * 1024 * 1024


def read_report(path: Path) -> Earlier:
    """An earlier report of ours. Raises UserError."""
    from casemate.evidence.earlier import NEXT_STEP, read_back

    return read_back(read_file(path, MAX_REPORT, NEXT_STEP), str(path))


def read_triage(path: Path) -> Triage:
    """The entries of a triage file. Raises UserError."""
    from casemate.evidence.triagefile import parse

    return parse(read_file(path, MAX_TRIAGE, "`casemate triage set` makes one, or name another file"), str(path))


def read_receipt(path: Path) -> str:
    """The text of a receipt, whatever it says. Raises UserError."""
    from casemate.governance.receipt import MAX_RECEIPT

    return read_file(path, MAX_RECEIPT, "name the receipt of an evidence bundle").decode("utf-8", "replace")


def read_file(path: Path, limit: int, next_step: str) -> bytes:
    """All of a file, a pipe included, of at most `limit` bytes. Raises UserError."""
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            raise UserError(f"{str(path)!r} is a folder", next_step)
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise UserError(f"cannot read {str(path)!r}: {error.strerror}", next_step) from error
    except ValueError as error:  # a NUL in the name
        raise UserError(f"cannot read {str(path)!r}: {error}", next_step) from error
    if len(content) > limit:
        raise UserError(f"{str(path)!r} has more than {limit:,} bytes", next_step)
    return content


def read_bundle(path: Path) -> tuple[Bundle, str]:
    """An evidence bundle, and what it is known by. Raises UserError."""
    from casemate.evidence.archive import MAX_ARCHIVE
    from casemate.evidence.bundle import digest, read

    data = read_file(path, MAX_ARCHIVE, "name the evidence bundle of a proven finding")
    return read(data, str(path)), digest(data)
