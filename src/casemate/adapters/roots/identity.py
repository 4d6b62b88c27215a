"""Which machine this is, for a charter that names a host."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

MACHINE_ID = Path("/etc/machine-id")


def machine_identity(file: Path = MACHINE_ID) -> str:
    """SHA-256, in hex, over a word of ours and the machine's id; "" where it has none.

    machine-id(5) asks that the id itself stay on the machine, and that others derive theirs from it by a keyed hash.
    """
    try:
        text = file.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
    return sha256(f"casemate/host\n{text}".encode()).hexdigest() if len(text) == 32 else ""
