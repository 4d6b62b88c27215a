"""A route without the check that its siblings have.

## What it is
Most routes of a module or a class ask who is there (a decorator such as `login_required`, a call such as
`check_permission()`); one that changes something, or reads by an id, does not.

## Why it matters
Who knows its address uses it without a login: reads what belongs to others, changes or deletes it. It is the most frequent
weakness of web applications, and no input looks wrong.

## How to fix it
Give it the check of its siblings; better, demand a login for all of them at once (a `before_request`, a router's dependencies,
a base class) and name the few that are open to all. What is concluded here from a likeness is only suspected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from casemate.languages import ir
from casemate.leads.rule import DetectorRule, Sighting
from casemate.leads.rules.access.missing_authorization_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.model.trace import Boundary
from casemate.taint.names import split

if TYPE_CHECKING:
    from casemate.taint.frame import Unit
    from casemate.taint.solver import Solver

FEWEST = 3  # siblings, of which SHARE have the check
SHARE = 2 / 3
CHECKS = frozenset({
    "login", "auth", "authenticated", "authenticate", "authorize", "authorized", "authorise", "authorised",
    "authorization", "authentication", "permission", "permissions", "perm", "perms", "permitted", "role", "roles",
    "admin", "staff", "superuser", "jwt", "scope", "scopes", "acl", "privilege", "privileges", "owner", "forbid",
    "forbidden", "member",
})  # fmt: skip
OPEN = frozenset({
    "login", "logout", "signin", "signout", "signup", "register", "registration", "auth", "oauth", "callback",
    "webhook", "hook", "health", "healthz", "healthcheck", "ping", "status", "static", "favicon", "robots", "index",
    "home", "about", "reset", "forgot", "confirm", "verify", "activate", "public", "captcha", "metrics", "version",
    "token", "session", "csrf", "error",
})  # fmt: skip
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HINTS = frozenset({"user", "current_user", "abort", "g"})  # a route that has one of these may well check
HOOKS = ("before_request", "before_app_request", "middleware")
GIVEN = frozenset({"self", "cls", "request", "req"})


def find(solver: Solver) -> Iterator[Sighting]:
    """Routes that lack what most routes of the same module or class have."""
    groups: dict[tuple[str, int], list[Unit]] = {}
    for unit in solver.units():
        fn = solver.program.function(unit)
        remote = any(solver.knowledge.entries[n].boundary is Boundary.REMOTE for n in solver.entries.get(unit, ()))
        if (
            remote
            and fn.kind == "function"
            and not any(d.dotted.endswith(("errorhandler", *HOOKS)) for d in fn.decorators)
        ):
            groups.setdefault((unit[0], fn.owner), []).append(unit)
    for (module, _), units in groups.items():
        if len(units) <= FEWEST or _hooked(solver.program.modules[module]):
            continue
        having = {unit: _checks(solver.program.function(unit)) for unit in units}
        for unit in units:
            fn = solver.program.function(unit)
            others = [having[other] for other in units if other != unit]
            checked = [checks - HINTS for checks in others if checks - HINTS]
            if not having[unit] and len(checked) >= max(FEWEST, SHARE * len(others)) and _matters(fn):
                yield Sighting(*unit, fn.pos, sorted(min(checked, key=sorted))[0], inferred=True)


def _hooked(module: ir.Module) -> bool:
    """Whether something runs before every route of the module."""
    return any(d.dotted.endswith(HOOKS) for fn in module.functions for d in fn.decorators)


def _checks(fn: ir.Function) -> set[str]:
    """What a route has that asks who is there: decorators, calls, annotated or default parameters, attributes of the user."""
    names = {d.dotted.rpartition(".")[2] for d in fn.decorators}
    names |= {p.annotation.rpartition(".")[2] for p in fn.params} | {p.name for p in fn.params if p.has_default}
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            if ins[0] in (ir.ATTR, ir.INVOKE):
                names.add(ins[4])
            elif ins[0] == ir.GLOBAL:
                names.add(ins[3])
    names |= {str(arg) for d in fn.decorators for _, arg in d.kwargs if type(arg) is str and arg.isidentifier()}
    return {n for n in names if CHECKS & set(split(n)) or n in HINTS}


def _matters(fn: ir.Function) -> bool:
    """Whether a route changes something or reads by an id, and is none of those that are open by their nature."""
    if OPEN & set(split(fn.name)):
        return False
    last = {d.dotted.rpartition(".")[2].upper() for d in fn.decorators} | {fn.name.upper()}
    methods = {str(m).upper() for d in fn.decorators for k, v in d.kwargs if k == "methods" and v for m in v}
    texts = [arg for d in fn.decorators for arg in d.args if type(arg) is str]
    if any(OPEN & set(split(part)) for text in texts for part in text.split("/")):
        return False
    by_id = any(p.name == "pk" or p.name.endswith("id") for p in fn.params if p.name not in GIVEN)
    return bool(CHANGING & (last | methods)) or by_id


RULE = DetectorRule(
    id=RuleId("missing-authorization"),
    title="A route without the check that its siblings have",
    cwe=862,
    owasp="A01:2021 Broken Access Control",
    severity=Severity.HIGH,
    message="`{function}` is open to all, and most routes beside it have `{what}`",
    also=(863, 306, 639, 285),
    examples=EXAMPLES,
    find=find,
)
