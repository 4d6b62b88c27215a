"""Accounts that need no password, and files that every login acts on (shadow(5), suauth(5), login.defs(5), environment(5))."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.hashes import empty
from casemate.host.facts.pam import pam
from casemate.host.host import Host
from casemate.host.relation import Grant, Relation, Trust
from casemate.model.host import ANYONE, ROOT, Confidence, Fact, group
from casemate.model.host_fix import SetLine

LOGIN_FILES = {
    "/etc/nsswitch.conf": "says which library looks up accounts",
    "/etc/login.defs": "says what login and su do",
    "/etc/security/pam_env.conf": "sets the environment of logins",
    "/etc/environment": "sets the environment of logins",
}


def edges(host: Host) -> Iterator[Relation]:
    """Who gets in without a password, and what every login acts on."""
    yield from _empty(host)
    yield from _suauth(host)
    for path, says in LOGIN_FILES.items():
        if host.fs.is_file(path):
            yield Trust(
                runner=ROOT,
                path=path,
                kind="login-configuration",
                technique="T1574.007",
                via=(),
                says=says,
                confidence=Confidence.LIKELY,
            )


def _empty(host: Host) -> Iterator[Grant]:
    """An empty field lets anybody in where pam_unix has nullok, as Debian's does."""
    units = [e for e in host.once(pam).entries() if e.kind == "auth" and e.name == "pam_unix"]
    allows = not units or any("nullok" in e.args for e in units)
    for who in host.accounts.accounts:
        if not empty(who) or not who.login:
            continue
        places = (("/etc/shadow", who.shadow_line), ("/etc/passwd", who.line))
        path, line, raw = next(
            ((p, n, r) for p, n in places if n and (r := host.fs.line(p, n)).split(":")[1:2] == [""]),
            ("/etc/passwd", who.line, ""),
        )
        parts = raw.split(":")
        locked = ":".join([parts[0], "!", *parts[2:]])
        fix = (SetLine(path, line, raw, locked),) if len(parts) > 2 and parts[1] == "" else ()
        yield Grant(
            holders=(ANYONE,),
            becomes=who.actor,
            kind="empty-password",
            technique="T1078.003",
            via=(Fact(path, f"gives the login account {who.name} an empty password", max(line, 1)),),
            says=f"becomes {who.name} without a password",
            confidence=Confidence.PROVED if allows else Confidence.UNKNOWN,
            fixes=fix,
        )


def _suauth(host: Host) -> Iterator[Grant]:
    """suauth(5), of the su that comes with shadow: `to:from:NOPASS`. Others, such as Debian's since 10, do not read it."""
    text = host.fs.text("/etc/suauth")
    for number, line in text.numbered() if text else ():
        parts = [part.strip() for part in line.split(":")]
        if len(parts) != 3 or parts[0].startswith("#") or parts[2] != "NOPASS":
            continue
        to = ROOT if parts[0] in ("ALL", "root") else host.accounts.actor(parts[0].split(",")[0])
        for name in parts[1].removeprefix("ALL EXCEPT ").split(",") if not parts[1].startswith("ALL") else ["ALL"]:
            of = host.accounts.group(name.removeprefix("GROUP ").strip()) if name.startswith("GROUP ") else None
            known = host.accounts.named(name.strip())
            holder = ANYONE if name == "ALL" else group(of.name) if of else known.actor if known else None
            if holder and holder != to:
                yield Grant(
                    holders=(holder,),
                    becomes=to,
                    kind="su-without-password",
                    technique="T1548",
                    via=(Fact("/etc/suauth", f"lets {name.strip()} su to {parts[0]} without a password", number),),
                    says="needs no password for su",
                    confidence=Confidence.UNKNOWN,
                    fixes=(SetLine("/etc/suauth", number, line, None),),
                )
