"""Starting a server: on standard input and output, or over HTTP."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.mcp.catalogue import Level
from casemate.mcp.desk import Desk
from casemate.mcp.roots import Roots
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from typing import Any

    from mcp.server.lowlevel import Server

Say = Callable[[str], None]


class ExtraMissing(UserError):
    """The library is not installed."""


def desk(roots: Sequence[Path], level: Level, *, python: Path | None) -> Desk:
    """The desk of this operator, under the token that the command acts under. Raises UserError."""
    from casemate.app.authority import TOKEN
    from casemate.app.client import refuse
    from casemate.app.ground import cache_folder, home

    def record(operation: str, name: str, place: Path, level: Level, why: str, next_step: str) -> Any:
        refuse(operation, name, place, level.tier, why, next_step)

    closed = tuple(folder.resolve() for folder in (home(), cache_folder()))
    return Desk(Roots(roots), level, record=record, token=TOKEN.get(), python=python, closed=closed)


def need_extra() -> None:
    """Raises ExtraMissing."""
    if find_spec("mcp") is None:
        raise ExtraMissing("`casemate mcp` needs a library that is not installed", "pip install 'casemate[agents]'")


def quiet_logging() -> None:
    """Libraries say what is amiss on standard error, before one of them arranges it otherwise: nothing but the protocol comes to
    standard output, and no request is written anywhere."""
    logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL, format="%(name)s: %(message)s", force=True)


def over_stdio(made: Desk) -> None:
    """Serve until standard input ends."""
    import anyio
    from mcp.server.stdio import stdio_server

    from casemate.mcp.server import make

    async def run() -> None:
        server = make(made)
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    anyio.run(run)


def over_http(
    made: Desk, *, address: str, port: int, hosts: tuple[str, ...], token_file: Path | None, say: Say
) -> None:
    """Serve until it is interrupted. port: 0 for any. hosts: further names under which it is reached. token_file: of the bearer
    token; without one, and without the variable, a token is made for this start. Raises UserError, EnvironmentFault."""
    from casemate.app.listening import bearer, listen, loopback, names, told_bearer

    given = bearer(token_file, os.environ)
    if not loopback(address) and not hosts:
        raise UserError(
            f"{address!r} is reached from other machines", "say under which name by --host-name, and put TLS before it"
        )
    with ExitStack() as held:
        heard = held.enter_context(listen(address, port))
        port = heard.getsockname()[1]
        known = names(heard, hosts)
        say(f"listening: http://{known[0]}/mcp")
        if given:
            token = given
        else:
            token, file = held.enter_context(told_bearer(port))
            say(f"token: in {file}, until this server ends")

        import anyio  # from here on, so that what cannot be is said at once
        import uvicorn

        from casemate.mcp.door import Door
        from casemate.mcp.server import make

        async def run() -> None:
            application = Door(_application(make(made)), token=token, hosts=known)
            settings = uvicorn.Config(
                application,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="on",
                ws="none",
                limit_concurrency=64,
                timeout_keep_alive=5,
                timeout_graceful_shutdown=5,
            )
            await uvicorn.Server(settings).serve(sockets=[heard])

        anyio.run(run)


def _application(server: Server[Any]) -> Any:
    """The library's application. Names are checked by the door before it."""
    from mcp.server.transport_security import TransportSecuritySettings

    from casemate.mcp.door import MAX_BODY

    return server.streamable_http_app(
        max_request_body_size=MAX_BODY,
        max_sessions=64,
        session_idle_timeout=1800.0,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
