"""Rules of the system bus that are open to everybody

## What it is

A rule of the system bus that no package brought lets everybody own a service's name, send to a service of root, send to all
services, or read the messages of others (`eavesdrop`).

## Why it matters

The default of the bus is that nobody may do so. Who owns a name answers in the service's place; who may send to a service of
root calls whatever it offers, unless it asks polkit each time, as services of distributions do: that alone is a thing to
check, not yet a hole (ATT&CK T1543; dbus-daemon(1), "POLICY").

## How to fix it

Move the rule from `<policy context="default">` to `<policy user="…">` or `<policy group="…">` of those who need it, name the
interface and member, and have the service ask polkit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casemate.host.facts.as_shipped import as_shipped
from casemate.host.facts.dbus import BusRule, bus_rules, bus_services
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

HARMLESS: Final = ("org.freedesktop.DBus.Introspectable", "org.freedesktop.DBus.Peer")


def find(host: Host) -> Iterator[Seen]:
    """Rules of this host's own that allow everybody something; a later one for the same thing overrules an earlier."""
    rules = host.once(bus_rules)
    last = {_about(rule): rule for rule in rules if rule.everybody}
    rooted = {rule.get("own") for rule in rules if rule.allow and rule.context in ("user:root", "user:0")}
    rooted |= {service.name for service in host.once(bus_services) if service.user == "root"}
    local: dict[str, bool] = {}
    for rule in rules:
        if not rule.allow or last.get(_about(rule)) is not rule:
            continue
        what = _what(rule, rooted)
        if what is None:
            continue
        local.setdefault(rule.path, not as_shipped(host, rule.path))
        if local[rule.path]:
            severity = Severity.HIGH if "any service" in what else Severity.LOW if "anything to" in what else None
            yield Seen(
                path=rule.path, line=rule.line, what=f"everybody on the system bus may {what}", severity=severity
            )


def _about(rule: BusRule) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(rule.says))


def _what(rule: BusRule, rooted: set[str]) -> str | None:
    own, to = rule.get("own"), rule.get("send_destination")
    if own == "*":
        return "own the name of any service"
    if own or rule.get("own_prefix"):
        return f"own the name {own or rule.get('own_prefix')} and answer in its place"
    if rule.get("eavesdrop") == "true":
        return "read the messages of others (eavesdrop)"
    if rule.get("send_interface") in HARMLESS or rule.get("send_member") or rule.get("send_requested_reply"):
        return None
    if to == "*" or (not to and rule.get("send_type") == "method_call") or rule.get("send_interface") == "*":
        return "send to any service" if not to or to == "*" else None
    return f"send anything to {to}, which runs as root" if to in rooted else None


RULE = FactRule(
    id=RuleId("open-dbus-policy"),
    title="Rule of the system bus that is open to everybody",
    cwe=863,
    owasp="A01:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="everybody may own any name",
            language="host",
            code=(
                '# file: /etc/dbus-1/system.d/a.conf \n<busconfig>\n <policy context="default">\n'
                '  <allow own="*"/>  # finding\n </policy>\n</busconfig>\n'
            ),
        ),
        Example(
            name="everybody may send to a service of root",
            language="host",
            code=(
                '# file: /etc/dbus-1/system.d/a.conf \n<busconfig>\n <policy user="root">\n  <allow own="a.b"/>\n'
                ' </policy>\n <policy context="default">\n  <allow send_destination="a.b"/>  # finding\n'
                " </policy>\n</busconfig>\n"
            ),
        ),
        Example(
            name="everybody may listen in",
            language="host",
            code=(
                '# file: /etc/dbus-1/system-local.conf\n<!DOCTYPE busconfig PUBLIC "x" "y">\n<busconfig>\n'
                '<policy context="mandatory">\n<allow eavesdrop="true" send_destination="*"/>  # finding\n'
                "</policy>\n</busconfig>\n"
            ),
        ),
        Example(
            name="near-miss: for root alone",
            language="host",
            code=(
                '# file: /etc/dbus-1/system.d/a.conf \n<busconfig>\n <policy user="root">\n  <allow own="*"/>\n'
                '  <allow send_destination="*"/>\n </policy>\n</busconfig>\n'
            ),
        ),
        Example(
            name="near-miss: for a group",
            language="host",
            code=(
                '# file: /etc/dbus-1/system.d/a.conf \n<busconfig>\n <policy group="wheel">\n'
                '  <allow send_destination="a.b"/>\n </policy>\n</busconfig>\n'
            ),
        ),
        Example(
            name="near-miss: taken back",
            language="host",
            code=(
                '# file: /etc/dbus-1/system.d/a.conf \n<busconfig>\n <policy context="default">\n'
                '  <allow own="a.b"/>\n  <deny own="a.b"/>\n </policy>\n</busconfig>\n'
            ),
        ),
        Example(
            name="near-miss: a package brought it",
            language="host",
            code="# file: /usr/share/dbus-1/system.d/a.conf\n"
            '<busconfig><policy context="default"><allow own="a.b"/></policy></busconfig>\n',
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=(
                '# file: /etc/dbus-1/system.d/a.conf \n<busconfig>\n <policy context="default">\n'
                '  <!-- <allow own="*"/> -->\n  <deny own="*"/>\n </policy>\n</busconfig>\n'
            ),
        ),
    ),
)
