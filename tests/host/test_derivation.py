"""Derivations: the cheapest, over AND edges, with their parts in an order that can be gone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.derivation import Graph
from casemate.host.graph import MEMBER, Edge
from casemate.host.standing import shortest
from casemate.model.host import ANYONE, NETWORK, ROOT, Confidence, account

A, B, C = account("a"), account("b"), account("c")


def edge(premises, conclusion, kind="k", confidence=Confidence.PROVED):
    return Edge(
        premises=premises, conclusion=conclusion, kind=kind, technique="T", steps=(), says="", confidence=confidence
    )


def test_an_edge_needs_all_its_premises():
    """Two keys for one door."""
    graph = Graph([edge((A, B), ROOT), edge((ANYONE,), A)])
    assert graph.derive(ANYONE, ROOT) is None
    both = Graph([*graph.edges, edge((A,), B)])
    way = both.derive(ANYONE, ROOT)
    assert [e.conclusion for e in way.edges] == [A, B, ROOT]


def test_a_sure_way_is_told_before_a_shorter_unsure_one():
    """Two steps that the files prove against one that they do not."""
    unsure = edge((ANYONE,), ROOT, confidence=Confidence.UNKNOWN)
    graph = Graph([unsure, edge((ANYONE,), A), edge((A,), ROOT)])
    assert len(graph.derive(ANYONE, ROOT).edges) == 2


def test_root_needs_nothing_further():
    """What only root can do is no way."""
    graph = Graph([edge((ANYONE,), ROOT), edge((ROOT,), A)])
    assert graph.derive(ANYONE, A) is None


def test_a_way_over_an_edge_goes_over_it_even_when_there_is_a_shorter_one():
    """Each cause is shown with a way that needs it."""
    graph = Graph([edge((ANYONE,), ROOT), edge((ANYONE,), A), edge((A,), ROOT)])
    assert [e.conclusion for e in graph.through(1, ANYONE, ROOT).edges] == [A, ROOT]
    assert graph.through(2, NETWORK, ROOT) is None


def test_a_way_over_an_edge_uses_nothing_that_its_source_had_before():
    """What a person is able to do anyway says nothing about an account that they can also become."""
    own, lateral, further = edge((ANYONE,), ROOT), edge((ANYONE,), A), edge((A,), B)
    onward = edge((B,), ROOT, confidence=Confidence.LIKELY)
    graph = Graph([own, lateral, further, onward, edge((A,), ANYONE, MEMBER)])
    assert graph.through(1, ANYONE, ROOT).edges == (lateral, further, onward)
    assert Graph([own, lateral, edge((A,), ANYONE, MEMBER)]).through(1, ANYONE, ROOT) is None


def test_a_way_over_an_edge_may_need_what_its_source_had():
    """Two accounts that are needed together, one of which is there already."""
    lateral, both = edge((ANYONE,), A), edge((ANYONE, A), ROOT)
    assert Graph([lateral, both]).through(0, ANYONE, ROOT).edges == (lateral, both)


def test_the_shortest_ways_differ():
    """Three ways, each told once, the cheapest first."""
    graph = Graph(
        [edge((ANYONE,), ROOT), edge((ANYONE,), A), edge((A,), ROOT), edge((A,), ANYONE, MEMBER), edge((A,), B)]
    )
    ways = shortest(graph, ANYONE, ROOT, 5)
    assert [len(way.edges) for way in ways] == [1, 2]


edges = st.builds(
    edge,
    st.lists(st.sampled_from([ANYONE, A, B, C]), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from([A, B, C, ROOT]),
    confidence=st.sampled_from(Confidence),
)


@settings(deadline=None)
@given(st.lists(edges, max_size=10))
def test_a_derivation_can_be_gone_and_is_found_when_there_is_one(found):
    """Against saturation: what is reached at all is derived, and every edge comes after what it needs."""
    graph = Graph(found)
    known = {ANYONE}
    for _ in found:
        known |= {e.conclusion for e in found if set(e.premises) <= known}
    for goal in (A, B, C, ROOT):
        way = graph.derive(ANYONE, goal)
        assert (way is not None) is (goal in known)
        have = {ANYONE}
        for step in way.edges if way else ():
            assert set(step.premises) <= have
            have.add(step.conclusion)
        assert way is None or goal in have


def test_what_a_local_user_can_do_anyway_is_no_part_of_a_way_over_an_edge():
    """Another account's own power is told, not the hole that is open to everybody; without one there is no way."""
    anyone = [edge((A,), ANYONE, MEMBER), edge((B,), ANYONE, MEMBER)]
    graph = Graph([edge((ANYONE,), ROOT), edge((A,), B), *anyone, edge((B,), C), edge((C,), ROOT), edge((C,), A)])
    assert [e.conclusion for e in graph.through(1, A, ROOT).edges] == [B, C, ROOT]
    assert Graph(graph.edges[:4]).through(1, A, ROOT) is None
    assert Graph([*graph.edges[:4], edge((NETWORK,), A)]).through(1, NETWORK, ROOT) is None
