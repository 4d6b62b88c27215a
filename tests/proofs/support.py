"""A tiny target whose weakness is proven for real: for tests of what follows a proof."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from targetpython import target_python

from casemate.adapters.sandbox.choice import Chosen
from casemate.app.scan import ScanRequest, run_scan
from casemate.evidence.bundle import seal
from casemate.model.sandbox import Profile
from casemate.proofs.campaign import Bench, campaign
from casemate.proofs.question import Question
from casemate.proofs.replay import profile

SHOP = '''import subprocess


def label(name):
    """Print a label."""
    return subprocess.run("echo label " + name, shell=True, capture_output=True, text=True).stdout


def ticket(name):
    """Print a ticket."""
    return subprocess.run("echo ticket " + name, shell=True, capture_output=True, text=True).stdout
'''
MENDED = SHOP.replace('"echo label " + name, shell=True', '["echo", "label", name]')


def a_shop(folder: Path, source: str = SHOP) -> Path:
    """The target in a folder."""
    folder.mkdir()
    (folder / "shop.py").write_text(source)
    return folder


def proven(place: Path):
    """The first finding of a target with its verdict, and the bytes of its bundle. Skips where no sandbox holds."""
    sandbox = Chosen()
    if why := sandbox.examine(Profile(interpreter=sys.executable)).refusal:
        pytest.skip(why)
    request = ScanRequest(paths=(place,), cache=False)
    report = run_scan(request, announce=lambda line: None, progress=lambda stage, done, total: None)
    finding = report.findings[0]
    bench = Bench(
        sandbox=sandbox,
        profile=profile(str(place), target_python()),
        source=lambda path: (place / path).read_bytes(),
    )
    question = Question(identity=finding.identity, cwe=finding.cwe, lead=finding.lead)
    ((_, attempt),) = campaign(bench, [question])
    return seal(replace(finding, verdict=attempt.verdict), attempt.exhibit, report.version)
