"""What a tool takes: the schema that clients see, and the check of what they send, say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from casemate.mcp.arguments import Flag, Number, Text, Texts, refusal, schema
from casemate.mcp.catalogue import BY_NAME, TOOLS

KINDS = {
    "name": Text(about="A name.", most=8, pattern="[a-z]+", required=True),
    "word": Text(about="A word.", most=5),
    "form": Text(about="A form.", choices=("a", "b")),
    "many": Texts(about="Names.", each=Text(about="One.", most=3), least=1, most=2),
    "count": Number(about="How many.", least=1, most=9),
    "all": Flag(about="All."),
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 12) | st.text("abz09-", max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*KINDS, "other"]), VALUES, max_size=6))
def test_the_check_is_the_schema(arguments):
    """For whatever a client sends: accepted by both or by neither."""
    assert (refusal(KINDS, arguments) == "") == Draft202012Validator(schema(KINDS)).is_valid(arguments)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({}, "the argument 'name' is missing"),
        (
            {"name": "a", "x" * 90: 1},
            f"there is no argument {'x' * 60!r}; the arguments are: name, word, form, many, count, all",
        ),
        ({"name": 1}, "the argument 'name' must be a text"),
        ({"name": ""}, "the argument 'name' must have 1 to 8 characters"),
        ({"name": "a" * 9}, "the argument 'name' must have 1 to 8 characters"),
        ({"name": "A"}, "the argument 'name' must be of the form [a-z]+"),
        ({"name": "a\n"}, "the argument 'name' holds characters that cannot be shown"),
        ({"name": "a", "word": "a\0b"}, "the argument 'word' holds characters that cannot be shown"),
        ({"name": "a", "form": "c"}, "the argument 'form' must be one of a, b"),
        ({"name": "a", "many": "a"}, "the argument 'many' must be a list"),
        ({"name": "a", "many": []}, "the argument 'many' must have 1 to 2 entries"),
        ({"name": "a", "many": ["a", 1]}, "the argument 'many', entry 1: must be a text"),
        ({"name": "a", "count": True}, "the argument 'count' must be a whole number"),
        ({"name": "a", "count": 1.5}, "the argument 'count' must be a whole number"),
        ({"name": "a", "count": 10}, "the argument 'count' must be 1 to 9"),
        ({"name": "a", "all": 1}, "the argument 'all' must be true or false"),
        ({"name": "a", "word": "b", "form": "a", "many": ["c"], "count": 9, "all": False}, ""),
    ],
)
def test_the_words(arguments, why):
    """One line, that quotes nothing large."""
    assert refusal(KINDS, arguments) == why


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_has_sound_schemas(tool):
    """Of what it takes and answers; places are arguments of it; every text and list has a largest size."""
    for one in (schema(tool.takes), dict(tool.answer)):
        Draft202012Validator.check_schema(one)
        assert one["type"] == "object"
    assert set(tool.places) <= tool.takes.keys()
    assert all(isinstance(kind, (Text, Texts, Number, Flag)) for kind in tool.takes.values())
    assert set(tool.answer["required"]) <= tool.answer["properties"].keys()


def test_only_apply_writes():
    """The tools that change a target take a level of their own."""
    assert [tool.name for tool in TOOLS if tool.level == "apply"] == ["apply", "undo"]
    assert BY_NAME["fix"].level == "fix"
