"""Debuggers that are open to whoever asks: off, or on where the environment says so."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.fixes.arguments import setting, without
from casemate.fixes.names import dotted, text
from casemate.fixes.naming import named
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, argument, keyword

_NAMES = {"debug": 2, "use_debugger": 4, "evalex": 1}


def propose(site: Site) -> Iterator[Draft]:
    """The flag left out where that is off, else said to be off; or asked of the environment."""
    spot = site.sink
    for call in spot.calls():
        for name, at in _NAMES.items():
            last = text(call.child_by_field_name("function") or call).rpartition(".")[2]
            place = at if last in ("run", "run_simple", "DebuggedApplication") else None
            value = argument(call, place, name)
            if value is None or text(value) not in ("True", "1"):
                continue
            yield draft("switch the debugger off", spot, spot.replace(value, "False"))
            gone = without(spot, call, name) if keyword(call, name) is not None else None
            if gone is not None:
                yield draft("switch the debugger off", spot, gone)
            environ, imports = named(spot, "os.environ")
            asked = setting(spot, call, name, f'{environ}.get("DEBUG") == "1"', place)
            if asked is not None:
                yield draft("switch the debugger on only where the environment says so", spot, asked, *imports)
            return
    for node in spot.nodes("assignment"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and dotted(left).rpartition(".")[2].lower() == "debug":
            yield draft("switch the debugger off", spot, spot.replace(right, "False"))
            return
        if left is not None and right is not None and left.type == "subscript" and "DEBUG" in text(left):
            yield draft("switch the debugger off", spot, spot.replace(right, "False"))
            return


REWRITE = Rewrite(
    id="debug",
    cwes=(489, 215, 94),
    propose=propose,
    examples=(
        Example(
            name="a server that is started",
            before="""
from flask import Flask
app = Flask(__name__)

if __name__ == "__main__":
    app.run(host="0.0.0.0", debug=True)  # sink
""",
            after="""
from flask import Flask
app = Flask(__name__)

if __name__ == "__main__":
    app.run(host="0.0.0.0", debug=False)
""",
        ),
        Example(
            name="a setting",
            before="""
from flask import Flask
app = Flask(__name__)
app.debug = True  # sink
""",
            after="""
from flask import Flask
app = Flask(__name__)
app.debug = False
""",
        ),
    ),
)
