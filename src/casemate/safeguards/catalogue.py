"""The classes of attack that safeguards are tested with."""

from __future__ import annotations

from importlib import import_module

from casemate.safeguards.attack import Attack

MODULES: tuple[str, ...] = (
    "policy",
    "grants",
    "ended",
    "quota",
    "clock",
    "reports",
    "steering",
    "ledger_edited",
    "ledger_rewritten",
    "witness_deceived",
    "cosignature_forged",
    "export_edited",
    "launch_forged",
    "launch_stale",
    "launch_swapped",
    "launch_thresholds",
    "launch_margin",
    "incident_closing",
    "token_stolen",
    "token_widened",
    "token_chain",
    "token_stranger",
    "token_scope",
    "token_bytes",
    "token_algorithm",
    "token_replay",
    "token_time",
    "token_clock",
    "token_revoked",
    "charter_forged",
    "charter_undone",
    "authorisation_forged",
    "scope",
    "endpoints",
    "model_egress",
    "budget_leak",
    "approval",
    "exported",
    "property_accepted",
    "agent_reads",
    "agent_powers",
    "agent_judges",
    "agent_budget",
    "agent_words",
    "agent_harness",
    "mcp_client",
)
"""Modules of `attacks`, each with one `ATTACK`, in the order in which the table shows them."""


def attacks() -> tuple[Attack, ...]:
    """Every class."""
    return tuple(import_module(f"casemate.safeguards.attacks.{name}").ATTACK for name in MODULES)
