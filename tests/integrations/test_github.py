"""The GitHub Action: its steps run here, in order, as the runner would run them."""

import json
import re

import pytest
import yaml

from integrations.conftest import ROOT

TEXT = (ROOT / "action.yml").read_text()
ACTION = yaml.safe_load(TEXT)
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
INPUT = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    """The runner's temporary folder, which the step that installs leaves to the one that scans."""
    return tmp_path_factory.mktemp("runner")


@pytest.fixture
def action(shell, clone, tmp_path, runner):
    """Run the action's shell steps with these inputs, the first one once; (exit code, results, what the last one said)."""
    output = tmp_path / "output"

    def run(**given):
        inputs = {name: entry["default"] for name, entry in ACTION["inputs"].items()} | given
        for step in (STEPS["Install"], STEPS["Scan"])[(runner / "casemate").exists() :]:
            variables = {name: inputs[INPUT.fullmatch(text)[1]] for name, text in step["env"].items()}
            done = shell(
                step["run"], "bash", "--noprofile", "--norc", "-eo", "pipefail",
                RUNNER_TEMP=str(runner), GITHUB_ACTION_PATH=str(ROOT), GITHUB_OUTPUT=str(output), **variables,
            )  # fmt: skip
            if done.returncode:
                break
        report = clone.folder / inputs["sarif"]
        assert output.read_text() == f"sarif={inputs['sarif']}\n"
        results = json.loads(report.read_text())["runs"][0]["results"] if report.exists() else None
        return done.returncode, results, done.stdout + done.stderr

    return run


def uris(results):
    return [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]


def test_everything(action):
    """Installed from the action's own folder, it writes SARIF and fails on findings."""
    code, results, _ = action()
    assert (code, uris(results)) == (1, ["new.py", "old.py"])


def test_the_inputs(action):
    """Each reaches the scan; a value is data, whatever stands in it."""
    code, results, _ = action(since="HEAD~1", sarif="a report.sarif", **{"fail-on": "never"}, strict="true")
    assert (code, uris(results)) == (0, ["new.py"])


@pytest.mark.parametrize("path", ["$(touch sprung)", "; touch sprung", "--help", "-o sprung"])
def test_an_input_is_no_program(action, clone, path):
    """A path that would be a command or an option is a path that does not exist."""
    code, results, said = action(path=path)
    assert (code, results) == (2, None)
    assert "cannot look at" in said
    assert not (clone.folder / "sprung").exists()


def test_no_input_stands_in_a_script():
    """The runner pastes expressions into scripts as text, so scripts have none."""
    assert all("${{" not in step.get("run", "") for step in STEPS.values())


def test_the_report_is_kept_even_when_the_scan_fails():
    """As an artifact, after the step that fails on findings; the output names the same file."""
    keep = STEPS["Keep the report"]
    assert list(STEPS) == ["Install", "Scan", "Keep the report"]
    assert keep["if"].startswith("${{ always() ")
    assert keep["with"]["path"] == "${{ inputs.sarif }}"
    assert ACTION["outputs"]["sarif"]["value"] == "${{ steps.scan.outputs.sarif }}"


def test_what_others_run_for_us_is_only_the_upload():
    """One action of GitHub's own, by its major version; everything else is in this repository."""
    assert re.findall(r"uses: (\S+)", TEXT) == ["actions/upload-artifact@v4"]
