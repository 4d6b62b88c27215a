"""All oracles, and which of them decide a finding."""

from __future__ import annotations

from casemate.model.lead import Lead
from casemate.model.trace import Boundary
from casemate.proofs.oracle import Oracle
from casemate.proofs.oracles import (
    archive,
    argument,
    certificate,
    cipher,
    code,
    command,
    cookie,
    deserialization,
    hashing,
    header,
    ldap,
    log,
    mode,
    path,
    random,
    redirect,
    redos,
    sql,
    ssrf,
    template,
    temporary,
    timing,
    token,
    trust,
    xpath,
    xss,
    xxe,
)

ORACLES: tuple[Oracle, ...] = (
    command.ORACLE,
    argument.ORACLE,
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
    hashing.ORACLE,
    cipher.ORACLE,
    random.ORACLE,
    cookie.ORACLE,
    trust.ORACLE,
    template.ORACLE,
    ssrf.ORACLE,
    header.ORACLE,
    log.ORACLE,
    mode.ORACLE,
    temporary.ORACLE,
    timing.ORACLE,
    token.ORACLE,
    redos.ORACLE,
    certificate.ORACLE,
)


def oracle(name: str) -> Oracle | None:
    """The oracle of that id."""
    return next((one for one in ORACLES if one.id == name), None)


def for_cwe(cwe: int) -> tuple[Oracle, ...]:
    """Those that decide findings of that CWE, those first that know it as their own, which is the first that they name."""
    deciding = (one for one in ORACLES if cwe in one.cwes)
    return tuple(sorted(deciding, key=lambda one: one.cwes[0] != cwe))


def for_lead(cwe: int, lead: Lead) -> tuple[Oracle, ...]:
    """The same for a finding: where the value comes out of an archive or a file, what is in an archive is tried first."""
    stored = lead.rule == "archive-extraction" or lead.boundary is Boundary.FILE
    return tuple(sorted(for_cwe(cwe), key=lambda one: stored and one.id != archive.ORACLE.id))
