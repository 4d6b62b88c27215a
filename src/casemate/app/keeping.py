"""Evidence bundles beside the ledger, where they are under the operator's own permissions and count as released to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.adapters.statements import StatementFolder
from casemate.app.prove import bundles_folder
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.app.prove import Sealed
    from casemate.evidence.bundle import Bundle


def keep(sealed: Sequence[Sealed]) -> tuple[str, ...]:
    """Write bundles and their receipts; their names. One of the same name is replaced: it is of the same finding.

    Raises EnvironmentFault.
    """
    folder = StatementFolder(bundles_folder())
    for one in sealed:
        folder.write(f"{one.name}.casemate", one.data)
        folder.write(f"{one.name}.receipt", one.receipt.encode())
    return tuple(one.name for one in sealed)


def kept(name: str) -> tuple[Bundle, str]:
    """The bundle of that name, and what it is known by. Raises UserError, EnvironmentFault."""
    from casemate.evidence.archive import MAX_ARCHIVE
    from casemate.evidence.bundle import digest, read

    file = f"{Path(name).name}.casemate"
    data = StatementFolder(bundles_folder()).read(file, MAX_ARCHIVE)
    if data is None:
        raise UserError(f"there is no evidence bundle {name[:120]!r}", "name one that prove has made")
    return read(data, file), digest(data)
