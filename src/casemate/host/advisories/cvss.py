"""CVSS vectors: what is asked of an attacker, and the base score of versions 3.0 and 3.1 (FIRST, "Common Vulnerability Scoring
System v3.1: Specification Document", §7). Of version 4.0 only the metrics are read, not the score."""

from __future__ import annotations

from casemate.model.lead import Severity

_AV = {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2}
_AC = {"L": 0.77, "H": 0.44}
_PR = {False: {"N": 0.85, "L": 0.62, "H": 0.27}, True: {"N": 0.85, "L": 0.68, "H": 0.5}}
_UI = {"N": 0.85, "R": 0.62}
_CIA = {"H": 0.56, "L": 0.22, "N": 0.0}
_BASE_4 = ("AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA")


def metrics(vector: str) -> dict[str, str]:
    """The metrics of a vector of version 3 or 4, by their short names; empty for what is none."""
    head, *parts = vector.strip().split("/")
    if head not in ("CVSS:3.0", "CVSS:3.1", "CVSS:4.0") or len(vector) > 512:
        return {}
    out = {"version": head[5:]}
    for part in parts:
        name, colon, value = part.partition(":")
        if not colon or name in out:
            return {}
        out[name] = value
    return out


def base_score(vector: str) -> float | None:
    """The base score of a vector of version 3; None for another."""
    m = metrics(vector)
    try:
        changed = {"U": False, "C": True}[m["S"]]
        missed = (1 - _CIA[m["C"]]) * (1 - _CIA[m["I"]]) * (1 - _CIA[m["A"]])
        ease = 8.22 * _AV[m["AV"]] * _AC[m["AC"]] * _PR[changed][m["PR"]] * _UI[m["UI"]]
    except KeyError:
        return None
    base = 1 - missed
    impact = 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 if changed else 6.42 * base
    if impact <= 0:
        return 0.0
    return _round_up(min((1.08 if changed else 1.0) * (impact + ease), 10.0))


def _round_up(value: float) -> float:
    """Appendix A of the specification: in whole numbers, so that every machine agrees."""
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (whole // 10_000 + 1) / 10


def rating(score: float) -> Severity | None:
    """The qualitative severity rating scale, §5; None for 0."""
    if score >= 9:
        return Severity.CRITICAL
    if score >= 7:
        return Severity.HIGH
    if score >= 4:
        return Severity.MEDIUM
    return Severity.LOW if score > 0 else None


def remote(vector: str) -> bool:
    """Whether somebody on the network who has no account takes over what runs it, with no user's help."""
    m = metrics(vector)
    return m.get("AV") == "N" and m.get("PR") == "N" and m.get("UI") == "N" and _whole(m)


def local(vector: str) -> bool:
    """Whether a local user takes over what runs it, with no other user's help."""
    m = metrics(vector)
    return m.get("AV") == "L" and m.get("PR") in ("L", "N") and m.get("UI") == "N" and _whole(m)


def _whole(m: dict[str, str]) -> bool:
    """Confidentiality, integrity and availability are all lost: that is how running one's own code is scored."""
    letters = ("VC", "VI", "VA") if m["version"] == "4.0" else ("C", "I", "A")
    return all(m.get(letter) == "H" for letter in letters)
