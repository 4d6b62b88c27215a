"""What tests of properties share: the patch of the bank that a model proposes, hunts with and without a model, an acceptance."""

import json
from pathlib import Path

from agents.support import says
from targetpython import target_python

from casemate.app.models import Limits, Talk
from casemate.app.prove import HuntRequest, run_hunt
from casemate.app.scan import ScanRequest
from casemate.cli.bundles import keep
from casemate.governance.spending import Terms

BODY = "    return _KEPT[account]\n"
CHECK = '    found = _KEPT[account]\n    if found["owner"] != user:\n        raise PermissionError(account)\n    return found\n'
MENDER = [says(("patch", {"path": "bank.py", "old": BODY, "new": CHECK, "what": "show an account to its owner alone"}))]
PYTHON = ("--python", target_python())


def hunted(place, model, **request):
    """A hunt with a scripted model, whose bundles are kept."""
    talk = Talk(model=model, terms=Terms(), limits=Limits(), record=None)
    asked = {"fix": True, **request}
    found = run_hunt(
        HuntRequest(
            scan=ScanRequest(paths=(place,), cache=False),
            budget=500,
            python=Path(target_python()),
            talk=talk,
            **asked,
        ),
        announce=lambda line: None,
        progress=lambda stage, done, total: None,
    )
    keep(found.sealed, None, place)
    return found.report


def hunt(casemate, *more):
    """A hunt without a model, as JSON: the one finding, and the report."""
    told = casemate("hunt", "bank", "--decisions", "kept", "--format", "json", "--no-cache", "--quiet", *PYTHON, *more)
    assert told.exit_code in (0, 1), told.output
    report = json.loads(told.stdout)
    return report["findings"], report


def accepted(casemate, *more):
    told = casemate(
        "property", "accept", ID, "--reason", "house rules 3.2", "--who", "Ann", "--decisions", "kept", "--yes", *more
    )
    assert told.exit_code == 0, told.output
    (file,) = Path("kept").iterdir()
    return file


ID = "cf8cd779"
