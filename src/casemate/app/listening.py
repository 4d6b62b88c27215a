"""Being asked over HTTP: the socket, and the token that a client must bear."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from casemate.adapters.listening import listen, loopback, names
from casemate.adapters.statements import StatementFolder, read_token
from casemate.app.ground import home
from casemate.model.errors import UserError

__all__ = ["VARIABLE", "bearer", "listen", "loopback", "names", "told_bearer"]

VARIABLE = "CASEMATE_MCP_TOKEN"
LEAST = 32  # characters; what is made here has 43, that is 256 bits
_FORM = re.compile(rf"[A-Za-z0-9._~+/-]{{{LEAST},512}}=*", re.ASCII)  # RFC 6750 §2.1


def bearer(file: Path | None, environment: Mapping[str, str]) -> str:
    """The token that the operator gives, in a file or the environment; "" for none. Raises UserError for one that is weak, or
    that others can read."""
    if file is not None:
        text = read_token(file).decode("ascii", "replace").strip()
    else:
        text = environment.get(VARIABLE, "")
        if not text:
            return ""
    if not _FORM.fullmatch(text):
        raise UserError(
            f"the token has not {LEAST} characters or more of A-Z a-z 0-9 . _ ~ + / -",
            "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    return text


@contextmanager
def told_bearer(port: int) -> Iterator[tuple[str, Path]]:
    """A token for this start alone, and the file that only the operator can read it in, until the server ends."""
    token, folder, name = secrets.token_urlsafe(32), home() / "mcp", f"{port}.token"
    StatementFolder(folder).write(name, token.encode() + b"\n")
    try:
        yield token, folder / name
    finally:
        with suppress(OSError):
            (folder / name).unlink()
