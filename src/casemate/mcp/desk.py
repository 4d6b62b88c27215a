"""Where a client's calls arrive: what may be asked is decided here, whatever the transport, before anything is done.

A call names a tool that the server goes as far as, its arguments fit, and the places that it names lie within the roots. What
does not is refused in one line; a place outside, and a tool beyond the server's level, are recorded as refused as well, up to a
number of times, so that a client cannot fill the ledger.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, NoReturn

from casemate.mcp import views
from casemate.mcp.arguments import refusal
from casemate.mcp.catalogue import BY_NAME, MAX_LINES, TOOLS, Level, Tool
from casemate.mcp.roots import OutOfRoots, Roots
from casemate.model.errors import UserError

Json = dict[str, Any]

MAX_REPORTS = 8
MAX_REPORT = 64 * 1024 * 1024  # characters of a report that is kept
MAX_RECORDED = 100  # refusals that a server writes into the ledger

Record = Callable[[str, str, Path, Level, str, str], NoReturn]
"""Records a refusal (operation, name of the place, place, level, why, next step), and raises."""


class NoSuchTool(UserError):
    """A client called a tool that there is not, or not here."""


class Call(NamedTuple):
    """A call that may be made. given: its arguments, with places absolute and free of links."""

    tool: Tool
    given: Mapping[str, Any]


class Desk:
    """roots: where places may lie. level: how far the server goes. token: the file with the token that it acts under. python:
    the target's interpreter, None to look for it. record: writes a refusal into the ledger."""

    def __init__(
        self,
        roots: Roots,
        level: Level,
        *,
        record: Record,
        token: Path | None = None,
        python: Path | None = None,
        closed: tuple[Path, ...] = (),
    ) -> None:
        self._roots = roots
        self._level = level
        self._record = record
        self._token = token
        self._python = python
        self._closed = closed
        self._reports: OrderedDict[str, Json] = OrderedDict()
        self._recorded = 0
        self._lock = Lock()

    @property
    def tools(self) -> tuple[Tool, ...]:
        """Those that may be called here."""
        return tuple(tool for tool in TOOLS if self._level.includes(tool.level))

    def admit(self, name: str, given: Mapping[str, Any]) -> Call:
        """A call that may be made. Raises NoSuchTool, UserError."""
        tool = BY_NAME.get(name)
        if tool is None:
            known = ", ".join(one.name for one in self.tools)
            raise NoSuchTool(f"there is no tool {name[:60]!r}", f"the tools are: {known}")
        if why := refusal(tool.takes, given):
            raise UserError(f"{name}: {why}", "see the tool's input schema")
        if not self._level.includes(tool.level):
            why = f"this server goes as far as {self._level.value!r}, and {name} takes {tool.level.value!r}"
            step = f"have the operator start it with --allow {tool.level.value}"
            self._refuse(tool, str(self._roots.places[0]), why, step)
        placed = dict(given)
        if "target" in tool.takes:
            placed.setdefault("target", ".")
        if name == "scan":
            placed.setdefault("paths", ["."])
        if name == "host" and not placed.keys() & {"root", "image"}:
            placed["root"] = "/"
        if name == "host" and {"root", "image"} <= placed.keys():
            raise UserError("host: root and image name two hosts", "take one at a time")
        for argument in tool.places:
            if argument in placed:
                value = placed[argument]
                many = [self._place(tool, one) for one in (value if isinstance(value, list) else [value])]
                placed[argument] = many if isinstance(value, list) else many[0]
        if name == "slice":
            start = placed.setdefault("start", 1)
            end = placed.setdefault("end", start + MAX_LINES - 1)
            if not start <= end < start + MAX_LINES:
                raise UserError(f"slice: lines {start} to {end}", f"ask for 1 to {MAX_LINES} lines, first to last")
        if name == "explain" and sorted(placed) not in (["rule"], ["finding", "report"]):
            raise UserError("explain: a rule, or a report and a finding in it", "give the one or the other")
        return Call(tool, placed)

    def request(self, call: Call) -> Json:
        """What the process of a long tool is asked."""
        return {
            "tool": call.tool.name,
            "given": dict(call.given),
            "token": str(self._token.absolute()) if self._token is not None else "",
            "python": str(self._python.absolute()) if self._python is not None else "",
        }

    def answer(self, told: Mapping[str, Any]) -> Json:
        """What a client is told of what a long tool came to; its report is kept. Raises UserError."""
        document, said = dict(told.get("document", {})), list(told["said"])
        if "report" not in told:
            return {**document, "said": said}
        text = told["report"]
        if len(text) > MAX_REPORT:
            raise UserError("the report is too large to be kept here", "name a smaller target, or use the command line")
        identity, report = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16], json.loads(text)
        with self._lock:
            self._reports[identity] = report
            self._reports.move_to_end(identity)
            while len(self._reports) > MAX_REPORTS:
                self._reports.popitem(last=False)
        return {**document, "report": identity, "said": said} if document else views.summary(identity, report, said)

    def quick(self, call: Call) -> Json:
        """Answer a call of a tool that is no long one. Raises CasemateError."""
        given = call.given
        match call.tool.name:
            case "findings":
                return views.page(self._report(given["report"]), given)
            case "paths":
                report = self._report(given["report"])
                return views.way(report, views.found(report, given["finding"]))
            case "explain":
                return self._explained(given)
            case "slice":
                return self._sliced(given)
            case "ledger_show":
                from casemate.mcp.record import show

                return show(self._roots, given.get("limit", 20))
            case "ledger_verify":
                from casemate.mcp.record import verify

                return verify()
            case "ledger_prove":
                from casemate.mcp.record import prove

                return prove(given["index"])
        raise ValueError(call.tool.name)

    def _report(self, identity: str) -> Json:
        with self._lock:
            report = self._reports.get(identity)
        if report is None:
            raise UserError(f"there is no report {identity} here any more", "scan again")
        return report

    def _explained(self, given: Mapping[str, Any]) -> Json:
        from casemate.app.ground import rule_texts

        finding = views.found(self._report(given["report"]), given["finding"]) if "finding" in given else None
        rule = given["rule"] if finding is None else finding["rule"]
        about = next((one for host in (False, True) for one in rule_texts(host=host) if one.id == rule), None)
        if about is None and finding is None:
            raise UserError(f"there is no rule {rule!r}", "take one that a finding names, or `casemate rules` lists")
        return {"rule": rule, "page": about.page if about else "", "finding": finding and views.whole(finding)}

    def _sliced(self, given: Mapping[str, Any]) -> Json:
        from casemate.app.client import run_slice

        said: list[str] = []
        found = run_slice(Path(given["path"]), given["start"], given["end"], announce=said.append)
        lines = [{"number": number, "text": text} for number, text in enumerate(found.lines, found.start)]
        return {"path": given["path"], "lines": lines, "of": found.of, "said": said}

    def _place(self, tool: Tool, name: str) -> str:
        try:
            place = self._roots.place(name)
        except OutOfRoots as error:
            self._refuse(tool, name, error.what, error.next_step)
        if any(place.is_relative_to(folder) for folder in self._closed):
            self._refuse(tool, name, f"{name[:200]!r} is of Casemate's own keys and records", "name a target")
        return str(place)

    def _refuse(self, tool: Tool, name: str, why: str, next_step: str) -> NoReturn:
        with self._lock:
            self._recorded += 1
            number = self._recorded
        if number <= MAX_RECORDED:
            place = Path(os.path.normpath(self._roots.places[0] / name))
            self._record(tool.name, name[:200], place, tool.level, why, next_step)
        raise OutOfRoots(why, next_step)
