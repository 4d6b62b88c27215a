"""`casemate mcp --http` on this machine: the token, the names, and that it is gone afterwards."""

import os
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("mcp", reason="the extra 'agents' is not installed")

import anyio
import httpx2
from mcp.shared.exceptions import MCPError

from mcpserver.clients import COMMAND, children, gone, over_http, run, started
from mcpserver.conftest import operations
from mcpserver.test_server import large

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
def server(shop):
    """(address, token, process) of a server with a token of its own."""
    process, url = started("--root", shop, cwd=shop)
    file = Path(process.stderr.readline().removeprefix("token: in ").partition(", until")[0])
    try:
        yield url, file.read_text().strip(), process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
        assert not file.exists()


def test_a_scan(server):
    """By the official client: structured, with progress."""
    url, token, _ = server
    seen = []

    async def progress(done, total, message):
        seen.append(message)

    async def act():
        async with over_http(url, token) as client:
            told = await client.call_tool("scan", {}, progress_callback=progress)
            refused = await client.call_tool("slice", {"path": "/etc/passwd"})
            return told.structured_content, refused.content[0].text

    told, refused = run(act)
    assert told["findings"] == 2
    assert seen
    assert refused.startswith("slice is not permitted")


def test_a_call_that_is_given_up(server, shop):
    """Ends its process; the server goes on."""
    url, token, process = server
    large(shop)
    seen = []

    async def act():
        async with over_http(url, token) as client:
            with anyio.CancelScope() as scope:

                async def progress(done, total, message):
                    seen.extend(children(process.pid))
                    scope.cancel()

                await client.call_tool("scan", {}, progress_callback=progress)
            await gone(seen)
            return (await client.call_tool("ledger_show", {})).structured_content["operations"]

    told = run(act)
    assert seen
    assert [(one["operation"], one["outcome"]) for one in told] == [("scan", "interrupted")]


def test_a_server_that_is_ended(shop):
    """In the middle of a call: nothing is left of it."""
    process, url = started("--root", shop, cwd=shop)
    file = Path(process.stderr.readline().removeprefix("token: in ").partition(", until")[0])
    token = file.read_text().strip()
    large(shop)
    seen = []

    async def act():
        async with over_http(url, token) as client:

            async def progress(done, total, message):
                if not seen:
                    seen.extend(children(process.pid))
                    process.send_signal(signal.SIGTERM)

            await client.call_tool("scan", {}, progress_callback=progress)

    with pytest.raises((BaseExceptionGroup, MCPError, httpx2.HTTPError)):
        run(act)
    process.communicate()
    assert seen
    run(gone, seen, 2.0)  # killed, which takes the kernel a moment
    assert operations() == [("scan", "interrupted", "Stopped")]
    assert not file.exists()
    assert operations() == [("scan", "interrupted", "Stopped")]


def test_the_token_is_the_operators_own(server, tmp_path):
    """Made for this start, with 256 bits, in a file that nobody else can read."""
    _, token, _ = server
    (file,) = (tmp_path / "home" / "mcp").iterdir()
    assert len(token) == 43
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_who_is_not_let_in(server):
    """Without the token, under another name, from a page of another origin, with a body that is too large."""
    url, token, _ = server
    good = {**ACCEPT, "Authorization": f"Bearer {token}"}
    with httpx2.Client(timeout=30) as client:

        def status(headers, **body):
            return client.post(url, headers=headers, **(body or {"json": PING})).status_code

        assert status(ACCEPT) == 401
        assert status({**good, "Authorization": f"Bearer {token}x"}) == 401
        assert status({**good, "Host": "evil.example"}) == 421
        assert status({**good, "Origin": "http://evil.example"}) == 403
        assert status(good, content=b" " * ((1 << 20) + 1)) == 413
        assert status(good, content=(b" " * 65536 for _ in range(20))) == 413
        assert client.get(url.replace("/mcp", "/other"), headers=good).status_code == 404
        assert client.get(url.replace("/mcp", "/other"), headers=ACCEPT).status_code == 401

    async def act():
        async with over_http(url, "x" * 43) as client:
            await client.list_tools()

    with pytest.raises((BaseExceptionGroup, MCPError, httpx2.HTTPError)):
        run(act)


@pytest.mark.parametrize(
    ("bearer", "size", "said"),
    [
        (True, 5 << 20, b"a request has at most 1048576 bytes"),
        (False, 1 << 18, b"bear the token that this server was started with"),
    ],
)
def test_who_is_refused_still_reads_why(server, bearer, size, said):
    """All is sent before a byte is read: a server that had closed with bytes unread would have reset the connection."""
    url, token, _ = server
    token = token if bearer else "another"
    name, _, port = url.removeprefix("http://").removesuffix("/mcp").partition(":")
    head = (
        f"POST /mcp HTTP/1.1\r\nHost: {name}:{port}\r\nAuthorization: Bearer {token}\r\nContent-Length: {size}\r\n\r\n"
    )
    with socket.create_connection((name, int(port)), timeout=30) as client:
        client.sendall(head.encode() + bytes(size))
        with client.makefile("rb") as answer:
            told = answer.read()
    assert told.startswith(b"HTTP/1.1 413 " if bearer else b"HTTP/1.1 401 ")
    assert told.endswith(said + b"\n")


def test_a_token_of_the_operators(shop, tmp_path):
    """From a file or the environment: long enough, and read by nobody else."""
    file = tmp_path / "token"
    file.write_text("a" * 31 + "\n")
    file.chmod(0o600)

    def said(*options, **environment):
        done = subprocess.run(
            [*COMMAND, "--http", "0", *map(str, options)],
            cwd=shop,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr.splitlines()[-1]

    assert said("--bearer", file) == (2, f"casemate: {WEAK}")
    assert said(CASEMATE_MCP_TOKEN="short") == (2, f"casemate: {WEAK}")
    file.write_text("a" * 40)
    file.chmod(0o640)
    assert said("--bearer", file) == (2, f"casemate: others can read {str(file)!r}; chmod 600 it, and change the token")
    assert said("--bearer", tmp_path / "no")[0] == 2
    assert said("--bind", "0.0.0.0")[1].startswith(
        "casemate: '0.0.0.0' is reached from other machines; say under which"
    )
    assert said("--bind", "nowhere")[0] == 2
    file.chmod(0o600)
    process, url = started("--bearer", file, cwd=shop)
    try:
        headers = {**ACCEPT, "Authorization": f"Bearer {'a' * 40}"}
        with httpx2.Client(timeout=30) as client:
            assert client.post(url, headers=headers, json=PING).status_code not in (401, 403, 421)
            assert client.post(url, headers=ACCEPT, json=PING).status_code == 401
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


WEAK = (
    "the token has not 32 characters or more of A-Z a-z 0-9 . _ ~ + / -; "
    "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)
