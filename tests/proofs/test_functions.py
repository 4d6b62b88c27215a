"""How functions of a library are driven when they are not simply called: what is proven, and what is not."""

import os
import sys
from dataclasses import replace

import pytest

from casemate.adapters.sandbox.choice import Chosen
from casemate.model.proof import Fidelity, Result
from casemate.model.trace import Boundary, Role, Step, Trace
from casemate.proofs.campaign import Bench, campaign
from casemate.proofs.replay import LIMITS, profile
from proofs.questions import question, written

TARGET = {
    "within.py": """
        import os

        def register(app, root):
            def serve(name):  # source: parameter `name` of the public API
                return os.system("cat " + root + "/" + name)  # sink
            app.add(serve)
        """,
    "afterwards.py": """
        import os

        def printing(printer):  # source: parameter `printer` of the public API
            def send(document):
                os.system("lp -d " + printer + " document")  # sink
            return send
        """,
    "heir.py": """
        import abc
        import os

        class Vendor(abc.ABC):
            def connect(self, host):  # source: parameter `host` of the public API
                return self.start("ssh " + host)

            @abc.abstractmethod
            def start(self, command): ...

        class Local(Vendor):
            def start(self, command):
                return os.system(command)  # sink
        """,
    "keyword.py": """
        import os

        class Image:
            def __init__(self, **options):  # source: parameter `options` of the public API
                if options.get("format", "png") not in ("png", "gif"):
                    raise ValueError("no such format")
                os.system("convert -font " + options.get("font", ""))  # sink
        """,
    "deep.py": """
        import os

        def notify(message):  # source: parameter `message` of the public API
            data = message["body"]["command"]
            os.system("notify " + data)  # sink
        """,
    "apart.py": """
        import os

        def compiled(compiler, name):  # source: parameter `name` of the public API
            first, second = compiler.compile(1)
            os.system("run " + name)  # sink
        """,
    "variable.py": """
        import os

        def submit(name):  # source: parameter `name` of the public API
            queue = os.environ["BATCH_QUEUE"]
            os.system("submit " + queue + " " + name)  # sink
        """,
    "broken.py": """
        import os
        from parts import native

        def run(name):  # source: parameter `name` of the public API
            os.system("run " + name)  # sink
        """,
    "parts/__init__.py": "",
    "parts/native.py": "raise OSError('the shared library is not there')",
    "asked.py": """
        import os

        class Agent:
            def __init__(self, model):
                self.model = model + 1

            def work(self):
                answer = self.model.ask("what next?")  # source: model's answer
                os.system(answer)  # sink
        """,
    "generated.py": """
        import os

        def lines(name):  # source: parameter `name` of the public API
            yield 1
            os.system("cat " + name)  # sink
        """,
    "logged.py": """
        import os

        class Service:
            def __init__(self, wanted):
                self.log = wanted.log + 1

            def run(self, name):  # source: parameter `name` of the public API
                self.log.info("running %s", name)
                os.system("run " + name)  # sink
        """,
    "checked.py": """
        import os

        class Service:
            def __init__(self, wanted):
                self.rules = wanted.rules + 1

            def run(self, name):  # source: parameter `name` of the public API
                if self.rules.allow(name):
                    os.system("run " + name)  # sink
        """,
}
FUNCTIONS = {
    "within": "register.<locals>.serve",
    "afterwards": "printing.<locals>.send",
    "heir": "Local.start",
    "keyword": "Image.__init__",
}
PROVEN = {
    "within": Fidelity.ISOLATED,
    "afterwards": Fidelity.PUBLIC_API,
    "heir": Fidelity.PUBLIC_API,
    "keyword": Fidelity.PUBLIC_API,
    "deep": Fidelity.PUBLIC_API,
    "apart": Fidelity.ISOLATED,
    "variable": Fidelity.PUBLIC_API,
    "broken": Fidelity.ISOLATED,
    "asked": Fidelity.ISOLATED,
    "generated": Fidelity.PUBLIC_API,
    "logged": Fidelity.ISOLATED,
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder = written(tmp_path_factory.mktemp("target"), TARGET)
    return Bench(
        sandbox=Chosen(),
        profile=profile(str(folder), os.path.realpath(sys.executable), limits=replace(LIMITS, memory=256 << 20)),
        source=lambda path: (folder / path).read_bytes(),
        budget=90,
    ), folder


@pytest.fixture(scope="module")
def verdicts(bench):
    bench, folder = bench
    names = [path.removesuffix(".py") for path in TARGET if "# sink" in TARGET[path]]
    asked = [question(folder, f"{name}.py", function=FUNCTIONS.get(name, ""), identity=name) for name in names]
    return {q.identity: attempt.verdict for q, attempt in campaign(bench, asked)}


@pytest.mark.parametrize("name", PROVEN)
def test_what_is_proven(verdicts, name):
    """By the way that leads there, with the fidelity that it has."""
    verdict = verdicts[name]
    assert verdict.result is Result.PROVEN, verdict
    assert verdict.proof.fidelity is PROVEN[name]


def test_a_stand_in_that_might_have_refused_the_value_proves_nothing(verdicts):
    """Who only notes a value may be a stand-in; who is asked about it may not."""
    assert verdicts["checked"].result is Result.NOT_TRIGGERED


ARCHIVE = """
    import os
    import zipfile

    def unpack(filename, root):
        with zipfile.ZipFile(filename) as archive:
            for name in archive.namelist():  # source: archive member's name
                target = os.path.join(root, {name})
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:  # sink
                    file.write(archive.read(name))
    """
PREFIX = """
    import os

    class Files:
        def __init__(self, directory=None):
            self.directory = directory

        def read(self, path):  # source: parameter `path` of the public API
            full = os.path.realpath(os.path.join(self.directory or "/nowhere", path))
            if not full.startswith(os.path.realpath(self.directory){more}):  # sink
                return None
            return open(full).read()
    """


@pytest.mark.parametrize(
    ("text", "proven"),
    [
        (ARCHIVE.replace("{name}", "name"), True),
        (ARCHIVE.replace("{name}", "os.path.basename(name)"), False),
        (PREFIX.replace("{more}", ""), True),
        (PREFIX.replace("{more}", " + os.sep"), False),
    ],
    ids=["archive", "archive, only the last part", "prefix", "prefix with a separator"],
)
def test_paths(tmp_path, text, proven):
    """A member is planted in whatever archive is opened; a check of first characters is tried with a folder beside."""
    folder = written(tmp_path / "target", {"files.py": text})
    asked = question(folder, "files.py", cwe=22, boundary=Boundary.API)
    if "startswith" in text:
        *steps, last = asked.lead.trace.steps
        steps.append(Step(location=last.location, role=Role.SINK, note="reaches a check of the first characters"))
        asked = replace(asked, lead=replace(asked.lead, trace=Trace(boundary=Boundary.API, steps=tuple(steps))))
    bench = Bench(
        sandbox=Chosen(),
        profile=profile(str(folder), os.path.realpath(sys.executable)),
        source=lambda path: (folder / path).read_bytes(),
    )
    ((_, attempt),) = campaign(bench, [asked])
    assert (attempt.verdict.result is Result.PROVEN) is proven, attempt.verdict
