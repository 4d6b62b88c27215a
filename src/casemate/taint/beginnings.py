"""How a text that was put together is known to begin, and which dangers it can be none of because of that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from casemate.knowledge.entries import Kind
from casemate.taint.values import Ref

ROOT: Final = "/"


def of(kinds: Iterable[Kind], start: str, unknown: str, named: str) -> tuple[Ref, ...]:
    """The dangers that a text of this outline is none of, where it begins with a slash: of addresses, whose beginning decides.
    unknown stands for text that is not known, named for the first character of one that begins with no slash."""
    begun = start.partition(unknown)[0] if start.startswith(ROOT) else ""
    out = []
    for kind in kinds if begun else ():
        refused = _refused(kind.dangers, begun, named) if kind.tidied and kind.adds_up else 0
        everything = (1 << len(kind.dangers)) - 1
        if refused and refused != everything:  # a beginning that no danger has tells nothing
            out.append(("k", kind.mask, refused, everything))
    return tuple(out)


@lru_cache(maxsize=4096)
def _refused(dangers: tuple[str, ...], begun: str, named: str) -> int:
    pattern = re.compile(re.escape(begun).replace(named, "[^/]"))
    return sum(1 << n for n, danger in enumerate(dangers) if not pattern.match(danger))
