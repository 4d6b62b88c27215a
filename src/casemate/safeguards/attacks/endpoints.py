"""Model endpoints that a charter does not name, but that look or read as if it did."""

from __future__ import annotations

from datetime import timedelta

from casemate.governance.charter import Charter, Target, Tier
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground


def attempt(ground: Ground) -> Attempt:
    """The charter names one address; what is asked for differs in one thing."""
    random = ground.random
    host, port = random.choice(("llm.bank.example", "10.0.0.7", "localhost")), random.choice((":8080", ":443", ""))
    named = f"https://{host}{port}/v1"
    charter = Charter(
        who="Alice",
        targets=(Target(name="/srv", path="/srv"),),
        tier=Tier.PROVE,
        until=NOON.date() + timedelta(days=1),
        made_for="review",
        models=frozenset((named,)) if random.random() < 0.9 else frozenset(),
    )
    if charter.models:
        assert charter.model_refusal(named) is None, "the honest act is refused"
    what, asked = random.choice(
        (
            ("another scheme", named.replace("https", "http")),
            ("credentials before it", named.replace("://", f"://{host}@eve.example/")),
            ("a host that ends alike", named.replace(host, f"eve-{host}")),
            ("a host that goes on", named.replace(host, f"{host}.eve.example")),
            ("another port", f"https://{host}:{random.randrange(1024, 9999)}1/v1"),
            ("a longer path", named + random.choice(("/../admin", "/", "?to=https://eve.example", "#@eve.example"))),
            ("another case", named.upper()),
            ("a dot behind", named.replace(host, host + ".")),
            ("letters that look alike", named.replace("l", "\u04cf").replace("0", "\u041e")),
            ("a character that is not seen", named + random.choice(("\u200b", "\n", "\x00", " "))),
            ("a line more", f"{named}\nhttps://eve.example/v1"),
            ("nothing", ""),
            ("everything", "*"),
        )
    )
    assert asked != named, "nothing was changed"
    answer = charter.model_refusal(asked)
    return Attempt(what=what, succeeded=answer is None, answer=answer or "")


ATTACK = Attack(
    id="endpoints",
    title="a model endpoint that the charter does not name",
    aim="a target's content may be shown to somebody whom the charter does not name",
    attempt=attempt,
)
