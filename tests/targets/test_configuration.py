"""A target's own casemate.toml: data of a stranger, read within limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.model.outcome import NotExamined, Reason
from casemate.targets.configuration import MAX_ENTRIES, MAX_SIZE, Configuration, parse


def refusal(content: bytes) -> tuple[Reason, str]:
    result = parse(content)
    assert isinstance(result, NotExamined)
    assert result.what == "casemate.toml"
    assert not result.deliberate
    assert "\n" not in result.detail
    return result.reason, result.detail.removeprefix("the whole file is ignored: ")


def test_what_it_may_say():
    """Excludes and ignores are read; nothing is asked for by an empty file."""
    text = 'exclude = ["vendored/", "*_pb2.py"]\n[[ignore]]\nrule = "sql-injection"\npath = "legacy/**"\n'
    configuration = parse(text.encode())
    assert isinstance(configuration, Configuration)
    assert [glob.text for glob in configuration.exclude] == ["vendored/", "*_pb2.py"]
    assert parse(b"") == Configuration()


def test_what_is_suppressed():
    """An ignore speaks of one rule in the files that its path covers; "*" of every rule."""
    configuration = parse(b'ignore = [{rule = "xss", path = "old/"}, {rule = "*", path = "gen.py"}]')
    assert isinstance(configuration, Configuration)
    assert configuration.suppresses("xss", "old/a.py")
    assert not configuration.suppresses("xxe", "old/a.py")
    assert not configuration.suppresses("xss", "new/a.py")
    assert configuration.suppresses("xxe", "x/gen.py")


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (b"exclude = [", Reason.SYNTAX, "Invalid value (at end of document)"),
        (b"a = 1\n", Reason.SYNTAX, "unknown key 'a'; it has exclude and ignore"),
        (b"exclude = 'a'", Reason.SYNTAX, "exclude is to be a list of at most 1000 entries"),
        (b"exclude = [1]", Reason.SYNTAX, "exclude is to hold patterns in quotes, not 1"),
        (b"exclude = ['!keep.py']", Reason.SYNTAX, "the pattern '!keep.py' negates"),
        (b"exclude = ['../other']", Reason.SYNTAX, "the pattern '../other' climbs out"),
        (b"ignore = [1]", Reason.SYNTAX, "ignore is to hold tables of a rule and a path, not 1"),
        (b"[[ignore]]\nrule='x'", Reason.SYNTAX, "ignore is to hold tables of a rule and a path, not {'rule': 'x'}"),
        (b"\xff", Reason.ENCODING, "it is not UTF-8"),
        (b"a = " + b"[" * 20_000, Reason.TOO_DEEP, "its values are nested too deeply"),
        (b"#" * (MAX_SIZE + 1), Reason.TOO_LARGE, "65537 bytes, of at most 65536"),
    ],
)
def test_a_broken_one_is_ignored_whole(content, reason, detail):
    """What is no configuration changes nothing and says why, in one line."""
    assert refusal(content) == (reason, detail)


def test_numbers_that_python_refuses():
    """A number too long for the interpreter to convert is an error like any other."""
    reason, _ = refusal(b"a = " + b"1" * 10_000)
    assert reason is Reason.SYNTAX


def test_too_many_entries():
    """The number of patterns is bounded."""
    one = '"a",'
    assert isinstance(parse(f"exclude = [{one * MAX_ENTRIES}]".encode()), Configuration)
    reason, _ = refusal(f"exclude = [{one * (MAX_ENTRIES + 1)}]".encode())
    assert reason is Reason.SYNTAX


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(alphabet="exclud=[]'\"{}\n.#1", max_size=200).map(str.encode)))
def test_any_bytes_have_an_answer(content):
    """Whatever the bytes are, the answer is a configuration or a reason."""
    assert isinstance(parse(content), Configuration | NotExamined)
