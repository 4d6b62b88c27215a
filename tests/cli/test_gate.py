"""`casemate gate`: closed for what nobody assessed, open for what was assessed, and closed again by itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from casemate.adapters.clock import SystemClock
from casemate.app import launch
from casemate.app.agents import crew_system
from casemate.app.authority import Organisation, ground
from casemate.app.launch import require, system_now, trusted
from casemate.governance.assessment import ASSESSMENT
from casemate.governance.charter import Charter, Person, Tier
from casemate.governance.charter_file import Installed, Revocations
from casemate.governance.errors import Denied
from casemate.governance.evaluation import EVALUATION, Task
from casemate.governance.policy import HOUSE_POLICY, Policy
from casemate.governance.statement import person_key, sign_statement
from casemate.governance.thresholds import THRESHOLDS, thresholds_body
from casemate.model.sandbox import Examination, Wall
from casemate.safeguards.attacks.launch_thresholds import EASY
from casemate.safeguards.launching import an_assessment, an_evaluation, digest, key, signer

START = datetime(2026, 12, 1, 9, 0, 0, 500_000, UTC)
MODEL = "example:tiny"
PROMPTS = (("scout", digest("find what rules do not express")),)
TOOLS = (("read", digest("read a slice")),)
HOLDS = Examination(sandbox="paper", walls=(Wall(name="network"), Wall(name="files")))


class Hand:
    """The machine's clock, set by hand."""

    def __init__(self):
        self.time = START

    def move(self, **delta):
        self.time += timedelta(**delta)


@pytest.fixture
def clock(monkeypatch):
    hand = Hand()
    monkeypatch.setattr(SystemClock, "now", lambda self: hand.time)
    monkeypatch.setattr(launch, "examine_sandbox", lambda: (HOLDS, ()))
    return hand


def the_system(**changes):
    return system_now(**{"model": MODEL, "prompts": PROMPTS, "tools": TOOLS, **changes})


@pytest.fixture
def assess(casemate, clock, tmp_path):
    """Register a rule, evaluate, assess, sign with the operator's key, and hand all of it to the gate."""

    def run(system, by=None, **changes):
        (tmp_path / "rule.txt").write_text("Not one harmless twin is proven.\n")
        said = dict(line.split() for line in casemate("gate", "register", tmp_path / "rule.txt").stdout.splitlines())
        proof = casemate("ledger", "prove", said["entry"]).stdout
        clock.move(hours=1)
        began = clock.time
        clock.move(hours=3)
        by = by or ground().signer
        evaluations = tuple(
            replace(
                an_evaluation(task, system),
                began=began.replace(microsecond=0),
                ended=clock.time.replace(microsecond=0),
                rule=said["rule"],
                registration=tuple(proof.rstrip("\n").split("\n")),
            )
            for task in Task
            if task is not Task.COMPLETION
        )
        assessment = replace(
            an_assessment(evaluations, system),
            signers=(Person(name="Ada", key=person_key(by.public_key)),),
            since=clock.time.replace(microsecond=0),
            until=clock.time.replace(microsecond=0) + timedelta(days=170),
            **changes,
        )
        files = []
        for number, one in enumerate(evaluations):
            files.append(tmp_path / f"{number}.evaluation")
            files[-1].write_bytes(sign_statement(EVALUATION, one.body(), by))
        files.append(tmp_path / "assessment")
        files[-1].write_bytes(sign_statement(ASSESSMENT, assessment.body(), by))
        return casemate("gate", "add", *files)

    return run


def gates():
    """What the ledger says of the times that the gate was asked: outcome, reason, facts."""
    from casemate.governance.audit import audit

    return [
        (operation.after.outcome.value, operation.after.reason, dict(operation.after.facts))
        for operation in audit(ground().ledger).operations
        if operation.before.operation == "gate"
    ]


def test_end_to_end(casemate, clock, assess):
    """Denied before the assessment, allowed after it, and every decision stands in the ledger."""
    with pytest.raises(Denied) as error:
        require(the_system(), Tier.PROVE)
    assert (
        error.value.what
        == "example:tiny may not prove: assessment: nobody whose signature counts has assessed this system"
    )
    added = assess(the_system())
    assert added.exit_code == 0, added.stderr
    assert [line.split()[0] for line in added.stdout.splitlines()] == [EVALUATION] * 5 + [ASSESSMENT]
    assert require(the_system(), Tier.PROVE).allows
    system = the_system().id
    assert gates() == [
        (
            "denied",
            "example:tiny may not prove: assessment: nobody whose signature counts has assessed this system",
            {},
        ),
        ("completed", "", {"decision": "allow", "system": system, "tier": "prove", "line": "threshold age"}),
    ]


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("prompts (scout)", {"prompts": (("scout", digest("another")),)}),
        ("prompts (prover)", {"prompts": (*PROMPTS, ("prover", digest("x")))}),
        ("tools (read)", {"tools": ()}),
        ("weights", {"weights": digest("weights")}),
    ],
)
def test_it_closes_when_the_configuration_changes(assess, part, changes):
    """The line names the part."""
    assess(the_system())
    with pytest.raises(Denied, match="system: it was assessed with another ") as error:
        require(the_system(**changes), Tier.FIND)
    assert error.value.what.endswith(f"another {part}")
    assert require(the_system(), Tier.FIND).allows


def test_it_closes_when_the_machine_changes(assess, monkeypatch):
    """Policy, sandbox and version are looked at when it is asked."""
    assess(the_system())
    for name, value, part in (
        ("HOUSE_POLICY", Policy(rules=HOUSE_POLICY.rules[1:]), "policy"),
        ("examine_sandbox", lambda: (replace(HOLDS, walls=HOLDS.walls[:1]), ()), "sandbox"),
        ("__version__", "0.1.1", "version"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(launch, name, value)
            with pytest.raises(Denied, match=f"another {part}$|another {part};"):
                require(the_system(), Tier.FIND)
    assert require(the_system(), Tier.FIND).allows


def test_another_model_is_another_system(assess):
    """What was assessed for one says nothing of another."""
    assess(the_system())
    with pytest.raises(Denied, match="nobody whose signature counts has assessed this system"):
        require(the_system(model="example:large"), Tier.FIND)


def test_it_closes_when_evaluations_go_stale(assess, clock):
    """And a clock that is set back does not open it again."""
    assess(the_system())
    clock.move(days=89, hours=20)
    assert require(the_system(), Tier.FIND).allows
    clock.move(hours=3)
    with pytest.raises(Denied, match="threshold age"):
        require(the_system(), Tier.FIND)
    clock.move(days=-80)
    with pytest.raises(Denied, match="threshold age"):
        require(the_system(), Tier.FIND)


def test_it_closes_for_a_serious_incident(assess, casemate):
    """Until it is closed with a reason; a mild one does not matter."""
    assess(the_system())

    def begin(gain, breadth, weaponisation, discoverability):
        values = {"gain": gain, "breadth": breadth, "weaponisation": weaponisation, "discoverability": discoverability}
        options = [text for name, value in values.items() for text in (f"--{name}", value)]
        return casemate("incident", "open", "--what", "x", *options).stdout.split()[1]

    begin(1, 1, 1, 1)
    assert require(the_system(), Tier.FIND).allows
    serious = begin(3, 2, 2, 2)
    with pytest.raises(Denied, match="threshold incident: 2 open, the worst"):
        require(the_system(), Tier.FIND)
    assert casemate("incident", "close", serious, "--reason", "The hole was closed, and tested.").exit_code == 0
    assert require(the_system(), Tier.FIND).allows


def test_a_strangers_assessment_is_not_kept(assess, casemate):
    """Nor are evaluations; the attempt stands in the ledger as denied."""
    done = assess(the_system(), by=signer("stranger"))
    assert done.exit_code == 2
    assert "is not kept: it is signed by nobody whose signature counts here" in done.stderr
    assert "gate-add" in casemate("incident", "list").stdout
    with pytest.raises(Denied, match="nobody whose signature counts has assessed"):
        require(the_system(), Tier.FIND)


def test_a_file_put_there_by_hand_is_not_believed(assess, clock):
    """The folder is only a place; signatures decide."""
    assess(the_system(), tier=Tier.FIND)
    folder = launch.folder()
    (name,) = [name for name in folder.names() if name.endswith(".assessment")]
    folder.write(name, folder.read(name).replace(b'"tier": "find"', b'"tier": "fix"'))
    with pytest.raises(Denied, match="nobody whose signature counts has assessed"):
        require(the_system(), Tier.FIX)


def test_check_explain_and_system(casemate, assess, clock, tmp_path):
    """The same decision in one line, in all lines, and as JSON; a file describes a system with prompts and tools."""
    closed = casemate("gate", "check", "--model", MODEL)
    assert closed.exit_code == 1
    assert closed.stdout.startswith("closed for example:tiny (")
    assert closed.stdout.endswith("), find: assessment: nobody whose signature counts has assessed this system\n")
    assess(the_system())
    (tmp_path / "system.json").write_text(json.dumps(the_system().body()))
    opened = casemate("gate", "check", "--system", tmp_path / "system.json", "--tier", "fix")
    assert opened.exit_code == 0
    assert opened.stdout == (
        f"open for example:tiny ({the_system().id[:12]}), fix; it closes at 2027-03-01T10:00:00Z by threshold age\n"
    )
    shown = casemate("gate", "explain", "--system", tmp_path / "system.json").stdout
    assert shown.count("\nholds  ") == 22
    assert "fails" not in shown
    beyond = casemate("gate", "explain", "--system", tmp_path / "system.json", "--tier", "release")
    assert beyond.exit_code == 0
    assert "fails  tier " in beyond.stdout
    told = json.loads(casemate("gate", "explain", "--system", tmp_path / "system.json", "--json").stdout)
    assert (told["decision"], told["system"], told["until"]) == ("allow", the_system().id, "2027-03-01T10:00:00Z")
    assert all(line["holds"] for line in told["lines"])
    printed = casemate("gate", "system", "--model", MODEL)
    assert json.loads(printed.stdout) == crew_system(MODEL).body()
    assert printed.stderr.strip() == crew_system(MODEL).id


def test_a_file_does_not_say_what_the_machine_is(casemate, assess, clock, tmp_path):
    """Policy, sandbox and version in it are those that it was printed with; what counts is what is here."""
    assess(replace(the_system(), policy="0" * 64))
    (tmp_path / "system.json").write_text(json.dumps({**the_system().body(), "policy": "0" * 64}))
    done = casemate("gate", "check", "--system", tmp_path / "system.json")
    assert done.exit_code == 1
    assert "system: it was assessed with another policy" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ("check", "--model", "tiny"),
            "a model is named provider:name in ASCII, not 'tiny'; name a model as provider:name",
        ),
        (("check", "--system", "none.json"), "cannot read 'none.json': No such file or directory; check the path"),
        (("check", "--system", "bad.json"), "'bad.json' describes no system: "),
        (
            ("check", "--system", "bad.json", "--model", MODEL),
            "a system is named by --model or by --system, not by both.",
        ),
        (("add", "bad.json"), "'bad.json' is not kept: "),
        (("add", "none"), "cannot read 'none': No such file or directory"),
        (("register", "none"), "cannot read 'none': No such file or directory"),
        (("thresholds", "--sign", "bad.json", "-o", "out"), "'bad.json' holds no thresholds: "),
        (("thresholds", "--sign", "bad.json"), "--sign and --output go together."),
        (("thresholds", "--sign", "bad.json", "-o", "no/out"), "there is no folder 'no'"),
    ],
)
def test_bad_input(casemate, clock, tmp_path, monkeypatch, arguments, why):
    """One line and exit code 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.json").write_text('{"model": 1.5}')
    done = casemate("gate", *arguments)
    assert done.exit_code == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr


OWN = """
name = "the bank"
number = {number}

[[threshold]]
id = "two"
measure = "signatures"
limit = 2
margin = 0
rationale = "{rationale}"
sources = ["own reasoning"]
"""


def test_thresholds_of_ones_own(casemate, assess, clock, tmp_path):
    """Signed and set, they are asked besides; taken away, the gate stays closed; a lower number is refused."""
    assess(the_system())
    file, out = tmp_path / "own.toml", tmp_path / "own.signed"

    def sign(number, rationale="Two people answer for it in our house."):
        file.write_text(OWN.format(number=number, rationale=rationale))
        return casemate("gate", "thresholds", "--sign", file, "-o", out)

    assert "does not say why it is what it is" in sign(2, "because").stderr
    assert sign(2).exit_code == 0
    assert require(the_system(), Tier.FIND).allows
    assert casemate("gate", "add", out).exit_code == 0
    assert "the bank, number 2" in casemate("gate", "thresholds").stdout
    with pytest.raises(Denied, match="signed by 1 whose signature counts; 2 asked for"):
        require(the_system(), Tier.FIND)
    for number in (1, 2):
        sign(number)
        done = casemate("gate", "add", out)
        assert done.exit_code == 2
        assert f"thresholds number 2 are set, these are {number}" in done.stderr
    kept = launch.folder()
    good = kept.read(launch.OWN)
    kept.write(launch.OWN, sign_statement(THRESHOLDS, thresholds_body("x", 3, (EASY,)), ground().signer))
    with pytest.raises(Denied, match=r"the ledger says .* are set, the file is"):
        require(the_system(), Tier.FIND)
    kept.write(launch.OWN, good.replace(b'"limit": 2', b'"limit": 1'))
    with pytest.raises(Denied, match="thresholds: own thresholds: "):
        require(the_system(), Tier.FIND)
    sign(3)
    file.write_text(
        OWN.format(number=3, rationale="One person answers for it in our house.").replace("limit = 2", "limit = 1")
    )
    casemate("gate", "thresholds", "--sign", file, "-o", out)
    assert casemate("gate", "add", out).exit_code == 0
    assert require(the_system(), Tier.FIND).allows


def test_the_thresholds_are_shown_with_their_reasons(casemate, clock):
    """Every one, its figures, and its sources."""
    shown = casemate("gate", "thresholds").stdout
    for one in launch.house().thresholds:
        assert f"  {one.id}: {one.measure}" in shown
        assert one.rationale[:40] in shown
    assert "limit 10000, margin 2000, at least 500 cases, at most 0 at all" in shown


def test_whose_signature_counts(clock, monkeypatch):
    """The operator's alone; under an organisation's charter that of its issuer and holders; nobody's when it is damaged."""
    own = ground()
    assert trusted(own) == ((own.person,), (own.person,), frozenset())
    charter = Charter(who="Ada", targets=(), tier=Tier.FIX, until=START.date(), made_for="", id="c")
    installed = Installed(
        charter=charter, issuer=key("issuer"), holders=(Person(name="Ada", key=key("ada")),), repositories=()
    )
    revoked = Revocations(id="r", number=1, ids=frozenset(("w",)), frees=frozenset())
    there = Organisation(key("issuer"), (installed,), revoked, ())
    monkeypatch.setattr(launch, "installed", lambda own: there)
    assert trusted(own) == ((key("issuer"), key("ada")), (key("issuer"),), frozenset(("w",)))
    monkeypatch.setattr(launch, "installed", lambda own: there._replace(faults=("gone",)))
    assert trusted(own) == ((), (), frozenset())


def test_the_real_sandbox_has_a_digest(casemate):
    """Without a made-up one: the engine alone, as it is on this machine."""
    shown = json.loads(casemate("gate", "system").stdout)
    assert shown["model"] == ""
    assert len(shown["sandbox"]) == 64
