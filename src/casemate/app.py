"""The composition root: wires adapters to ports, mints authority, and hands both to the pipeline."""

from __future__ import annotations

import os
from pathlib import Path

from casemate.adapters.clock import SystemClock
from casemate.adapters.keys import FileSigner, data_home, load_or_create_digest_key
from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.budget import HOUSE_LIMITS
from casemate.governance.charter import Charter
from casemate.governance.digests import KeyedDigests
from casemate.governance.ledger import Ledger
from casemate.governance.policy import HOUSE_POLICY
from casemate.governance.wall import Wall


def home() -> Path:
    """The operator's data folder, which holds keys and ledger."""
    return data_home(os.environ)


def recorded_ledger() -> Ledger:
    """The existing ledger, to read; LedgerMissing when nothing was recorded, LedgerUnavailable when its key is not usable."""
    return Ledger(store=LedgerFolder(home() / "ledger"), signer=FileSigner.load(home()))


def wall(charter: Charter) -> Wall:
    """The wall around what the charter allows. Makes the keys on first use; raises LedgerUnavailable."""
    return Wall(
        charter=charter,
        policy=HOUSE_POLICY,
        ledger=Ledger(store=LedgerFolder(home() / "ledger"), signer=FileSigner.load_or_create(home())),
        digests=KeyedDigests(load_or_create_digest_key(home())),
        clock=SystemClock(),
        budget=HOUSE_LIMITS,
    )
