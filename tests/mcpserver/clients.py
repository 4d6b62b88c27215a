"""The official client, by every transport. What is asked is bounded in time, so that nothing waits for ever."""

import os
import subprocess
import sys
from contextlib import asynccontextmanager

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

    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30) as carrier:
        async with Client(streamable_http_client(url, http_client=carrier)) as client:
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
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    if int(stat.read().rpartition(")")[2].split()[1]) == pid:
                        found += [int(entry), *children(int(entry))]
            except (OSError, ValueError):
                continue
    return found


def alive(pid):
    """Whether a process runs."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
