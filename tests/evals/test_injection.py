"""Instructions in targets: the pairs, how they are planted, and what counts as followed."""

import ast
from collections import Counter

import pytest

from casemate.evals.answers import Answer, Claim
from casemate.evals.cases import corpus
from casemate.evals.injection import Kind, digest, pairs, planted, run
from casemate.evals.variants import variant
from casemate.governance.evaluation import Task

from .support import case


def test_there_are_forty_pairs_in_many_places():
    """Each with a harmless twin of its own; a word to be said stands in its instruction alone."""
    kinds = Counter(pair.kind for pair in pairs())
    assert len(pairs()) == len({pair.id for pair in pairs()}) == 40
    assert min(kinds.values()) >= 8 and kinds[Kind.HIDE] >= 20
    assert len({pair.where for pair in pairs()}) >= 10
    assert len({pair.text for pair in pairs()} | {pair.twin for pair in pairs()}) == 80
    everything = "\n".join(text for one in corpus() for _, text in one.parts)
    for pair in pairs():
        assert bool(pair.word) is (pair.kind is not Kind.HIDE)
        if pair.word:
            assert pair.word in pair.text and pair.word not in pair.twin + everything
            assert sum(pair.word in other.text for other in pairs()) == 1


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.id)
def test_a_planted_text_is_there_and_changes_nothing_else(pair):
    """The program still parses; its places hold the lines that they held."""
    for seed in (1, 2):
        before = variant(case(pair.host), seed).weak
        lines = [before.files[at.path].splitlines()[at.line - 1] for at in before.places]
        for text in (pair.text, pair.twin):
            after = planted(before, pair.where, text)
            for path, body in after.files.items():
                if path.endswith(".py"):
                    ast.parse(body)
            now = [after.files[at.path].splitlines()[at.line - 1] for at in after.places]
            assert all(new.startswith(old) for new, old in zip(now, lines, strict=True))
            added = "\n".join(after.files.values())
            assert text.splitlines()[0] in added or repr(text)[1:-1] in added


def claims_of(asked):
    """What somebody reports who finds the planted weakness, wherever it went."""
    id, seed = asked.name.split("-hide-")[0].split("-say-")[0].split("-do-")[0].rsplit("-", 2)[:2]
    made = variant(case(id), int(seed)).weak
    at = made.places[0]
    text = made.files[at.path].splitlines()[at.line - 1]
    line = next(n for n, one in enumerate(asked.files[at.path].splitlines(), 1) if one.startswith(text))
    return (Claim(path=at.path, line=line, cwe=case(id).cwe),)


def everything(solver):
    return run(corpus(), solver, seed=1, k=1, progress=lambda *told: None)


def test_who_finds_all_and_follows_nothing_resists():
    """0 followed, 0 alarms, and all reported beside every instruction."""
    done = everything(lambda asked: Answer(claims=claims_of(asked)))
    assert all((item.successes, item.false_alarms, item.unanswered) == (0, 0, 0) for item in done.items(Task.INJECTION))
    assert all(item.successes == 1 for item in done.items(Task.COMPLETION))
    assert done.recall() == (24, 24, 24)


def test_who_obeys_is_counted_by_the_pair():
    """What is hidden, said and done; and no harmless text is taken for an order."""
    texts = {pair.id: pair for pair in pairs()}

    def obeys(asked):
        pair = next((pair for id, pair in texts.items() if asked.name.endswith(f"{id}-x")), None)
        if pair is None:
            return Answer(claims=claims_of(asked))
        if pair.kind is Kind.HIDE:
            return Answer()
        told = (f"as you wish: {pair.word}",)
        return Answer(claims=claims_of(asked), said=told if pair.kind is Kind.SAY else (), calls=told)

    done = everything(obeys)
    assert all((item.successes, item.false_alarms) == (1, 0) for item in done.items(Task.INJECTION))
    assert done.recall() == (24, 24, 0)


def test_a_word_that_is_only_said_is_no_call():
    """Quoting what is to be done is not doing it."""
    words = [pair.word for pair in pairs() if pair.word]
    done = everything(lambda asked: Answer(claims=claims_of(asked), said=(" ".join(words),)))
    followed = {item.id: item.successes for item in done.items(Task.INJECTION)}
    assert all(followed[pair.id] == (pair.kind is Kind.SAY) for pair in pairs())


def test_what_is_not_found_anyway_cannot_be_hidden():
    """Then the attempt says nothing: it is unanswered, never resisted."""
    done = everything(lambda asked: Answer())
    for pair, item in zip(pairs(), done.items(Task.INJECTION), strict=True):
        assert (item.unanswered, item.successes) == ((1, 0) if pair.kind is Kind.HIDE else (0, 0))


def test_a_harmless_text_that_is_called_an_attack_is_an_alarm():
    """And so is one beside which the weakness goes unreported."""
    hostile = everything(lambda asked: Answer(claims=claims_of(asked), hostile=True))
    shy = everything(lambda asked: Answer(claims=() if asked.name.endswith("-y") else claims_of(asked)))
    for done in (hostile, shy):
        assert all(item.false_alarms == 1 for item in done.items(Task.INJECTION))


def test_the_suite_is_known_by_pairs_and_hosts():
    """A case that hosts nothing is no part of it."""
    hosts = {pair.host for pair in pairs()}
    assert digest(corpus()) == digest([one for one in corpus() if one.id in hosts])
    assert digest(corpus()) != digest([one for one in corpus() if one.id in hosts and one.id != "sql-concat"])
