"""Where on a trace a rewrite has something to say: at the finding's line first, then where the value came by, back to the source.

A finding is shown where its function's own code is; what is dangerous may lie in what that calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from casemate.fixes.rewrite import Draft
from casemate.fixes.site import Site

Propose = Callable[[Site], Iterator[Draft]]


def nearest(propose: Propose) -> Propose:
    """The drafts for the first place of a trace that a rewrite has any for."""

    def at_first(site: Site) -> Iterator[Draft]:
        for spot in site.spots:
            found = False
            for one in propose(replace(site, sink=spot)):
                found = True
                yield one
            if found:
                return

    return at_first
