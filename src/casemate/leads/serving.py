"""Whether a page that is made is one that a server sends: by the names that its module, or one that imports it, speaks of.

A page in a report, or in what a developer builds, holds what the one who looks at it has put together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casemate.languages import ir
from casemate.leads.purpose import mentioned
from casemate.model.trace import Boundary
from casemate.taint.solver import Solver

SERVING: Final = frozenset(
    {
        "HTMLResponse", "HttpResponse", "RequestHandler", "Response", "TemplateResponse", "environ", "make_response",
        "render_to_response", "request", "scope", "send_response", "start_response", "websocket", "wfile",
    }
)  # fmt: skip


def serving(solver: Solver) -> frozenset[str]:
    """The modules that have an entry point for others, or speak of a server's requests and answers, and what these import."""
    program = solver.program
    entered = {unit[0] for unit, ns in solver.entries.items() if any(_remote(solver, n) for n in ns)}
    speaking = entered | {name for name, module in program.modules.items() if _speaks(module)}
    return frozenset(
        speaking | {name for one in speaking for name in _imported(program.modules[one]) if name in program.modules}
    )


def _remote(solver: Solver, number: int) -> bool:
    return solver.knowledge.entries[number].boundary is Boundary.REMOTE


def _imported(module: ir.Module) -> Iterator[str]:
    for _, bound in module.names:
        if bound[0] == ir.BOUND_IMPORT:
            yield from (bound[1], bound[1].rpartition(".")[0])


def _speaks(module: ir.Module) -> bool:
    return any(
        any(parameter.name in SERVING for parameter in fn.params)
        or (ir.mentions(fn, SERVING) and mentioned(fn)[0] & SERVING)
        for fn in module.functions
    )
