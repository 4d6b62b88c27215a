"""What leaves towards a model and must not: secrets of the target, keys of the operator, and any prompt at all to an address that
the charter does not name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from casemate.adapters.providers.recording import Recording, Replay
from casemate.adapters.providers.secrets import redacted, without
from casemate.app.models import OWN_ADDRESSES, OWN_KEYS, talk
from casemate.governance.errors import Denied
from casemate.governance.spending import Terms
from casemate.model.dialogue import Answer, Call, Message, Prompt, Reply, Role, Usage
from casemate.model.errors import UserError
from casemate.model.exchange import spelled
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.madeup import SECRETS, some
from casemate.safeguards.scene import PLACE, a_charter, a_ledger, a_wall

ENDPOINT = "https://models.example/v1"
TOLD = "def transfer(account, amount):"


@dataclass
class _Ear:
    """A model that hears, and says back, all that it is sent."""

    name: str = "ear:1"
    endpoint: str = ENDPOINT
    heard: list[Prompt] = field(default_factory=list)

    def reply(self, prompt: Prompt) -> Reply:
        """What it heard."""
        self.heard.append(prompt)
        return Answer(text="heard", charged=Usage(sent=0, received=0))


def _prompt(ground: Ground, line: str) -> Prompt:
    """A prompt of an agent, with the line somewhere in it."""
    random = ground.random
    around = [TOLD, "    return 5", *(f"    x{n} = {n}" for n in range(random.randrange(5)))]
    around.insert(random.randrange(len(around) + 1), "    " * random.randrange(3) + line)
    text = "\n".join(around)
    numbered = "\n".join(f"{number:5} {one}" for number, one in enumerate(around, 1))
    calls = (Call(id="1", tool="note", arguments=json.dumps({"text": "see it", "path": "a.py"})),)
    user, tool = random.choice(((text, "none"), (numbered, "none"), ("look", text), ("look", numbered)))
    return Prompt(
        messages=(
            Message(role=Role.SYSTEM, text="Look for weaknesses."),
            Message(role=Role.USER, text=user),
            Message(role=Role.ASSISTANT, text="I do.", calls=calls),
            Message(role=Role.TOOL, text=tool, answers="1"),
        ),
        limit=50,
    )


def _secret(ground: Ground) -> str:
    """A secret of the target, on its way to a model and into a recording."""
    secret, line = SECRETS[ground.random.choice(sorted(SECRETS))](ground)
    prompt, ear, path = _prompt(ground, line), _Ear(), ground.folder / "r.jsonl"
    recording = Recording(path, model=ear.name, endpoint=ear.endpoint, terms=Terms())
    recording.around(ear, ground.clock.monotonic).reply(prompt)
    recording.close()
    told = [spelled(one).decode() for one in (*ear.heard, redacted(prompt))]
    if not all(TOLD in text for text in told):
        raise AssertionError("what is no secret is kept back")
    _replayed(path, prompt)
    return "it leaves" if secret in "".join(told) else "it is recorded" if secret in path.read_text() else ""


def _replayed(path: Path, prompt: Prompt) -> None:
    if not isinstance(Replay(path).reply(prompt), Answer):
        raise AssertionError("the recording of an honest exchange is not replayed")


def _own_key(ground: Ground) -> str:
    """The operator's own key, in a prompt or in what a server says back."""
    key = some(ground, ground.random.randrange(12, 60))
    prompt, ear, path = _prompt(ground, f"# {key}"), _Ear(), ground.folder / "r.jsonl"
    recording = Recording(path, model=ear.name, endpoint=ear.endpoint, terms=Terms(), keys=(key,))
    recording.around(ear, ground.clock.monotonic).reply(prompt)
    recording.close()
    texts = (path.read_text(), spelled(redacted(prompt, (key,))).decode(), without(f"your key {key}!", (key,)))
    return "it is shown" if any(key in text for text in texts) else ""


def _key_elsewhere(ground: Ground) -> str:
    """A provider's key, asked to go to another address; or any key, in the clear."""
    random = ground.random
    provider = random.choice(sorted(OWN_KEYS))
    own, key = OWN_ADDRESSES[provider], some(ground, 30)
    environment = {OWN_KEYS[provider]: key, "CASEMATE_MODEL_KEY": "another-key"}
    if (honest := talk(f"{provider}:m", environment=environment)) is None or honest.keys != (key,):
        raise AssertionError("the key is not sent to its own address")
    other = random.choice(
        (
            own + "/",
            own.replace("https", "http"),
            own.replace("api.", "api-"),
            own + ".eve.example",
            own.replace("https://", "https://eve.example/"),
            own.replace("https://", "https://eve@"),
            own.upper(),
            "http://127.0.0.1.eve.example",
            "http://localhost.eve.example",
            "http://127.0.0.1@eve.example",
            "http://[::ffff:10.0.0.1]",
            "http://1270.0.0.1",
        )
    )
    try:
        asked = talk(f"{provider}:m", other, environment=environment)
    except UserError:
        return ""
    if asked is None or key in asked.keys:
        return f"the key goes to {other}"
    return f"a key goes to {other} in the clear" if asked.keys and other.startswith("http:") else ""


def _charter(ground: Ground) -> str:
    """A prompt to an address that the charter does not name, or to one that the adapter went to afterwards."""
    random = ground.random
    named = random.choice((frozenset[str](), frozenset({"https://other.example/v1"}), frozenset({ENDPOINT})))
    wall, ear = a_wall(ground, a_ledger(ground), a_charter(ground, models=named)), _Ear()
    with wall.operation("scan", subject=(PLACE,)) as operation:
        try:
            model = operation.model(ear, Terms())
        except Denied as error:
            if ENDPOINT in named:
                raise AssertionError("an address that the charter names is refused") from error
            raise
        if ENDPOINT not in named:
            return "it was not refused"
        if not isinstance(model.reply(_prompt(ground, "x = 1")), Answer):
            raise AssertionError("an address that the charter names is refused")
        ear.endpoint = random.choice(("https://eve.example/v1", "", ENDPOINT + "/", ENDPOINT.upper()))
        before = len(ear.heard)
        model.reply(_prompt(ground, "x = 1"))
        return "it was asked at another address" if len(ear.heard) > before else ""


VARIANTS: dict[str, Callable[[Ground], str]] = {
    "a secret of the target": _secret,
    "the operator's own key": _own_key,
    "a key to another address": _key_elsewhere,
    "an address that the charter does not name": _charter,
}


def attempt(ground: Ground) -> Attempt:
    """One thing that is to leave."""
    what = ground.random.choice(sorted(VARIANTS))
    try:
        left = VARIANTS[what](ground)
    except Denied as error:
        return Attempt(what=what, succeeded=False, answer=error.what)
    return Attempt(what=what, succeeded=bool(left), answer=left or "it does not leave")


ATTACK = Attack(
    id="model-egress",
    title="a secret, a key or a prompt that leaves towards a model that may not have it",
    aim="the target's secrets and the operator's keys at a provider, or at anybody",
    attempt=attempt,
    files=True,
)
