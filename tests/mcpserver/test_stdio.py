"""`casemate mcp` as a process, on standard input and output: nothing but the protocol there, and nothing left behind."""

import json
import os
import signal
import subprocess

import pytest

pytest.importorskip("mcp", reason="the extra 'agents' is not installed")

import anyio

from casemate.app.errands import begin
from casemate.app.ground import examine_sandbox
from mcpserver.clients import COMMAND, children, gone, over_stdio, run
from mcpserver.conftest import operations

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
}


def test_a_proof_that_is_given_up(shop):
    """In the middle of a hunt: each operation has its end in the ledger, no process is left, and the server goes on."""
    if why := examine_sandbox()[0].refusal:
        pytest.skip(why)
    seen = []

    async def act():
        async with over_stdio("--root", shop, cwd=shop) as client:
            with anyio.CancelScope() as scope:

                async def progress(done, total, message):
                    if message.startswith("proving") and not seen:
                        seen.extend(children(os.getpid()))
                        scope.cancel()

                await client.call_tool("prove", {"claims": ["command-injection:shop.py:7"]}, progress_callback=progress)
            server = next(pid for pid in children(os.getpid()))
            await gone([pid for pid in seen if pid != server])
            told = await client.call_tool("ledger_show", {})
            return told.structured_content["operations"]

    told = run(act)
    assert len(seen) >= 2
    assert [(one["operation"], one["outcome"]) for one in told] == [
        ("prove", "interrupted"),
        ("scan", "completed"),
        ("scan", "completed"),
    ]


def test_only_the_protocol_on_standard_output(shop):
    """Every line is a message, whatever is asked, and the end of the input ends the server."""
    calls = [
        HELLO,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": {"name": "slice", "arguments": {"path": "shop.py"}},
        },
        {
            "jsonrpc": "2.0",
            "id": 3,
            "method": "tools/call",
            "params": {"name": "slice", "arguments": {"path": "/etc/passwd"}},
        },
    ]
    sent = "\n".join(map(json.dumps, calls)) + "\nthis is no message\n"
    server = subprocess.Popen(
        [*COMMAND, "--root", shop], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    server.stdin.write(sent)
    server.stdin.flush()
    answers = {}
    while not {1, 2, 3} <= answers.keys():
        message = json.loads(server.stdout.readline())
        answers[message.get("id")] = message
    rest, said = server.communicate()
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
    assert (server.returncode, said) == (0, "")
    assert answers[2]["result"]["structuredContent"]["of"] == 10
    assert answers[3]["result"]["isError"] is True
    assert sorted(outcome for _, outcome, _ in operations()) == ["completed", "denied"]  # they run beside each other


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_is_ended(shop, number):
    """In the middle of a scan: what it began ends with it, and the ledger says so."""
    from mcpserver.test_server import large

    large(shop)
    call = {"name": "scan", "arguments": {}, "_meta": {"progressToken": "p"}}
    server = subprocess.Popen(
        [*COMMAND, "--root", shop], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    for message in (
        HELLO,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ):
        server.stdin.write(json.dumps(message) + "\n")
        server.stdin.flush()
    while "notifications/progress" not in server.stdout.readline():
        pass
    begun = children(server.pid)
    server.send_signal(number)
    server.communicate()
    run(gone, begun)
    assert begun
    assert operations() == [("scan", "interrupted", "Stopped")]


def test_a_target_cannot_bring_modules(shop):
    """A server that is started in a target imports nothing of it (`-P` is what the installed command amounts to)."""
    for name in ("json", "casemate", "asyncio", "mcp"):
        (shop / f"{name}.py").write_text(f"open({str(shop / 'ran')!r}, 'w')\n")
    server = subprocess.run(
        [COMMAND[0], "-P", *COMMAND[1:], "--root", "."],
        input=json.dumps(HELLO) + "\n",
        cwd=shop,
        capture_output=True,
        text=True,
        check=False,
    )
    assert server.returncode == 0, server.stderr
    assert json.loads(server.stdout)["id"] == 1
    assert not (shop / "ran").exists()


def test_a_child_brings_no_modules_of_a_target(shop, monkeypatch):
    """Nor does the process that does the work, which is started in the same folder."""
    (shop / "casemate").mkdir()
    (shop / "casemate" / "__init__.py").write_text("raise SystemExit(9)\n")
    monkeypatch.chdir(shop)
    errand = begin("casemate.mcp.errand", {"tool": "scan", "given": {"paths": [str(shop)]}, "token": "", "python": ""})
    try:
        messages = []
        while (some := errand.receive()) is not None:
            messages += some
    finally:
        errand.stop()
    assert "report" in messages[-1]["answer"]
