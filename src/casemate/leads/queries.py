"""Queries as functions write them for object-relational mappers: of which model, by which fields.

Django's managers (`Invoice.objects.get(pk=pk)`, `get_object_or_404(Invoice, pk=pk)`), SQLAlchemy's and Flask's
(`Invoice.query.filter_by(id=id)`, `session.get(Invoice, id)`, `select(Invoice).where(Invoice.id == id)`), Peewee's
(`Invoice.get_by_id(id)`). Read off the code as it stands, along the names in a function; a model is told by its capital letter.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from casemate.languages import ir

GETTERS = frozenset({"get_object_or_404", "aget_object_or_404", "get_list_or_404"})
STARTS = frozenset({"objects", "query", "_default_manager"})  # of a model: `Invoice.objects`, `Invoice.query`
MODEL_FIRST = frozenset({"query", "get", "select", "get_or_404"})  # of a session: `session.get(Invoice, id)`
BY_KEY = frozenset({"get", "get_or_404", "aget", "get_by_id"})  # whose only positional argument is an id


class Fetch(NamedTuple):
    """A query. fields: by which of the model's fields, with values that are not constant; "id" for a primary key alone."""

    pos: int
    model: str
    fields: frozenset[str]


def fetches(fn: ir.Function) -> list[Fetch]:
    """The queries of a function, each once, with all that narrows it."""
    names: dict[Any, str] = {}
    made: dict[Any, Fetch] = {}
    done: list[Fetch] = []
    columns: dict[Any, tuple[str, str]] = {}  # `Invoice.id == invoice_id`: model and field
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            op, dst = ins[0], ins[2]
            if op in (ir.GLOBAL, ir.IMPORT):
                names[dst] = str(ins[3])
            elif op == ir.ATTR and ins[3] in names:
                names[dst] = f"{names[ins[3]]}.{ins[4]}"
            elif op == ir.MOVE and ins[3] in made:
                made[dst] = made[ins[3]]
            elif op == ir.COMPARE and ins[3] == "==" and "." in names.get(ins[4], ""):
                model, _, field = names[ins[4]].rpartition(".")
                columns[dst] = (_last(model), field)
            elif op in (ir.CALL, ir.INVOKE):
                fetch = _called(ins, names, made, columns)
                if fetch is not None:
                    if op == ir.INVOKE and ins[3] in made and made[ins[3]] in done:
                        done.remove(made[ins[3]])
                    made[dst] = fetch
                    done.append(fetch)
    return done


def _called(
    ins: ir.Instruction, names: dict[Any, str], made: dict[Any, Fetch], columns: dict[Any, tuple[str, str]]
) -> Fetch | None:
    """The query that a call starts or narrows, if it is one."""
    method = ins[0] == ir.INVOKE
    called = ins[4] if method else _last(names.get(ins[3], ""))
    args, base = list(ins[-2]), names.get(ins[3], "") if method else ""
    fields = {name for name, value in ins[-1] if name and not _constant(value)}
    if method and ins[3] in made:
        model = made[ins[3]].model
        fields |= made[ins[3]].fields
    elif method and _last(base) in STARTS and _is_model(base.rpartition(".")[0]):
        model = _last(base.rpartition(".")[0])
    elif args and _is_model(names.get(args[0], "").removesuffix(".objects")) and called in GETTERS | MODEL_FIRST:
        model = _last(names[args[0]].removesuffix(".objects"))
        args = args[1:]
    elif method and called in BY_KEY and _is_model(base):
        model = _last(base)
    else:
        return None
    fields |= {columns[arg][1] for arg in args if arg in columns}
    if called in BY_KEY | MODEL_FIRST and len(args) == 1 and args[0] not in columns and not _constant(args[0]):
        fields.add("id")
    return Fetch(ins[1], model, frozenset(fields))


def _constant(operand: Any) -> bool:
    return type(operand) is int and operand < 0


def _is_model(dotted: str) -> bool:
    """Whether it is called as classes are: `Invoice`, `models.Invoice`."""
    return _last(dotted)[:1].isupper() and not _last(dotted).isupper()


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
