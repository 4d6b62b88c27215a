"""Work that somebody waits for and may give up on, in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casemate.adapters.errand import Act, Errand, Message, serve

__all__ = ["Act", "Errand", "Message", "begin", "serve"]


def begin(module: str, request: Mapping[str, Any]) -> Errand:
    """Start it; whoever does must `stop` it. module: has a `main` that serves. Raises EnvironmentFault."""
    return Errand(module, request)
