"""Does something to a module as soon as the target imports it, or at once when it is there.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

_WAITING: dict[str, list[Callable[[ModuleType], None]]] = {}


def when(name: str, act: Callable[[Any], None]) -> None:
    """Call `act` with the module once it is imported. What goes wrong in it does not reach the target."""
    module = sys.modules.get(name)
    if module is not None:
        _quietly(act, module)
        return
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    _WAITING.setdefault(name, []).append(act)


def _quietly(act: Callable[[ModuleType], None], module: ModuleType) -> None:
    try:
        act(module)
    except Exception:  # another version of the library: nothing is watched there, and nothing is said to have been
        pass


class _Finder:
    """Finds nothing itself; lets others find, and waits until the module ran."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """What the other finders find, with a loader that calls back."""
        if name not in _WAITING:
            return None
        acts = _WAITING.pop(name)
        for finder in sys.meta_path:
            if isinstance(finder, _Finder) or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None and hasattr(spec.loader, "exec_module"):
                run = spec.loader.exec_module

                def ran(module: ModuleType) -> None:
                    run(module)  # noqa: B023
                    for act in acts:
                        _quietly(act, module)

                try:
                    spec.loader.exec_module = ran  # type: ignore[method-assign]
                except AttributeError:
                    pass
                return spec
        return None
