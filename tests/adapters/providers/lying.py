"""One run of several workers against a server that lies, breaks off and stalls, and what the server saw of it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from governance.support import NOON, SOURCE, a_charter, a_wall

from adapters.providers.server import SPEECHES, STALL, Request, Server, http
from casemate.adapters.clock import SystemClock
from casemate.adapters.providers.recording import Recording, Replay, read_recording
from casemate.governance.budget import OF_MODELS, Counts
from casemate.governance.spending import Terms
from casemate.model.dialogue import Answer, Message, Prompt, Reply, Role, Tool
from casemate.ports import LanguageModel

PATIENCE = 0.05
TOOL = Tool(name="read", description="Read lines of a file.", schema='{"type":"object"}')


@dataclass(frozen=True)
class Outcome:
    """What came of a run. limits: of the budget. reserved: the largest reservation of one exchange. used: by the meter. seen:
    counted without it, by the server's bytes, three a token, and by a watch around the adapter, each exchange up to its deadline.
    late: the most milliseconds by which one ended after it, which a busy machine makes many.
    replayed: each prompt has the same reply from the recording alone. recorded: what the recording says to have been spent."""

    seed: int
    limits: Counts
    reserved: Counts
    used: Counts
    seen: Counts
    replies: int
    silences: int
    late: int
    replayed: bool
    recorded: Counts

    def overruns(self) -> list[str]:
        """The counts that were passed by more than one reserved exchange, as the meter or as the server has it."""
        found = []
        for name in OF_MODELS:
            most = getattr(self.limits, name) + (getattr(self.reserved, name) if name != "requests" else 0)
            for what in ("used", "seen"):
                if getattr(getattr(self, what), name) > most:
                    found.append(f"{what} {name}: {getattr(getattr(self, what), name)} > {most}")
        return found


def run(seed: int, folder: Path) -> Outcome:
    """One run, by the seed alone (but for what threads do first)."""
    random = Random(f"models {seed}")
    speech = SPEECHES[random.choice(sorted(SPEECHES))]
    terms = Terms(sent=random.randrange(10**7), received=random.randrange(10**8), patience_ms=round(PATIENCE * 1000))
    prompts = [a_prompt(random) for _ in range(random.randrange(1, 12))]
    reservations = [terms.reservation(prompt) for prompt in prompts]
    reserved = Counts(**{name: max(one[name] for one in reservations) for name in OF_MODELS})
    limits = {name: random.randrange(1, 8 * getattr(reserved, name) + 2) for name in OF_MODELS}
    generous = random.choice((*OF_MODELS, ""))  # one of them, or each, may be the one that binds
    limits = {name: amount if generous in ("", name) else 10**12 for name, amount in limits.items()}
    seen = {"requests": 0, "sent": 0, "received": 0}
    one = threading.Lock()

    def answer(request: Request):
        with one:
            chance = Random(f"{seed} {seen['requests']}")
            seen["requests"] += 1
            seen["sent"] += texts(request.body)
            steps, said = misbehave(chance, speech, request)
            seen["received"] += said
            return steps

    replies: dict[Prompt, Reply] = {}
    path, watch = folder / f"{seed}.jsonl", Watch()
    with Server(answer) as server:
        watch.model = speech.make("m", endpoint=server.url, key="k" * 20, patience=PATIENCE)
        wall = a_wall(
            charter=a_charter(models=frozenset({server.url})),
            budget=Counts(files=10**6, bytes=10**9, **limits),
            clock=SystemClockAtNoon(),
        )
        recording = Recording(path, model=watch.name, endpoint=watch.endpoint, terms=terms)
        with wall.operation("scan", subject=(SOURCE,)) as op:
            model = recording.around(op.model(watch, terms), time.monotonic)

            def work(mine: list[Prompt]) -> None:
                for prompt in mine:
                    replies[prompt] = model.reply(prompt)

            count = 1 + seed % 4
            workers = [threading.Thread(target=work, args=(prompts[number::count],)) for number in range(count)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            used = op.used
        recording.close()
    replay = Replay(path)
    return Outcome(
        seed=seed,
        limits=Counts(**limits),
        reserved=reserved,
        used=used,
        seen=Counts(
            requests=seen["requests"],
            tokens=seen["sent"] + seen["received"],
            micros=(seen["sent"] * terms.sent + seen["received"] * terms.received) // 1_000_000,
            waited_ms=sum(min(wait, terms.patience_ms) for wait in watch.waits),
        ),
        late=max((wait - terms.patience_ms for wait in watch.waits), default=0),
        replies=len(replies),
        silences=sum(not isinstance(reply, Answer) for reply in replies.values()),
        replayed=all(replay.reply(prompt) == replies[prompt] for prompt in prompts),
        recorded=read_recording(path).spent,
    )


class Watch:
    """An adapter with a watch around it: how long each exchange lasted, in milliseconds."""

    model: LanguageModel

    def __init__(self) -> None:
        self.waits: list[int] = []

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def endpoint(self) -> str:
        return self.model.endpoint

    def reply(self, prompt: Prompt) -> Reply:
        started = time.monotonic()
        reply = self.model.reply(prompt)
        self.waits.append(int((time.monotonic() - started) * 1000))
        return reply


class SystemClockAtNoon(SystemClock):
    """The day of the tests' charter, and the machine's own durations."""

    def now(self) -> datetime:
        return NOON


def a_prompt(random: Random) -> Prompt:
    """One like those of agents: ours, a slice of code, perhaps tools."""
    text = "".join(
        random.choice(("def ", "x = 1\n", "é", "return ", "漢", "    ")) for _ in range(random.randrange(400))
    )
    return Prompt(
        messages=(
            Message(role=Role.SYSTEM, text="Look for weaknesses."),
            Message(role=Role.USER, text=f"{random.random()} {text}"),
        ),
        tools=(TOOL,) if random.random() < 0.5 else (),
        limit=random.randrange(1, 300),
    )


def texts(body: dict) -> int:
    """Tokens of what came, three bytes each, of the texts alone."""
    said = [turn["content"] for turn in body["messages"]] + [body.get("system", "")]
    parts = [part["text"] for some in said if isinstance(some, list) for part in some]
    return sum(-(-len(text.encode()) // 3) for text in (*parts, *(some for some in said if isinstance(some, str))))


def misbehave(random: Random, speech, request: Request):
    """What the server does, and the tokens that it really said."""
    limit = speech.limit(request.body)
    really = random.randrange(limit + 1)
    usage = random.choice(
        (
            (texts(request.body), really),  # honest
            (0, 0),
            None,
            (10**15, 10**15),
            (-5, -5),
            ("1", True),
            (random.randrange(10**6), random.randrange(10**6)),
        )
    )
    honest = http(200, speech.answer("abc" * really, usage=usage))
    return random.choice(
        (
            ([honest], really),
            ([honest], really),
            ([honest], really),
            ([honest], really),
            ([http(random.choice((400, 401, 429, 500, 503, 529)), speech.error("no"), Retry_After="1")], 0),
            ([http(307, {}, Location=f"http://127.0.0.1:9{speech.path}")], 0),
            ([http(200, b"<html>", kind="text/html")], 0),
            ([honest[: len(honest) // 2]], 0),
            ([honest[: random.randrange(len(honest))], STALL], 0),
            ([STALL], 0),
            ([], 0),
            ([b"HTTP/1.1 200 X\r\n\r\n", *([b"x" * 65_536] * 8)], limit),
        )
    )
