"""The channel by which a harness reports, and by which it is sent cases.

Each message is one packet on a socket: the run's nonce, what it is about, then the payload. The nonce reaches the harness by a
descriptor that is closed before a line of the target runs; it is in no argument, variable, file or stream. A target that
prints, or writes to every descriptor that it finds, therefore forges nothing. One that searches the memory of its own
process can find the nonce: an oracle that reports from inside assumes that it does not. Standard library only, Python 3.7
and later.
"""

from __future__ import annotations

import os
import struct

TYPE_CHECKING = False  # `typing` and `collections` cost a tenth of an interpreter's start
if TYPE_CHECKING:
    from collections.abc import Callable

    Send = Callable[[int, bytes], None]

NONCE = 16  # bytes
PIECE = 64 << 10  # bytes of payload in one packet
REPORT, MORE, DONE, READY = 0, 1, 2, 3
HEADER = struct.Struct("!16sBI")  # nonce, kind, case

_channel: list[Send] = []


def open_channel(descriptor: int, nonce: bytes) -> tuple[Send, Callable[[int], None]]:
    """Take up the channel: how to send, and how to say which case the following messages belong to."""
    current = [0]

    def send(kind: int, payload: bytes) -> None:
        pieces = [payload[at : at + PIECE] for at in range(0, len(payload), PIECE)] or [b""]
        for at, piece in enumerate(pieces):
            this = MORE if at + 1 < len(pieces) else kind
            os.write(descriptor, HEADER.pack(nonce, this, current[0]) + piece)

    def begin(case: int) -> None:
        current[0] = case

    _channel[:] = [send]
    return send, begin


def claim() -> Callable[[bytes], None]:
    """The way to report, for the harness alone; to be called once, before the target is imported.

    Raises RuntimeError where there is no channel (any more).
    """
    if not _channel:
        raise RuntimeError("this process has no channel: it was not started as a harness, or it was claimed already")
    send = _channel.pop()

    def report(payload: bytes) -> None:
        send(REPORT, payload)

    return report
