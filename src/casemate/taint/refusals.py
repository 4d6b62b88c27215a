"""Which values a check by a pattern refuses."""

from __future__ import annotations

import re
from functools import lru_cache

SHORT = 6  # characters


@lru_cache(maxsize=2048)
def refuses(pattern: str, how: str, dangers: tuple[str, ...]) -> bool:
    """Whether a check by this pattern (`match`, `fullmatch`, `search`) refuses every danger sample.

    A nested repetition could take exponential time on a sample; such a pattern is tried with short ones only, and not trusted
    to check anything else.
    """
    nested = re.search(r"[+*}][^()\[\]]*\)[+*{]", pattern)
    if len(pattern) > 300 or (nested and any(len(danger) > SHORT for danger in dangers)):
        return False
    try:
        act = getattr(re.compile(pattern), how if how in ("match", "fullmatch", "search") else "match")
    except (re.error, OverflowError, RecursionError):
        return False
    return not any(act(d) for d in dangers)
