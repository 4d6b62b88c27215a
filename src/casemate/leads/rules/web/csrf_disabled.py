"""Protection against cross-site requests switched off.

## What it is
A view that changes something for the user who is signed in is exempt from the framework's protection; or the protection is
off for the whole application: `WTF_CSRF_ENABLED = False`, Django's `MIDDLEWARE` with sessions and without `CsrfViewMiddleware`.

## Why it matters
A page anywhere makes the visitor's browser send the request, and the browser adds the visitor's session: money is sent, an
address is changed, in their name.

## How to fix it
Leave the protection on and send its token with forms and scripts. Where other services call, without a session, check their
signature instead; such views are not reported, nor are configurations for tests, nor `WTF_CSRF_CHECK_DEFAULT = False` where
views call `csrf.protect()` themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from casemate.languages import ir
from casemate.leads.purpose import mentioned
from casemate.leads.rule import DetectorRule, Sighting
from casemate.leads.rules.web.csrf_disabled_examples import EXAMPLES
from casemate.model.lead import RuleId, Severity
from casemate.taint.names import split
from casemate.taint.solver import Solver

LATER = "WTF_CSRF_CHECK_DEFAULT"  # off: views ask for the token themselves
SETTINGS = ("WTF_CSRF_ENABLED", LATER)
MIDDLEWARE = ("MIDDLEWARE", "MIDDLEWARE_CLASSES")
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
# What a view reads when it changes something, and what tells it who asks by way of the browser.
CHANGES = frozenset({"POST", "FILES", "PUT", "PATCH", "DELETE", "body", "form", "get_json"})
SESSION = frozenset({"user", "session", "current_user", "COOKIES", "login_required", "permission_required"})
# Whoever calls proves it otherwise.
PROVEN = frozenset(
    {"signature", "hmac", "compare", "digest", "webhook", "hook", "token", "authorization", "bearer", "jwt", "key"}
)
TESTING = frozenset({"test", "tests", "testing", "dev", "development", "local", "debug", "ci"})


def find(solver: Solver) -> Iterator[Sighting]:
    """Views and settings that switch the protection off."""
    protected = any(_asks(fn) for module in solver.program.modules.values() for fn in module.functions)
    for name in sorted(solver.program.modules):
        module = solver.program.modules[name]
        for fn in module.functions:
            for decorator in fn.decorators:
                if _exempts(decorator.dotted) and _acts_for_the_user(fn):
                    what = f"{decorator.dotted} exempts {fn.name or 'a view'}, which acts for the signed-in user"
                    yield Sighting(name, max(fn.parent, 0), decorator.pos, what)
            for pos, what in _switched_off(fn):
                if what.startswith(LATER) and protected:
                    continue  # it is only not asked of every request
                if not TESTING & {*split(fn.qualname), *split(name)}:
                    yield Sighting(name, fn.number, pos, what)


def _asks(fn: ir.Function) -> bool:
    """Whether a function asks for the token itself: `csrf.protect()`."""
    if not ir.mentions(fn, ("protect",)):
        return False
    called: dict[Any, str] = {}
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            if ins[0] in (ir.GLOBAL, ir.FREE):
                called[ins[2]] = ins[3]
            elif ins[0] == ir.ATTR:
                called[ins[2]] = ins[4]
            elif ins[0] == ir.INVOKE and ins[4] == "protect" and "csrf" in str(called.get(ins[3], ins[3])).lower():
                return True
    return False


def _exempts(dotted: str) -> bool:
    *owner, last = dotted.split(".")
    return last == "csrf_exempt" or (last == "exempt" and any("csrf" in part.lower() for part in owner))


def _acts_for_the_user(fn: ir.Function) -> bool:
    names, texts = mentioned(fn)
    names |= {part for d in fn.decorators for part in d.dotted.split(".")}
    words = {word for name in names for word in split(name)} | {word for text in texts for word in split(text)}
    changes = CHANGES & names or {"post", "put", "patch", "delete"} & texts
    return bool(changes and SESSION & names and not PROVEN & words)


def _switched_off(fn: ir.Function) -> Iterator[tuple[int, str]]:
    """(position, what) of the settings of a body."""
    wanted = {*SETTINGS, *MIDDLEWARE}
    if not (wanted & {*fn.consts} or ir.mentions(fn, wanted)):
        return
    for instructions, _, _ in ir.graph(fn):
        made = {ins[2]: ins for ins in instructions if ins[0] == ir.SEQUENCE}
        for ins in instructions:
            for name, operand in _set(fn, ins):
                if name in SETTINGS and _constant(fn, operand) is False:
                    yield ins[1], f"{name} is False"
                elif name in MIDDLEWARE and operand in made and _unprotected(fn, made[operand][4]):
                    yield ins[1], f"{name} has sessions and no CsrfViewMiddleware"


def _set(fn: ir.Function, ins: Any) -> list[tuple[Any, Any]]:
    """(name, operand) of what an instruction sets: a name of a module or class, an item, keywords of `update`."""
    if ins[0] == ir.SETGLOBAL:
        return [(ins[3], ins[4])]
    if ins[0] == ir.MOVE and fn.kind == "class":
        return [(ins[2], ins[3])]
    if ins[0] == ir.SETINDEX:
        return [(_constant(fn, ins[4]), ins[5])]
    if ins[0] == ir.INVOKE and ins[4] in ("update", "from_mapping"):
        return list(ins[6])
    return []


def _constant(fn: ir.Function, operand: Any) -> Any:
    return fn.consts[-1 - operand] if type(operand) is int and operand < 0 else None


def _unprotected(fn: ir.Function, items: tuple[Any, ...]) -> bool:
    """A list of middlewares, all of them texts, with sessions; the protection is nowhere in the body, so not added later."""
    names = [_constant(fn, item) for item in items]
    return SESSIONS in names and None not in names and not any("csrf" in str(c).lower() for c in fn.consts)


RULE = DetectorRule(
    id=RuleId("csrf-disabled"),
    title="Protection against cross-site requests switched off",
    cwe=352,
    owasp="A01:2021 Broken Access Control",
    severity=Severity.MEDIUM,
    find=find,
    message="{what}: a page elsewhere can send requests in the visitor's name",
    examples=EXAMPLES,
)
