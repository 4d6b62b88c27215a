"""Weak settings of sudo

## What it is

A line of `Defaults` in sudoers(5) turns a protection off: the environment is not reset, a variable that makes programs load
code is kept, passwords are shown or never asked for again, sudoedit follows links, the search path has a folder that
depends on where one is.

## Why it matters

It widens every rule of sudo at once (ATT&CK T1548.003). CIS Debian Benchmark, "Configure privilege escalation".

## How to fix it

Take the line away: the defaults of sudo are the safe ones.
"""

from collections.abc import Iterator

from casemate.host.edges.sudo_environment import dangerous, of_setting
from casemate.host.facts.sudo_rights import rights
from casemate.host.facts.sudoers import Setting, sudoers
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

WEAK = {  # name: when it is weak ("" or "!"), how severe, what it means
    "env_reset": ("!", Severity.MEDIUM, "sudo passes the caller's environment to root's programs (!env_reset)"),
    "visiblepw": ("", Severity.MEDIUM, "sudo asks for passwords where they are shown (visiblepw)"),
    "authenticate": ("!", Severity.MEDIUM, "sudo asks for no password (!authenticate)"),
    "sudoedit_follow": ("", Severity.MEDIUM, "sudoedit follows links (sudoedit_follow)"),
    "sudoedit_checkdir": ("!", Severity.MEDIUM, "sudoedit edits in folders of the caller (!sudoedit_checkdir)"),
    "setenv": ("", Severity.MEDIUM, "sudo lets its caller set any variable (setenv)"),
    "use_pty": ("!", Severity.LOW, "sudo lets programs reach the caller's terminal (!use_pty)"),
    "tty_tickets": ("!", Severity.LOW, "one password opens sudo on every terminal (!tty_tickets)"),
    "env_editor": ("", Severity.LOW, "visudo runs the editor that its caller names (env_editor)"),
}


def find(host: Host) -> Iterator[Seen]:
    """Settings in force, each at its line; what a chain tells of is not told again."""
    for setting in host.once(sudoers).settings:
        if any(of_setting(host, setting)) or (setting.name == "authenticate" and _told_of(host)):
            continue
        told = _told(setting)
        if told:
            yield Seen(path=setting.line.path, line=setting.line.line, what=told[1], severity=told[0])


def _told_of(host: Host) -> bool:
    """Whether a rule that asks for no password through this alone is told of at its own line."""
    return any(not right.password and not right.command.tags & {"NOPASSWD"} for right in host.once(rights))


def _told(setting: Setting) -> tuple[Severity, str] | None:
    weak = WEAK.get(setting.name)
    if weak and setting.op == weak[0]:
        return weak[1:] if not setting.scope else (Severity.LOW, weak[2])
    if setting.name == "env_keep" and setting.op in ("=", "+="):
        kept = [name for word in setting.value.split() for name in dangerous(word)]
        if kept:
            return Severity.MEDIUM, f"sudo keeps {kept[0]}, by which its caller loads code (env_keep)"
    if setting.name in ("timestamp_timeout", "passwd_timeout") and setting.op == "=":
        minutes = float(setting.value) if setting.value.lstrip("-").replace(".", "", 1).isdigit() else 0
        if minutes < 0 and setting.name == "timestamp_timeout":
            return Severity.MEDIUM, "sudo asks for a password once and never again (timestamp_timeout is negative)"
        if minutes > 15 and setting.name == "timestamp_timeout":
            return Severity.LOW, f"sudo asks for no password for {setting.value} minutes (timestamp_timeout)"
    if setting.name == "secure_path" and setting.op == "=":
        bad = [part for part in setting.value.split(":") if not part.startswith("/")]
        if bad:
            return Severity.MEDIUM, f"secure_path holds {bad[0] or 'an empty part'!r}, the folder where sudo is called"
    return None


RULE = FactRule(
    id=RuleId("weak-sudo-defaults"),
    title="Weak settings of sudo",
    cwe=250,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="the environment is kept",
            language="host",
            code=("# file: /etc/sudoers 0440\nDefaults !env_reset  # finding\n"),
        ),
        Example(
            name="never asked again",
            language="host",
            code=("# file: /etc/sudoers 0440\nDefaults timestamp_timeout=-1  # finding\n"),
        ),
        Example(
            name="a loader variable that nobody can use yet",
            language="host",
            code=('# file: /etc/sudoers 0440\nDefaults env_keep += "LD_PRELOAD"  # finding\n'),
        ),
        Example(
            name="near-miss: as Debian ships it",
            language="host",
            code=(
                "# file: /etc/sudoers 0440\n"
                "Defaults env_reset\n"
                "Defaults mail_badpass\n"
                'Defaults secure_path="/usr/sbin:/usr/bin"\n'
                "Defaults use_pty\n"
            ),
        ),
        Example(
            name="near-miss: display variables",
            language="host",
            code=('# file: /etc/sudoers 0440\nDefaults env_keep += "COLORS DISPLAY HOSTNAME"\n'),
        ),
        Example(
            name="near-miss: a short time",
            language="host",
            code=("# file: /etc/sudoers 0440\nDefaults timestamp_timeout=5, passwd_timeout=60\n"),
        ),
    ),
)
