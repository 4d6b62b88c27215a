"""All oracles, and which of them decide a finding."""

from __future__ import annotations

from casemate.proofs.oracle import Oracle
from casemate.proofs.oracles import (
    archive,
    code,
    command,
    deserialization,
    ldap,
    path,
    redirect,
    sql,
    xpath,
    xss,
    xxe,
)

ORACLES: tuple[Oracle, ...] = (
    command.ORACLE,
    path.ORACLE,
    archive.ORACLE,
    code.ORACLE,
    sql.ORACLE,
    xss.ORACLE,
    redirect.ORACLE,
    deserialization.ORACLE,
    xpath.ORACLE,
    ldap.ORACLE,
    xxe.ORACLE,
)


def oracle(name: str) -> Oracle | None:
    """The oracle of that id."""
    return next((one for one in ORACLES if one.id == name), None)


def for_cwe(cwe: int) -> tuple[Oracle, ...]:
    """Those that decide findings of that CWE, in the order of the catalogue."""
    return tuple(one for one in ORACLES if cwe in one.cwes)
