"""Package sources whose packages nobody checks

## What it is

A source of packages for which signatures are not looked at: `[trusted=yes]` or `allow-insecure=yes` of sources.list(5), `Trusted:
yes` of a `.sources` file, `gpgcheck=0` of yum, dnf and zypper, `SigLevel = Never` of pacman, `gpg-verify=false` of flatpak; or
a setting of apt.conf(5) that says so for all of them.

## Why it matters

Packages are unpacked, and their scripts run, as root. Without a signature whoever is on the way to the server, or in it, puts
what they like into the next upgrade (ATT&CK T1195.002). Plain http with signatures is fine: the signature is what counts
(apt-secure(8)).

## How to fix it

Take the option out, and name the key that signs the source: `signed-by=/usr/share/keyrings/VENDOR.gpg`, or `gpgcheck=1` with
`gpgkey=`.
"""

from collections.abc import Iterator

from casemate.host.facts.apt import NO, YES, Source, apt_settings, apt_sources
from casemate.host.facts.repositories import Unchecked, unchecked
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW

OPTIONS = (  # option, whether yes is what is weak, over https, over http, consequence
    ("trusted", True, MEDIUM, HIGH, "its packages are installed without a valid signature"),
    ("allow-insecure", True, MEDIUM, HIGH, "it may have no signature"),
    ("allow-downgrade-to-insecure", True, LOW, MEDIUM, "it may lose its signature"),
    ("allow-weak", True, LOW, MEDIUM, "it may be signed with broken algorithms"),
    ("check-valid-until", False, LOW, LOW, "old lists of it are taken, so updates can be held back"),
)

SETTINGS = (  # end of the key, whether yes is what is weak, severity, consequence
    ("apt::get::allowunauthenticated", True, HIGH, "packages without a valid signature are installed"),
    ("apt::get::force-yes", True, HIGH, "packages without a valid signature are installed without a question"),
    ("acquire::allowinsecurerepositories", True, HIGH, "sources without a signature are used"),
    ("acquire::allowdowngradetoinsecurerepositories", True, MEDIUM, "sources may lose their signature"),
    ("acquire::allowweakrepositories", True, MEDIUM, "sources may be signed with broken algorithms"),
    ("acquire::check-valid-until", False, LOW, "old lists are taken, so updates can be held back"),
    ("verify-peer", False, MEDIUM, "the certificate of a server is not checked"),
    ("verify-host", False, MEDIUM, "the name in a server's certificate is not checked"),
)


def find(host: Host) -> Iterator[Seen]:
    """One finding for each source or setting."""
    for source in host.once(apt_sources):
        yield from _of_source(source)
    for setting in host.once(apt_settings):
        for key, yes, severity, consequence in SETTINGS:
            of_key = setting.key == key or (key.startswith("verify-") and setting.key.endswith(f"::{key}"))
            if of_key and setting.value.lower() in (YES if yes else NO):
                what = f'apt is told {setting.name} "{setting.value}": {consequence}'
                yield Seen(path=setting.path, line=setting.line, what=what, severity=severity)
    for seen in host.once(unchecked):
        yield _of_other(seen)


def _of_source(source: Source) -> Iterator[Seen]:
    weak = [row for row in OPTIONS if (source.is_on(row[0]) if row[1] else source.is_off(row[0]))]
    weak = [row for row in weak if row[0] != "check-valid-until" or not any("//snapshot." in u for u in source.uris)]
    if not weak:
        return
    ranks = [LOW if _local(source.uris) else row[2] if _safe(source.uris) else row[3] for row in weak]
    yield Seen(
        path=source.path,
        line=source.lines.get(weak[0][0], source.line),
        what=f"{' '.join(source.uris)} is used with {', '.join(f'{row[0]}={source.options[row[0]]}' for row in weak)}: "
        f"{weak[0][4]}",
        severity=min(ranks, key=(HIGH, MEDIUM, LOW).index),
    )


def _of_other(seen: Unchecked) -> Seen:
    whose = " ".join(seen.uris) or f"all of [{seen.source}]" if seen.source else "all sources"
    grave = MEDIUM if not seen.signature or not seen.wholly or (seen.uris and _safe(seen.uris)) else HIGH
    why = (
        "packages are installed without a valid signature"
        if seen.signature
        else "the server's certificate is not checked"
    )
    return Seen(
        path=seen.path,
        line=seen.line,
        what=f"{whose} is used with {seen.what}: {why}",
        severity=LOW if seen.uris and _local(seen.uris) else grave,
    )


def _local(uris: tuple[str, ...]) -> bool:
    return all(uri.startswith(("file:", "copy:", "cdrom:", "/")) for uri in uris)


def _safe(uris: tuple[str, ...]) -> bool:
    return not any(uri.startswith(("http:", "ftp:", "rsync:", "mirror+http:")) for uri in uris)


RULE = FactRule(
    id=RuleId("unsigned-package-source"),
    title="Package source whose packages nobody checks",
    cwe=347,
    owasp="A08:2021",
    severity=HIGH,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="options of apt's two formats",
            language="host",
            code="# file: /etc/apt/sources.list\ndeb [arch=amd64 trusted=yes] http://a.example/debian stable main  # finding\n"
            "# file: /etc/apt/sources.list.d/b.sources\nTypes: deb\nURIs: https://b.example/\nTrusted: yes  # finding\n",
        ),
        Example(
            name="for all sources",
            language="host",
            code='# file: /etc/apt/apt.conf.d/99x\nAPT::Get { AllowUnauthenticated "true"; };  # finding\n',
        ),
        Example(
            name="yum and pacman",
            language="host",
            code="# file: /etc/yum.repos.d/x.repo\n[x]\nbaseurl=http://x.example/\ngpgcheck=0  # finding\n"
            "# file: /etc/pacman.conf\n[options]\nSigLevel = Never  # finding\n",
        ),
        Example(
            name="near-miss: http with signatures",
            language="host",
            code="# file: /etc/apt/sources.list\ndeb [signed-by=/usr/share/keyrings/a.gpg] http://a.example/ stable main\n",
        ),
        Example(
            name="near-miss: not in use",
            language="host",
            code="# file: /etc/apt/sources.list.d/a.sources\nEnabled: no\nURIs: http://a.example/\nTrusted: yes\n"
            "# file: /etc/yum.repos.d/x.repo\n[x]\nenabled=0\ngpgcheck=0\n",
        ),
        Example(
            name="near-miss: comments, and a file that apt leaves out",
            language="host",
            code="# file: /etc/apt/sources.list\n#deb [trusted=yes] http://a.example/ stable main\n"
            "# file: /etc/apt/sources.list.d/a.list.save\ndeb [trusted=yes] http://a.example/ stable main\n",
        ),
    ),
)
