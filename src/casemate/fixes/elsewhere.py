"""Files of the target that a file imports."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.fixes.site import Site, Spot
from casemate.fixes.source import Source, Unfit


def files(site: Site, spot: Spot, module: str) -> Iterator[Source]:
    """The file of a module, as it is written in an import of the spot's file (`.tools`, `shop.store`), where it is of the
    target."""
    folders = spot.source.path.split("/")[:-1]
    name = module.lstrip(".")
    dots = len(module) - len(name)
    place = name.replace(".", "/")
    if dots:
        bases = ["/".join(folders[: len(folders) - dots + 1])]
    else:
        bases = ["/".join(folders[:at]) for at in range(len(folders) + 1)]
    for base in bases:
        start = "/".join(part for part in (base, place) if part)
        for path in (f"{start}.py", f"{start}/__init__.py"):
            if path == spot.source.path or not start:
                continue
            try:
                yield site.read(path)
            except Unfit:
                continue
