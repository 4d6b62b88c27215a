"""Texts are driven in growing sizes, and what does not end is stopped where it is."""

import re
import signal

from casemate.proofs.runtime import growth


class Notes:
    """What a watch would record."""

    def __init__(self):
        self.events = []

    def record(self, name, args, always=False):
        self.events.append((name, *args))


def driven(function, repeat="a", after="!", reached=lambda: True):
    notes, lengths = Notes(), []

    def once(value):
        lengths.append(len(value))
        function(value)
        return {"returned": "done"}

    told = growth.drive({"repeat": repeat}, lambda one: one["repeat"] * one["times"] + after, once, notes, reached)
    measures = told.get("measures", {"sizes": (), "seconds": (), "done": ()})
    rows = list(zip(*(measures[name] for name in ("sizes", "seconds", "done")), strict=True))
    return told, rows, notes.events, lengths


def test_what_is_quick_is_driven_up_to_a_size_and_no_further():
    told, rows, events, lengths = driven(len)
    assert [size for size, _, _ in rows] == [8.0, 32.0, 128.0, 512.0, 2048.0, 8192.0, 32768.0]
    assert all(done for _, _, done in rows)
    assert (told["returned"], events) == ("done", [])
    assert lengths[:2] == [9, 9]  # once before anything is measured
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_a_unit_of_several_characters_counts_as_such():
    assert max(size for size, _, _ in driven(len, repeat="ab" * 512)[1]) == 32.0


def test_what_doubles_with_each_character_is_stopped_and_measured_more_finely():
    """Also where the target catches everything; and so that some sizes that came to their end took longer than noise."""

    def stubborn(value):
        try:
            re.match("(?:a|a)*$", value)
        except BaseException:
            return

    _, rows, events, _ = driven(stubborn)
    assert events == [("slow.here",)]
    assert [size for size, _, done in rows if not done][-1] == 32.0
    assert 8.0 < min(size for size, _, done in rows if not done) <= 32.0
    assert len([size for size, seconds, done in rows if done and seconds >= 0.004]) >= 2
    assert [size for size, _, _ in rows] == sorted(size for size, _, _ in rows)


def test_what_does_not_come_to_the_line_is_not_grown():
    told, rows, events, lengths = driven(len, reached=lambda: False)
    assert (told, rows, events, lengths) == ({"returned": "done"}, [], [], [9])


def test_how_it_was_driven_is_told_also_when_nothing_else_is():
    """The clock may ring when the target has ended and what drove it has not told yet."""

    def once(value):
        while len(value) > 100:
            pass
        return {"fidelity": "public API", "stubs": ["a"], "returned": "done"}

    told = growth.drive({"repeat": "a"}, lambda one: "a" * one["times"], once, Notes(), lambda: True)
    assert (told["fidelity"], told["stubs"]) == ("public API", ["a"])
    assert not all(told["measures"]["done"])
