"""More of a model than the budget holds: by lies about usage, by workers at once, by parts and by runs that begin again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from threading import Lock, Thread
from typing import Any

from casemate.governance.budget import OF_MODELS, Counts
from casemate.governance.errors import Denied
from casemate.governance.spending import Terms, cost, counted, most, sent
from casemate.governance.wall import Operation, Wall
from casemate.model.dialogue import Answer, Message, NoAnswer, Prompt, Reply, Role, Silence, Usage
from casemate.ports import LanguageModel
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.scene import PLACE, PLENTY, a_charter, a_ledger, a_wall

ENDPOINT = "https://models.example/v1"
NOTHING = Usage(sent=0, received=0)


class _Broken(Exception):
    """An adapter that raises, which none should."""


@dataclass
class _Liar:
    """A model that answers, stalls, breaks and lies by chance, and that counts truly what it was asked for."""

    ground: Ground
    terms: Terms
    name: str = "liar:1"
    endpoint: str = ENDPOINT
    lies: bool = True
    low: bool = False  # it never says too much
    asks: Callable[[Prompt], Reply] | None = None
    had: Counts = field(default_factory=Counts)
    one: Any = field(default_factory=Lock)

    def reply(self, prompt: Prompt) -> Reply:
        """Whatever comes to its mind."""
        with self.one:
            random = Random(self.ground.random.random())
            waited = random.randrange(self.terms.patience_ms + 1)
            self.ground.clock.move(milliseconds=waited)
            text = "x" * random.randrange(3 * prompt.limit)
            answer = Answer(text=text, charged=NOTHING)
            usage = counted(prompt, answer)
            amounts = {name: getattr(self.had, name) + more for name, more in cost(self.terms, usage, waited).items()}
            self.had = Counts(**amounts)
        if self.asks is not None and random.random() < 0.5:
            self.asks(prompt)
        return self._said(random, prompt, answer) if self.lies else answer

    def _said(self, random: Random, prompt: Prompt, answer: Answer) -> Reply:
        absurd = random.choice((-1, 0, -(10**9), *(() if self.low else (1, 10**15, random.randrange(10**6)))))
        usage = Usage(sent=absurd, received=absurd if self.low else random.choice((absurd, -absurd, 0)))
        silent = NoAnswer(why=random.choice(list(Silence)), detail="", again=True)
        replies: tuple[Reply, ...] = (
            replace(answer, stated=usage),
            replace(answer, charged=usage),
            replace(answer, stated=usage, charged=usage),
            silent,
            # What an adapter says to have been used is never less than what was sent; the rest is its bug.
            replace(silent, charged=Usage(sent=max(absurd, sent(prompt)), received=max(absurd, prompt.limit))),
        )
        if random.random() < 0.05:
            raise _Broken
        return random.choice(replies[:3] if self.low else replies)


@dataclass
class _Scene:
    ground: Ground
    terms: Terms
    prompt: Prompt
    budget: Counts
    liar: _Liar
    answers: list[str] = field(default_factory=list)
    used: Counts = field(default_factory=Counts)

    def wall(self) -> Wall:
        """A wall around the budget, which names the liar's address."""
        charter = a_charter(self.ground, models=frozenset({ENDPOINT}))
        return a_wall(self.ground, a_ledger(self.ground), charter, budget=self.budget)

    def ask(self, model: LanguageModel, times: int = 30) -> None:
        """Ask until it is refused, and on."""
        for _ in range(times):
            with suppress(_Broken):
                reply = model.reply(self.prompt)
                if isinstance(reply, NoAnswer) and reply.why is Silence.BUDGET:
                    self.answers.append(reply.detail)


def _alone(scene: _Scene) -> None:
    with scene.wall().operation("scan", subject=(PLACE,)) as operation:
        scene.ask(operation.model(scene.liar, scene.terms))
        scene.used = operation.used


def _together(scene: _Scene) -> None:
    with scene.wall().operation("scan", subject=(PLACE,)) as operation:
        models = [operation.model(scene.liar, scene.terms) for _ in range(2)]
        workers = [Thread(target=scene.ask, args=(model, 4)) for model in models * 2]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        scene.used = operation.used
    scene.answers = ["what does not fit is refused"]  # which worker is refused first, and by what, is nobody's choice


def _parts(scene: _Scene) -> None:
    """Operations within the operation, each with the whole budget for itself if nobody watches."""
    wall = scene.wall()
    with wall.operation("scan", subject=(PLACE,)) as outer:
        for _ in range(3):
            with wall.operation("host", subject=(PLACE,)) as inner:
                scene.ask(inner.model(scene.liar, scene.terms), 4)
            scene.ask(outer.model(scene.liar, scene.terms), 1)


def _within(scene: _Scene) -> None:
    """A model that asks for another exchange before it answers."""
    with scene.wall().operation("scan", subject=(PLACE,)) as operation:
        model = operation.model(scene.liar, scene.terms)
        scene.liar.asks = lambda prompt: _once(scene.liar, model, prompt)
        scene.ask(model, 6)
        scene.used = operation.used


def _once(liar: _Liar, model: LanguageModel, prompt: Prompt) -> Reply:
    asks, liar.asks = liar.asks, None
    try:
        return model.reply(prompt)
    finally:
        liar.asks = asks


def _again(scene: _Scene) -> None:
    """Runs that begin again and go on, each told what those before it have spent."""
    spent = Counts()
    for _ in range(4):
        with suppress(Denied), scene.wall().operation("scan", subject=(PLACE,)) as operation:
            scene.ask(operation.model(scene.liar, scene.terms, spent), 3)
            spent = scene.used = operation.used


def _no_limit(scene: _Scene) -> None:
    """A limit below nothing, so that its reservation would be as well."""
    scene.prompt = replace(scene.prompt, limit=scene.ground.random.choice((0, -1, -500, -(10**9))))
    with scene.wall().operation("scan", subject=(PLACE,)) as operation:
        with suppress(ValueError):
            scene.ask(operation.model(scene.liar, scene.terms))
        scene.budget = replace(scene.budget, requests=0)


def _spent_less(scene: _Scene) -> None:
    """Earlier runs that are said to have given something back."""
    with scene.wall().operation("scan", subject=(PLACE,)) as operation:
        spent = Counts(requests=-5)  # raises
        scene.ask(operation.model(scene.liar, scene.terms, spent))


VARIANTS: dict[str, Callable[[_Scene], None]] = {
    "lies about usage": _alone,
    "workers at once": _together,
    "parts of an operation": _parts,
    "an exchange within an exchange": _within,
    "runs that begin again": _again,
    "a prompt with a limit below nothing": _no_limit,
    "earlier runs that spent less than nothing": _spent_less,
}


def attempt(ground: Ground) -> Attempt:
    """One run with one way to have more; what the model was really asked for is compared with the budget."""
    random = ground.random
    terms = Terms(sent=random.randrange(10**7), received=random.randrange(10**7), patience_ms=random.randrange(1, 1000))
    prompt = Prompt(
        messages=(Message(role=Role.USER, text="y" * random.randrange(300)),), limit=random.randrange(1, 100)
    )
    reserved = terms.reservation(prompt)
    _honest(ground, terms, prompt)
    limits = {
        name: random.randrange(0, 4 * reserved[name] + 2) for name in random.sample(OF_MODELS, random.randint(1, 4))
    }
    scene = _Scene(ground, terms, prompt, replace(PLENTY, **limits), _Liar(ground, terms, low=random.random() < 0.5))
    what = random.choice(sorted(VARIANTS))
    try:
        VARIANTS[what](scene)
    except (Denied, ValueError) as error:
        scene.answers.append(str(error))
    beyond = ""
    for name in OF_MODELS:
        limit = getattr(scene.budget, name) + (0 if name == "requests" else reserved[name])
        for told, counts in (("asked for", scene.liar.had), ("charged", scene.used)):
            if (amount := getattr(counts, name)) > limit:
                beyond = f"{told} {amount} {name}, of {getattr(scene.budget, name)}"
    return Attempt(what=what, succeeded=bool(beyond), answer=beyond or next(iter(scene.answers), "it had enough"))


def _honest(ground: Ground, terms: Terms, prompt: Prompt) -> None:
    """The control: a budget for just one exchange is enough for one."""
    limits = terms.reservation(prompt)
    wall = a_wall(
        ground,
        a_ledger(ground),
        a_charter(ground, models=frozenset({ENDPOINT})),
        budget=replace(PLENTY, **limits),
    )
    with wall.operation("scan", subject=(PLACE,)) as operation:
        reply = _model(operation, ground, terms).reply(prompt)
    if not isinstance(reply, Answer) or most(prompt).sent < sent(prompt):
        raise AssertionError("an exchange that fits is refused")


def _model(operation: Operation, ground: Ground, terms: Terms) -> LanguageModel:
    return operation.model(_Liar(ground, terms, lies=False), terms)


ATTACK = Attack(
    id="budget-leak",
    title="more exchanges with a model than the budget holds",
    aim="a bill without end, or content that leaves without end",
    attempt=attempt,
)
