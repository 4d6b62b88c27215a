"""Tells whether Jinja read a template in its sandbox: `template.read`, with the text and "sandbox" or "open".

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools

from . import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch


def arm(watch: Watch) -> None:
    """Wrap what every environment reads templates with, when it is imported."""
    late.when("jinja2.environment", functools.partial(_wrap, watch))


def _wrap(watch: Watch, module: Any) -> None:
    kind = module.Environment
    parse = kind._parse

    @functools.wraps(parse)
    def parsed(self: Any, source: Any, *args: Any, **named: Any) -> Any:
        watch.record("template.read", (source, "sandbox" if self.sandboxed else "open"))
        return parse(self, source, *args, **named)

    kind._parse = parsed
