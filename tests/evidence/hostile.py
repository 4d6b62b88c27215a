"""A report about a target that wants to act on whoever reads it."""

from tests.evidence.support import at, bank, lead, trace

BREAK = '</script></style></pre></details><img src=x onerror="document.title=1">'
NAME = f"a{BREAK.replace('/', '∕')}\u202e\x1b[2J|`*_@everyone #1 [x](javascript:alert(1)).py"
LINE = f'x = "{BREAK}" # --> ]]> \u2066 ``` {{{{ 7 * 7 }}}} <!-- & &lt; www.example.com @octocat'
PLACE, SOURCE = at(NAME, 3, 1), at("b.py", 2, 1)


def hostile():
    """Its names, lines, messages and notes are markup."""
    return bank(
        leads=(
            lead("xss", PLACE, f"says {BREAK} @team #2", function=BREAK, way=trace(SOURCE, PLACE, source=BREAK)),
            lead("xss", at("c.py", 1), f"meant {BREAK}", by_design=True),
        ),
        source_block=lambda path, first, last: [LINE] * (last - first + 1),
    )
