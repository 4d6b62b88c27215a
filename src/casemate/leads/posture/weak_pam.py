"""Weak setting of PAM

## What it is

A service whose stack asks for nothing though it makes nobody root by itself (login, a display manager, "other");
`pam_rhosts`; a list of allowed users that lets everybody in when it is missing; `~/.pam_environment` read by su or sudo.

## Why it matters

People come in, or bring variables of theirs into another's session (ATT&CK T1556.003; pam.conf(5), pam_listfile(8),
pam_env(8)).

## How to fix it

Put the stack back as shipped; `onerr=fail`; take `user_readenv=1` away.
"""

from collections.abc import Iterator

from casemate.host.edges.pam import edges
from casemate.host.facts.pam import pam
from casemate.host.facts.pam_outcome import opened
from casemate.host.host import Host
from casemate.host.relation import Grant
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import ANYONE
from casemate.model.lead import RuleId, Severity

SERVICES = {
    **dict.fromkeys(
        ("login", "gdm-password", "lightdm", "sddm", "xdm", "lxdm", "kde", "doas", "sudo", "sudo-i"), Severity.HIGH
    ),
    **dict.fromkeys(("dovecot", "cockpit"), Severity.HIGH),
    **dict.fromkeys(("xscreensaver", "samba", "other"), Severity.MEDIUM),
}


def find(host: Host) -> Iterator[Seen]:
    """Open stacks that no chain tells of, then single modules."""
    stacks = host.once(pam)
    told = _told(host)
    for service, severity in SERVICES.items():
        if (service, "auth") not in stacks.stacks:
            continue
        for found in opened(host, stacks.stack(service, "auth")):
            place = (found.cause.path, found.cause.line)
            if found.who.holder == ANYONE and found.who.becomes == "root" and place not in told:
                told.add(place)
                what = f"{service} lets everybody through without a password, by {found.cause.name}"
                yield Seen(path=place[0], line=place[1], what=what, severity=severity)
    for entry in stacks.entries():
        if entry.name in ("pam_rhosts", "pam_rhosts_auth") and entry.kind == "auth":
            yield Seen(path=entry.path, line=entry.line, what="hosts are trusted by their name (pam_rhosts)")
        if entry.name == "pam_listfile" and {"onerr=succeed", "sense=allow"} <= set(entry.args):
            yield Seen(
                path=entry.path,
                line=entry.line,
                what="without its list, pam_listfile lets everybody in (onerr=succeed)",
            )
        if (
            entry.name == "pam_env"
            and "user_readenv=1" in entry.args
            and entry.path.endswith(("/su", "/su-l", "/sudo", "/sudo-i"))
        ):
            yield Seen(
                path=entry.path, line=entry.line, what="pam_env reads variables of the user's own (user_readenv=1)"
            )


def _told(host: Host) -> set[tuple[str, int]]:
    return {(grant.via[0].path, grant.via[0].line) for grant in edges(host) if isinstance(grant, Grant)}


RULE = FactRule(
    id=RuleId("weak-pam"),
    title="Weak setting of PAM",
    cwe=1390,
    owasp="A07:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="the console",
            language="host",
            code=(
                "# file: /etc/pam.d/login\n"
                "auth sufficient pam_permit.so  # finding\n"
                "@include common-auth\n"
                "# file: /etc/pam.d/common-auth\n"
                "auth [success=1 default=ignore] pam_unix.so nullok\n"
                "auth requisite pam_deny.so\n"
                "auth required pam_permit.so\n"
            ),
        ),
        Example(
            name="a list that may be missing",
            language="host",
            code=(
                "# file: /etc/pam.d/vsftpd\n"
                "auth required pam_listfile.so item=user sense=allow file=/etc/ftpusers onerr=succeed  # finding\n"
                "@include common-auth\n"
                "# file: /etc/pam.d/common-auth\n"
                "auth [success=1 default=ignore] pam_unix.so nullok\n"
                "auth requisite pam_deny.so\n"
                "auth required pam_permit.so\n"
            ),
        ),
        Example(
            name="hosts by name",
            language="host",
            code=("# file: /etc/pam.d/rlogin\nauth sufficient pam_rhosts.so  # finding\nauth required pam_unix.so\n"),
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code=(
                "# file: /etc/pam.d/login\n"
                "auth optional pam_faildelay.so delay=3000000\n"
                "auth requisite pam_nologin.so\n"
                "@include common-auth\n"
                "# file: /etc/pam.d/common-auth\n"
                "auth [success=1 default=ignore] pam_unix.so nullok\n"
                "auth requisite pam_deny.so\n"
                "auth required pam_permit.so\n"
            ),
        ),
        Example(
            name="near-miss: a list of who is refused",
            language="host",
            code=(
                "# file: /etc/pam.d/vsftpd\n"
                "auth required pam_listfile.so item=user sense=deny file=/etc/ftpusers onerr=succeed\n"
                "@include common-auth\n"
                "# file: /etc/pam.d/common-auth\n"
                "auth [success=1 default=ignore] pam_unix.so nullok\n"
                "auth requisite pam_deny.so\n"
                "auth required pam_permit.so\n"
            ),
        ),
        Example(
            name="near-miss: a greeter",
            language="host",
            code=("# file: /etc/pam.d/lightdm-greeter\nauth required pam_permit.so\n"),
        ),
    ),
)
