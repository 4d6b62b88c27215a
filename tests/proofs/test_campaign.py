"""A campaign over small targets, in the sandbox that this machine has: what is proven, how, and how everything else ends."""

import hashlib
import json
import os
import sys
from dataclasses import replace

import pytest

from casemate.adapters.sandbox.choice import Chosen
from casemate.model.lead import Doubt
from casemate.model.proof import Fidelity, Result
from casemate.model.trace import Boundary
from casemate.proofs.campaign import Bench, _fidelity, campaign
from casemate.proofs.observation import Observation
from casemate.proofs.replay import LIMITS, Failed, canonical, job, observed, profile
from proofs.questions import question, written

TARGET = {
    "spliced.py": """
        import subprocess

        def tag(title, track):  # source: parameter `title` of the public API
            subprocess.call('id3tag --title="%s" "%s"' % (title, track), shell=True)  # sink
        """,
    "method.py": """
        import os

        class Box:
            def __init__(self, root):
                self.root = root

            def get(self, name):  # source: parameter `name` of the public API
                return os.system("cat " + self.root + "/" + name)  # sink
        """,
    "kept.py": """
        import os

        class Job:
            def __init__(self, host):  # source: parameter `host` of the public API
                self.host = host

            def start(self):
                os.system("ping -c 1 " + self.host)  # sink
        """,
    "bare.py": """
        import os

        class Odd:
            def __init__(self, connection):
                connection.open()["port"] + 1

            def run(self, name):  # source: parameter `name` of the public API
                os.system("echo " + name)  # sink
        """,
    "wants.py": """
        import os
        import a_library_that_is_not_there

        @a_library_that_is_not_there.decorated
        def run(name):  # source: parameter `name` of the public API
            os.system("echo " + name)  # sink
        """,
    "refused.py": """
        import os
        from a_library_that_is_not_there import check

        def run(name):  # source: parameter `name` of the public API
            if check(name):
                os.system("echo " + name)  # sink
        """,
    "package/__init__.py": "raise RuntimeError('this package wants a display')\n",
    "package/alone.py": """
        import os

        def run(name):  # source: parameter `name` of the public API
            os.system("echo " + name)  # sink
        """,
    "variable.py": """
        import os

        def run():
            os.system("ls " + os.environ["SHOW"])  # source: environment variable  # sink
        """,
    "options.py": """
        import argparse
        import os

        def main(argv=None):
            parser = argparse.ArgumentParser()
            parser.add_argument("--count", type=int)
            parser.add_argument("--host", required=True)
            options = parser.parse_args(argv)  # source: command-line argument
            ping(options.host)

        def ping(host):
            os.system("ping -c 1 " + host)  # sink
        """,
    "rows.py": """
        import os

        def run(path):
            with open(path) as file:  # source: content of a file
                for line in file:
                    os.system("echo " + line)  # sink
        """,
    "asked.py": """
        import os

        def run():
            os.system("finger " + input("whom? "))  # source: answer at the prompt  # sink
        """,
    "later.py": """
        import os

        async def run(name):  # source: parameter `name` of the public API
            for part in parts(name):
                os.system(part)

        def parts(name):
            yield "echo " + name  # sink
        """,
    "listed.py": """
        import subprocess

        def run(name):  # source: parameter `name` of the public API
            subprocess.call(["echo", name])  # sink
        """,
    "quoted.py": """
        import os
        import shlex

        def run(name):  # source: parameter `name` of the public API
            os.system("echo " + shlex.quote(name))  # sink
        """,
    "elsewhere.py": """
        import os

        def run(name):  # source: parameter `name` of the public API
            os.system("true")  # sink
            other(name)

        def other(name):
            os.system("echo " + name)
        """,
    "never.py": """
        import os

        def run(name):  # source: parameter `name` of the public API
            if len(name) > 10_000:
                os.system("echo " + name)  # sink
        """,
    "leaves.py": """
        import sys

        sys.exit(3)

        def run(name):  # source: parameter `name` of the public API
            print(name)  # sink
        """,
    "spins.py": """
        def run(name):  # source: parameter `name` of the public API
            while True:
                pass  # sink
        """,
    "eats.py": """
        def run(name):  # source: parameter `name` of the public API
            return bytearray(2 << 30)  # sink
        """,
    "forges.py": """
        import json
        import os

        def run(name):  # source: parameter `name` of the public API
            report = json.dumps({"events": [{"name": "canary.ran", "args": [name], "at_sink": True, "stack": []}], "passed": 1})
            print(report)
            for number in range(3, 40):
                try:
                    os.write(number, report.encode())
                except OSError:
                    pass  # sink
        """,
    "dies.py": """
        import os

        def run(name):  # source: parameter `name` of the public API
            os.abort()  # sink
        """,
    "prints.py": """
        def run(name):  # source: parameter `name` of the public API
            while True:
                print("x" * 100_000)  # sink
        """,
    "faults.py": """
        import ctypes

        def run(name):  # source: parameter `name` of the public API
            ctypes.string_at(0)  # sink
        """,
    "kills.py": """
        import os
        import signal

        def run(name):  # source: parameter `name` of the public API
            os.kill(os.getppid(), signal.SIGKILL)  # sink
        """,
    "fills.py": """
        import tempfile

        def run(name):  # source: parameter `name` of the public API
            for number in range(10_000):
                with open(tempfile.gettempdir() + f"/{number}", "wb") as file:
                    file.write(bytes(1 << 20))  # sink
        """,
    "spoils.py": """
        import os

        def run(name):  # source: parameter `name` of the public API
            for folder in (os.path.dirname(__file__), "/etc", os.path.expanduser("~"), "/var/tmp"):
                try:
                    open(os.path.join(folder, "spoiled"), "w").close()
                except OSError:
                    pass
            open(__file__, "w").close()  # sink
        """,
}
BOUNDARIES = {"variable": Boundary.LOCAL, "options": Boundary.LOCAL, "rows": Boundary.FILE, "asked": Boundary.LOCAL}
FUNCTIONS = {"kept": "Job.start"}
SMALL = replace(LIMITS, memory=256 << 20, tmp=32 << 20, cpu=1, wall=20.0)


def digests(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = written(tmp_path_factory.mktemp("target"), TARGET)
    return Bench(
        sandbox=Chosen(),
        profile=profile(str(folder), os.path.realpath(sys.executable), limits=SMALL),
        source=lambda path: (folder / path).read_bytes(),
        budget=90,
    ), folder


def asked(folder, *names):
    return [
        question(
            folder,
            path,
            boundary=BOUNDARIES.get(name, Boundary.API),
            function=FUNCTIONS.get(name, ""),
        )
        for path in TARGET
        if "# sink" in TARGET[path] and (name := path.removesuffix(".py")) and (not names or name in names)
    ]


@pytest.fixture(scope="module")
def attempts(bench):
    bench, folder = bench
    before = digests(folder)
    found = {q.identity.removesuffix(".py"): attempt for q, attempt in campaign(bench, asked(folder))}
    assert digests(folder) == before
    return found


PROVEN = {
    "spliced": (Fidelity.PUBLIC_API, ()),
    "method": (Fidelity.PUBLIC_API, ()),
    "kept": (Fidelity.PUBLIC_API, ()),
    "bare": (Fidelity.ISOLATED, ()),
    "wants": (Fidelity.ISOLATED, ("a_library_that_is_not_there",)),
    "package/alone": (Fidelity.ISOLATED, ()),
    "variable": (Fidelity.PUBLIC_API, ()),
    "options": (Fidelity.PUBLIC_API, ()),
    "rows": (Fidelity.PUBLIC_API, ()),
    "asked": (Fidelity.PUBLIC_API, ()),
}
OTHERS = {
    "refused": Result.NOT_TRIGGERED,  # the canary went into a stand-in, which a real check might have refused
    "later": Result.NOT_TRIGGERED,  # the command was started elsewhere than on the finding's line
    "listed": Result.NOT_TRIGGERED,
    "quoted": Result.NOT_TRIGGERED,
    "elsewhere": Result.NOT_TRIGGERED,
    "never": Result.NOT_REACHED,
    "leaves": Result.BROKEN,
    "spins": Result.TIMED_OUT,
    "eats": Result.OUT_OF_MEMORY,
    "forges": Result.NOT_TRIGGERED,
    "dies": Result.BROKEN,
    "prints": Result.UNSAFE,
    "faults": Result.BROKEN,
    "kills": Result.BROKEN,
    "fills": Result.NOT_TRIGGERED,
    "spoils": Result.NOT_TRIGGERED,
}


@pytest.mark.parametrize("name", PROVEN)
def test_what_is_proven(attempts, name):
    """Through the way that the trace names, with the fidelity that it has."""
    verdict = attempts[name].verdict
    assert verdict.result is Result.PROVEN, verdict
    assert (verdict.proof.fidelity, verdict.proof.stubs) == PROVEN[name]
    assert (verdict.proof.oracle, verdict.proof.runs) == ("command", 5)


@pytest.mark.parametrize("name", OTHERS)
def test_how_everything_else_ends(attempts, name):
    """Each in its own way, and none proven."""
    assert attempts[name].verdict.result is OTHERS[name], attempts[name].verdict
    assert attempts[name].exhibit is None


def test_every_question_is_answered(attempts):
    """None is lost, whatever the one before it did to its sandbox."""
    assert set(attempts) == {*PROVEN, *OTHERS}


def test_the_same_proof_twice(bench, attempts):
    """Two campaigns keep the same bytes, whatever ran beside them."""
    bench, folder = bench
    again = {q.identity: attempt for q, attempt in campaign(bench, asked(folder, "options", "spliced"))}
    assert again == {f"{name}.py": attempts[name] for name in ("options", "spliced")}


def test_an_input_is_as_short_as_it_can_be(attempts):
    """What the oracle does not need is gone."""
    case = json.loads(attempts["options"].exhibit.cases[0])
    assert case["payload"] == {"text": ";{canary}"}


def test_each_run_has_a_canary_of_its_own(attempts):
    """Five runs, five words, and none of the control's."""
    exhibit = attempts["spliced"].exhibit
    told = [json.loads(case)["canary"] for case in (*exhibit.cases, *exhibit.controls)]
    assert len(set(told)) == 6
    assert exhibit.sources == (("spliced.py", hashlib.sha256(TARGET_BYTES).hexdigest()),)


TARGET_BYTES = b"\n".join(
    [
        b"import subprocess",
        b"",
        b"def tag(title, track):  # source: parameter `title` of the public API",
        b'    subprocess.call(\'id3tag --title="%s" "%s"\' % (title, track), shell=True)  # sink',
        b"",
    ]
)


def test_what_is_by_design_is_not_even_tried(bench):
    """Nor what no oracle decides, or what a run does not settle: whose the value is that a caller gives."""
    bench, folder = bench
    design = question(folder, "spliced.py", by_design=True)
    unknown = question(folder, "spliced.py", cwe=1)
    own = question(folder, "spliced.py", doubt=Doubt.CALLER)
    results = [(a.verdict.result, a.verdict.executions) for _, a in campaign(bench, [design, unknown, own])]
    assert results == [(Result.BY_DESIGN, 0), (Result.NOT_EXAMINED, 0), (Result.NOT_EXAMINED, 0)]


def test_a_budget_that_is_spent_is_an_outcome(bench):
    """And it is kept to."""
    bench, folder = bench
    ((_, attempt),) = campaign(replace(bench, budget=5), asked(folder, "quoted"))
    assert (attempt.verdict.result, attempt.verdict.executions) == (Result.SPENT, 5)


def test_without_a_sandbox_nothing_is_proven_and_nothing_runs(bench):
    """It fails closed, and says why."""
    bench, folder = bench
    ((_, attempt),) = campaign(replace(bench, sandbox=Chosen(())), asked(folder, "spliced"))
    assert attempt.verdict.result is Result.NOT_EXAMINED
    assert "no sandbox" in attempt.verdict.detail or "nothing could be tried" in attempt.verdict.detail


def test_a_harness_that_reports_nothing_is_broken(bench):
    """An empty outcome is never a verdict."""
    bench, _ = bench
    run = bench.sandbox.run(bench.profile, job(canonical({"target": "nowhere", "driver": "function"}), b"{}"))
    seen = observed(run)
    assert isinstance(seen, Failed)
    assert seen.result is Result.BROKEN


def test_who_does_not_say_how_it_was_driven_is_believed_the_least():
    """What a report holds is the target's, and may be odd."""

    def told(fidelity):
        return _fidelity(Observation(probes={}, measures={}, session={}, fidelity=fidelity))

    assert told("public API") is Fidelity.PUBLIC_API
    assert told("") is told("by the president") is Fidelity.ISOLATED
