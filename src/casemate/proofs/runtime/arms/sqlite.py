"""Makes the canary a function of every SQLite connection, and tells each statement that one gets, as it was written.

The function is called like the canary word and does nothing but note it. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools

from . import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch


def arm(watch: Watch) -> None:
    """Watch over the connections that are made from now on."""
    late.when("sqlite3", functools.partial(_wrap, watch))


def _wrap(watch: Watch, module: Any) -> None:
    kinds: dict[Any, Any] = {}
    connect = module.connect

    def called(*args: Any) -> str:
        watch.record("canary.called", (watch.canary, "sqlite"))
        return str(watch.canary)

    def dress(connection: Any) -> None:
        if watch.canary:
            connection.create_function(watch.canary, -1, called)

    @functools.wraps(connect)
    def connected(database: Any, *args: Any, **named: Any) -> Any:
        given = list(args)
        kind = given[4] if len(given) > 4 else named.get("factory", module.Connection)
        if isinstance(kind, type) and issubclass(kind, module.Connection):
            if kind not in kinds:
                kinds[kind] = _dressed(watch, module, kind, dress)
            if len(given) > 4:
                given[4] = kinds[kind]
            else:
                named["factory"] = kinds[kind]
        return connect(database, *given, **named)

    module.connect = connected
    inner = getattr(module, "dbapi2", None)
    if inner is not None:
        inner.connect = connected


def _dressed(watch: Watch, module: Any, kind: Any, dress: Any) -> Any:
    """The class of connections that the target asked for, watched over."""

    cursors: dict[Any, Any] = {}

    class Connection(kind):  # type: ignore[misc]
        _dressed_for = ""

        def _dress(self) -> None:
            if self._dressed_for != watch.canary:
                self._dressed_for = watch.canary
                try:
                    dress(self)
                except module.Error:
                    pass

        def cursor(self, factory: Any = module.Cursor) -> Any:
            self._dress()
            if isinstance(factory, type) and issubclass(factory, module.Cursor):
                if factory not in cursors:
                    cursors[factory] = _telling(watch, factory)
                factory = cursors[factory]
            return super().cursor(factory)

        def execute(self, *args: Any) -> Any:
            self._dress()
            return self.cursor().execute(*args)

        def executemany(self, *args: Any) -> Any:
            self._dress()
            return self.cursor().executemany(*args)

        def executescript(self, *args: Any) -> Any:
            self._dress()
            return self.cursor().executescript(*args)

    Connection.__name__ = Connection.__qualname__ = kind.__name__
    Connection.__module__ = kind.__module__
    return Connection


def _telling(watch: Watch, kind: Any) -> Any:
    """The class of cursors that the target asked for, telling what it executes."""

    class Cursor(kind):  # type: ignore[misc]
        def execute(self, *args: Any) -> Any:
            watch.record("sql.execute", args[:1])
            return super().execute(*args)

        def executemany(self, *args: Any) -> Any:
            watch.record("sql.execute", args[:1])
            return super().executemany(*args)

        def executescript(self, *args: Any) -> Any:
            watch.record("sql.execute", args[:1])
            return super().executescript(*args)

    Cursor.__name__ = Cursor.__qualname__ = kind.__name__
    Cursor.__module__ = kind.__module__
    return Cursor
