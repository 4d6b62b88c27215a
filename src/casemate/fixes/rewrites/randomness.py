"""Random numbers that must not be guessed come from the operating system, by the same calls."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import dotted, text, walk
from casemate.fixes.naming import named
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot

_WHAT = "take the random numbers from the operating system"


def propose(site: Site) -> Iterator[Draft]:
    """SystemRandom has the methods of `random`, so that nothing else changes."""
    spot = site.sink
    for call in spot.calls():
        function = call.child_by_field_name("function")
        if function is None:
            continue
        called = spot.called(call)
        if called == "random.Random":
            yield _instead(spot, function)
            return
        if (
            called.startswith("random.")
            and called.count(".") == 1
            and called[7:8].islower()
            and called != "random.seed"
        ):
            name, imports = named(spot, "random.SystemRandom")
            yield draft(_WHAT, spot, spot.replace(function, f"{name}().{called[7:]}"), *imports)
            return
        owner = function.child_by_field_name("object") if function.type == "attribute" else None
        if owner is not None and owner.type == "call" and spot.called(owner) == "random.Random":
            yield _instead(spot, owner.child_by_field_name("function") or owner)
            return
        made = [one for one in _made(spot, dotted(owner)) if spot.called(one) == "random.Random"]
        for one in made[:1]:
            yield _instead(spot, one.child_by_field_name("function") or one)
            return


def _instead(spot: Spot, function: Node) -> Draft:
    name, imports = named(spot, "random.SystemRandom")
    return draft(_WHAT, spot, spot.replace(function, name), *imports)


def _made(spot: Spot, name: str) -> Iterator[Node]:
    """Calls whose answer that name is given anywhere in the file."""
    for node in walk(spot.root):
        if name and node.type == "assignment":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and text(left) == name and right.type == "call":
                yield right


REWRITE = Rewrite(
    id="randomness",
    cwes=(330, 331, 332, 334, 335, 337, 338, 340, 341, 342, 343),
    propose=propose,
    answers_differ=True,
    examples=(
        Example(
            name="a token",
            before="""
import random

def token():
    return "%032x" % random.getrandbits(128)  # sink
""",
            after="""
import random

def token():
    return "%032x" % random.SystemRandom().getrandbits(128)
""",
        ),
        Example(
            name="imported by name",
            before="""
from random import choice

def password(letters):
    return "".join(choice(letters) for _ in range(12))  # sink at choice
""",
            after="""
from random import choice, SystemRandom

def password(letters):
    return "".join(SystemRandom().choice(letters) for _ in range(12))
""",
        ),
        Example(
            name="a generator of one's own",
            before="""
import random

class Sessions:
    def __init__(self):
        self.rng = random.Random()

    def name(self):
        return self.rng.randint(0, 2**64)  # sink
""",
            after="""
import random

class Sessions:
    def __init__(self):
        self.rng = random.SystemRandom()

    def name(self):
        return self.rng.randint(0, 2**64)
""",
        ),
    ),
)
