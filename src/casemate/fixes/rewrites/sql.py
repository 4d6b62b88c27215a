"""SQL: values as parameters in the driver's own style, names of tables and columns refused when they are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from casemate.fixes import naming
from casemate.fixes.handed import Edits, alchemy, collected, given
from casemate.fixes.names import imported, text
from casemate.fixes.parameters import Statement, always, named, rewritten, row, statement
from casemate.fixes.places import nearest
from casemate.fixes.refusal import refusal
from casemate.fixes.refuse import simple
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument, keyword
from casemate.fixes.source import Edit
from casemate.fixes.splices import as_text, dotted_end, feeding, parameters, texts
from casemate.fixes.statements import Slot, marks

_WHAT = "give the statement its values as parameters"
_NAMES = "take only names of tables and columns into the statement"


@nearest
def propose(site: Site) -> Iterator[Draft]:
    """Parameters, and a check of what can be none."""
    spot = site.sink
    call = next(
        (one for one in spot.calls() if argument(one, 0, "sql") is not None or keyword(one, "where") is not None), None
    )
    if call is None:
        yield from _given_back(spot)
        return
    stated = keyword(call, "where") or argument(call, 0, "sql")
    if stated is None:
        return
    found = [one for part in feeding(spot, stated) if (one := statement(part)).values or one.names]
    if found:
        yield from _here(site, call, stated, found)
    else:
        yield from _above(site, call, stated)


def _given_back(spot: Spot) -> Iterator[Draft]:
    """A function that gives back a statement and its parameters: a value between quotes is one more."""
    pair = next(spot.nodes("expression_list", "tuple"), None) if spot.statement.type == "return_statement" else None
    part = as_text(spot, pair.named_children[0]) if pair is not None and pair.named_child_count == 2 else None
    if pair is None or part is None:
        return
    one = statement(part)
    inside = tuple(value for value in one.values if value.run.start < value.run.end)
    if inside:
        edits = rewritten(replace(one, values=inside), "%s", 1, double=False)
        held = pair.named_children[1]
        more = ", ".join(value.source for value in inside)
        yield draft(_WHAT, spot, *edits, spot.replace(held, f"[*{text(held)}, {more}]"))


def _here(site: Site, call: Node, stated: Node, found: list[Statement]) -> Iterator[Draft]:
    """The statement is put together in the function that runs it."""
    spot = site.sink
    if any(one.values for one in found):
        orm = dotted_end(call) in ("text", "TextClause") or any(
            m.startswith("sqlalchemy") for m in imported(spot.root).values()
        )
        for mark in [":"] if orm else marks(site, spot, call):
            for edits in _bind(spot, call, stated, found, mark):
                for checks in _checks(found) or [[]]:
                    yield Draft(_WHAT, tuple(edits + checks))
    else:
        for checks in _checks(found):
            yield Draft(_NAMES, tuple(checks))


def _bind(spot: Spot, call: Node, stated: Node, found: list[Statement], mark: str) -> Iterator[Edits]:
    """The values of the texts as parameters of the call."""
    bound = [one for one in found if one.values]
    values = [value for one in bound for value in one.values]
    if mark == ":":
        if len(bound) == 1 and not any(value.many for value in values):
            new, pairs = named(bound[0])
            yield [(spot.source, edit) for edit in [*new, *alchemy(spot, call, stated, pairs)]]
        return
    list_style = any(meaning.startswith("django") for meaning in imported(spot.root).values())
    edits: Edits = []
    count = 1
    for one in bound:
        held = argument(call, 1) is not None
        edits += [(spot.source, edit) for edit in rewritten(one, mark, count, double=mark == "%s" and not held)]
        count += len(one.values)
    if dotted_end(call) == "executescript" and (function := call.child_by_field_name("function")) is not None:
        if any(";" in one.text.fixed(0, len(one.text.items)).rstrip("; \n") for one in found):
            return
        name = function.child_by_field_name("attribute")
        edits += [(spot.source, spot.replace(name, "execute"))] if name is not None else []
    if len(bound) == 1 and always(bound[0].text.spot, spot):
        shown = row(list(bound[0].values), brackets="[]" if list_style else "()")
        if mark == "$1":
            shown = ", ".join(value.source for value in values)
        handed = given(spot, call, stated, shown, bound[0])
        if handed is not None:
            edits.append((spot.source, handed))
            yield edits
    elif mark != "$1" and argument(call, 1) is None:
        yield edits + collected(spot, call, stated, bound)


def _above(site: Site, call: Node, stated: Node) -> Iterator[Draft]:
    """The statement is a parameter of the function that runs it: the function takes its parameters as well, and its caller gives
    them."""
    spot = site.sink
    function = spot.function
    if function is None or stated.type != "identifier" or text(stated) not in parameters(function):
        return
    called = text(function.child_by_field_name("name") or function)
    held = argument(call, 1)
    for part in texts(site):
        one = statement(part)
        outer = next((node for node in one.text.spot.calls() if dotted_end(node) == called), None)
        if not one.values or outer is None:
            continue
        shown = row(list(one.values))
        passed = outer.child_by_field_name("arguments")
        signature = function.child_by_field_name("parameters")
        if passed is None or signature is None or not passed.named_children:
            continue
        name = text(held) if held is not None else "params"
        edits: Edits = [
            (
                one.text.spot.source,
                Edit(passed.named_children[-1].end_byte, passed.named_children[-1].end_byte, f", {name}={shown}"),
            )
        ]
        if held is None:
            last = signature.named_children[-1]
            if last.type in ("list_splat_pattern", "dictionary_splat_pattern"):
                continue
            edits += [
                (spot.source, Edit(last.end_byte, last.end_byte, ", params=()")),
                (spot.source, Edit(stated.end_byte, stated.end_byte, ", params")),
            ]
        elif name not in parameters(function):
            continue
        for mark in marks(site, spot, call):
            new = rewritten(one, mark, 1, double=mark == "%s" and held is None)
            yield Draft(_WHAT, tuple([(one.text.spot.source, edit) for edit in new] + edits))


def _checks(found: list[Statement]) -> list[Edits]:
    """Refusals of what is no name, in degrees: a plain name; one that may be a column's number; with a direction to order by."""
    holes = [(one, hole, kind) for one in found for hole, kind in one.names if simple(one.text.items[hole].node)]
    if not holes or len(holes) < sum(len(one.names) for one in found):
        return []
    out = []
    for pattern in ("", r"\w+", r"(?i)-?\w+( (asc|desc))?"):
        if " " in pattern and all(kind is not Slot.ORDER for _, _, kind in holes):
            break
        edits: Edits = []
        for one, hole, kind in holes:
            spot, name = one.text.spot, text(one.text.items[hole].node)
            condition = f"not {name}.isidentifier()"
            imports: tuple[Edit, ...] = ()
            if pattern and (kind is Slot.ORDER or " " not in pattern):
                match, imports = naming.named(spot, "re.fullmatch")
                condition = f'not {match}(r"{pattern}", {name})'
            answer, more = refusal(spot, "this is no name of a column" if kind is Slot.ORDER else "this is no name")
            edits += [(spot.source, edit) for edit in (spot.above(f"if {condition}:", f"\t{answer}"), *imports, *more)]
        out.append(edits)
    return out


REWRITE = Rewrite(
    id="sql",
    cwes=(89, 564),
    propose=propose,
    examples=(
        Example(
            name="a value between quotes",
            before="""
import sqlite3

def find(db, name):
    sql = f"SELECT id FROM user WHERE name = '{name}'"
    return db.execute(sql).fetchall()  # sink
""",
            after="""
import sqlite3

def find(db, name):
    sql = "SELECT id FROM user WHERE name = ?"
    return db.execute(sql, (name,)).fetchall()
""",
        ),
        Example(
            name="a statement that grows",
            before="""
import psycopg2

def find(cursor, name, age):
    sql = "SELECT id FROM person WHERE active"
    if name:
        sql += " AND name LIKE '%" + name + "%'"
    if age:
        sql += " AND age > %s" % age
    cursor.execute(sql)  # sink
""",
            after="""
import psycopg2

def find(cursor, name, age):
    sql = "SELECT id FROM person WHERE active"
    params = []
    if name:
        sql += " AND name LIKE %s"
        params.append(f"%{name}%")
    if age:
        sql += " AND age > %s"
        params.append(age)
    cursor.execute(sql, params)
""",
        ),
        Example(
            name="a column",
            before="""
def listing(cursor, column):
    cursor.execute(f"SELECT * FROM item ORDER BY {column}")  # sink
""",
            after="""
def listing(cursor, column):
    if not column.isidentifier():
        raise ValueError("this is no name of a column")
    cursor.execute(f"SELECT * FROM item ORDER BY {column}")
""",
        ),
        Example(
            name="a function that runs what it is given",
            before="""
import sqlite3

def query(db, sql):
    return db.execute(sql).fetchall()  # sink

def named(db, name):
    return query(db, "SELECT * FROM item WHERE name = '%s'" % name)  # step
""",
            after="""
import sqlite3

def query(db, sql, params=()):
    return db.execute(sql, params).fetchall()

def named(db, name):
    return query(db, "SELECT * FROM item WHERE name = ?", params=(name,))
""",
        ),
    ),
)
