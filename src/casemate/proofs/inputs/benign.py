"""Values that do no harm, by what they mean to the code: after a patch each must get the answer that it got before.

No value stands here that a weakness itself treats in another way than its fix: a space in a command line, a quote in a query.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PLAIN: Final = ("{calm}", "{calm}-2_b", "{calm}.txt", "X{calm}", "42", "ü{calm}")
"""For every kind: a word, a name with the marks that names have, a number, a letter that is not ASCII."""

ALSO: Final[Mapping[int, tuple[str, ...]]] = {
    22: ("{calm}/{calm}.txt", "{calm} 2.txt", "..{calm}", "{calm}..txt"),
    73: ("{calm}/{calm}.txt", "{calm} 2.txt"),
    79: ("{calm} two", "{calm}, {calm}!"),
    80: ("{calm} two", "{calm}, {calm}!"),
    89: ("{calm} two", "{calm}@example.invalid"),
    90: ("{calm} two", "{calm}@example.invalid"),
    113: ("{calm} two", "{calm}; {calm}=1"),
    117: ("{calm} two", "{calm}: {calm}=1"),
    502: ("{calm}: two", "[1, 2]", '{"{calm}": [1, 2.5, null, true]}'),
    601: ("/{calm}", "/{calm}/two?three=4#five"),
    611: ("<a>{calm}</a>", '<?xml version="1.0"?><a b="{calm}"><c/>&amp;&lt;</a>'),
    643: ("{calm} two",),
    918: ("{calm}/two",),
    1336: ("{calm} two",),
}


def texts(cwe: int) -> tuple[str, ...]:
    """Those for a kind of weakness."""
    return (*PLAIN, *ALSO.get(cwe, ()))
