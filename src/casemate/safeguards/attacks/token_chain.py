"""Blocks of tokens put together in another way than they were made."""

from __future__ import annotations

from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import WORKER, attempted, scene


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text, other = here.token(blocks=here.random.randint(3, 6)), here.token(blocks=here.random.randint(2, 5))
    here.honest(text)
    here.honest(other)
    blocks, foreign = text.split("~"), other.split("~")
    what = here.random.choice(
        (
            "re-ordered",
            "reversed",
            "spliced",
            "joined",
            "a block doubled",
            "the middle dropped",
            "the first dropped",
            "cut",
        )
    )
    later = here.random.randrange(1, len(blocks))
    if what == "re-ordered":
        first, second = here.random.sample(range(len(blocks)), 2)
        blocks[first], blocks[second] = blocks[second], blocks[first]
    elif what == "reversed":
        blocks.reverse()
    elif what == "spliced":
        blocks[later] = here.random.choice(foreign[1:])
    elif what == "joined":
        blocks = [*blocks[:later], *foreign[1:]]
    elif what == "a block doubled":
        blocks.insert(later, blocks[later])
    elif what == "the middle dropped":
        del blocks[here.random.randrange(1, len(blocks) - 1)]
    elif what == "the first dropped":
        del blocks[0]
    else:
        what, blocks = "cut at its end, to be used by its last holder", blocks[:later]
    made = "~".join(blocks)
    return attempted(what, lambda: here.taken(made, here.proof(made, WORKER)))


ATTACK = Attack(
    id="token-chain",
    title="a token's blocks are re-ordered, spliced or cut off",
    aim="what a token allowed before it was narrowed, or two tokens together",
    attempt=_attempt,
)
