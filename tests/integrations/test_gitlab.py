"""The GitLab template: the job's script runs here, line by line, as its runner would run it."""

import json

import pytest
import yaml

from integrations.conftest import ROOT

TEMPLATE = yaml.safe_load((ROOT / "integrations/gitlab/casemate.gitlab-ci.yml").read_text())
JOB = TEMPLATE["casemate"]


@pytest.fixture
def job(shell, clone):
    """Run lines of the job with these variables, with this folder in place of the registry's package."""

    def run(script, **given):
        variables = TEMPLATE["variables"] | JOB["variables"] | {"CASEMATE_INSTALL": str(ROOT)} | given
        done = shell("set -e\n" + "\n".join(script), "sh", **variables)
        report = clone.folder / JOB["artifacts"]["paths"][0]
        results = json.loads(report.read_text())["runs"][0]["results"] if report.exists() else None
        return done.returncode, [
            r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results or ()
        ]

    return run


def test_a_branch_and_a_merge_request(job, clone):
    """On a branch everything is reported, in a merge request what it touches; what the job installs is no part of it."""
    assert job(JOB["script"]) == (1, ["new.py", "old.py"])
    base = clone.git("rev-parse", "HEAD~1")
    *_, scan = JOB["script"]
    assert job([scan], CI_MERGE_REQUEST_DIFF_BASE_SHA=base) == (1, ["new.py"])
    options = "--strict --exclude new.py"
    assert job([scan], CI_MERGE_REQUEST_DIFF_BASE_SHA=base, CASEMATE_OPTIONS=options) == (0, [])


def test_the_report_is_kept_even_when_the_job_fails():
    """And the history is there for the comparison."""
    assert JOB["artifacts"]["when"] == "always"
    assert JOB["variables"]["GIT_DEPTH"] == "0"


def test_the_image_is_named_by_a_version():
    """A tag that says which Python and which Debian."""
    assert JOB["image"] == "python:3.13-slim-bookworm"
