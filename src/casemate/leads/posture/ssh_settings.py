"""Weak settings of sshd

## What it is

A line of sshd_config(5) that counts takes a protection away: empty passwords, trust in other hosts' word for their
users, environment from users' files, no look at the modes of key files, Protocol 1, no log.

## Why it matters

`PermitEmptyPasswords` lets in whoever knows the name of an account without a password; `HostbasedAuthentication` with
`IgnoreRhosts no` lets another host vouch for its users; `PermitUserEnvironment` lets an account that is held to one
command set LD_PRELOAD and get around it; without `StrictModes` a list of keys that others can write to counts (ATT&CK
T1021.004, T1556). CIS Debian Benchmark, 5.1.

## How to fix it

Remove the line: the default is the safe one. See sshd_config(5).
"""

from collections.abc import Iterator

from casemate.host.facts.sshd import Setting, sshd
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

WEAK: dict[str, tuple[tuple[str, ...], str, Severity]] = {
    "permitemptypasswords": (("yes",), "accounts without a password can log in over SSH", Severity.HIGH),
    "ignorerhosts": (("no",), "files of users say which other hosts are trusted", Severity.MEDIUM),
    "permituserenvironment": (("yes",), "users set environment variables for their own login", Severity.MEDIUM),
    "strictmodes": (("no",), "sshd accepts lists of keys that others can write to", Severity.MEDIUM),
    "protocol": (("1", "2,1", "1,2"), "the broken first version of the protocol is offered", Severity.MEDIUM),
    "gatewayports": (("yes",), "forwarded ports are open to the network", Severity.LOW),
    "loglevel": (("quiet",), "logins are not logged", Severity.LOW),
    "permittunnel": (("yes", "point-to-point", "ethernet"), "logins may set up network tunnels", Severity.LOW),
}


def find(host: Host) -> Iterator[Seen]:
    """The line of each keyword that counts, and those of Match blocks."""
    told = host.once(sshd)
    for keyword, (values, effect, severity) in WEAK.items():
        for setting in dict.fromkeys((told.first(keyword), *(s for s in told.all(keyword) if s.blocks))):
            if setting.path and setting.value.lower().replace(" ", "") in values:
                yield _seen(setting, effect, severity)
    rhosts = told.first("ignorerhosts").value.lower()
    for setting in dict.fromkeys((told.first("hostbasedauthentication"), *told.all("hostbasedauthentication"))):
        counts = setting.blocks or setting == told.first("hostbasedauthentication")
        if setting.path and counts and setting.value.lower() == "yes":
            trusted = "; users choose the hosts" if rhosts == "no" else ""
            yield _seen(setting, f"other hosts vouch for their users{trusted}", Severity.MEDIUM)
    for setting in told.all("authorizedkeyscommanduser"):
        command = told.first("authorizedkeyscommand")
        if setting.value == "root" and command.path and command.value.lower() != "none":
            yield _seen(setting, "the program that looks keys up runs as root", Severity.LOW)


def _seen(setting: Setting, effect: str, severity: Severity) -> Seen:
    written = f"{setting.keyword} {setting.value}"
    when = " (in a Match block)" if setting.blocks else ""
    return Seen(path=setting.path, line=setting.line, what=f"{written}{when}: {effect}", severity=severity)


RULE = FactRule(
    id=RuleId("weak-ssh-setting"),
    title="Weak setting of sshd",
    cwe=16,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="empty passwords and user environment",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitEmptyPasswords yes  # finding\nPermitUserEnvironment yes  # finding\n",
        ),
        Example(
            name="other hosts are trusted, by a Match block",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nIgnoreRhosts no  # finding\nMatch Host *.example.org\n"
            "  HostbasedAuthentication yes  # finding\n",
        ),
        Example(
            name="near-miss: the safe values",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitEmptyPasswords no\nStrictModes yes\nIgnoreRhosts yes\n",
        ),
        Example(
            name="near-miss: a line that an earlier one overrules",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nStrictModes yes\nstrictmodes no\n",
        ),
        Example(
            name="near-miss: forwarding and X11, as shipped",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nX11Forwarding yes\nAllowTcpForwarding yes\n#PermitEmptyPasswords yes\n",
        ),
    ),
)
