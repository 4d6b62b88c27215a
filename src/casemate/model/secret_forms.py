"""Texts that only a key looks like, and those that only stand for one, in source code and in settings alike."""

from __future__ import annotations

import re

# A form that only a key has. References: the issuers' own pages on their prefixes, RFC 7468 for PEM.
SHAPES = re.compile(
    r"(?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,}|glpat-[A-Za-z0-9_-]{20,}"
    r"|xox[abprs]-[0-9]+-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{20,}|AIza[A-Za-z0-9_-]{35}|npm_[A-Za-z0-9]{36}"
    r"|pypi-[A-Za-z0-9_-]{50,}|SG\.[\w-]{20,}\.[\w-]{20,}"
)
SHORTEST = 17  # of all these forms
STAND_INS = re.compile(
    r"(?i)x{3,}|\.{3}|\*{3}|<|>|\$\{|\{|\}|%\(|%s|your|example|sample|dummy|fake|test|placeholder|insert|replace|todo|none|null"
    r"|redact|optional|required|changethis|undefined|unused"
)
