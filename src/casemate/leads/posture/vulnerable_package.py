"""Installed package with a known vulnerability

## What it is

An installed package has a version that an advisory names as vulnerable. For a package of the distribution only the advisories for
this very release count, with the distribution's own versions: a fix that was taken over into an older version is one. Packages
of pip and npm are compared with their registries' advisories.

## Why it matters

Attackers know the same lists (ATT&CK T1190 for what serves the network, T1068 for what runs as root). What CISA lists as
exploited ranks one step higher, what nothing that runs as root or serves the network loads one step lower.

## How to fix it

Upgrade the package to the version that is named: `apt-get install --only-upgrade PACKAGE`, `apk upgrade PACKAGE`,
`dnf upgrade PACKAGE`. Where no fix is published, take the distribution's advice, or remove what you do not need. Sources: OSV
schema, Debian's security tracker, CISA KEV, FIRST EPSS and CVSS.
"""

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.host.vulnerable import Weakness, edged, vulnerable
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """One for each source package and advisory; those of which the privilege graph tells a way are left to it."""
    found = host.once(vulnerable)
    told = {id(weakness) for weakness in edged(found)}
    for weakness in found.weaknesses:
        if id(weakness) not in told:
            yield _seen(weakness)


def _seen(weakness: Weakness) -> Seen:
    package = weakness.package
    others = [p.name for p in weakness.match.packages[1:]]
    with_others = f" (with {', '.join(others[:4])}{' …' if len(others) > 4 else ''})" if others else ""
    summary = next((a.summary for a in weakness.match.advisories if a.summary), "")
    attacked = ""
    if weakness.attacked is not None:
        attacked = f"; known to be exploited since {weakness.attacked.kev}" if weakness.attacked.kev else ""
        if weakness.attacked.epss is not None:
            attacked += f"; EPSS {weakness.attacked.epss:.1%}"
    note = f" ({weakness.match.note})" if weakness.match.note and not weakness.match.fixed else ""
    use = f"; it {weakness.use.says}" if weakness.use else ""
    about = f": {summary[:160]}" if summary else ""
    return Seen(
        path=package.path,
        line=package.line,
        what=f"{package.name} {package.version}{with_others}: {weakness.label}, {weakness.fix}{note}{attacked}{use}{about}",
        related=(weakness.use.fact,) if weakness.use else (),
        severity=weakness.severity,
        package=package.name,
    )


_DATABASE = """# database: osv
[{"id": "CVE-2025-1", "affected": [
  {"package": {"ecosystem": "Debian:12", "name": "tool"}, "ranges": [{"type": "ECOSYSTEM", "events":
    [{"introduced": "0"}, {"fixed": "1.9-2+deb12u2"}]}]},
  {"package": {"ecosystem": "Debian:13", "name": "tool"}, "ranges": [{"type": "ECOSYSTEM", "events":
    [{"introduced": "0"}, {"fixed": "2.4-1"}]}]}]},
 {"id": "GHSA-1", "aliases": ["CVE-2025-2"], "affected": [
  {"package": {"ecosystem": "PyPI", "name": "Tool.Kit"}, "ranges": [{"type": "ECOSYSTEM", "events":
    [{"introduced": "1.0"}, {"fixed": "1.4"}]}]}]}]
"""
_STANZA = "# file: /var/lib/dpkg/status 0644\nPackage: %s\nStatus: install ok %s\nArchitecture: amd64\n%sVersion: %s\n"
_KIT = "# file: /opt/app/lib/python3.11/site-packages/tool_kit-%s.dist-info/METADATA 0644\n"

RULE = FactRule(
    id=RuleId("vulnerable-package"),
    title="Installed package with a known vulnerability",
    cwe=1395,
    owasp="A06:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="an older version than the one with the fix",
            language="host",
            code=_DATABASE + _STANZA % ("tool  # finding", "installed", "", "1.9-2+deb12u1"),
        ),
        Example(
            name="a library that was built from the source package that is named",
            language="host",
            code=_DATABASE + _STANZA % ("libtool1  # finding", "installed", "Source: tool (1.9-2)\n", "1:5.0-1"),
        ),
        Example(
            name="a package of pip",
            language="host",
            code=_DATABASE + _KIT % "1.3" + "Metadata-Version: 2.1\nName: tool_kit\nVersion: 1.3  # finding\n",
        ),
        Example(
            name="near-miss: the fix was taken over into the release's own version",
            language="host",
            code=_DATABASE + _STANZA % ("tool", "installed", "", "1.9-2+deb12u2"),
        ),
        Example(
            name="near-miss: removed, only its configuration is left",
            language="host",
            code=_DATABASE + (_STANZA % ("tool", "config-files", "", "1.9-2")).replace("install ok", "deinstall ok"),
        ),
        Example(
            name="near-miss: upstream's versions say nothing of a distribution's package",
            language="host",
            code=_DATABASE + _STANZA % ("tool-kit", "installed", "", "1.3-1"),
        ),
        Example(
            name="near-miss: without a database nothing is said",
            language="host",
            code=_STANZA % ("tool", "installed", "", "1.0"),
        ),
    ),
)
