"""Inputs made to beat a patch."""

from casemate.proofs.mutation import MOST, literals, mutated


def texts(payload, spoken=()):
    return [one["text"] for one in mutated(payload, spoken)]


def test_other_spellings_of_the_same():
    """Each once, none the input itself, and the names of words whole."""
    made = texts({"text": "../../{file}"})
    assert "....//....//{file}" in made and "..%2f..%2f{file}" in made
    assert "../../{file}" not in made[2:]
    assert len(set(made[2:])) == len(made[2:])
    assert all("{file}" in one for one in made)
    assert [one.get("quoted") for one in mutated({"text": "a"}, ())[:2]] == [1, 2]


def test_what_the_patch_speaks_of_is_put_around_it():
    """A check for a prefix is met with that prefix."""
    made = texts({"text": "{file}"}, ["/srv/data"])
    assert "/srv/data{file}" in made and "/srv/data/../{file}" in made


def test_never_more_than_so_many():
    """However much the patch says."""
    assert len(mutated({"text": "../'\";{canary}"}, [str(n) for n in range(100)])) == MOST


def test_what_is_no_text_has_none():
    """Archives and pickles have families of their own."""
    assert mutated({"tar": [["a", "b"]]}, ["x"]) == ()
    assert mutated({"text": "a", "quoted": 1}, ["x"]) == ()


def test_literals_of_code():
    """Short texts, each once, without those that are no fixed text."""
    code = """if name.startswith("/srv") or name == '..' or name == "/srv": raise ValueError(f"{name}")"""
    assert literals(code) == ("/srv", "..")
    assert literals("x = 'a" + "b" * 60 + "'") == ()
