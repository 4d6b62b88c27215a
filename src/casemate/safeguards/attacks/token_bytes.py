"""A byte or a bit of a token, or of the proof, is changed."""

from __future__ import annotations

from random import Random

from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import WORKER, attempted, scene


def _attempt(ground: Ground) -> Attempt:
    here = scene(ground)
    text = here.token(blocks=here.random.randint(1, 4))
    proof = here.proof(text, WORKER)
    here.honest(text)
    if here.random.random() < 0.8:
        what, changed = altered(text, here.random)
        if here.random.random() < 0.8:  # by the holder, who presents what it is now
            proof = here.proof(changed, WORKER)
        return attempted(f"token: {what}", lambda: here.taken(changed, proof))
    what, changed = altered(proof, here.random)
    return attempted(f"proof: {what}", lambda: here.taken(text, changed))


def altered(text: str, random: Random) -> tuple[str, str]:
    """What is done to the text, and what it is then; never the same."""
    data, place = bytearray(text.encode()), random.randrange(len(text))
    what = random.choice(
        ("a bit flipped", "a byte replaced", "a byte put in", "a byte left out", "the case changed", "added")
    )
    if what == "a bit flipped":
        data[place] ^= 1 << random.randrange(8)
    elif what == "a byte replaced":
        data[place] = random.choice([byte for byte in range(256) if byte != data[place]])
    elif what == "a byte put in":
        data.insert(place, random.randrange(256))
    elif what == "a byte left out":
        del data[place]
    elif what == "the case changed":
        letters = [n for n, byte in enumerate(data) if chr(byte).isalpha()]
        data[random.choice(letters)] ^= 0x20
    else:
        data += random.choice((b"\n", b" ", b"=", b"~", b".", b"\0", b"~~"))
    return what, data.decode("latin-1")


ATTACK = Attack(
    id="token-bytes",
    title="a byte of a token is changed",
    aim="a token that passes with other bytes than were signed",
    attempt=_attempt,
)
