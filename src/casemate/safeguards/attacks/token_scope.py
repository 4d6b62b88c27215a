"""A holder narrows a token to a place that is spelled so that it lies within, and leads out."""

from __future__ import annotations

from pathlib import Path

from casemate.governance.errors import TokenRefused
from casemate.governance.jws import Kind, jwk
from casemate.governance.limits import Limits, path_target
from casemate.governance.token import attenuate, text_digest
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.tokens import WORKER, Scene, attempted, header_of, scene, signed, spelled


def spellings(inside: str, outside: str) -> dict[str, str]:
    """Ways to write a place outside so that it looks like one inside, or covers more."""
    name = outside.rsplit("/", 1)[1]
    return {
        "the folder above": inside.rsplit("/", 1)[0],
        "the root": "/",
        "two dots": f"{inside}/../{name}",
        "two dots at the end": f"{inside}/..",
        "many dots": f"{inside}/x/../../{name}",
        "a sibling with the same beginning": f"{inside}lication",
        "a sibling with a dash": f"{inside}-old",
        "shorter": inside[:-1],
        "another case": inside.upper(),
        "a slash at the end": f"{inside}/",
        "two slashes": f"/{inside}",
        "a dot": f"{inside}/.",
        "relative": inside.lstrip("/"),
        "a blank at the end": f"{inside} ",
        "a NUL": f"{inside}\0/../{name}",
        "hidden characters": inside.replace("app", "a\u200bpp"),
        "look-alikes": inside.replace("a", "\u0430"),
        "decomposed": f"{inside}/../e\u0301",
        "empty": "",
        "percent": f"{inside}/%2e%2e/{name}",
        "backslash": f"{inside}\\..\\{name}",
        "the place itself": outside,
    }


def _attempt(ground: Ground) -> Attempt:
    if ground.random.random() < 0.1:
        return _link(ground)
    here = scene(ground)
    text = here.token()
    here.honest(text)
    what, path = here.random.choice(tuple(spellings(here.inside, here.outside).items()))
    if here.random.random() < 0.3:
        if path.startswith(f"{here.inside}/") and "/.." not in path and not path.endswith(("/", "/.")):
            what, path = "the place itself", here.outside  # a folder of an odd name, inside: that may be asked for

        def narrow() -> None:
            try:
                limits = Limits(targets=(path_target(path),))
            except ValueError as error:
                raise TokenRefused(str(error), "name a place inside") from error
            attenuate(text, limits=limits, holder=here.key(WORKER), id=here.id(), signer=ground.signer(WORKER))

        return attempted(f"asked for: {what}", narrow)
    made = by_hand(here, text, path)
    return attempted(
        f"by hand: {what}", lambda: here.taken(made, here.proof(made, WORKER, path=here.outside), path=here.outside)
    )


def by_hand(here: Scene, text: str, path: str) -> str:
    """The token with a block of its holder's own for that path, whatever it is."""
    payload = {
        "cnf": {"jwk": jwk(here.key(WORKER))},
        "jti": here.id(),
        "prev": text_digest(text),
        "targets": [{"path": path}],
        "v": 1,
    }
    return f"{text}~{signed(header_of(Kind.BLOCK), spelled(payload), here.ground.signer(WORKER))}"


def _link(ground: Ground) -> Attempt:
    """A link inside that leads out, named by the token; the subject arrives resolved, as it always does."""
    here = scene(ground, str(ground.folder.resolve()))
    inside, outside = Path(here.inside), Path(here.outside)
    inside.mkdir()
    outside.mkdir()
    (inside / "link").symlink_to(outside)
    text = here.token()
    here.honest(text)
    made = by_hand(here, text, str(inside / "link"))
    led = str((inside / "link" / "x").resolve())
    return attempted(
        "by hand: a link that leads out", lambda: here.taken(made, here.proof(made, WORKER, path=led), path=led)
    )


ATTACK = Attack(
    id="token-scope",
    title="a token is narrowed to a place whose spelling leads out of it",
    aim="a place that the token does not give",
    attempt=_attempt,
)
