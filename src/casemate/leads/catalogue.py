"""The table of rules: id → module. A rule's page is its module's docstring, its tests are its examples."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from casemate.leads.posture.catalogue import POSTURE
from casemate.leads.rule import Rule
from casemate.model.errors import UserError

MODULES: Final = {
    "command-injection": "injection.command_injection",
    "code-injection": "injection.code_injection",
    "sql-injection": "injection.sql_injection",
    "unsafe-deserialization": "data.unsafe_deserialization",
    "template-injection": "injection.template_injection",
    "path-traversal": "files.path_traversal",
    "archive-extraction": "files.archive_extraction",
    "ssrf": "network.ssrf",
    "xxe": "data.xxe",
    "open-xml-parser": "data.open_xml_parser",
    "xss": "injection.xss",
    "unescaped-page": "injection.unescaped_page",
    "open-redirect": "network.open_redirect",
    "path-prefix": "files.path_prefix",
    "path-probe": "files.path_probe",
    "xpath-injection": "injection.xpath_injection",
    "ldap-injection": "injection.ldap_injection",
    "trust-boundary": "data.trust_boundary",
    "redos": "data.redos",
    "slow-pattern": "data.slow_pattern",
    "regex-injection": "injection.regex_injection",
    "timing-comparison": "secrets.timing_comparison",
    "credential-comparison": "secrets.credential_comparison",
    "unknown-user": "secrets.unknown_user",
    "weak-hash": "crypto.weak_hash",
    "weak-hash-anywhere": "crypto.weak_hash_anywhere",
    "weak-cipher": "crypto.weak_cipher",
    "weak-key": "crypto.weak_key",
    "weak-random": "crypto.weak_random",
    "certificate-validation": "network.certificate_validation",
    "temporary-file": "files.temporary_file",
    "open-permissions": "files.open_permissions",
    "unverified-token": "web.unverified_token",
    "debug-mode": "web.debug_mode",
    "local-debug-mode": "web.local_debug_mode",
    "insecure-cookie": "web.insecure_cookie",
    "bare-cookie": "web.bare_cookie",
    "csrf-disabled": "web.csrf_disabled",
    "csrf-exempt": "web.csrf_exempt",
    "argument-injection": "injection.argument_injection",
    "header-injection": "injection.header_injection",
    "log-injection": "injection.log_injection",
    "hardcoded-secret": "secrets.hardcoded_secret",
    "missing-authorization": "access.missing_authorization",
    "missing-owner": "access.missing_owner",
    "late-permissions": "files.late_permissions",
    "path-race": "files.path_race",
    "nosql-injection": "injection.nosql_injection",
    "mass-assignment": "data.mass_assignment",
}


def rules() -> tuple[Rule, ...]:
    """Every rule for code, in the order of the table."""
    return tuple(rule(rule_id) for rule_id in MODULES)


def posture() -> tuple[Rule, ...]:
    """Every rule for hosts, in the order of its table."""
    return tuple(rule(rule_id) for rule_id in POSTURE)


def rule(rule_id: str) -> Rule:
    """The rule of that id. Raises UserError when there is none."""
    found = import_module(_module(rule_id)).RULE
    if not isinstance(found, Rule) or found.id != rule_id:
        raise TypeError(f"the module of rule {rule_id!r} holds another rule: {found!r}")
    return found


def page(rule_id: str) -> str:
    """The rule's documentation page, Markdown. Raises UserError when there is none."""
    title, _, body = (import_module(_module(rule_id)).__doc__ or "").partition("\n")
    return f"# {title.rstrip('.')}\n{body}"


def _module(rule_id: str) -> str:
    if rule_id in POSTURE:
        return f"casemate.leads.posture.{POSTURE[rule_id]}"
    if rule_id not in MODULES:
        raise UserError(f"there is no rule {rule_id!r}", f"use one of {', '.join(MODULES)}")
    return f"casemate.leads.rules.{MODULES[rule_id]}"
