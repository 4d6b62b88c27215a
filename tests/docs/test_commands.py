"""The documents: commands that they show are run, and their links lead somewhere."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cli.repository import IDENTITY, Repository

from casemate.app.ground import examine_sandbox

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


BLOCKS = [
    pytest.param(block, id=f"{page.relative_to(ROOT)}-{number}")
    for page in PAGES
    for number, block in enumerate(BLOCK.findall(page.read_text()), 1)
]


@pytest.fixture
def place(tmp_path):
    """A copy of what the documents speak of, in a repository, with a home of its own."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    Repository(tmp_path).commit()
    return tmp_path


@pytest.mark.parametrize("block", BLOCKS)
def test_a_documented_block_of_commands_works(block, place):
    """What a page tells people to type ends well, and prints what the page shows; `⋮` stands for any other text up to a line."""
    if ("casemate hunt " in block or "casemate fix " in block) and (why := examine_sandbox()[0].refusal):
        pytest.skip(why)
    environment = {
        "HOME": str(place / "home"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "100",
        **IDENTITY,
    }
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        done = subprocess.run(
            ["sh", "-c", command], cwd=place, env=environment, capture_output=True, text=True, check=False
        )
        well = (0, 1) if command.startswith(("casemate scan ", "casemate host ")) else (0,)  # 1: there are findings
        assert done.returncode in well, f"{command}\n{done.stdout}{done.stderr}"
        if shown.strip():
            head, _, tail = shown.partition("⋮\n")
            assert done.stdout.startswith(head)
            assert done.stdout.rstrip().endswith(tail.rstrip())


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page):
    """A relative link names a file that exists."""
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


YAML = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXAMPLES = [yaml.safe_load(block) for block in YAML.findall((ROOT / "docs/ci.md").read_text())]


def test_the_examples_for_ci_fit_what_there_is():
    """They are YAML, and give no input, variable or hook that does not exist."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    job = yaml.safe_load((ROOT / "integrations/gitlab/casemate.gitlab-ci.yml").read_text())
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    workflow, upload, gitlab, precommit = EXAMPLES
    (step,) = [s for s in workflow["jobs"]["scan"]["steps"] if s["uses"].startswith("OWNER/casemate@")]
    assert step["with"].keys() <= action["inputs"].keys()
    assert upload[0]["with"]["sarif_file"] == action["inputs"]["sarif"]["default"]
    assert gitlab["variables"].keys() <= job["variables"].keys()
    assert [hook["id"] for hook in precommit["repos"][0]["hooks"]] == [hooks[0]["id"]]
    text = (ROOT / "docs/ci.md").read_text()
    assert all(f"`{name}`" in text for name in (*action["inputs"], *(hook["id"] for hook in hooks)))
