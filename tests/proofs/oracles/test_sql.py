"""The SQL oracle fires where the canary became a token of its own, and not within a literal or a parameter."""

import pytest

from casemate.proofs.grammar.sql import changed, tokens
from casemate.proofs.oracles.sql import ORACLE
from proofs.oracles.table import NOTHING, WORDS, apart, judged, seen, sink

C, K = WORDS.canary, WORDS.calm
CALM = f"SELECT * FROM t WHERE n = '{K}'"


def run(seen_text, calm_text, *, by="event"):
    if by == "event":
        return seen(sink("sql.execute", seen_text)), seen(sink("sql.execute", calm_text))
    return seen(probes={"0 0 db.execute 0": seen_text}), seen(probes={"0 0 db.execute 0": calm_text})


QUIET = {
    "the quotes are doubled": run(f"SELECT * FROM t WHERE n = ''' OR {C}() OR '''", CALM),
    "the quotes have a back slash, and the dialect reads it": run(
        rf"SELECT * FROM t WHERE n = '\' OR {C}() OR \''", CALM, by="probe"
    ),
    "it is bound to a parameter": run("SELECT * FROM t WHERE n = ?", "SELECT * FROM t WHERE n = ?"),
    "it is bound by a driver's own mark": run(
        f"SELECT * FROM t WHERE n = %({C})s AND m = %s", "SELECT * FROM t WHERE n = %(a)s AND m = %s", by="probe"
    ),
    "more words, more parameters: another structure, without the canary in it": run(
        "SELECT * FROM t WHERE n = ? AND n = ?", "SELECT * FROM t WHERE n = ?"
    ),
    "a quoted identifier holds it": run(
        f'SELECT * FROM t ORDER BY "1, {C}()"', f'SELECT * FROM t ORDER BY "{K}"', by="probe"
    ),
    "a name in the place of a name": run(f"SELECT {C} FROM t", f"SELECT {K} FROM t"),
    "a comment holds it": run(f"SELECT 1 -- {C}()", f"SELECT 1 -- {K}"),
    "a dollar quote holds it": run(f"SELECT $a$' OR {C}()$a$", f"SELECT $a${K}$a$", by="probe"),
    "the value alone on the line is no statement": run(f"' || {C}() || '", K, by="probe"),
    "it was executed elsewhere": (
        seen(apart("sql.execute", f"SELECT '' OR {C}()")),
        seen(apart("sql.execute", f"SELECT '{K}'")),
    ),
    "code called it, no database": (seen(sink("canary.called", C)), NOTHING),
}
FIRES = {
    "the database called it": (seen(sink("canary.called", C, "sqlite")), NOTHING),
    "out of single quotes": run(f"SELECT * FROM t WHERE n = '' OR {C}() OR ''", CALM),
    "out of single quotes, seen on the line": run(f"SELECT * FROM t WHERE n = '' OR {C}() OR ''", CALM, by="probe"),
    "behind a number": run(f"SELECT * FROM t WHERE n = 0 OR {C}()", f"SELECT * FROM t WHERE n = {K}", by="probe"),
    "one more in a list": run(f"SELECT * FROM t ORDER BY 1, {C}()", f"SELECT * FROM t ORDER BY {K}"),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, *QUIET[name]) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    assert judged(ORACLE, *FIRES[name]) != ""


def test_tokens():
    """Where a literal ends decides everything."""
    text = "SELECT a.\"b\"\"c\", `d`, [e f], 'it''s', E'\\'', 0x1F, 1.5e3, :n, %s, ?2, x::int -- end\n/* more */;"
    assert [(token.kind, token.text) for token in tokens(text)] == [
        ("word", "SELECT"), ("word", "a"), ("sign", "."), ("identifier", '"b""c"'), ("sign", ","), ("identifier", "`d`"),
        ("sign", ","), ("identifier", "[e f]"), ("sign", ","), ("string", "'it''s'"), ("sign", ","), ("string", "E'\\''"),
        ("sign", ","), ("number", "0x1F"), ("sign", ","), ("number", "1.5e3"), ("sign", ","), ("parameter", ":n"), ("sign", ","),
        ("parameter", "%s"), ("sign", ","), ("parameter", "?2"), ("sign", ","), ("word", "x"), ("sign", ":"), ("sign", ":"),
        ("word", "int"), ("comment", "-- end"), ("comment", "/* more */"), ("sign", ";"),
    ]  # fmt: skip
    assert [token.kind for token in tokens("'open")] == ["string"]
    assert [token.kind for token in tokens(r"'a\'b'", escapes=True)] == ["string"]
    assert [token.kind for token in tokens(r"'a\'c'")] == ["string", "word", "string"]


def test_a_change_must_hold_in_each_dialect():
    assert changed("n = '' OR cm()", "n = 'ok'", "cm")
    assert not changed(r"n = '\' OR cm()'", "n = 'ok'", "cm")
    assert not changed(r"n = '\\'' OR cm()'", "n = 'ok'", "cm")
