"""Drives a target through its web applications: finds them, and the request that carries a value to where a trace begins.

`load` once, before any case; then `variants` and `drive` for each. Standard library only at import, Python 3.7 and later; a
framework is the target's own.
"""

from __future__ import annotations

from . import discover, finding
from .finders import FINDERS
from .request import CannotCarryError, build
from .site import Site
from .wsgi import MOST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Site", "drive", "load", "variants"]


def load(settings: dict[str, Any]) -> Site:
    """Find and load the applications of the target. What cannot be loaded stands in `problems`; nothing is raised.

    settings: `target`, its absolute folder; `apps`, optional: the applications that are wanted, as `module:attribute`.
    """
    site = Site(settings["target"])
    try:
        discover.prepare(site)
        candidates = discover.named(site, settings.get("apps") or ()) or discover.files(site)
        discover.silence(candidates)
        for find in FINDERS:
            try:
                find(site, candidates)
            except Exception as error:
                site.problem(find.__module__, error)
        for app in site.apps:
            try:
                app.find_routes()
            except Exception as error:
                site.problem(f"routes of {app.name}", error)
        if not settings.get("apps"):
            site.index()  # before the server forks; who names applications knows the request, too
    except Exception as error:
        site.problem("the target", error)
    return site


def variants(site: Site, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The ways of driving a case, likeliest first; none where no request can carry its value."""
    try:
        return finding.variants(site, case)
    except Exception as error:
        site.problem("variants", error)
        return []


def drive(site: Site, variant: dict[str, Any], value: str | bytes) -> dict[str, Any]:
    """Send one request that carries the value. Exceptions of the view are in `error`.

    `broken` says why nothing could be sent, when that is so.
    """
    told: dict[str, Any] = {"response": None, "error": "", "session": {}, "fidelity": "", "notes": [], "broken": ""}
    app = finding.app_of(site, variant)
    if app is None:
        told["broken"] = f"the application is not there: {variant.get('app')!r}"
        return told
    told["fidelity"] = variant.get("fidelity") or app.fidelity
    try:
        request = build(variant, value)
    except CannotCarryError as error:
        told["broken"] = str(error)
        return told
    answer = app.send(request, variant)
    _tell(told, answer)
    told["notes"] = [*app.notes, *answer.get("notes", ())]
    for follow in variant.get("then") or ():
        after = build(follow, "")
        kept = [value.partition(";")[0] for key, value in answer["headers"] if key.lower() == "set-cookie"]
        after.headers += [("Cookie", "; ".join(kept))] if kept else []
        answer = app.send(after, follow)
        _tell(told, answer)
        told["notes"].append(f"then asked for {follow['route']}")
    return told


def _tell(told: dict[str, Any], answer: dict[str, Any]) -> None:
    """Take an answer over; the first error stays."""
    told["error"] = told["error"] or answer["error"]
    told["stubs"] = sorted({*told.get("stubs", ()), *answer.get("stubs", ())})
    told["session"] = answer.get("session") or told["session"]
    if answer["status"]:
        told["response"] = {
            "status": answer["status"],
            "headers": answer["headers"],
            "body": answer["body"][:MOST].decode("utf-8", "replace"),
        }
