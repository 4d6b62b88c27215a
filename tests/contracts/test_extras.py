"""What an extra brings is imported by nothing but the command that needs it."""

import os
import subprocess
import sys

import pytest

OF_EXTRAS = (
    *("mcp", "mcp_types", "anyio", "starlette", "uvicorn", "pydantic", "httpx2", "jsonschema", "opentelemetry"),
    *("inspect_ai", "rfc3161_client"),
)


@pytest.mark.parametrize("arguments", [["scan", "."], ["mcp", "--help"], ["doctor"], ["rules"], ["ledger", "show"]])
def test_commands_import_no_extra(arguments, tmp_path):
    """Whether it is installed or not."""
    (tmp_path / "a.py").write_text("x = 1\n")
    code = f"""
import sys
from casemate.cli.main import main
try:
    main({arguments!r})
except SystemExit:
    pass
print(*sorted(sys.modules.keys() & {set(OF_EXTRAS)!r}), file=sys.stderr)
"""
    environment = {**os.environ, "CASEMATE_HOME": str(tmp_path / "home"), "CASEMATE_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == ""


def test_a_scan_works_where_the_extra_cannot_be_imported(tmp_path):
    """As on a machine without it."""
    (tmp_path / "a.py").write_text('import os, sys\nos.system("ls " + sys.argv[1])\n')
    code = f"""
import sys
for name in {OF_EXTRAS!r}:
    sys.modules[name] = None
from casemate.cli.main import main
main(["scan", "a.py", "--quiet"])
"""
    environment = {**os.environ, "CASEMATE_HOME": str(tmp_path / "home"), "CASEMATE_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "command-injection" in done.stdout
