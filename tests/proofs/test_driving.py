"""How code is driven that asks for more than a value: each way by a weak target, and by one that is mended and stays quiet."""

import sys
from dataclasses import replace

import pytest

from casemate.adapters.sandbox.choice import Chosen
from casemate.model.lead import Lead, RuleId
from casemate.model.location import Location
from casemate.model.proof import Result
from casemate.model.sandbox import Profile
from casemate.model.trace import Boundary, Role, Step
from casemate.proofs import campaign
from casemate.proofs.lockstep import Lockstep
from casemate.proofs.question import Question
from casemate.proofs.replay import job, observed, profile, words
from casemate.proofs.search import Candidate, answer, search
from proofs.questions import question, written

GUARDED = """
    import os, shlex

    def start(name, scheme, strict=True):  # source: parameter `name` of the public API
        if strict:
            return None
        if scheme == "ssh":
            os.system("ssh " + {name})  # sink
    """
WITHIN = """
    import hmac
    from typing import Optional, Tuple

    def factory(credentials: Optional[Tuple[str, str]] = None):
        if credentials is not None:
            def check(username, password):
                return {same}  # sink
        else:
            raise TypeError("credentials are wanted")
        return check
    """
FORM = """
    import binascii, hmac

    def valid(message, key):
        told = message["signature"]
        own = hmac.new(binascii.a2b_hex(key), b"text", "sha256").hexdigest()
        return {same}  # sink
    """
TEMPLATE = """
    import jinja2

    class Prompt:
        def __init__(self, template):  # source: parameter `template` of the public API
            self.made, self.text = jinja2.Template({template}), template  # sink

        def run(self, wanted=None):
            return {{"prompt": self.made.render(text=self.text)}}
    """
KEPT = """
    class Rule:
        def __init__(self):
            self.rule = ""

        def named(self, value):  # source: parameter `value` of the public API
            self.rule += "name == " + repr(value)  # kept in attribute rule

        def tagged(self, value):
            self.rule += {value} + " in entry.tags"

        def holds(self, entry):
            entry.look()
            return eval(self.rule)  # sink
    """
KEY = """
    import os, shlex

    def clone(address, **options):  # source: parameter `address` of the public API
        branch = options.pop("branch")
        os.system("git clone -b " + branch + " " + {address})  # sink
    """
FIELDS = """
    import os, shlex

    class Entry:
        def __init__(self):
            self.__title = None
            self.command = ""

        def title(self, title=None):
            if title is not None:
                self.__title = title
            return self.__title

        def content(self, content):  # source: parameter `content` of the public API
            self.command = {content}

        def write(self):
            if not self.__title:
                raise ValueError("Required fields not set")
            os.system("write " + self.command)  # sink
    """
TYPED = """
    import os, shlex

    class Entry:
        def content(self, content, type=None):  # source: parameter `content` of the public API
            self.kept = dict(content=content, type=type)

        def write(self):
            type = self.kept["type"]
            if not type or type == "text":
                return None
            elif type.endswith("/command"):
                os.system("write " + {content})  # sink
    """
SETTINGS = """
    import os, shlex
    from django.db import transaction

    @transaction.atomic
    def take(content):  # source: parameter `content` of the public API
        os.system("take " + {content})  # sink
    """
MADE = """
    import os, tempfile

    class Store:
        def __init__(self):
            self.place = os.path.join(tempfile.gettempdir(), "store")
            self.create()

        def create(self):
            if not os.path.exists(self.place):
                with open(self.place, "w"{opener}) as file:
                    file.write("secret")
                os.chmod(self.place, 0o600)  # sink
    """
DETOUR = """
    import os

    class Root:
        def modules(self):
            with open("/nowhere/modules") as file:
                return file.read()

        def save(self, path=None):
            told = self.modules()
            with open((path or "/nowhere/saved") + ".new", "w"{opener}) as file:
                os.fchmod(file.fileno(), 0o600)  # sink
                file.write("told")
    """
BYTES = """
    import random

    def authenticator():
        return bytes([{generator}.randrange(0, 256) for _ in range(16)])  # sink
    """
PATTERN = """
    WORDS = [
        (r"^{pattern}$", "words"),  # sink
    ]
    """
_PRIVATE = ", opener=lambda path, flags: os.open(path, flags, 0o600)"

TARGETS = {
    "guarded": (78, "", GUARDED, {"name": "name"}, {"name": "shlex.quote(name)"}),
    "within": (
        208,
        "fact",
        WITHIN,
        {"same": "(username, password) == credentials"},
        {"same": "hmac.compare_digest(password, credentials[1])"},
    ),
    "form": (208, "fact", FORM, {"same": "own == told"}, {"same": "hmac.compare_digest(own, str(told))"}),
    "template": (1336, "Prompt.__init__", TEMPLATE, {"template": "template"}, {"template": '"{{ text }}"'}),
    "kept": (95, "Rule.holds", KEPT, {"value": '"\'" + value + "\'"'}, {"value": "repr(value)"}),
    "key": (78, "", KEY, {"address": "address"}, {"address": "shlex.quote(address)"}),
    "fields": (78, "Entry.write", FIELDS, {"content": "content"}, {"content": "shlex.quote(content)"}),
    "typed": (
        78,
        "Entry.write",
        TYPED,
        {"content": 'self.kept["content"]'},
        {"content": 'shlex.quote(self.kept["content"])'},
    ),
    "settings": (78, "", SETTINGS, {"content": "content"}, {"content": "shlex.quote(content)"}),
    "made": (732, "fact", MADE, {"opener": ""}, {"opener": _PRIVATE}),
    "detour": (732, "fact", DETOUR, {"opener": ""}, {"opener": _PRIVATE}),
    "bytes": (330, "fact", BYTES, {"generator": "random"}, {"generator": "random.SystemRandom()"}),
    "pattern": (1333, "fact", PATTERN, {"pattern": "(a|a)*"}, {"pattern": "a*"}),
}
"""Name → CWE, "fact" or the function that holds the sink, text, and what stands in its places in the weak and the mended one."""


def _asked(folder, name):
    cwe, function, *_ = TARGETS[name.partition("_")[0]]
    path = f"{name}.py"
    lines = (folder / path).read_text().splitlines()
    if function == "fact":
        sink = next(at for at, line in enumerate(lines, 1) if "# sink" in line)
        here = Location(path=path, line=sink)
        lead = Lead(rule=RuleId("a-fact"), location=here, function="", message="", fact=True)
        return Question(identity=name, cwe=cwe, lead=lead)
    asked = question(folder, path, cwe=cwe, function=function, identity=name)
    first, last = asked.lead.trace.steps
    kept = [
        Step(location=Location(path=path, line=at), role=Role.FLOW, note=line.partition("# ")[2])
        for at, line in enumerate(lines, 1)
        if "# kept in" in line
    ]
    return replace(asked, lead=replace(asked.lead, trace=replace(asked.lead.trace, steps=(first, *kept, last))))


def _pair(bench, name):
    """The search for the weak one; then the mended one is driven in the very way that was found."""
    found = yield from search(_asked(bench[1], f"{name}_weak"), 120, bench[0].source)
    if not isinstance(found, Candidate):
        return found, None, ""
    of, seen = words(name, 1), []
    _, _, _, weak, mended = TARGETS[name]
    for payload in (found.control, found.payload):
        case = found.case(of, payload).replace(b"_weak", b"_mended")
        if name == "pattern":  # the way of driving names the pattern itself
            case = case.replace(weak["pattern"].encode(), mended["pattern"].encode())
        seen.append(observed((yield case)))
    return found, seen[1], answer(found.oracle, of, seen[1], seen[0])


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """By name what `_pair` has, all in one warm sandbox."""
    sandbox = Chosen()
    if why := sandbox.examine(Profile(interpreter=sys.executable)).refusal:
        pytest.skip(why)
    files = {}
    for name, (_, _, text, weak, mended) in TARGETS.items():
        files[f"{name}_weak.py"], files[f"{name}_mended.py"] = text.format(**weak), text.format(**mended)
    folder = written(tmp_path_factory.mktemp("target"), files)
    bench = campaign.Bench(
        sandbox=sandbox,
        profile=profile(str(folder), sys.executable),
        source=lambda path: (folder / path).read_bytes() if (folder / path).exists() else None,
    )
    state = Lockstep()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("casemate.proofs.search._MINIMISING", 0)  # what the input does not need is no matter here
        cases = state.cases(_pair((bench, folder), name) for name in TARGETS)
        for run in sandbox.search(bench.profile, job(bench.settings("function")), cases):
            state.last = run
    return dict(zip(TARGETS, state.ended, strict=True))


@pytest.mark.parametrize("name", TARGETS)
def test_the_weak_one_is_answered(ends, name):
    found, *_ = ends[name]
    assert isinstance(found, Candidate), found
    assert TARGETS[name][0] in found.oracle.cwes


@pytest.mark.parametrize("name", TARGETS)
def test_the_mended_one_is_not_though_its_line_runs(ends, name):
    _, seen, said = ends[name]
    assert seen is not None
    assert not seen.broken
    assert (seen.passed > 0, said) == (True, "")


def test_where_a_source_stands_does_not_depend_on_the_copy_that_the_search_had(tmp_path):
    """A search that asks for requests first has a copy of the target; the confirmation of a call has none."""
    text = """
        import os

        class Agent:
            def __init__(self, model):
                self.model = model + 1

            def work(self):
                answer = self.model.ask("what next?")  # source: model's answer
                os.system(answer)  # sink
        """
    folder = written(tmp_path / "target", {"agent.py": text})
    bench = campaign.Bench(
        sandbox=Chosen(),
        profile=profile(str(folder), sys.executable),
        source=lambda path: (folder / path).read_bytes(),
        copied=True,
    )
    asked = question(folder, "agent.py", boundary=Boundary.REMOTE)
    ((_, attempt),) = campaign.campaign(bench, [asked])
    assert attempt.verdict.result is Result.PROVEN, attempt.verdict
