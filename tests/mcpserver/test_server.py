"""The server with the official client in memory: every tool, and a client that means harm."""

import json
import os

import pytest

pytest.importorskip("mcp", reason="the extra 'agents' is not installed")

import anyio
from jsonschema import Draft202012Validator
from mcp import Client, MCPError

from casemate.app.ground import examine_sandbox
from casemate.mcp import desk as desk_module
from casemate.mcp import server as module
from casemate.mcp.server import make
from mcpserver.clients import children, gone, run
from mcpserver.conftest import SHOP, operations

SLOW = """
def handler_{0}(request, name):
    for part in name.split("/"):
        if part in ("a", "b") or request.get(part):
            name = helper_{0}(name.replace(part, str({0})), part)
    return {{"name": name, "items": [helper_{0}(p, name) for p in name.split(",") if p]}}

def helper_{0}(first, second):
    return first.strip() + second.strip() if first else handler_{0}({{}}, second)
"""


@pytest.fixture(params=["auto", "legacy"])
def mode(request):
    """Both ways in which the protocol begins."""
    return request.param


async def asked(client, name, **arguments):
    """The structured answer, which fits the schema and says the same as the text; or the words of the error."""
    told = await client.call_tool(name, arguments)
    if told.is_error:
        assert told.structured_content is None
        return told.content[0].text
    (tool,) = [tool for tool in (await client.list_tools()).tools if tool.name == name]
    Draft202012Validator(tool.output_schema).validate(told.structured_content)
    assert json.loads(told.content[0].text) == told.structured_content
    return told.structured_content


def test_a_scan_and_what_it_says(at_the_desk, shop, mode):
    """The report by parts; no secret of a line comes along."""

    async def act():
        async with Client(make(at_the_desk()), mode=mode) as client:
            seen = []

            async def progress(done, total, message):
                seen.append((done, message))

            told = await client.call_tool("scan", {}, progress_callback=progress)
            scan = told.structured_content
            finding = next(one["finding"] for one in scan["listed"] if one["rule"] == "command-injection")
            page = await asked(client, "findings", report=scan["report"], rule="command-injection")
            way = await asked(client, "paths", report=scan["report"], finding=finding[:8])
            about = await asked(client, "explain", report=scan["report"], finding=finding[:8])
            lines = await asked(client, "slice", path="shop.py", start=4, end=4)
            ledger = await asked(client, "ledger_show")
            return scan, seen, page, way, about, lines, ledger

    scan, seen, page, way, about, lines, ledger = run(act)
    assert (scan["findings"], scan["counts"]) == (2, {"traced": 1, "suspected": 1})
    assert {(one["rule"], one["path"], one["line"]) for one in scan["listed"]} == {
        ("command-injection", "shop.py", 7),
        ("hardcoded-secret", "shop.py", 4),
    }
    assert scan["said"][0].startswith(f"charter: find under {shop}, ")
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert any(message.startswith("reading: ") for _, message in seen)
    assert page["listed"] == [one for one in scan["listed"] if one["rule"] == "command-injection"]
    assert [step["role"] for step in way["steps"]][:1] == ["source"]
    assert about["rule"] == "command-injection" and about["page"].startswith("# ")
    assert lines["lines"] == [{"number": 4, "text": 'PASSWORD = "‹redacted›"'}]
    assert [one["operation"] for one in ledger["operations"]] == ["slice", "scan"]
    assert "hunter2" not in json.dumps([scan, page, way, about, lines, ledger])


def test_proof_patch_and_putting_back(at_the_desk, shop):
    """From a claim to a file that is mended, and back; what a proof was driven with stays in the bundle."""
    if why := examine_sandbox()[0].refusal:
        pytest.skip(why)

    async def act():
        async with Client(make(at_the_desk("apply"))) as client:
            proved = await asked(client, "prove", claims=["command-injection:shop.py:7"])
            verified = await asked(client, "verify", bundle=proved["evidence"][0])
            shown = await asked(client, "fix", claims=["command-injection:shop.py:7"])
            untouched = (shop / "shop.py").read_text()
            applied = await asked(client, "apply", claims=["command-injection:shop.py:7"])
            mended = (shop / "shop.py").read_text()
            undone = await asked(client, "undo")
            return verified, shown, untouched, applied, mended, undone

    verified, shown, untouched, applied, mended, undone = run(act)
    assert [one["verdict"]["result"] for one in shown["answers"]] == ["proven"]
    assert verified["answer"] == "holds"
    assert shown["written"] is None and shown["answers"][0]["mending"]["offered"]
    assert untouched == SHOP
    assert (applied["written"], applied["not_written"], undone["put_back"]) == (["shop.py"], [], ["shop.py"])
    assert "(shlex.quote(title), shlex.quote(track))" in mended
    assert (shop / "shop.py").read_text() == SHOP
    outcomes = operations()
    assert {outcome for _, outcome, _ in outcomes} == {"completed"}
    assert {"prove", "verify", "fix", "apply", "undo"} <= {operation for operation, _, _ in outcomes}
    assert "release" not in {operation for operation, _, _ in outcomes}
    told = json.dumps([verified, shown, applied])
    assert not any(name in told for name in ('"input"', '"payload"', '"cases": ['))
    bundle = next(path for path in (shop.parent / "home" / "bundles").iterdir() if path.suffix == ".casemate")
    assert bundle.stem == shown["evidence"][0]


def test_a_root_file_system(at_the_desk, shop):
    """In a folder below the root."""
    root = shop / "disk"
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n")
    (root / "etc/sudoers").write_text("ann ALL=(ALL) NOPASSWD: ALL\n")

    async def act():
        async with Client(make(at_the_desk())) as client:
            return await asked(client, "host", root="disk"), await asked(client, "host")

    told, refused = run(act)
    assert told["findings"] >= 1
    assert refused.startswith("host is not permitted: '/' is outside")


def test_the_tools_say_what_they_do(at_the_desk, mode):
    """All with both schemas; which of them write is said."""

    async def act():
        async with Client(make(at_the_desk("apply")), mode=mode) as client:
            return (await client.list_tools()).tools

    tools = run(act)
    assert [tool.name for tool in tools if not tool.annotations.read_only_hint] == ["apply", "undo"]
    assert all(tool.input_schema and tool.output_schema and tool.description for tool in tools)


def large(folder, files=60):
    text = "".join(SLOW.format(number) for number in range(400))
    for number in range(files):
        (folder / f"m{number}.py").write_text(f"# {number}\n{text}")


def test_a_call_that_is_given_up(at_the_desk, shop, mode):
    """Half-way: the ledger says that it was interrupted, and no process is left; the server goes on."""
    large(shop)
    seen = []

    async def act():
        async with Client(make(at_the_desk()), mode=mode) as client:
            with anyio.CancelScope() as scope:

                async def progress(done, total, message):
                    if not seen:
                        seen.extend(children(os.getpid()))
                        scope.cancel()

                await client.call_tool("scan", {}, progress_callback=progress)
            await gone(seen)
            return await asked(client, "ledger_show")

    told = run(act)
    assert seen
    assert [one["outcome"] for one in told["operations"]] == ["interrupted"]
    assert operations() == [("scan", "interrupted", "Stopped")]


HOSTILE = [
    ("scan", {"paths": ["/etc"]}),
    ("scan", {"paths": ["../shop-other"]}),
    ("scan", {"paths": ["out"]}),
    ("scan", {"paths": "."}),
    ("scan", {"paths": ["."] * 17}),
    ("scan", {"paths": ["x" * 5000]}),
    ("scan", {"paths": ["a\0b"]}),
    ("scan", {"since": "--upload-pack=x"}),
    ("scan", {"jobs": 10**9}),
    ("slice", {"path": "/etc/shadow"}),
    ("slice", {"path": "out/secret.py"}),
    ("slice", {"path": "shop.py", "start": -1}),
    ("slice", {"path": "shop.py", "start": 1, "end": 10**7}),
    ("slice", {"path": {"$ref": "/etc/passwd"}}),
    ("prove", {"target": "/", "budget": 1}),
    ("prove", {"budget": 10**12}),
    ("prove", {"budget": True}),
    ("prove", {"python": "/bin/sh"}),
    ("fix", {"apply": True}),
    ("apply", {"claims": ["command-injection:shop.py:7"]}),
    ("undo", {}),
    ("verify", {"bundle": "../../../etc/passwd"}),
    ("verify", {"bundle": "x", "target": "/etc"}),
    ("host", {"root": "/"}),
    ("host", {"image": "/dev/zero"}),
    ("findings", {"report": "0" * 16}),
    ("paths", {"report": "0" * 16, "finding": "0" * 64}),
    ("explain", {"rule": "../../secret"}),
    ("ledger_prove", {"index": 2**60}),
    ("ledger_show", {"limit": 10**6}),
]


def test_a_hostile_client(at_the_desk, mode, monkeypatch):
    """A thousand calls, many at a time: each gets one line, nothing outside is read, and the ledger stays small."""
    monkeypatch.setattr(desk_module, "MAX_RECORDED", 10)
    made = make(at_the_desk())
    lines = []

    async def act():
        async with Client(made, mode=mode) as client:

            async def some(start):
                for number in range(start, 1000, 20):
                    name, arguments = HOSTILE[number % len(HOSTILE)]
                    told = await client.call_tool(name, arguments)
                    assert told.is_error, (name, arguments)
                    lines.append(told.content[0].text)

            async with anyio.create_task_group() as group:
                for start in range(20):
                    group.start_soon(some, start)
            for name in ("rm", "release", "__class__", "", "x" * 10000):
                with pytest.raises(MCPError) as refused:
                    await client.call_tool(name, {})
                assert refused.value.code == -32602 and len(str(refused.value)) < 700
            return await asked(client, "ledger_verify")

    told = run(act)
    assert len(lines) == 1000
    assert all("\n" not in line and len(line) <= 601 and ";" in line for line in lines)
    assert "SECRET" not in "".join(lines)
    assert told["intact"] and told["operations"] == 10
    assert {outcome for _, outcome, _ in operations()} == {"denied"}


def test_calls_that_wait_are_bounded(at_the_desk, shop, monkeypatch):
    """Beyond so many, a call is refused at once; those under way are not disturbed."""
    monkeypatch.setattr(module, "AT_ONCE", 1)
    monkeypatch.setattr(module, "WAITING", 1)

    async def act():
        told = []
        async with Client(make(at_the_desk())) as client:

            async def one():
                told.append(await asked(client, "scan"))

            async with anyio.create_task_group() as group:
                for _ in range(4):
                    group.start_soon(one)
        return told

    told = run(act)
    assert sum(isinstance(one, dict) for one in told) == 2
    assert {one for one in told if isinstance(one, str)} == {
        "2 calls are under way or waiting; wait for them, or cancel some"
    }


def test_a_call_that_takes_too_long(at_the_desk, shop, monkeypatch):
    """Is ended, recorded, and said."""
    large(shop, 10)
    monkeypatch.setattr(module, "TIME_LIMIT", 0.8)

    async def act():
        async with Client(make(at_the_desk())) as client:
            return await asked(client, "scan")

    assert run(act).startswith("scan took longer than")


def test_faults_of_a_child(at_the_desk, shop, monkeypatch):
    """What it cannot do is said in its words; a child that dies is one line."""
    monkeypatch.setattr(module, "MODULE", "casemate.cli.screen")  # ends at once, and answers nothing

    async def act():
        async with Client(make(at_the_desk())) as client:
            died = await asked(client, "scan")
            monkeypatch.setattr(module, "MODULE", "casemate.mcp.errand")
            return (
                died,
                await asked(client, "scan", rules=["no-such-rule"]),
                await asked(client, "prove", claims=["nonsense"]),
            )

    died, unknown, nonsense = run(act)
    assert died == "scan ended without an answer (exit code 0); see the ledger, and try again"
    assert isinstance(unknown, (str, dict))
    assert nonsense.startswith("'nonsense' ")
