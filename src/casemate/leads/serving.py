"""Whether a page that is made is one that a server sends: by the names that its module, or one that imports it, speaks of.

A page in a report, or in what a developer builds, holds what the one who looks at it has put together.
"""

from __future__ import annotations

from typing import Final

from casemate.languages import ir
from casemate.leads.purpose import mentioned
from casemate.taint.program import Program

SERVING: Final = frozenset(
    {
        "HttpResponse", "Response", "environ", "make_response", "render_to_response", "request", "scope", "send_response",
        "start_response", "websocket", "wfile",
    }
)  # fmt: skip


def serves(program: Program, name: str) -> bool:
    """Whether a module, or one that imports it or something of it, speaks of a server's requests and answers."""
    users = [
        module
        for module in program.modules.values()
        if any(b[0] == ir.BOUND_IMPORT and (b[1] == name or b[1].rpartition(".")[0] == name) for _, b in module.names)
    ]
    return any(map(_speaks, (program.modules[name], *users)))


def _speaks(module: ir.Module) -> bool:
    return any(
        any(parameter.name in SERVING for parameter in fn.params)
        or (ir.mentions(fn, SERVING) and mentioned(fn)[0] & SERVING)
        for fn in module.functions
    )
