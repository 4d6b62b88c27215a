"""Comparisons whose time tells how much of a secret was guessed: `==` between a secret and a value from outside.

What is a secret is known from its type, where knowledge says that comparing it is a sink (`<type>.__eq__`), or from its name.
Names that mean other things too (`token` of a parser, `digest` of a file) count only where a request is compared.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from casemate.languages import ir
from casemate.taint import names as called
from casemate.taint.frame import Frame
from casemate.taint.memberships import defined
from casemate.taint.names import split
from casemate.taint.values import NO, Value, any_kind

KIND: Final = "compare"
PLAIN: Final = frozenset({"hmac", "secret"})
OWN: Final = frozenset({"csrf", "xsrf"})  # of whoever sends the request: their own pages show it to them
PAIRS: Final = tuple(
    f"{first}_{last}"
    for first in ("api", "auth", "access", "session", "reset", "bearer", "webhook", "admin", "shared", "password")
    for last in ("token", "key", "hash", "digest", "signature", "secret")
)
LOOSE: Final = frozenset({"token", "signature", "password", "passwd", "mac", "digest", "apikey"})
MAKERS: Final = ("hmac", "hashlib")
NOT_TEXT: Final = ("int", "float", "bool", "list", "tuple", "set", "dict")
NOT_FIRST: Final = ("has_", "is_", "num_", "use_")
# What stands behind the name of a secret, and makes it the name of what is said of one.
NOT_LAST: Final = (
    "_alg", "_algorithm", "_at", "_count", "_expires", "_expiry", "_field", "_header", "_id", "_iss", "_issuer", "_kind", "_len",
    "_length", "_method", "_name", "_scheme", "_scope", "_status", "_type", "_url", "_version",
)  # fmt: skip
MAKING: Final = (["new"], ["generate"], ["issue"], ["mint"], ["create"], ["fresh"])
COLUMN: Final = re.compile(r"(?:Column|Field|column)$")  # what makes one, by SQLAlchemy and Django
MAX_STEPS: Final = 6  # followed back to where a value was read
QUIET: Final = ("__eq__", "__ne__", "__lt__", "__hash__")


def compared(frame: Frame, pos: int, left: Any, right: Any) -> None:
    """An equality test of two values."""
    a, b = frame.get(left), frame.get(right)
    if a.const is not NO or b.const is not NO or not (a.taint or b.taint) or frame.fn.name in QUIET:
        return
    kind = frame.knowledge.kinds[KIND]
    for secret, given, operand, other in ((a, b, left, right), (b, a, right, left)):
        taint = given.taint
        if not any_kind(taint, kind.mask) or any(r[0] == "i" and r[1] in NOT_TEXT for r in (*a.refs, *b.refs)):
            continue
        if not _typed(frame, secret) and (_outside(frame, secret) or not _named(frame, operand, other, given)):
            continue
        if _made_here(frame, other) or _column(frame, operand):  # for whatever it is made; a database compares
            continue
        if _in_session(frame, operand):  # of whoever sends the request: nobody else's is compared with it
            continue
        if frame.fn.owner >= 0 and _attribute(a) and _attribute(b):
            continue  # whoever made the method's object gave both
        frame.reach(taint, kind.bit, frame.sink(pos, "=="), pos)
        return


def _made_here(frame: Frame, operand: Any) -> bool:
    """Whether a value is what a function says that it makes: a new token is nobody's guess, whatever it is made for."""
    made = _maker(frame, operand)
    if made is None or made[0] not in (ir.CALL, ir.INVOKE):
        return False
    name = made[4] if made[0] == ir.INVOKE else called.of(frame).get(made[3], "")
    return split(name)[:1] in MAKING


def _in_session(frame: Frame, operand: Any) -> bool:
    """Whether a value was read off the request's own session: `request.session["state"]`."""
    made = defined(frame).get(operand)
    for _ in range(MAX_STEPS):
        if made is not None and made[0] in (ir.ATTR, ir.GLOBAL) and made[-1] == "session":
            return True
        if made is None or made[0] not in (ir.MOVE, ir.AWAIT, ir.INDEX, ir.INVOKE, ir.ATTR):
            return False
        made = defined(frame).get(made[3])
    return False


def _column(frame: Frame, operand: Any) -> bool:
    """Whether an operand is a column that a class declares, in an expression that a database is asked."""
    made = defined(frame).get(operand)
    if made is None or made[0] != ir.ATTR or not any(ref[0] == "c" for ref in frame.get(made[3]).refs):
        return False
    return any(ref[0] == "i" and COLUMN.search(ref[1]) for ref in frame.get(operand).refs)


def _attribute(val: Value) -> bool:
    """Whether a value is an attribute of the method's own object, as it was put there, and no part of one."""
    return any(ref[0] == "p" and ref[1] == 0 and len(ref[2]) == 1 for ref in val.refs)


def _typed(frame: Frame, val: Value) -> bool:
    """Whether knowledge says of the value's type that comparing it is a sink."""
    calls = (frame.knowledge.calls.get(f"{r[1]}.__eq__") for r in val.refs if r[0] == "i")
    return any(sink.kind == KIND for call in calls if call is not None for sink in call.sinks)


def _outside(frame: Frame, val: Value) -> bool:
    """Whether the side taken for the secret is itself what somebody outside gives: two fields of one form are no secret,
    nor are two parameters."""
    labels = [label for label, _ in frame.spread(val.taint)]
    if any(r[0] == "p" and not r[2] for r in val.refs):
        return True
    return any(label[0] == "s" for label in labels) or (frame.entry is not None and bool(labels))


def _named(frame: Frame, operand: Any, other: Any, given: Value) -> bool:
    """Whether the names of the two sides say that the one is a secret."""
    names = called.of(frame)
    own, theirs = names.get(operand, ""), names.get(other, "")
    if OWN & {*own.split("_")} and not own.endswith("secret"):
        return False
    asked = frame.entry is not None or any(label[:2] == ("s", "remote") for label, _ in frame.spread(given.taint))
    if _says(own, PLAIN):
        where = {*split(frame.unit[0]), *split(frame.fn.qualname)}
        return asked or bool(LETS_IN & where and not STARTED & where)
    if not (_says(own, LOOSE) or _says(theirs, LOOSE | PLAIN)):
        return False
    return asked or (_says(own, LOOSE) and _says(theirs, LOOSE) and _makes(frame))


def _says(name: str, words: frozenset[str]) -> bool:
    if not name or name.startswith(NOT_FIRST) or name.endswith(NOT_LAST):
        return False
    return any(part in words for part in name.split("_")) or any(pair in name for pair in PAIRS)


def _makes(frame: Frame) -> bool:
    """Whether the module makes digests at all: elsewhere a signature is that of a function or of a file format."""
    return any(b[0] == ir.BOUND_IMPORT and b[1].split(".")[0] in MAKERS for _, b in frame.module.names)


OPERATORS: Final = frozenset({"==", "!=", "in", "not in"})
CHECKERS: Final = frozenset(
    {
        "auth", "authenticate", "authenticated", "authentication", "authorize", "authorized", "credentials", "login",
        "password", "passwd", "hmac", "signature", "secret", "webhook",
    }
)  # fmt: skip
CHECKS: Final = frozenset({"check", "verify", "validate", "valid", "authenticate", "compare", "matches", "authorized"})
# Where it is decided who may come in: elsewhere a library compares what its caller has with what its caller has.
LETS_IN: Final = CHECKS | {
    "access", "allowed", "auth", "authenticated", "authentication", "authorize", "connect", "handshake", "login", "logon",
    "permitted", "signin",
}  # fmt: skip
STARTED: Final = frozenset(
    {"cli", "command", "commands", "console"}
)  # where what is given is that of who starts a program
SECRETS: Final = frozenset(
    {"password", "passwd", "hmac", "signature", "sign", "credentials", "secret", "digest", "mac"}
)
# Which of two of the same it is: of a password that is typed twice, or changed.
AGAIN: Final = frozenset({"confirm", "confirmation", "repeat", "again", "old", "new"})
TWICE: Final = AGAIN | {"type", "name", "id", "method", "scheme", "field", "len", "length", "algorithm", "alg"}


PRETENDED: Final = frozenset({"dummy", "fake", "mock", "stub"})  # of what stands in for a check where none is needed
LOOKED_UP: Final = frozenset({"auth", "credentials", "secret", "hmac", "signature"})  # what is looked for in a list
# What a class is called whose objects hash what they are compared with.
CRYPT: Final = frozenset({"password", "passwd", "crypt"})
# Words of what is hashed with a key, and so is a secret itself.
KEYED: Final = frozenset({"hmac", "mac", "secret", "sign", "signature", "signed", "token", "webhook"})
ANSWERS: Final = frozenset({"has", "is", "needs", "use", "uses"})  # how a yes or no is called
HASHED: Final = (("i", "dict"), ("i", "set"), ("i", "frozenset"))


def told(frame: Frame, pos: int, operator: str, left: Any, right: Any) -> None:
    """A comparison in a function that by its name checks credentials, of what by its name is a secret: where the two come
    from need not be known."""
    if not _checks(frame.fn.qualname) or frame.fn.name in QUIET:
        return
    a, b = frame.get(left), frame.get(right)
    if a.const is not NO or b.const is not NO or any(r[0] == "i" and r[1] in NUMBERS for r in (*a.refs, *b.refs)):
        return
    if _of_one(frame, left, right) or _compares_itself(frame, a, b):
        return
    names = called.of(frame)
    sides = [_parts(frame, side, names) for side in (left, right)]
    keyed = KEYED & {*split(frame.fn.qualname), *sides[0], *sides[1]}
    if not keyed and any(_digest(frame, side) for side in (left, right)):
        return
    if any(side & TWICE for side in sides) or not all(sides):
        return
    if any(names.get(side, "").partition("_")[0] in ANSWERS for side in (left, right)):
        return
    if any(type(side) is str and "scheme" in [word.rstrip("s") for word in split(side)] for side in (left, right)):
        return  # in which way somebody proves who they are
    if any(side & SECRETS for side in sides) if operator in ("==", "!=") else sides[0] & LOOKED_UP and not _hashed(b):
        frame.act(pos, operator, "telling-comparison")


def _of_one(frame: Frame, left: Any, right: Any) -> bool:
    """Whether both are read off one thing by names that say the same, but for which of two it is: a password that is typed twice
    into one form."""
    one, other = _way(frame, left), _way(frame, right)
    apart = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    if one[0] != other[0] or len(one) != len(other) or len(apart) != 1:
        return False
    a, b = map(_bare, apart[0])
    return bool(a) and a == b


def _bare(step: Any) -> str:
    """The name of a field, without what says which of two it is: `password2`, `confirm_password`."""
    return "_".join(word.rstrip("0123456789") for word in split(step) if word not in AGAIN) if type(step) is str else ""


def _way(frame: Frame, operand: Any) -> list[Any]:
    """What a value is read off, and by which attributes and keys."""
    steps: list[Any] = []
    for _ in range(MAX_STEPS):
        made = _maker(frame, operand)
        if made is None or made[0] not in (ir.ATTR, ir.INDEX):
            break
        key = made[4] if made[0] == ir.ATTR else frame.get(made[4]).const
        steps, operand = [key, *steps], made[3]
    return [operand, *steps]


def _digest(frame: Frame, operand: Any) -> bool:
    """Whether a value was hashed here: whoever sends a password does not choose how its hash begins."""
    made = _maker(frame, operand)
    if made is None or made[0] != ir.INVOKE or made[4] not in ("digest", "hexdigest"):
        return False
    hashed = _maker(frame, made[3])
    return (
        hashed is not None
        and hashed[0] in (ir.CALL, ir.INVOKE)
        and not hashed[-1]  # a key
        and any(ref[0] == "x" and ref[1].partition(".")[0] == "hashlib" for ref in frame.get(hashed[3]).refs)
    )


def _maker(frame: Frame, operand: Any) -> Any:
    """The one instruction that makes what stands at an operand, or was moved there."""
    made = defined(frame).get(operand)
    for _ in range(MAX_STEPS):
        if made is None or made[0] not in (ir.MOVE, ir.AWAIT):
            break
        made = defined(frame).get(made[3])
    return made


def _compares_itself(frame: Frame, a: Value, b: Value) -> bool:
    """Whether a class of the program says for its passwords what it is to be equal to one (it hashes what it is asked first), and
    the two may be of it."""
    if all(any(ref[:2] == ("i", "str") for ref in val.refs) for val in (a, b)):
        return False
    for unit, owner in (*frame.program.owners_of("__eq__"), *frame.program.owners_of("__ne__")):
        if CRYPT & {*split(owner.rpartition(".")[2])}:
            blocks = ir.graph(frame.program.callee(unit))
            if any(ins[0] in (ir.CALL, ir.INVOKE) for block in blocks for ins in block[0]):
                return True
    return False


def _hashed(val: Value) -> bool:
    """Whether a collection finds what is asked for by its hash: what is asked decides over the time, and not what is kept."""
    return any((r[2] if r[0] == "o" else r) in HASHED for r in val.refs)


NUMBERS: Final = ("int", "float", "bool")


@lru_cache(maxsize=4096)
def _checks(qualname: str) -> bool:
    """Whether a function by its name checks credentials."""
    words = frozenset(split(qualname))
    return bool(words & CHECKERS and words & CHECKS and not words & PRETENDED)


def _parts(frame: Frame, operand: Any, names: dict[Any, str]) -> set[str]:
    """The words of an operand's name; of a tuple those of its elements."""
    found = {word.rstrip("s") if word != "credentials" else word for word in names.get(operand, "").split("_") if word}
    for ref in frame.get(operand).refs:
        if ref[0] == "o" and ref[2] == ("i", "tuple"):
            for key, val in frame.env.items():
                if type(key) is str and any(val is one for one in (frame.env.get(ref) or {}).values()):
                    found |= set(key.lower().split("_"))
    return found
