"""What docs/mcp.md shows works: each configuration starts a server, the program runs, the table names every tool."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from casemate.cli.main import main
from casemate.mcp.catalogue import TOOLS

PAGE = (Path(__file__).parents[2] / "docs/mcp.md").read_text()


def blocks(kind):
    """Fenced blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def servers():
    """What each configuration says of the server."""
    for block in blocks("json"):
        read = json.loads(block)
        yield from (read.get("mcpServers") or read["servers"]).values()
    for block in blocks("toml"):
        yield from tomllib.loads(block)["mcp_servers"].values()


def test_every_tool_is_in_the_table():
    """With the level that it takes."""
    rows = re.findall(r"^\| (`.*?`) \| .* \| `(\w+)` \|$", PAGE, re.MULTILINE)
    told = {name: level for names, level in rows for name in re.findall(r"`(\w+)`", names)}
    assert told == {tool.name: tool.level.value for tool in TOOLS}


def test_the_extra_is_missing(monkeypatch):
    """One line with the next step, before anything is done."""
    monkeypatch.setattr("casemate.mcp.start.find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["mcp"])
    assert result.exit_code == 2
    assert result.stderr == (
        "casemate: `casemate mcp` needs a library that is not installed; pip install 'casemate[agents]'\n"
    )


def test_options_of_http_alone():
    """Are refused where there is none."""
    result = CliRunner().invoke(main, ["mcp", "--bind", "127.0.0.2"])
    assert result.exit_code == 2
    assert "give --http as well" in result.stderr


def test_configurations(shop):
    """Each that names a command starts a server; the other is one over HTTP."""
    pytest.importorskip("mcp", reason="the extra 'agents' is not installed")
    from mcpserver.clients import over_stdio, run

    commands = [one for one in servers() if "command" in one]
    (http,) = [one for one in servers() if "url" in one]
    assert http["url"].endswith("/mcp") and http["headers"].keys() == {"Authorization"}
    assert len(commands) == 3 and {one["command"] for one in commands} == {"casemate"}

    async def act(arguments):
        async with over_stdio(*arguments, cwd=shop) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    for one in commands:
        subcommand, *options = one["args"]
        assert subcommand == "mcp"
        offered = run(act, [option.replace("${workspaceFolder}", str(shop)) for option in options])
        assert "prove" in offered and "apply" not in offered


def test_the_program(shop):
    """As it stands there."""
    pytest.importorskip("mcp", reason="the extra 'agents' is not installed")
    (program,) = blocks("python")
    stand_in = shop / "casemate"
    stand_in.write_text(f"#!{sys.executable}\nfrom casemate.cli.main import main\nmain()\n")
    stand_in.chmod(0o755)
    program = program.replace('command="casemate"', f"command={str(stand_in)!r}, env={dict(os.environ)!r}")
    done = subprocess.run([sys.executable, "-c", program], cwd=shop, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == ["command-injection shop.py 7", "hardcoded-secret shop.py 4"]
