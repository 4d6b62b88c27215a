"""Random nests of control flow: lowered and run, they go where CPython goes."""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from languages.python.machine import Machine
from languages.python.support import lowered
from languages.python.wellformed import check

SIMPLE = st.sampled_from(
    ["t({n})", "t({n})", "raise KeyError({n})", "raise ValueError({n})", "return t({n})", "assert t({n})"]
)
IN_LOOP = st.sampled_from(["break", "continue"])
TESTS = st.sampled_from(
    ["t({n})", "not t({n})", "t({n}) and t({n})", "t({n}) or not t({n})", "(t({n}) if t({n}) else 0)"]
)


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@st.composite
def blocks(draw: st.DrawFn, depth: int, looping: bool = False) -> list[str]:
    """The lines of a few statements that may leave the block in every way there is."""
    out: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["simple", "if", "loop", "try", "finally", "suppress"] if depth else ["simple"]))
        if kind == "simple":
            out.append(draw(st.one_of(SIMPLE, IN_LOOP) if looping else SIMPLE))
        elif kind == "if":
            out += [f"if {draw(TESTS)}:", *_indented(draw(blocks(depth - 1, looping)))]
            out += draw(_more("else:", depth, looping))
        elif kind == "loop":
            out.append(draw(st.sampled_from(["for _ in range(2):", "while t({n}):"])))
            out += [*_indented(draw(blocks(depth - 1, True))), *draw(_more("else:", depth, looping))]
        elif kind == "suppress":
            out += ["with suppress(KeyError):", *_indented(draw(blocks(depth - 1, looping)))]
        else:
            out += ["try:", *_indented(draw(blocks(depth - 1, looping)))]
            if kind == "try":
                clause = draw(
                    st.sampled_from(["except KeyError:", "except (KeyError, AssertionError) as e:", "except:"])
                )
                out += [clause, *_indented(draw(blocks(depth - 1, looping))), *draw(_more("else:", depth, looping))]
            out += draw(_more("finally:", depth, looping, always=kind == "finally"))
    return out


def _more(head: str, depth: int, looping: bool, always: bool = False) -> st.SearchStrategy[list[str]]:
    block = blocks(depth - 1, looping).map(lambda lines: [head, *_indented(lines)])
    return block if always else st.one_of(st.just([]), block)


class Script:
    """The function `t` of a generated program: logs where it is called, and answers from a list, then False."""

    def __init__(self, answers: list[bool]) -> None:
        self.answers = list(answers)
        self.log: list[object] = []

    def __call__(self, place: int) -> bool:
        self.log.append(place)
        return self.answers.pop(0) if self.answers else False

    def finish(self, main: Callable[[], object]) -> list[object]:
        """The log, and how the program ended."""
        try:
            return [main(), *self.log]
        except Exception as error:
            return [type(error).__name__, *map(str, error.args), *self.log]


@settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(blocks(3), st.lists(st.booleans(), max_size=12))
def test_control_flow_goes_where_cpython_goes(lines: list[str], answers: list[bool]) -> None:
    """Any nest of branches, loops, `try`, `finally`, `suppress` and ways out makes the same calls in the same order."""
    places = count()
    source = "\n".join(["def main():", *_indented(lines), ""])
    source = re.sub(r"\{n\}", lambda _: str(next(places)), source)
    theirs, ours = Script(answers), Script(answers)
    names: dict[str, object] = {"t": theirs, "suppress": suppress}
    exec(source, names)
    module = lowered(source)
    check(module)
    assert module.losses == ()
    running = Machine(module, t=ours, suppress=suppress)
    assert ours.finish(running.run()["main"]) == theirs.finish(names["main"])
