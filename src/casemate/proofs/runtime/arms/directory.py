"""Lets a client of LDAP that has no server get as far as its search, and tells the filter that it searches with.

There is no network in the sandbox. So connecting and binding succeed at once and a search finds nothing; the filter goes
through the library's own parser first. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import functools
import importlib

from . import late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch

_NOTHING = {"result": 0, "description": "success", "dn": "", "message": "", "referrals": None, "type": "searchResDone"}
_SEARCHES = ("search", "search_s", "search_st", "search_ext", "search_ext_s", "paged_search")


def arm(watch: Watch) -> None:
    """Wrap the two libraries that everybody uses, when they are imported."""
    late.when("ldap3.core.connection", functools.partial(_ldap3, watch))
    late.when("ldap3", functools.partial(_ldap3, watch))
    late.when("ldap.ldapobject", functools.partial(_ldap, watch))


def _ldap3(watch: Watch, module: Any) -> None:
    kind = module.Connection
    if "search" not in vars(kind) or hasattr(kind.search, "__wrapped__"):
        return

    def found(function: Any) -> Any:
        @functools.wraps(function)
        def search(self: Any, search_base: Any = "", search_filter: Any = "", *args: Any, **named: Any) -> Any:
            watch.record("ldap.search", (search_filter, search_base))
            importlib.import_module("ldap3.operation.search").parse_filter(
                search_filter, None, True, True, None, False
            )  # what the library refuses, it refuses here
            self.response, self.result, self._entries = [], dict(_NOTHING), []
            safe = str(self.strategy_type).startswith("SAFE")
            return (False, self.result, [], None) if safe else False

        return search

    def made(function: Any) -> Any:
        @functools.wraps(function)
        def init(self: Any, *args: Any, **named: Any) -> None:
            function(self, *args, **named)
            self.open = functools.partial(yes, self)  # its strategy's own, until now

        return init

    def yes(self: Any, *args: Any, **named: Any) -> bool:
        self.bound, self.closed = True, False
        return True

    kind.search = found(kind.search)
    kind.__init__ = made(kind.__init__)
    for name in ("bind", "start_tls", "rebind", "unbind", "_do_auto_bind", "do_auto_bind"):
        if name in vars(kind):
            setattr(kind, name, yes)


def _ldap(watch: Watch, module: Any) -> None:
    kind = module.SimpleLDAPObject

    def found(self: Any, base: Any, scope: Any, filterstr: Any = "(objectClass=*)", *args: Any, **named: Any) -> Any:
        watch.record("ldap.search", (filterstr, base))
        return []

    for name in _SEARCHES:
        if name in vars(kind):
            setattr(kind, name, found)
    for name in ("simple_bind", "simple_bind_s", "bind", "bind_s", "start_tls_s", "unbind_s", "unbind"):
        if name in vars(kind):
            setattr(kind, name, lambda self, *args, **named: (97, [], 1, []))
