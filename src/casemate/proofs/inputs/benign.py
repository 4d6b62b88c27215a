"""Values that do no harm, by what they mean to the code: after a patch each must get the answer that it got before.

No value stands here that a weakness itself treats in another way than its fix: a space in a command line, a quote in a query.
"""

from __future__ import annotations

import re
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


_ADDRESS: Final = re.compile(rb"""["'](https?://[^"'\s{}%]{4,80})["']""")
_ADDRESSES: Final = (601, 918)
_MOST: Final = 4


def named(cwe: int, source: bytes) -> tuple[str, ...]:
    """Addresses that the code itself names, where the weakness is in what is asked for or led to: at least these are meant."""
    found = dict.fromkeys(_ADDRESS.findall(source)) if cwe in _ADDRESSES else ()
    return tuple(one.decode("utf-8", "replace") for one in found)[:_MOST]


def texts(cwe: int) -> tuple[str, ...]:
    """Those for a kind of weakness."""
    return (*PLAIN, *ALSO.get(cwe, ()))
