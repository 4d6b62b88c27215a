"""A system's hash: every part of it counts, and the order in which parts are told does not."""

import json
from dataclasses import replace
from random import Random

import pytest

from casemate.governance.charter import Tier
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.policy import HOUSE_POLICY, Policy, Rule
from casemate.governance.system import policy_digest, read_system, sandbox_digest
from casemate.model.sandbox import Examination, Wall
from casemate.safeguards.attacks.launch_swapped import changed_system
from casemate.safeguards.launching import Scene, a_system, digest


def read(body):
    return read_system(Fields(json.loads(json.dumps(body)), "system"))


def test_it_is_read_as_it_was_written():
    """The same system with the same hash, in whatever order its prompts were given."""
    system = a_system()
    assert read(system.body()).id == system.id
    assert replace(system, prompts=system.prompts[::-1]).id == system.id
    assert read(system.body()) == replace(system, tools=system.tools[::-1]) == system
    assert system.name == "example:tiny"
    with pytest.raises(ValueError, match="two tools have the same name"):
        replace(system, tools=(*system.tools, ("read", digest("another"))))


def test_every_part_changes_the_hash_and_is_named():
    """Thirteen changes, each with another hash; the words say which part."""
    seen = {}
    for seed in range(300):
        scene = Scene()
        part = changed_system(scene, Random(seed))
        assert scene.system.id != a_system().id
        seen.setdefault(part, set()).update(a_system().changes(scene.system))
    assert seen == {
        "model": {"model"},
        "weights": {"weights"},
        "a prompt": {"prompts (prover)"},
        "a prompt more": {"prompts (mender)"},
        "a prompt less": {"prompts (prover)"},
        "prompts exchanged": {"prompts (prover, scout)"},
        "a tool": {"tools (read)"},
        "a tool more": {"tools (run)"},
        "a tool less": {"tools (read)"},
        "a tool renamed": {"tools (read, read_)"},
        "policy": {"policy"},
        "sandbox": {"sandbox"},
        "version": {"version"},
    }


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"model": "tiny"}, "a model is named provider:name in ASCII, not 'tiny'"),
        ({"model": "ехample:tiny"}, "a model is named provider:name in ASCII, not 'ехample:tiny'"),
        ({"model": ""}, "a system without a model has neither weights nor prompts nor tools"),
        ({"weights": "0"}, "weights is neither a SHA-256 digest in hex nor empty"),
        ({"policy": "0"}, "system: policy is no SHA-256 digest in hex"),
        ({"prompts": {"scout": "x"}}, "system: prompts: scout is no SHA-256 digest in hex"),
        ({"tools": {"re\u200bad": digest("x")}}, "system: tools: a name holds the character U+200B, which is not seen"),
        ({"version": ""}, "the system has no version"),
        ({"more": 1}, "system has a field 'more' that is not known"),
    ],
)
def test_what_describes_no_system(change, why):
    """Refused with one line that says which part."""
    with pytest.raises(InvalidStatement) as error:
        read({**a_system().body(), **change})
    assert str(error.value) == why


def test_the_policys_digest():
    """A rule more, an action more, another tier or order: another digest."""
    one = Rule(tier=Tier.FIND, port="Store", actions=frozenset({"get"}))
    two = Rule(tier=Tier.FIND, port="Store", actions=frozenset({"get", "put"}))
    policies = [(), (one,), (two,), (one, two), (two, one), (replace(one, tier=Tier.FIX),)]
    digests = {policy_digest(Policy(rules=rules)) for rules in policies}
    assert len(digests) == len(policies)
    assert policy_digest(HOUSE_POLICY) == policy_digest(Policy(rules=HOUSE_POLICY.rules))


def test_the_sandboxs_digest():
    """Which sandbox, which walls, which failed; not why, because that may name paths."""
    walls = (Wall(name="network"), Wall(name="files", failed="read /home/alice"))
    shown = sandbox_digest(Examination(sandbox="paper", walls=walls))
    assert shown == sandbox_digest(Examination(sandbox="paper", walls=(walls[0], Wall(name="files", failed="else"))))
    for other in (walls[:1], (walls[0], Wall(name="files")), ()):
        assert shown != sandbox_digest(Examination(sandbox="paper", walls=other))
    assert shown != sandbox_digest(Examination(sandbox="card", walls=walls))
