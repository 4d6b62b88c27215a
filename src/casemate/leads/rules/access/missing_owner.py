"""An object fetched by its id without its owner.

## What it is
Elsewhere the application fetches objects of this model with their owner in the query (`owner=request.user`); here a route
fetches one by the id that it is given, and nothing in it asks whose object that is.

## Why it matters
Ids are easily guessed or counted up: whoever is logged in reads, changes or deletes what belongs to others. A login does not
help, and no input looks wrong.

## How to fix it
Put the owner into the query (`get(pk=pk, owner=request.user)`), or start from the owner (`request.user.invoices`), so that
what belongs to others is not found. What is concluded here from a likeness is only suspected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casemate.languages import ir
from casemate.leads.queries import Fetch, fetches
from casemate.leads.rule import DetectorRule, Sighting
from casemate.leads.rules.access.missing_owner_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary
from casemate.taint.names import split

if TYPE_CHECKING:
    from casemate.taint.frame import Unit
    from casemate.taint.solver import Solver

OWNERS = frozenset({
    "owner", "user", "author", "creator", "customer", "client", "tenant", "member", "account", "profile", "person",
    "org", "organization", "organisation", "company", "team", "workspace",
})  # fmt: skip
ASKING = OWNERS | frozenset({
    "permission", "permissions", "perm", "perms", "role", "roles", "admin", "staff", "superuser", "authorize", "authorise",
    "authorized", "authorised", "forbidden", "acl", "policy", "can", "allowed", "access", "public",
})  # fmt: skip
IDS = frozenset({"id", "pk", "uuid", "slug"})


def find(solver: Solver) -> Iterator[Sighting]:
    """Fetches by id alone, of models that other routes fetch with their owner."""
    made: list[tuple[Unit, Fetch]] = []
    for unit, names in solver.entries.items():
        fn = solver.program.function(unit)
        if fn.kind == "function" and any(solver.knowledge.entries[n].boundary is Boundary.REMOTE for n in names):
            made += [(unit, fetch) for fetch in fetches(fn)]
    owned = {fetch.model for _, fetch in made if _by_owner(fetch)}
    for unit, fetch in made:
        if fetch.model in owned and _by_id(fetch) and not _asks(solver.program.function(unit)):
            yield Sighting(*unit, fetch.pos, fetch.model, inferred=True)


def _by_owner(fetch: Fetch) -> bool:
    return any(OWNERS & set(split(field)) for field in fetch.fields)


def _by_id(fetch: Fetch) -> bool:
    return bool(fetch.fields) and all(IDS & set(split(field)) for field in fetch.fields)


def _asks(fn: ir.Function) -> bool:
    """Whether a route may well ask whose object it is: it uses the user, an owner, or a permission of any kind."""
    words = {word for d in fn.decorators for word in split(d.dotted.rpartition(".")[2])}
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            if ins[0] in (ir.ATTR, ir.INVOKE):
                words.update(split(ins[4]))
            elif ins[0] == ir.GLOBAL:
                words.update(split(ins[3]))
            words.update(word for operand in ins[3:] if type(operand) is str for word in split(operand))
    return bool(ASKING & words)


RULE = DetectorRule(
    id=RuleId("missing-owner"),
    title="An object fetched by its id without its owner",
    cwe=639,
    owasp="A01:2021 Broken Access Control",
    severity=Severity.HIGH,
    message="`{function}` fetches `{what}` by the id that it is given, and other routes fetch it with its owner",
    also=(862, 863, 285),
    examples=EXAMPLES,
    find=find,
)
