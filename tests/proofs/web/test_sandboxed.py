"""The same in the real sandbox, through its fork server: what one case did is gone in the next."""

import json
import sys

import pytest
from adapters.sandbox.machine import a_harness, a_profile, made

from casemate.model.sandbox import Finished, Limits
from proofs.web.marks import SITES, marks, seen

LIMITS = Limits(memory=512 << 20, processes=32, cpu=20, wall=60)
ODD = 'it\'s "5"; <x>'
HARNESS = """
import json, os
from casemate_runtime.web import driver as web
os.chdir("target")
site = web.load({"target": os.getcwd()})

def case(data):
    told = json.loads(data)
    variants = web.variants(site, told)
    driven = web.drive(site, variants[0], told["value"]) if variants else {}
    report(json.dumps([site.problems, len(variants), driven]).encode())
"""


@pytest.mark.parametrize("adapter", ["bubblewrap", "landlock"])
@pytest.mark.parametrize(
    ("site", "names"),
    [
        ("flask_site", ["by_form", "remembers", "by_json"]),
        ("django_site", ["by_member", "remembers", "by_file"]),
        ("fastapi_site", ["by_query", "paging"]),
        ("aiohttp_site", ["by_form", "Things.get"]),
        ("tornado_site", ["ByForm.post", "Member.post"]),
    ],
)
def test_a_site_is_driven_in_the_sandbox(adapter, site, names):
    """No port is opened and no file of the target is written, so both kinds of sandbox let it happen."""
    sandbox = made(adapter)
    profile = a_profile(LIMITS, (SITES / site, "target"), interpreter=sys.executable)
    cases = [json.dumps(marks(site)[name].case(ODD)).encode() for name in names]
    runs = list(sandbox.search(profile, a_harness(HARNESS), cases))
    assert [type(run) for run in runs] == [Finished] * len(names), runs
    driven = [json.loads(run.seen.reports[0])[2] for run in runs]
    for name, result in zip(names, driven, strict=True):
        if name == "remembers":
            assert result["session"] == {"last": ODD}
        else:
            assert seen(result) == [ODD]
        assert result["error"] == ""
