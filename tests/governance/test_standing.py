"""What the ledger says holds now, from its entries alone."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.adapters.standing_file import StandingFile
from casemate.governance.charter import Quotas, Tier
from casemate.governance.entries import Outcome
from casemate.governance.errors import Denied, LedgerDamaged
from casemate.governance.standing import EARLIEST, Standing, dump, fold, load
from governance.support import (
    AFTER,
    BEFORE,
    NOON,
    SOURCE,
    ManualClock,
    MemoryStore,
    a_charter,
    a_ledger,
    a_wall,
)

operations = st.lists(
    st.tuples(
        st.sampled_from(["release", "charter-add", "incident-open", "incident-close", "scan"]),
        st.sampled_from(list(Outcome)),
        st.integers(0, 3),
        st.integers(0, 40),
    ),
    max_size=12,
)


def entries(told):
    out = []
    for name, outcome, number, hours in told:
        time = NOON + timedelta(hours=hours)
        facts = {"charter": "c", "issuer": "i", "incident": f"n{number}", "severity": number}
        begun = replace(BEFORE, operation=name, time=time, facts={"bundles": number} if number else {})
        out.append(begun.encode())
        out.append(
            replace(AFTER, operation=name, outcome=outcome, before=len(out) - 1, time=time, facts=facts).encode()
        )
    return out


@given(operations, st.data())
def test_it_can_be_remembered_anywhere(told, data):
    """Taken in pieces, with what was known kept as text in between: the same."""
    log = entries(told)
    whole = Standing()
    whole.take(log)
    cut = data.draw(st.integers(0, len(log)))
    part = Standing()
    part.take(log[:cut])
    part = load(dump(part))
    part.take(log[cut:])
    assert dump(part) == dump(whole)


def test_what_is_handed_out_counts_whoever_is_killed():
    """A release that never said how it ended has handed out; one that was denied has not. Another day begins anew."""
    standing = Standing()
    standing.take([replace(BEFORE, facts={"bundles": 2}).encode()])
    assert standing.on(NOON.date()).released == 2
    standing.take([replace(AFTER, outcome=Outcome.DENIED).encode()])
    assert standing.on(NOON.date()).released == 0
    standing.take([replace(BEFORE, facts={"bundles": 3}).encode(), replace(AFTER, before=2).encode()])
    assert (standing.on(NOON.date()).released, standing.on(NOON.date() + timedelta(days=1)).released) == (3, 0)


def test_what_fails_changes_nothing():
    """A charter counts once its installing has completed, and not before."""
    for outcome, issuer in ((Outcome.FAILED, ""), (Outcome.DENIED, ""), (Outcome.COMPLETED, "i")):
        standing = Standing()
        standing.take(entries([("charter-add", outcome, 1, 0)]))
        assert standing.issuer == issuer


def ended(name, index, **facts):
    """An operation that completes, as the next two entries."""
    after = replace(AFTER, operation=name, before=index, facts=facts)
    return [replace(BEFORE, operation=name).encode(), after.encode()]


def at_once(name, first, second):
    """Two operations that were both begun before either ended."""
    begun = replace(BEFORE, operation=name).encode()
    ends = (replace(AFTER, operation=name, before=number, facts=facts) for number, facts in enumerate((first, second)))
    return [begun, begun, *(one.encode() for one in ends)]


def test_of_two_issuers_at_once_the_first_counts():
    standing = Standing()
    standing.take(at_once("charter-add", {"issuer": "bank", "charter": "a"}, {"issuer": "me", "charter": "b"}))
    assert standing.laid_down == ("bank", {"a"}, (0, ""))


@pytest.mark.parametrize("name", ["revocation-add", "thresholds-add"])
def test_an_older_one_that_ends_last_takes_nothing_back(name):
    """Its number was checked before the newer one was installed."""
    standing = Standing()
    standing.take(ended("charter-add", 0, issuer="bank", charter="a"))
    begun, _ = ended(name, 2)
    standing.take([begun, begun])
    for index, number in ((2, 2), (3, 1)):
        facts = {"number": number, "revocation": f"r{number}", "thresholds": f"r{number}"}
        standing.take([replace(AFTER, operation=name, before=index, facts=facts).encode()])
    held = {"revocation-add": standing.revoked, "thresholds-add": (standing.numbered, standing.thresholds)}
    assert held[name] == (2, "r2")


def test_freedom_is_had_once():
    """Numbers of lists go on where they were, by issuer: an earlier list does not give back what was installed anew."""
    standing = Standing()
    standing.take(ended("charter-add", 0, issuer="bank", charter="a"))
    standing.take(ended("revocation-add", 2, number=3, revocation="r", frees=1))
    assert standing.laid_down == ("", set(), (0, ""))
    standing.take(ended("charter-add", 4, issuer="bank", charter="a"))
    standing.take(ended("revocation-add", 6, number=3, revocation="r", frees=1))
    assert standing.laid_down == ("bank", {"a"}, (3, "r"))
    standing = load(dump(standing))
    standing.take(ended("revocation-add", 8, number=4, revocation="s", frees=1))
    standing.take(ended("charter-add", 10, issuer="other", charter="b"))
    assert standing.laid_down == ("other", {"b"}, (0, ""))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("charter-add", {}),
        ("revocation-add", {"number": "x"}),
        ("witness", {"log": "a"}),
        ("incident-open", {"severity": 1}),
    ],
)
def test_what_an_entry_leaves_out(name, facts):
    """The ledger is said to be damaged, in one line; nothing is guessed."""
    standing = Standing()
    standing.take(ended("charter-add", 0, issuer="bank", charter="a"))
    with pytest.raises(LedgerDamaged, match="entry 3 of the ledger does not say"):
        standing.take(ended(name, 2, **facts))


def test_entries_are_believed_as_they_were_signed():
    """Also those in bundles that are full, which an append does not look at; and however much was known before."""
    store = MemoryStore()
    ledger = a_ledger(store)
    ledger.append_many([BEFORE.encode()] * 300)
    known = fold(ledger, Standing())
    assert known.root == ledger.head()[0].root
    ledger.append_many([BEFORE.encode()] * 300)
    name = "tile/entries/001"
    store.files[name] = b"ALICE".join(store.files[name].rsplit(b"alice", 1))
    for standing in (known, Standing()):
        with pytest.raises(LedgerDamaged, match="not those that its checkpoint covers"):
            fold(ledger, standing)


def test_a_request_is_asked_for_once_at_a_time():
    """Of two that deliver it at once one is refused; what a killed one was about to hand out counts as handed out."""
    ledger, charter = a_ledger(), a_charter(tier=Tier.RELEASE)

    def wall():
        return a_wall(ledger=ledger, charter=charter)

    with wall().operation("release", subject=(SOURCE,), bundles=1, request="r"):
        with (
            pytest.raises(Denied, match="handed out before"),
            wall().operation("release", subject=(SOURCE,), request="r"),
        ):
            pass
        with wall().operation("release", subject=(SOURCE,), request="other"):
            pass
    killed = wall().operation("release", subject=(SOURCE,), request="k")
    killed.__enter__()
    with pytest.raises(Denied, match="handed out before"), wall().operation("release", subject=(SOURCE,), request="k"):
        pass


def test_what_was_laid_down_since_counts():
    """A charter is chosen by what is installed; when that changes before an operation begins, it does not begin."""
    ledger = a_ledger()
    chosen, other = a_wall(ledger=ledger), a_wall(ledger=ledger)
    with other.operation("charter-add", subject=(SOURCE,)) as operation:
        operation.state(issuer="bank", charter="a")
    for _ in range(2):
        with pytest.raises(Denied, match="installed or revoked since"), chosen.operation("scan", subject=(SOURCE,)):
            pass


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "1", '{"size": 1}', "x"])
def test_what_is_no_standing(text):
    assert load(text) is None


def test_the_quota_of_a_day():
    """Operations share it, whoever runs at the same time; what is within another takes from that one; the next day is new."""
    clock, ledger = ManualClock(), a_ledger()
    charter = a_charter(
        tier=Tier.RELEASE, quotas=Quotas(executions=5, releases=3), until=NOON.date() + timedelta(days=9)
    )

    def wall():
        return a_wall(charter=charter, ledger=ledger, clock=clock)

    with (
        wall().operation("release", subject=(SOURCE,), bundles=2),
        pytest.raises(Denied, match="a day leaves 1"),
        wall().operation("release", subject=(SOURCE,), bundles=2),
    ):
        pass
    with pytest.raises(Denied, match="a day leaves 1"), wall().operation("release", subject=(SOURCE,), bundles=2):
        pass
    with wall().operation("release", subject=(SOURCE,), bundles=1):
        pass
    own = wall()
    with own.operation("prove", subject=(SOURCE,)):
        with own.operation("fix", subject=(SOURCE,)):
            pass
        with pytest.raises(Denied, match="5 executions a day is used up"), wall().operation("prove", subject=(SOURCE,)):
            pass
    with wall().operation("prove", subject=(SOURCE,)):
        pass
    clock.move(days=1)
    with wall().operation("release", subject=(SOURCE,), bundles=3):
        pass


def test_a_clock_that_is_set_back_gains_nothing():
    """The ledger's latest time counts: a charter that has ended stays ended, and a day's quota stays used."""
    clock, ledger = ManualClock(), a_ledger()
    with a_wall(ledger=ledger, clock=clock).operation("scan", subject=(SOURCE,)):
        clock.move(days=5)
    clock.move(days=-5)
    with (
        pytest.raises(Denied, match="expired at 2026-11-26"),
        a_wall(ledger=ledger, clock=clock).operation("scan", subject=(SOURCE,)),
    ):
        pass


class TestTheFile:
    """What is remembered beside the ledger is a memory, and no authority."""

    def ledger(self, count=70):
        store = MemoryStore()
        ledger = a_ledger(store)
        for _ in range(count):
            ledger.append(BEFORE.encode())
        return ledger

    def test_it_is_taken_up(self, tmp_path):
        ledger, file = self.ledger(), StandingFile(tmp_path / "s", bytes(32))
        file.save(ledger, fold(ledger, Standing()))
        assert StandingFile(tmp_path / "s", bytes(32)).load(ledger, 70).size == 70

    def test_it_is_no_file(self, tmp_path):
        """A FIFO in its place is not waited for."""
        os.mkfifo(tmp_path / "s")
        assert StandingFile(tmp_path / "s", bytes(32)).load(self.ledger(), 70).size == 0

    @pytest.mark.parametrize("change", ["key", "byte", "other ledger", "shorter"])
    def test_it_is_not(self, tmp_path, change):
        ledger, file = self.ledger(), StandingFile(tmp_path / "s", bytes(32))
        file.save(ledger, fold(ledger, Standing()))
        key, size = bytes(32), 70
        if change == "key":
            key = bytes([1] * 32)
        if change == "byte":
            data = (tmp_path / "s").read_bytes()
            (tmp_path / "s").write_bytes(data.replace(b'"refused": 0', b'"refused": 1'))
        if change == "shorter":
            size = 60
        if change == "other ledger":
            other = MemoryStore()
            ledger = a_ledger(other)
            for _ in range(70):
                ledger.append(replace(BEFORE, actor="bob").encode())
        found = StandingFile(tmp_path / "s", key).load(ledger, size)
        assert (found.size, found.latest) == (0, EARLIEST)
