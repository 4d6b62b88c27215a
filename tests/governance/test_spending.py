"""What an exchange with a model is charged: before it the most, after it no less than was counted."""

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.governance.audit import audit
from casemate.governance.budget import HOUSE_LIMITS, OF_MODELS, Counts, Exhausted, Meter
from casemate.governance.charter import Tier
from casemate.governance.errors import Denied
from casemate.governance.spending import Terms, cost, counted, most, sent
from casemate.model.dialogue import Answer, Call, Message, NoAnswer, Prompt, Role, Silence, Tool, Usage
from governance.support import PLENTY, SOURCE, ManualClock, MemoryModel, a_charter, a_ledger, a_wall

NOTHING = Usage(sent=0, received=0)
FINE = Answer(text="fine", charged=NOTHING)
PROMPT = Prompt(messages=(Message(role=Role.USER, text="x" * 300),), limit=50)
TERMS = Terms(sent=3_000_000, received=15_000_000, patience_ms=1000)


def a_model_wall(**changes):
    """A wall under a charter that names the model's address."""
    return a_wall(charter=a_charter(models=frozenset({MemoryModel.endpoint})), **changes)


def test_the_most_is_every_byte():
    """Bytes, what stands around messages, tools and calls, and the whole limit."""
    assert most(PROMPT) == Usage(sent=300 + 32, received=50)
    assert sent(PROMPT) == 100 + 32
    tool = Tool(name="read", description="né", schema="{}")
    call = Call(id="1", tool="read", arguments="{}")
    full = Prompt(messages=(Message(role=Role.ASSISTANT, text="", calls=(call,)),), tools=(tool,), limit=1)
    assert most(full) == Usage(sent=16 * 3 + 600 + 32 + (4 + 2) + (4 + 3 + 2), received=1)


def test_costs_are_rounded_up():
    """Parts of a millionth are whole ones."""
    assert cost(TERMS, Usage(sent=10, received=2), 7) == {"requests": 1, "tokens": 12, "micros": 60, "waited_ms": 7}
    assert cost(Terms(sent=1, received=1), Usage(sent=1, received=0), 0)["micros"] == 1
    assert cost(Terms(), Usage(sent=10**9, received=1), 0)["micros"] == 0
    with pytest.raises(ValueError, match="prices and patience are counts"):
        Terms(sent=-1)


@pytest.mark.parametrize(
    ("stated", "own", "expected"),
    [
        (None, NOTHING, Usage(sent=132, received=2)),
        (NOTHING, NOTHING, Usage(sent=132, received=2)),
        (Usage(sent=133, received=1), NOTHING, Usage(sent=133, received=2)),
        (Usage(sent=1, received=900), NOTHING, Usage(sent=132, received=900)),
        (None, Usage(sent=200, received=20), Usage(sent=200, received=20)),
    ],
)
def test_the_larger_count_each_way(stated, own, expected):
    """Ours, the adapter's and the provider's; none makes another smaller."""
    assert counted(PROMPT, Answer(text="abcd", stated=stated, charged=own)) == expected


@given(st.text(max_size=300), st.integers(0, 10**6))
def test_a_reservation_holds_what_is_counted(text, limit):
    """What we count of a prompt is never more than what was reserved for it."""
    prompt = Prompt(messages=(Message(role=Role.USER, text=text),), limit=limit)
    assert sent(prompt) <= most(prompt).sent


def test_an_exchange_is_charged_and_folded():
    """What it used stands in the ledger, in version 5, and what was said in the operation's digest."""
    ledger, clock = a_ledger(), ManualClock()

    class Slow(MemoryModel):
        def reply(self, prompt):
            clock.move(seconds=2.5)
            return super().reply(prompt)

    with a_model_wall(ledger=ledger, clock=clock).operation("scan", subject=(SOURCE,)) as op:
        model = op.model(Slow(Answer(text="fine", stated=Usage(sent=140, received=9), charged=NOTHING)), TERMS)
        assert (model.name, model.endpoint) == ("memory:parrot", "https://models.example/v1")
        reply = model.reply(PROMPT)
        assert op.used == Counts(requests=1, tokens=149, micros=140 * 3 + 9 * 15, waited_ms=2500)
    assert reply.charged == Usage(sent=140, received=9)
    with a_model_wall(ledger=ledger, clock=clock).operation("scan", subject=(SOURCE,)) as op:
        op.model(MemoryModel(FINE), TERMS).reply(replace(PROMPT, seed=1))
    first, second = audit(ledger).operations
    assert first.after.used == Counts(requests=1, tokens=149, micros=555, waited_ms=2500)
    assert first.after.read != second.after.read


def test_nothing_is_asked_that_does_not_fit():
    """One count that does not hold the most of an exchange is enough."""
    needed = TERMS.reservation(PROMPT)
    assert needed == {"requests": 1, "tokens": 382, "micros": 332 * 3 + 50 * 15, "waited_ms": 1000}
    for name, amount in needed.items():
        for limit, asked in ((amount, 1), (amount - 1, 0)):
            inner = MemoryModel(FINE)
            with a_model_wall(budget=replace(PLENTY, **{name: limit})).operation("scan", subject=(SOURCE,)) as op:
                reply = op.model(inner, TERMS).reply(PROMPT)
            assert len(inner.prompts) == asked
            if not asked:
                assert (reply.why, reply.charged) == (Silence.BUDGET, None)
    assert reply.detail == "the budget of 999 milliseconds of waiting for a model is used up"


def test_the_house_limits_hold_no_exchange():
    """What scans, proves and fixes without a model being asked for asks none."""
    assert all(getattr(HOUSE_LIMITS, name) == 0 for name in OF_MODELS)


@pytest.mark.parametrize(
    ("reply", "charged"),
    [
        (NoAnswer(why=Silence.OUTAGE, detail="cut"), most(PROMPT)),
        (NoAnswer(why=Silence.RATE, detail="wait", charged=Usage(sent=132, received=0)), Usage(sent=132, received=0)),
        (NoAnswer(why=Silence.OUTAGE, detail="nobody", charged=NOTHING), NOTHING),
    ],
)
def test_what_has_no_answer(reply, charged):
    """What the adapter knows of it; nothing known: as it was reserved. The request counts always."""
    with a_model_wall().operation("scan", subject=(SOURCE,)) as op:
        assert op.model(MemoryModel(reply), TERMS).reply(PROMPT).charged == charged
        assert op.used == Counts(**{**cost(TERMS, charged, 0), "requests": 1})


def test_an_address_that_the_charter_does_not_name():
    """No operation with it: denied, and so recorded."""
    ledger, inner = a_ledger(), MemoryModel(FINE)
    with (
        pytest.raises(
            Denied, match=r"the model at https://models.example/v1 is out of bounds: the charter names no such"
        ),
        a_wall(ledger=ledger).operation("scan", subject=(SOURCE,)) as op,
    ):
        op.model(inner, TERMS)
    assert inner.prompts == []
    (run,) = audit(ledger).operations
    assert (run.after.outcome.value, run.after.refused) == ("denied", 1)


def test_a_model_without_an_address_needs_no_charter():
    """Nothing leaves."""
    inner = MemoryModel(FINE)
    inner.endpoint = ""
    with a_wall().operation("scan", subject=(SOURCE,)) as op:
        assert op.model(inner, TERMS).reply(PROMPT).text == "fine"


def test_a_model_that_moves():
    """An adapter that is at another address by now is not asked."""
    inner = MemoryModel(FINE)
    with a_model_wall().operation("scan", subject=(SOURCE,)) as op:
        model = op.model(inner, TERMS)
        inner.endpoint = "https://eve.example/v1"
        reply = model.reply(PROMPT)
    assert (reply.why, inner.prompts) == (Silence.DENIED, [])


def test_what_earlier_runs_have_spent():
    """It is taken from the budget first, and where it does not fit there is no further run."""
    spent = Counts(requests=3, tokens=100, micros=5, waited_ms=8)
    with a_model_wall(budget=replace(PLENTY, requests=4)).operation("scan", subject=(SOURCE,)) as op:
        model = op.model(MemoryModel(FINE), TERMS, spent)
        assert op.used == spent
        assert isinstance(model.reply(PROMPT), Answer)
        assert model.reply(PROMPT).why is Silence.BUDGET
    with (
        pytest.raises(Denied, match="earlier runs have spent all: the budget of 2 requests is used up"),
        a_model_wall(budget=replace(PLENTY, requests=2)).operation("scan", subject=(SOURCE,)) as op,
    ):
        op.model(MemoryModel(FINE), TERMS, spent)


def test_threads_share_one_budget():
    """Of many threads together not one asks more than there is."""
    inner, barrier, replies = MemoryModel(FINE), threading.Barrier(8), []

    def work(model):
        barrier.wait()
        for _ in range(20):
            replies.append(model.reply(PROMPT))

    with a_model_wall(budget=replace(PLENTY, requests=50)).operation("scan", subject=(SOURCE,)) as op:
        model = op.model(inner, TERMS)
        threads = [threading.Thread(target=work, args=(model,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert op.used.requests == len(inner.prompts) == 50
        assert op.used.tokens == 50 * (132 + 2)
    assert sum(isinstance(reply, Answer) for reply in replies) == 50
    assert {reply.why for reply in replies if isinstance(reply, NoAnswer)} == {Silence.BUDGET}


def test_a_part_takes_from_the_whole():
    """Exchanges of an operation within another are charged to both budgets, corrections too."""
    wall = a_model_wall(budget=replace(PLENTY, tokens=600))
    with wall.operation("scan", subject=(SOURCE,)) as outer:
        model = outer.model(MemoryModel(FINE), TERMS)
        with wall.operation("host", subject=(SOURCE,)) as inner:
            assert isinstance(inner.model(MemoryModel(FINE), TERMS).reply(PROMPT), Answer)
            assert inner.used.tokens == 134
        assert outer.used == Counts()
        assert isinstance(model.reply(PROMPT), Answer)  # 134 + 134 of 600, and 382 were to be had
        assert model.reply(PROMPT).why is Silence.BUDGET


amounts = st.integers(0, 200)


@given(st.integers(0, 400), st.lists(st.tuples(st.integers(1, 100), st.integers(0, 10**6), st.booleans()), max_size=30))
def test_never_beyond_the_limit_by_more_than_one_reservation(limit, exchanges):
    """Whatever is stated after it, and however exchanges overlap."""
    meter, flying, largest = Meter(Counts(tokens=limit)), [], 0
    for reserved, actual, later in exchanges:
        if meter.reserve(tokens=reserved) is None:
            largest = max(largest, reserved)
            flying.append(({"tokens": reserved}, {"tokens": actual}))
        if flying and not later:
            meter.settle(*flying.pop(0))
        assert meter.used.tokens <= limit + largest
    for one in flying:
        meter.settle(*one)
        assert 0 <= meter.used.tokens <= limit + largest


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 20)), max_size=20))
def test_honest_exchanges_are_charged_exactly(exchanges):
    """What was really used, in the whole and in its part, and not a token more."""
    whole = Meter(Counts(tokens=10**6))
    part, total = Meter(Counts(tokens=10**6), whole), 0
    for reserved, actual in exchanges:
        assert part.reserve(tokens=reserved) is None
        part.settle({"tokens": reserved}, {"tokens": actual})
        total += actual
    assert part.used == Counts(tokens=total)
    assert whole.used == Counts()
    assert whole.reserve(tokens=10**6 - total) is None
    assert whole.reserve(tokens=1) == Exhausted("tokens", 10**6)


def test_under_a_grant_that_does_not_reach_models():
    """A narrower grant gets no model."""
    wall = a_model_wall()
    narrow = wall.grant().narrow(ports=("Operation", "SourceTree"), tier=Tier.FIND)
    with (
        pytest.raises(Denied, match="the grant does not reach the port LanguageModel"),
        wall.operation("scan", subject=(SOURCE,), grant=narrow) as op,
    ):
        op.model(MemoryModel(FINE), TERMS)
