"""The official client, by every transport. What is asked is bounded in time, so that nothing waits for ever."""

import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters

COMMAND = (sys.executable, "-c", "from casemate.cli.main import main; main()", "mcp")
PATIENCE = 120.0  # seconds, for what takes a few


def run(act, *arguments):
    """Run an async function to its end."""

    async def bounded():
        with anyio.fail_after(PATIENCE):
            return await act(*arguments)

    return anyio.run(bounded)


def over_stdio(*options, cwd):
    """A client of a server in a process of its own."""
    return Client(
        StdioServerParameters(
            command=COMMAND[0], args=[*COMMAND[1:], *map(str, options)], env=dict(os.environ), cwd=cwd
        )
    )


@asynccontextmanager
async def over_http(url, token):
    """A client that bears a token."""
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as carrier,
        Client(streamable_http_client(url, http_client=carrier)) as client,
    ):
        yield client


def started(*options, cwd):
    """A server that listens on a free port of this machine, and what it said."""
    process = subprocess.Popen(
        [*COMMAND, "--http", "0", *map(str, options)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = process.stderr.readline().removeprefix("listening: ").strip()
    return process, url


def children(pid):
    """Processes that descend from one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _stat(entry.name)[1:2] == [str(pid)]:
            found += [int(entry.name), *children(int(entry.name))]
    return found


def alive(pid):
    """Whether a process runs."""
    return _stat(pid)[:1] not in ([], ["Z"])


async def gone(pids, patience=PATIENCE):
    """Wait until none of them runs. Raises TimeoutError."""
    with anyio.fail_after(patience):
        while any(map(alive, pids)):
            await anyio.sleep(0.01)


def _stat(pid):
    """What the kernel says of a process behind its name: state, parent, …; nothing of one that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
