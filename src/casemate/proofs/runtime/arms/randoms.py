"""Tells what is drawn from the predictable generator of `random`: `random.drawn`, with the function and the value.

`SystemRandom` and `secrets` ask the operating system and are let be; so is what the standard library draws for itself. Standard
library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools

from . import caller, late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch

_DRAWS = (
    "random",
    "uniform",
    "triangular",
    "randint",
    "randrange",
    "choice",
    "choices",
    "sample",
    "getrandbits",
    "randbytes",
    "gauss",
    "normalvariate",
    "betavariate",
    "expovariate",
)


def arm(watch: Watch) -> None:
    """Wrap the generator's functions when it is imported."""
    late.when("random", functools.partial(_wrap, watch))


def _wrap(watch: Watch, module: Any) -> None:
    few = caller.Few(watch, 80)
    module.seed("the same in every run")  # so that two campaigns keep the same bytes

    def drawing(name: str, function: Any) -> Any:
        @functools.wraps(function)
        def drawn(self: Any, *args: Any, **named: Any) -> Any:
            value = function(self, *args, **named)
            if not isinstance(self, module.SystemRandom) and not caller.is_standard(caller.file()):
                few.record("random.drawn", (name, value.hex() if isinstance(value, bytes) else value))
            return value

        return drawn

    kind, own = module.Random, module._inst
    for name in _DRAWS:
        if hasattr(kind, name):
            setattr(kind, name, drawing(name, getattr(kind, name)))
            if hasattr(module, name):
                setattr(module, name, getattr(own, name))
    shuffle = kind.shuffle

    @functools.wraps(shuffle)
    def shuffled(self: Any, x: Any, *args: Any) -> None:
        shuffle(self, x, *args)
        if not isinstance(self, module.SystemRandom) and not caller.is_standard(caller.file()):
            few.record("random.drawn", ("shuffle", list(x)))

    kind.shuffle = shuffled
    module.shuffle = own.shuffle
