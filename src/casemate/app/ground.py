"""What every command stands on: the operator's folders and account, the day, and what the operator brings along."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.adapters.cache import default_folder
from casemate.adapters.clock import SystemClock
from casemate.adapters.keys import FileSigner, data_home, keep_public, kept_public
from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.errors import LedgerMissing, LedgerUnavailable
from casemate.governance.ledger import CHECKPOINT, Log, log_key
from casemate.governance.note import parse_key
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from datetime import date

    from casemate.evidence.earlier import Earlier
    from casemate.evidence.rulebook import RuleText
    from casemate.evidence.triage import Triage
    from casemate.leads.own import Own
    from casemate.model.finding import Report
    from casemate.model.sandbox import Examination


def home() -> Path:
    """The operator's data folder, which holds keys and ledger."""
    return data_home(os.environ)


def cache_folder() -> Path:
    """Where derived facts are kept between scans."""
    return default_folder(os.environ)


def program() -> str:
    """A fingerprint of the program as it is installed: names, sizes and times of its files; "" where they are no files."""
    digest = blake2b(digest_size=20)
    folders = [Path(__file__).parents[1]]
    try:
        while folders:
            with os.scandir(folders.pop()) as found:
                entries = sorted(found, key=lambda entry: entry.name)
            for entry in entries:
                if entry.is_dir():
                    folders += [Path(entry.path)] if entry.name != "__pycache__" else []
                else:
                    of = entry.stat()
                    digest.update(f"{entry.path}\0{of.st_size}\0{of.st_mtime_ns}\0".encode())
    except OSError:
        return ""
    return f"{sys.version}\0{digest.hexdigest()}"


def ledger_files() -> LedgerFolder:
    """Where the operator's ledger is."""
    return LedgerFolder(home() / "ledger")


def recorded_ledger() -> Log:
    """The existing ledger, to read, also when its private key is lost; LedgerMissing when nothing was recorded, LedgerUnavailable
    when its key is not usable."""
    place = home()
    try:
        key = log_key(FileSigner.load(place).public_key)
    except LedgerMissing:
        if ledger_files().read(CHECKPOINT) is None:
            raise
        kept = kept_public(place)
        try:
            key = parse_key(kept or "")
        except ValueError as error:
            raise _key_lost(place, "`casemate ledger verify --key VKEY` checks it with its public key") from error
    return Log(store=ledger_files(), key=key)


def own_signer() -> FileSigner:
    """The operator's key, made on first use. Raises LedgerUnavailable when it is not usable, or lost and a ledger is there."""
    place = home()
    if ledger_files().read(CHECKPOINT) is None:
        found = FileSigner.load_or_create(place)
    else:
        try:
            found = FileSigner.load(place)
        except LedgerMissing as error:
            raise _key_lost(place, "`casemate ledger verify` still checks it") from error
    keep_public(place, str(log_key(found.public_key)))
    return found


def _key_lost(place: Path, what: str) -> LedgerUnavailable:
    return LedgerUnavailable(
        f"the signing key of the ledger in {str(place)!r} is gone, so nothing can be added to it; {what}",
        f"restore keys/operator.pem from a backup, or set {str(place)!r} aside to begin a new ledger",
    )


def operator() -> str:
    """The account that the operator uses."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in many containers
        return f"uid {os.getuid()}"


def today() -> date:
    """The day that it is, in UTC: the same for everybody who reads a triage file."""
    return SystemClock().now().date()


def over_time(report: Report, triage: Triage, baseline: Earlier | None) -> Report:
    """The report with what people decided until today, and beside an earlier one."""
    from casemate.evidence.baseline import compared
    from casemate.evidence.triage import applied

    report = applied(report, triage, today()) if triage else report
    return compared(report, baseline) if baseline is not None else report


def examine_sandbox() -> tuple[Examination, tuple[str, ...]]:
    """What this machine can hold, tried with our own interpreter and nothing of a target; and what is not there at all."""
    from casemate.adapters.sandbox.choice import Chosen
    from casemate.model.sandbox import Profile

    chosen = Chosen()
    return chosen.examine(Profile(interpreter=sys.executable)), chosen.lacking


def read_own(folders: Sequence[Path]) -> Own:
    """The operator's own rules and knowledge in these folders. Raises UserError for what cannot be meant."""
    from casemate.adapters.ownfiles import read_folders
    from casemate.knowledge.table import KnowledgeError
    from casemate.leads.own import read

    try:
        return read(read_folders(folders))
    except KnowledgeError as error:
        raise UserError(error.what, error.remedy) from error


def rule_texts(folders: Sequence[Path] = (), *, host: bool = False) -> tuple[RuleText, ...]:
    """Every rule as a report describes it. folders: of the operator's own rules. host: those for hosts instead of code."""
    from casemate.evidence.rulebook import RuleText
    from casemate.leads import proposed
    from casemate.leads.catalogue import page, posture, rules

    own = read_own(folders) if folders else None
    pages = own.pages if own is not None else {}
    agents = RuleText(
        id=proposed.ID,
        title=proposed.TITLE,
        cwe=proposed.CWE,
        severity=proposed.SEVERITY,
        owasp=proposed.OWASP,
        page=proposed.page(),
    )
    told = tuple(
        RuleText(
            id=r.id, title=r.title, cwe=r.cwe, severity=r.severity, owasp=r.owasp, page=pages.get(r.id) or page(r.id)
        )
        for r in (*(posture() if host else rules()), *(own.rules if own is not None else ()))
    )
    return told if host else (*told, agents)
