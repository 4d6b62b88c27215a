"""Where evidence bundles go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.cli.errors import say

if TYPE_CHECKING:
    from casemate.app.prove import Sealed


def keep(sealed: Sequence[Sealed], folder: Path | None, target: Path) -> Path:
    """Write the bundles and their receipts; the folder. A bundle of the same name is replaced: it is of the same finding.

    target: what they are of. Raises EnvironmentFault, and Denied where a charter lets none leave.
    """
    from casemate.app.prove import bundles_folder
    from casemate.app.release import leaving
    from casemate.cli.output import make_folder, private, write_file
    from casemate.evidence.bundle import digest

    place = folder if folder is not None else bundles_folder()
    leaving(target, place, [digest(one.data) for one in sealed], announce=say)
    with private():  # a bundle holds the input of a proof
        if sealed:
            make_folder(place, "evidence bundles")
        for one in sealed:
            write_file(place / f"{one.name}.casemate", one.data, "an evidence bundle")
            write_file(place / f"{one.name}.receipt", one.receipt, "a receipt")
    return place


def tell(sealed: Sequence[Sealed], where: Path) -> None:
    """Say how many there are, if there are any."""
    if sealed:
        say(f"evidence: {len(sealed)} bundle{'s' * (len(sealed) > 1)} in {where} (casemate verify)")
