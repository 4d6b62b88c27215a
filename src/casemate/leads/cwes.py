"""Which weaknesses are meant as the same: tools name one flaw by its parent, its child or a sibling.

Relations are those of CWE's research view (https://cwe.mitre.org/data/definitions/1000.html), of which only the part around the
weaknesses that rules here look for is kept.
"""

from __future__ import annotations

from typing import Final

FAMILIES: Final = (
    frozenset({77, 78, 88}),  # commands: 78 and 88 are children of 77
    frozenset({94, 95, 96, 97, 1336}),  # code: 95, 96 and 1336 are children of 94
    frozenset({79, 80, 81, 83, 84, 85, 86, 87, 116}),  # script in pages: 79 with its children; 116 is what it lacks
    frozenset({22, 23, 24, 25, 26, 27, 28, 29, 35, 36, 37, 38, 39, 40, 59, 73}),  # paths: 22 and below; 59, 73 beside
    frozenset({89, 564, 943}),  # SQL: 564 is a child of 89, and 89 of 943
    frozenset({90, 943}),  # LDAP
    frozenset({91, 643, 652, 943}),  # XPath: 643 is a child of 91 and 943
    frozenset({93, 113, 644}),  # headers: 113 is a child of 93
    frozenset({93, 116, 117}),  # logs: 117 is a child of 116
    frozenset({502, 913}),  # objects from data
    frozenset({913, 915}),  # attributes from data
    frozenset({441, 610, 918}),  # requests in another's name: 918 is a child of 441, and that of 610
    frozenset({601, 610}),  # redirects
    frozenset({611, 776, 827}),  # documents that name what else is read
    frozenset(
        {400, 405, 407, 730, 1333}
    ),  # patterns that take too long: 1333 is a child of 407, that of 405, that of 400
    frozenset({295, 296, 297, 298, 299, 599}),  # certificates: 295 with its children
    frozenset({261, 310, 326, 327, 328, 759, 760, 916, 1240}),  # weak cryptography
    frozenset({330, 331, 332, 334, 335, 336, 337, 338, 340, 341, 342, 343, 344}),  # predictable numbers: 330 and below
    frozenset({287, 345, 347}),  # signatures: 347 is a child of 345
    frozenset({377, 378, 379}),  # temporary files: 378 and 379 are children of 377
    frozenset({362, 363, 367}),  # races: 363 and 367 are children of 362
    frozenset({276, 277, 278, 279, 281, 668, 732}),  # permissions: 276 is a child of 732
    frozenset({345, 346, 352}),  # requests across sites: 346 and 352 are children of 345
    frozenset({311, 319, 614, 1004, 1275}),  # cookies: 614 is a child of 319
    frozenset({209, 215, 489}),  # debug modes, and what they tell
    frozenset({259, 321, 547, 798}),  # secrets in code: 259 and 321 are children of 798
    frozenset({203, 204, 208, 385}),  # told by time: 204 and 208 are children of 203
    frozenset({284, 285, 566, 639, 862, 863}),  # authorization: 862 and 863 are children of 285
)
"""Within one of these any two are taken for the same flaw at the same place."""

GENERAL: Final = frozenset({20, 74, 707})
"""Input that is not checked, injection, neutralization: so high that they say nothing of the kind, and any may be meant."""

BANDIT: Final = {
    # https://bandit.readthedocs.io/en/1.9.4/plugins/ by id; ruff's S rules are the same with another letter. Where bandit's own
    # CWE is another flaw's (eval as 78, yaml as 20), what the test looks for stands here.
    **dict.fromkeys((102, 307), 95),
    103: 732,
    **dict.fromkeys((105, 106, 107), 798),
    108: 377,
    201: 489,
    202: 22,
    **dict.fromkeys((301, 302, 506, 614, 615), 502),
    **dict.fromkeys((303, 324), 328),
    **dict.fromkeys((304, 305, 502, 503, 504, 508, 509), 327),
    306: 377,
    **dict.fromkeys((308, 701, 702, 703, 704), 79),
    310: 918,
    311: 330,
    **dict.fromkeys((313, 314, 315, 316, 317, 318, 319, 320), 611),
    **dict.fromkeys((323, 501), 295),
    505: 326,
    507: 295,
    **dict.fromkeys((601, 602, 603, 604, 605, 606, 607, 609), 78),
    **dict.fromkeys((608, 610, 611), 89),
}


def same(one: int, other: int) -> bool:
    """Whether two CWEs may mean the same flaw at one place."""
    if one == other or one in GENERAL or other in GENERAL:
        return True
    return any(one in family and other in family for family in FAMILIES)
