"""Abstract values: what the solver knows of a value at a point of the program.

Taint is one integer. Every label (a parameter, a field of a parameter, or a source) owns a field of `WIDTH` bits in it: a
bit per kind for which the value is still dangerous, `CROSSED` when it was spliced into text that the developer fixed, and
`BELOW` when it was put below a path or address that was; `FREE` when on another way it is taken as it is because it is absolute:
then what it was put below is where it is looked for, no bound; `SEEN` when every step of one of its ways was seen.
So joining is `|`, clearing is `&`, and both cost nanoseconds however many labels there are.

References say what a value may be, as plain tuples (they travel between processes and into the cache):

    ("f", module, number)            a function of the program
    ("m", module, number, receiver)  a method bound to a receiver reference
    ("c", module, number)            a class of the program
    ("t", module, number)            some instance of that class
    ("x", dotted)                    a function, class or module from outside the program
    ("i", dotted)                    an instance of a class from outside
    ("o", site, class reference)     the object made at this place of this function; the class is ("c", …) or ("i", …)
    ("S", module, number)            `super()` in a method of that class
    ("M", module)                    a module of the program
    ("p", parameter, path)           what the caller gave, symbolically
    ("n", kind)                      not a thing but a property: in canonical form for this kind
    ("d", key)                       computed from this variable alone, so that a check of it is a check of the variable
    ("e", key, kinds)                being equal to a value of our own clears these kinds of that variable
    ("b", key, kinds)                so does being below a value of our own
    ("u", key, kinds)                being equal to this variable says that the variable is a base which holds everything
    ("w", key)                       this variable without its first and its last character
    ("l", part, quote)               "^": the text begins with this quote, "$": it ends with it, "-": it has none between
    ("%", outline)                   the text's constant parts, with a mark for what is not known
    ("/",)                           the text ends with a path separator
    ("=", constant)                  with others of its kind: the value is one of these constants
    ("j", kind)                      harmless for this kind once it stands below a text that the developer fixed
    ("h", kind)                      begins with a slash and leads nowhere above it: harmless below any text
    ("s",)                           begins with no slash
    ("g", key, separator)            the pieces of this variable between the separators
    ("G", key, separator)            each of these pieces in turn
    ("v", parameter)                 what the caller gave, less some marks or with others for them
    ("#", taint)                     looked up by a key; the taint of what it was looked up in
    ("y", key, taint)                put together with this variable, which alone brought these labels
    ("[", elements, all)             a list that begins with these (constant or nothing, references), or has no others
    ("^", pos, taint or reference)   each element in turn, by the loop at this place; the first, or what the caller gave
    ("1", taint)                     a text of several words; the taint of the first
    ("T",)                           a text of which no character does the harm that is cleared of it
    ("q", mark)                      the text lacks this quotation mark
    ("Q", mark)                      the text has each of these quotation marks doubled
    ("k", kind, refused, all)        of these dangers of the kind, as bits, a check has refused some
    ("Z", dotted)                    an instance of this class from outside on every way
    ("P", provisos)                  under these alone it is of no narrower type
    ("N", names)                     what makes rows of these columns
    ("D", entries, texts)            a decorator that makes entry points, with the texts that it was given
    ("r", pattern)                   a compiled regular expression
    ("K", key)                       the keys of this variable, and nothing else
    ("U",)                           the text is not `..`
    ("V", parameter, kinds)          what the caller gave, decoded: of these kinds a check of it is a check of what was given
    ("W", key, taint, kinds)         this variable, decoded, as it was then: of these kinds a check of it is a check of that
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

WIDTH: Final = 32
CROSSED: Final = 1 << 30
BELOW: Final = 1 << 31
FREE: Final = 1 << 29
SEEN: Final = 1 << 28
MARKS: Final = CROSSED | BELOW | FREE
SPLICED: Final = CROSSED | BELOW
KINDS: Final = (1 << 28) - 1  # every kind, not crossed
WHOLE: Final = KINDS | SEEN  # what a label begins as
FIELD: Final = (1 << WIDTH) - 1
ONE_LABEL: Final = 1 << WIDTH
MAX_REFS: Final = 8
MAX_ALTERNATIVES: Final = 6  # texts of which a value is known to be one
MAX_CONST: Final = 4096  # longer strings are not folded


class _NoConstant:
    """The type of `NO`: no constant is known."""

    def __repr__(self) -> str:
        return "NO"


NO: Final = _NoConstant()

Ref = tuple[Any, ...]
Key = Any  # a variable name, a temporary, or an object reference
# When true, when false: facts that a branch on the value establishes: (key, kinds cleared, property it gains or None). The
# key ("/", taint) stands for everything but those labels: a base of those labels holds all there is.
Effects = tuple[tuple[Key, int, Ref | None], ...]
Predicate = tuple[Effects, Effects]


class Value(NamedTuple):
    """taint: see the module. const: the constant, or NO. refs: what it may be. pred: what branching on it establishes."""

    taint: int
    const: Any
    refs: tuple[Ref, ...]
    pred: Predicate | None


_make = tuple.__new__


def value(taint: int = 0, const: Any = NO, refs: tuple[Ref, ...] = (), pred: Predicate | None = None) -> Value:
    """A value; faster than the constructor."""
    return _make(Value, (taint, const, refs, pred))


CLEAN: Final = value()
DATA: Final = ("i", "@data")  # what came from outside as it is: whatever is read off it came with it
NONE: Final = value(0, None)


def same_constant(a: Any, b: Any) -> bool:
    """Whether two constants are the same value of the same type (1 is not True, and NO is only itself)."""
    return a is b or (a is not NO and b is not NO and type(a) is type(b) and a == b)


def join_refs(a: tuple[Ref, ...], b: tuple[Ref, ...]) -> tuple[Ref, ...]:
    """The union of two reference sets; properties (n, d, %) hold only when both have them."""
    if a == b:
        return a
    if not b:
        return tuple(r for r in a if r[0] not in PROPERTIES) if a else a
    if not a:
        return tuple(r for r in b if r[0] not in PROPERTIES)
    out = [r for r in a if r in b or r[0] not in PROPERTIES]
    out += [r for r in b if r not in a and r[0] not in PROPERTIES]
    return tuple(out[:MAX_REFS])


PROPERTIES: Final = frozenset("ZPndebuw%/=jhqQklsvgG#1y[^KTUVW")  # they hold only while both sides have them
# They speak of variables and labels of one function, or of a text as it stands there: nobody else is told.
INNER: Final = frozenset("Ppndebuwhs%qQklvgG#1yD^KTUVW")


def join(a: Value, b: Value) -> Value:
    """The least value that covers both."""
    if a is b or (a == b and type(a[1]) is type(b[1])):
        return a
    const = a[1]
    refs = a[2] if a[2] is b[2] else join_refs(a[2], b[2])
    if refs is not a[2] and (a[0] or b[0]):
        refused = _refused_by_both(a, b)
        refs = (*(r for r in refs if r[0] != "k"), *refused) if refused else refs
    if const is not b[1] and not same_constant(const, b[1]):
        const = NO
        if refs or type(a[1]) is str or type(b[1]) is str:
            refs = (*(r for r in refs if r[0] != "="), *_alternatives(a, b))
    return _make(Value, (a[0] | b[0], const, refs, a[3] if a[3] is b[3] or a[3] == b[3] else None))


def _refused_by_both(a: Value, b: Value) -> tuple[Ref, ...]:
    """The dangers that checks have refused on both ways; what is alive for a kind on one way only, that way's checks."""
    masks = {r[1]: r[3] for side in (a, b) for r in side[2] if r[0] == "k"}
    out = []
    for mask, everything in masks.items():
        both = everything
        for taint, _, refs, _ in (a, b):
            refused = 0
            for ref in refs:
                refused |= ref[2] if ref[0] == "k" and ref[1] == mask else 0
            both &= refused if any_kind(taint, mask) else everything
        if both:
            out.append(("k", mask, both, everything))
    return tuple(out)


def _alternatives(a: Value, b: Value) -> tuple[Ref, ...]:
    """The few texts of which a value is one, when both sides are such."""
    sides = []
    for side in (a, b):
        known = (("=", side[1]),) if type(side[1]) is str else tuple(r for r in side[2] if r[0] == "=")
        if not known:
            return ()
        sides.append(known)
    both = tuple(dict.fromkeys((*sides[0], *sides[1])))
    return both if len(both) <= MAX_ALTERNATIVES else ()


_units: list[int] = [0]


def _unit(fields: int) -> int:
    """An integer with bit 0 of each of that many fields set."""
    while len(_units) <= fields:
        _units.append(_units[-1] | 1 << WIDTH * (len(_units) - 1))
    return _units[fields]


_memo: dict[tuple[int, int], int] = {}


def keep(taint: int, mask: int) -> int:
    """The taint with only the kinds of `mask` alive, marked crossed where `mask` says so, and seen where both are; empty labels
    vanish."""
    if not taint or mask == WHOLE:
        return taint
    if taint < ONE_LABEL:
        alive = taint & mask & WHOLE
        return alive | (mask & SPLICED) | (taint & MARKS) if alive & KINDS else 0
    key = (taint, mask)
    got = _memo.get(key)
    if got is None:
        got = 0
        crossed = mask & SPLICED
        for shift, bits in fields(taint):
            alive = bits & mask & WHOLE
            if alive & KINDS:
                got |= (alive | crossed | (bits & MARKS)) << shift
        if len(_memo) > 200_000:
            _memo.clear()
        _memo[key] = got
    return got


def cross(taint: int) -> int:
    """The taint of a text into which the value was spliced."""
    return keep(taint, WHOLE | CROSSED)


def below(taint: int) -> int:
    """The taint of a path or an address that begins with another one."""
    out = keep(taint, WHOLE | BELOW)
    return sum((bits & ~FREE) << shift for shift, bits in fields(out)) if any_kind(out, FREE) else out


def free(taint: int, mask: int) -> int:
    """The taint of what is known to be absolute: free is what was put below nothing yet."""
    out = 0
    for shift, bits in fields(taint):
        out |= (bits | (FREE if bits & mask and not bits & SPLICED else 0)) << shift
    return out


def told(bits: int) -> int:
    """A label's bits as others are told of them: what was put below something and is free as well was put below nothing."""
    return bits & ~(BELOW | FREE) if bits & FREE else bits


def guessed(taint: int) -> int:
    """The taint of what is taken to carry the value, which nobody has seen to go there."""
    return taint & ~(SEEN * _unit((taint.bit_length() + WIDTH - 1) // WIDTH))


def uncross(taint: int) -> int:
    """The taint of what was spliced into nothing but its giver's own text."""
    return sum((bits & ~SPLICED) << shift for shift, bits in fields(taint))


def clear(taint: int, mask: int) -> int:
    """The taint without the kinds of `mask`."""
    return keep(taint, WHOLE & ~mask) if taint and mask else taint


def alive(taint: int) -> int:
    """The kinds for which some label is alive."""
    out = 0
    for _, bits in fields(taint):
        out |= bits & KINDS
    return out


def revive(taint: int, origin: int, mask: int) -> int:
    """The taint with the kinds of `mask` alive again of every label that is alive for `origin`, which it is no more."""
    return sum(((bits | mask) & ~origin if bits & origin else bits) << shift for shift, bits in fields(taint))


def fields(taint: int) -> list[tuple[int, int]]:
    """(bit offset, field) of each label present."""
    if taint < ONE_LABEL:
        return [(0, taint)] if taint else []
    out = []
    shift = 0
    while taint:
        low = (taint & -taint).bit_length() - 1
        skip = low // WIDTH * WIDTH
        taint >>= skip
        shift += skip
        out.append((shift, taint & FIELD))
        taint >>= WIDTH
        shift += WIDTH
    return out


def any_kind(taint: int, mask: int) -> bool:
    """Whether some label is alive for one of the kinds."""
    return bool(taint and taint & mask * _unit((taint.bit_length() + WIDTH - 1) // WIDTH))


def label_mask(number: int, mask: int = WHOLE) -> int:
    """The taint of one label, alive for all kinds."""
    return mask << WIDTH * number
