"""What the launch gate is shown of agents: a word changed in a prompt or a tool is another system."""

from dataclasses import replace

from casemate.agents import role
from casemate.agents.tools import SPECS


def test_every_role_has_a_prompt_with_a_version():
    """And says that nothing of it judges."""
    assert [name for name, _ in role.prompts()] == ["adversary@1", "mender@1", "prover@1", "scout@2"]
    assert all(len(digest) == 64 for _, digest in role.prompts())


def test_tools_are_told_whole(monkeypatch):
    """Name, description and schema count."""
    before = dict(role.tools())
    assert set(before) == {spec.name for spec in SPECS}
    changed = replace(SPECS[0], description=SPECS[0].description + " ")
    monkeypatch.setattr(role, "SPECS", (changed, *SPECS[1:]))
    after = dict(role.tools())
    assert {name for name in before if before[name] != after[name]} == {SPECS[0].name}


def test_the_smallest_window_holds_every_role():
    """With its tools and an answer, half of it is left for what is read."""
    from casemate.agents.window import LEAST, tokens

    told = sum(tokens(spec.name + spec.description + spec.tool.schema) for spec in SPECS)
    assert told + max(tokens(role.prompt(name).text) for name in role.NAMES) + 1024 < LEAST * 3 // 4
