"""Tables of weak values of kernel settings: what the rules about them have in common."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.as_shipped import as_shipped
from casemate.host.facts.sysctl import Setting
from casemate.host.host import Host
from casemate.leads.posture.rule import Seen
from casemate.model.lead import Severity

Row = tuple[str, int, int, Severity, str, str]
"""Key, weak from, weak to, severity, what is better, and the consequence in words."""


def judged(host: Host, setting: Setting, table: tuple[Row, ...]) -> Iterator[Seen]:
    """What a table of weak values says of a setting. What a package ships is told one step more quietly."""
    value = setting.number
    for key, lowest, highest, severity, better, consequence in table:
        if setting.key != key or value is None or not lowest <= value <= highest:
            continue
        shipped = as_shipped(host, setting.path)
        if shipped and severity is Severity.LOW:
            continue
        yield Seen(
            path=setting.path,
            line=setting.line,
            what=f"{setting.dotted} = {setting.value}: {consequence} (better: {better})",
            severity=Severity.LOW if shipped else severity,
        )
