"""The packaged knowledge of Python: its names are those of the standard library, and what it says hangs together."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import resources

import pytest

from casemate.knowledge.loader import load
from casemate.knowledge.table import NAME
from casemate.taint.external import ENCODED
from casemate.taint.limits import SIBLING

from .existing import MISSING, resolve

KNOWLEDGE = load()
BUILTIN_TYPES = ("str", "bytes", "list", "tuple", "set", "dict", "int")
GONE = {"cgi": (3, 13), "telnetlib": (3, 13), "pipes": (3, 13), "imp": (3, 12)}  # modules, and since when
FILES = [f for f in (resources.files("casemate.knowledge") / "python").iterdir() if f.name.endswith(".toml")]
UNCHECKED = {name for f in FILES for name in tomllib.loads(f.read_text("utf-8")).get("unchecked", ())}


def standard(name: str) -> str | None:
    """The name to look up when it belongs to the standard library of every supported release, else None."""
    root = name.split(".")[0]
    if name in UNCHECKED:
        return None
    if root in BUILTIN_TYPES:
        name = f"builtins.{name}"
    elif root not in sys.stdlib_module_names or sys.version_info >= GONE.get(root, (99,)):
        return None
    outer = name.split(".")
    if any(".".join(outer[:n]) in UNCHECKED for n in range(1, len(outer) + 1)):
        return None
    return name


def below_a_class(name: str) -> bool:
    """Whether it is, or belongs to, a type that stands only in knowledge: a state of a class, or several of its objects."""
    parts = name.split(".")
    heads = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
    return any(
        head in KNOWLEDGE.bases and head.rpartition(".")[0] in KNOWLEDGE.bases and head.rpartition(".")[2].islower()
        for head in heads
    )


SPOKEN_OF = sorted({*KNOWLEDGE.calls, *KNOWLEDGE.values, *KNOWLEDGE.bases, *KNOWLEDGE.aliases.values()})
STANDARD = [(n, standard(n)) for n in SPOKEN_OF if n[:1] != "*" and not below_a_class(n) and standard(n)]


def test_most_of_the_standard_library_is_checked():
    """The next test cannot pass by looking at nothing."""
    assert len(STANDARD) > 700


def test_standard_library_names_exist():
    """Every function, attribute and class of the standard library that knowledge speaks of is there."""
    assert [name for name, full in STANDARD if full and resolve(full) is MISSING] == []


def test_names_are_well_formed():
    """Names are dotted, `*.name` apart; nothing of ours has crept in."""
    names = [*SPOKEN_OF, *KNOWLEDGE.aliases, *(h.type for h in KNOWLEDGE.hints)]
    assert [name for name in names if not NAME.fullmatch(name)] == []


def test_types_that_are_named_are_known():
    """What a call returns or a value is has a type entry, so that its attributes are found."""
    used = {c.returns for c in KNOWLEDGE.calls.values() if c.returns and c.returns[0] != "@"}
    used |= {v.type for v in KNOWLEDGE.values.values() if v.type}
    used |= {n.type for c in KNOWLEDGE.calls.values() for n in c.narrows}
    used |= {t for e in KNOWLEDGE.entries for _, t in e.types} | {h.type for h in KNOWLEDGE.hints}
    used |= {b for bases in KNOWLEDGE.bases.values() for b in bases}
    assert sorted(used - set(KNOWLEDGE.bases)) == []


def referred_to() -> set[str]:
    """Names by which statements speak of something else."""
    calls = KNOWLEDGE.calls.values()
    conditions = [w for c in calls for s in (*c.sinks, *c.narrows) for w in s.when]
    conditions += [w for c in calls for w in c.clean_when]
    names = {v for w in conditions for v in w.values if isinstance(v, str) and v.count(".") and NAME.fullmatch(v)}
    names |= {c.returns for c in calls} | {n.type for c in calls for n in c.narrows}
    names |= {v.type for v in KNOWLEDGE.values.values()} | {h.type for h in KNOWLEDGE.hints}
    for entry in KNOWLEDGE.entries:
        names |= {entry.decorator, entry.base, entry.call, *entry.models, *entry.fixed, *(t for _, t in entry.types)}
    return names - {""}


def test_what_is_referred_to_is_referred_to_by_its_canonical_name():
    """The engine compares canonical names: another name of the same thing would never match."""
    assert [name for name in sorted(referred_to()) if KNOWLEDGE.canonical(name) != name] == []


@pytest.mark.parametrize("kind", KNOWLEDGE.kinds.values(), ids=KNOWLEDGE.kinds)
def test_every_kind_is_used_and_can_be_checked(kind):
    """A kind has a sink, in a library or in the engine itself, and dangers that a check must refuse."""
    whole = KNOWLEDGE.kinds[kind.part_of or kind.name]
    assert kind.name in (SIBLING, ENCODED) or any(
        s.kind == whole.name for c in KNOWLEDGE.calls.values() for s in c.sinks
    )
    assert whole.dangers


PINNED = (
    "https://api.example.com/",
    "http://user@host:80/a?b=",
    "https://h/x#",
    "\ufffc/v1/",
    "\ufffc://\ufffc:80/",
    "https://\ufffc/a",
    "/v1/",  # a path: put behind an address it decides no host, and by itself it is none
)
LOOSE = (
    "https://", "https://api.example.com", "https://api.example.com:", "/", "//", "//v1/", "https://a b/", "https://a\\@b/",
    "\ufffc", "\ufffc://", "\ufffc://\ufffc", "\ufffc.", "https://\ufffc.",
)  # fmt: skip


@pytest.mark.parametrize("prefix", PINNED + LOOSE)
def test_a_pinned_prefix_fixes_scheme_and_host(prefix):
    """The kind `url` is pinned by a prefix that ends after the host, or is a path, and by nothing shorter."""
    found = any(re.fullmatch(pattern, prefix) for pattern in KNOWLEDGE.kinds["url"].pinned_by)
    assert found == (prefix in PINNED)
