"""The triage file: what is refused, and that a change touches nothing else."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemate.evidence.triage import Entry, State
from casemate.evidence.triagefile import HEAD, parse, with_entry, without_entry
from casemate.model.errors import UserError

A, B, C = ("a" * 64, "b" * 64, "c" * 64)
FILE = f"""\
# Decisions of the payments team.

# Talked over on Monday.
[[finding]]
identity = "{A}"   # the ping page
state = "accepted"
# ticket SEC-12
why = "behind the VPN"
until = 2026-12-31

# --- reports ---

[[finding]]  # second
state = 'false'
identity = '{B}'
why = "a constant"
who = "bob"
"""


def entry(identity, state=State.ACCEPTED, why="behind the VPN", **values):
    return Entry(identity=identity, state=state, why=why, **values)


def read(text):
    return parse(text.encode(), "t.toml")


def test_a_file_is_read():
    """In its order."""
    assert read(FILE) == (
        entry(A, until=date(2026, 12, 31)),
        entry(B, State.FALSE, "a constant", who="bob"),
    )
    assert read("") == read("# nothing yet\n") == ()


def with_line(line):
    return f'[[finding]]\nidentity = "{A}"\nstate = "false"\nwhy = "x"\n{line}\n'


BAD = {
    "no TOML": ("[[finding]\n", "Expected ']]' at the end of an array declaration (at line 1, "),
    "nested without end": ("x = " + "[" * 100_000, "its values are nested too deeply"),
    "another table": ("[findings]\n", "it has tables [[finding]] only, not 'findings'"),
    "one table": (f'[finding]\nidentity = "{A}"\n', "each entry is to be a table [[finding]]"),
    "an unknown key": (with_line("reason = 1"), "entry 1 has the unknown key 'reason'; there are identity, state"),
    "no why": (f'[[finding]]\nidentity = "{A}"\nstate = "false"\n', "entry 1 has no why"),
    "an empty why": (with_line("").replace('"x"', '" "'), "entry 1 does not say why"),
    "no identity": ('[[finding]]\nstate = "false"\nwhy = "x"\n', "entry 1 has no identity"),
    "a short identity": (
        with_line("").replace(A, "aaaa"),
        "entry 1 has the identity 'aaaa'; it is to be all 64 digits",
    ),
    "an unknown state": (
        with_line("").replace("false", "ignored"),
        "entry 1 has the unknown state 'ignored'; there are accepted, false, fixed-later",
    ),
    "a day that is none": (with_line("until = 2026-02-30"), "Invalid date or datetime (at line 5, "),
    "a day in quotes": (
        with_line('until = "2026-12-31"'),
        "entry 1 has until = '2026-12-31'; a day is written 2026-12-31",
    ),
    "a time": (with_line("until = 2026-12-31T12:00:00Z"), "entry 1 has until = '2026-12-31 12:00:00+00:00'; a day is"),
    "a number": (with_line("who = 7"), "entry 1 has who = '7'; it is to be text in quotes"),
    "a long text": (with_line(f'who = "{"x" * 2000}"'), "entry 1 has a who of 2000 characters, of at most 1000"),
    "an identity twice": (with_line("") + with_line(""), f"entries 1 and 2 are about the same identity '{A}'"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_in_order(name):
    """One line with the file, the entry, what is wrong, and the next step."""
    text, why = BAD[name]
    with pytest.raises(UserError) as caught:
        read(text)
    assert str(caught.value).startswith(f"the triage file 't.toml' cannot be used: {why}")
    assert str(caught.value).endswith("; correct it")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text():
    """Bytes that are no UTF-8."""
    with pytest.raises(UserError, match="it is not UTF-8; correct it"):
        parse(b"\xff", "t.toml")


def put(text, one):
    return with_entry(text.encode(), "t.toml", one).decode()


def test_the_first_entry_makes_the_file():
    """With a head for people."""
    one = entry(A, who="alice", until=date(2026, 12, 31), rule="xss", place="a.py:3")
    assert put("", one) == (
        f'{HEAD}\n[[finding]]\nidentity = "{A}"\nstate = "accepted"\nwhy = "behind the VPN"\nwho = "alice"\n'
        'until = 2026-12-31\nrule = "xss"\nplace = "a.py:3"\n'
    )


def test_a_new_entry_stands_at_the_end():
    """Everything before it is as it was."""
    added = f'\n[[finding]]\nidentity = "{C}"\nstate = "false"\nwhy = "x"\n'
    assert put(FILE, entry(C, State.FALSE, "x")) == FILE + added
    assert put(FILE.rstrip("\n"), entry(C, State.FALSE, "x")) == FILE + added


def test_a_changed_entry_keeps_its_place_and_comments():
    """Only lines whose value changed are other ones."""
    changed = put(FILE, entry(A, State.FIXED_LATER, "a new gateway comes", who="eve"))
    assert changed == FILE.replace('state = "accepted"', 'state = "fixed-later"').replace(
        'why = "behind the VPN"\nuntil = 2026-12-31\n', 'why = "a new gateway comes"\nwho = "eve"\n'
    )
    assert put(FILE, read(FILE)[1]) == FILE


def test_an_entry_goes_with_its_own_comments_only():
    """The head of the file and a heading between entries stay."""
    without = without_entry(FILE.encode(), "t.toml", A).decode()
    assert (
        without == "# Decisions of the payments team.\n\n# --- reports ---\n\n" + FILE[FILE.index("[[finding]]  #") :]
    )
    last = without_entry(FILE.encode(), "t.toml", B).decode()
    assert last == FILE[: FILE.index("[[finding]]  #")]
    assert without_entry(last.encode(), "t.toml", A).decode().startswith("# Decisions of the payments team.\n")


def test_text_on_several_lines_is_understood():
    """An entry in it is none; a changed entry is written anew."""
    text = FILE.replace('"a constant"', "'''\n[[finding]]\n# not one\n'''")
    assert [one.why for one in read(text)] == ["behind the VPN", "[[finding]] # not one"]
    with pytest.raises(UserError, match="cannot be told apart in its text; change it by hand"):
        put(text, entry(B, State.FALSE, "x"))
    text = FILE.replace('"a constant"', "'''\na constant\n'''")
    assert put(text, entry(B, State.FALSE, "x")).endswith(
        f'# --- reports ---\n\n[[finding]]\nidentity = "{B}"\nstate = "false"\nwhy = "x"\n'
    )


def test_entries_that_are_no_blocks_are_left_to_people():
    """A list in one line is read, and not changed."""
    text = f'finding = [{{ identity = "{A}", state = "false", why = "x" }}]\n'
    assert len(read(text)) == 1
    for change in (lambda: put(text, entry(A)), lambda: without_entry(text.encode(), "t.toml", A)):
        with pytest.raises(UserError, match="cannot be told apart in its text"):
            change()
    with pytest.raises(UserError, match="cannot be changed so"):
        put(text, entry(B))


def test_line_ends_stay():
    """Those of Windows."""
    windows = FILE.replace("\n", "\r\n")
    changed = with_entry(windows.encode(), "t.toml", entry(A, State.FALSE, until=date(2026, 12, 31))).decode()
    assert changed == windows.replace('"accepted"', '"false"')


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).map(lambda t: " ".join(t.split())).filter(bool)
entries = st.builds(
    Entry,
    identity=st.integers(0, 5).map(lambda n: f"{n:064x}"),
    state=st.sampled_from(State),
    why=texts,
    who=st.just("") | texts,
    until=st.none() | st.dates(),
    rule=st.sampled_from(["", "xss"]),
    place=st.just("") | texts,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(entries, st.booleans()), max_size=12))
def test_any_changes_are_read_back(changes):
    """Whatever is set and removed, in any order, and whatever texts say."""
    content, expected = FILE.encode(), {one.identity: one for one in read(FILE)}
    for one, keep in changes:
        if keep:
            content = with_entry(content, "t.toml", one)
            expected[one.identity] = one
        elif one.identity in expected:
            content = without_entry(content, "t.toml", one.identity)
            del expected[one.identity]
        assert parse(content, "t.toml") == tuple(expected.values())
    assert content.startswith(b"# Decisions of the payments team.\n")
