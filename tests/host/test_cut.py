"""The cut: as cheap as trying everything, and nothing is left open."""

import time
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.cut import cheapest, cost, minimum_hitting_set
from casemate.host.derivation import Graph
from casemate.host.graph import Edge
from casemate.model.host import ANYONE, NETWORK, ROOT, account
from casemate.model.host_fix import SetLine, SetMode, SetOwner

OPTIONS = [
    *((SetMode(f"/m{n}", 0o777, 0o755),) for n in range(3)),
    *((SetOwner(f"/o{n}", (1, 1), (0, 0)),) for n in range(2)),
    (SetLine("/etc/sudoers", 3, "x", None), SetMode("/m0", 0o777, 0o755)),
]
ACTORS = [NETWORK, ANYONE, account("a"), account("b"), account("c")]


def edge(premises, conclusion, *cuts):
    return Edge(premises=premises, conclusion=conclusion, kind="k", technique="T1", steps=(), says="", cuts=cuts)


edges = st.builds(
    edge,
    st.lists(st.sampled_from(ACTORS), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from([*ACTORS[2:], ROOT]),
    *[st.sampled_from(OPTIONS)] * 2,
)


def every(options):
    return chain.from_iterable(combinations(options, n) for n in range(len(options) + 1))


@settings(max_examples=150, deadline=None)
@given(st.lists(edges, max_size=9), st.sets(st.sampled_from(ACTORS[:3]), min_size=1))
def test_the_cut_is_as_cheap_as_trying_all_and_closes_everything(found, sources):
    """Against every subset of the options: none that closes all ways is cheaper."""
    graph = Graph(found)
    answer = cheapest(graph, sorted(sources))

    def closes(chosen):
        gone = frozenset(i for i, e in enumerate(found) if set(e.cuts) & set(chosen))
        return not any(graph.derive(source, ROOT, gone) for source in sources)

    assert answer.minimal
    assert not answer.uncut
    assert closes(answer.options)
    assert sum(map(cost, answer.options)) == min(sum(map(cost, one)) for one in every(OPTIONS) if closes(one))


@given(st.lists(st.frozensets(st.sampled_from(OPTIONS), min_size=1), max_size=8))
def test_a_hitting_set_is_minimal(wanted):
    """Against every subset."""
    best, sure = minimum_hitting_set(wanted)
    assert sure
    assert all(one & set(best) for one in wanted)
    fitting = [c for c in every(OPTIONS) if all(one & set(c) for one in wanted)]
    assert sum(map(cost, best)) == min(sum(map(cost, one)) for one in fitting)


def test_a_way_that_nothing_ends_is_said_and_the_others_are_cut():
    """One edge without a fix beside one that has one."""
    graph = Graph([edge((ANYONE,), ROOT), edge((account("a"),), ROOT, OPTIONS[0])])
    answer = cheapest(graph, [ANYONE, account("a")])
    assert [way.edges for way in answer.uncut] == [(graph.edges[0],)]
    assert answer.options == (OPTIONS[0],)


def test_one_fix_that_ends_two_ways_beats_two_cheaper_ones():
    """Cutting where ways meet."""
    meeting = (SetOwner("/o", (1, 1), (0, 0)),)
    graph = Graph(
        [
            edge((ANYONE,), account("a"), OPTIONS[0]),
            edge((NETWORK,), account("a"), OPTIONS[1]),
            edge((account("b"),), account("a"), OPTIONS[2]),
            edge((account("a"),), ROOT, meeting),
        ]
    )
    assert cheapest(graph, [NETWORK, ANYONE, account("b")]).options == (meeting,)


def test_thousands_of_ways_take_no_round_each():
    """A folder full of scripts of root that everybody can change, and many accounts that are everybody."""
    started = time.process_time()
    scripts = [edge((ANYONE,), ROOT, (SetMode(f"/opt/{n}", 0o777, 0o755),)) for n in range(600)]
    members = [edge((account(f"{n}"),), ANYONE) for n in range(100)]
    answer = cheapest(Graph([*members, *scripts]), [ANYONE, *(account(f"{n}") for n in range(100))])
    assert len(answer.options) == 600
    assert not answer.uncut
    assert time.process_time() - started < 5
