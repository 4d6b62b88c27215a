"""Tells each record of `logging` as its handlers write it: `log.written`, the whole text.

A program whose settings are not loaded here has no handlers: then the text is what the plainest one would write. Standard
library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools

from . import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch


def arm(watch: Watch) -> None:
    """Wrap the loggers when `logging` is imported."""
    late.when("logging", functools.partial(_wrap, watch))


def _wrap(watch: Watch, module: Any) -> None:
    call = module.Logger.callHandlers
    plainest = module.Formatter("%(levelname)s:%(name)s:%(message)s")

    @functools.wraps(call)
    def called(self: Any, record: Any) -> Any:
        formatters = []
        logger = self
        while logger is not None:
            formatters += [handler.formatter or plainest for handler in logger.handlers if not _silent(module, handler)]
            logger = logger.parent if logger.propagate else None
        for formatter in formatters or [plainest]:
            try:
                text = formatter.format(record)
            except Exception:  # a record that cannot be written is no line in any log
                continue
            watch.record("log.written", (text, self.name))
        return call(self, record)

    module.Logger.callHandlers = called
    if module.root.level == module.WARNING:
        module.root.setLevel(module.INFO)  # a program in use logs what it says that it does


def _silent(module: Any, handler: Any) -> bool:
    return isinstance(handler, module.NullHandler)
