"""What the tests of roots share."""

import struct

from casemate.model.host import Node
from casemate.model.outcome import NotExamined

SETUID = struct.pack("<IIIII", 0x02000001, 1 << 7, 0, 0, 0)  # cap_setuid+ep
ALICE_WRITES = struct.pack(
    "<I" + "HHI" * 5, 2, 1, 6, 2**32 - 1, 2, 6, 1000, 4, 4, 2**32 - 1, 0x10, 6, 2**32 - 1, 0x20, 4, 2**32 - 1
)


def nodes(root) -> list[Node]:
    return [seen for seen in root.nodes() if isinstance(seen, Node)]


def losses(root) -> list[NotExamined]:
    return [seen for seen in root.nodes() if isinstance(seen, NotExamined)]


def by_path(root) -> dict[str, Node]:
    return {node.path: node for node in nodes(root)}
