"""Logs that are not written, or that others can change

## What it is

The rules of the audit switch it off or leave out every program (`-e 0`, `-a never,task`), journald keeps nothing
(`Storage=none`), rsyslog makes its files writable by everybody (`FileCreateMode 0666`), or takes messages from the whole network.

## Why it matters

What somebody did is then not written down, or they rewrite it (ATT&CK T1562.001, T1562.006, T1070.002). Sources: auditctl(8),
audit.rules(7), journald.conf(5), rsyslog.conf(5); CIS Debian Linux 12 Benchmark, 6.1 to 6.3.

## How to fix it

Take the lines out. End the rules of the audit with `-e 2`; `Storage=auto` or `persistent`; `$FileCreateMode 0640`.
"""

import re
from collections.abc import Iterator

from casemate.host.facts.settings import found, ini, last, lines
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

MEDIUM, LOW = Severity.MEDIUM, Severity.LOW
JOURNALD = ("/etc/systemd/journald.conf", "/etc/systemd/journald.conf.d/*.conf", "/run/systemd/journald.conf.d/*.conf")
MODE = re.compile(r"(?i)^\$(?:File|Dir)CreateMode\s+([0-7]{3,4})\b|\b(?:file|dir)CreateMode=\"([0-7]{3,4})\"")
NETWORK = re.compile(r"(?i)^input\(\s*type=\"im(tcp|udp|relp)\"(?!.*\baddress=\"127\.)|^\$(TCP|UDP)ServerRun\s")


def find(host: Host) -> Iterator[Seen]:
    """Each of these lines."""
    yield from _audit(host)
    for path in found(host, *JOURNALD):
        storage = last(ini(host, path), "storage", "journal")
        if storage and storage.value.lower() == "none":
            kept = host.fs.is_file("/usr/sbin/rsyslogd") or host.fs.is_file("/usr/sbin/syslog-ng")
            what = "journald keeps nothing (Storage=none)"
            yield Seen(path=path, line=storage.line, what=what, severity=LOW if kept else MEDIUM)
    for path in found(host, "/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"):
        for number, line in lines(host, path, "#"):
            for match in MODE.finditer(line):
                mode = match[1] or match[2]
                if int(mode, 8) & 0o002:
                    yield Seen(
                        path=path, line=number, what=f"rsyslog makes its logs writable by everybody (mode {mode})"
                    )
            taken = NETWORK.search(line)
            if taken:
                by = (taken[1] or taken[2]).lower()
                what = f"rsyslog takes messages from the whole network ({by}): anybody fills the logs"
                yield Seen(path=path, line=number, what=what, severity=LOW)


def _audit(host: Host) -> Iterator[Seen]:
    """Rules are loaded in the order of the files' names; the last -e counts."""
    switched: Seen | None = None
    parts = sorted(found(host, "/etc/audit/rules.d/*.rules"))
    for path in parts or list(found(host, "/etc/audit/audit.rules")):
        for number, line in lines(host, path, "#"):
            words = line.split()
            if words[0] == "-e" and len(words) > 1:
                off = words[1] == "0"
                switched = Seen(path=path, line=number, what="the audit is switched off (-e 0)") if off else None
            elif words[0] in ("-a", "-A") and words[1:] in (["never,task"], ["task,never"]):
                yield Seen(path=path, line=number, what="the audit leaves out every program (never,task)")
    if switched:
        yield switched


RULE = FactRule(
    id=RuleId("weak-logging"),
    title="Logs that are not written, or that others can change",
    cwe=778,
    owasp="A09:2021",
    severity=MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="an audit that sees nothing",
            language="host",
            code="# file: /etc/audit/rules.d/10-x.rules 0640\n-D\n-a never,task  # finding\n"
            "# file: /etc/audit/rules.d/99-end.rules 0640\n-e 0  # finding\n",
        ),
        Example(
            name="logs for everybody",
            language="host",
            code="# file: /etc/rsyslog.d/10-x.conf 0644\n$FileCreateMode 0666  # finding\n"
            "# file: /etc/systemd/journald.conf.d/x.conf 0644\n[Journal]\nStorage=none  # finding\n",
        ),
        Example(
            name="near-miss: an audit that is locked",
            language="host",
            code="# file: /etc/audit/rules.d/10-x.rules 0640\n-D\n-b 8192\n-a never,exit -F arch=b64 -S adjtimex\n"
            "# file: /etc/audit/rules.d/99-end.rules 0640\n-e 2\n",
        ),
        Example(
            name="near-miss: as Debian ships it",
            language="host",
            code="# file: /etc/rsyslog.conf 0644\n$FileOwner root\n$FileCreateMode 0640\n$Umask 0022\n"
            '#input(type="imudp" port="514")\n# file: /etc/systemd/journald.conf 0644\n[Journal]\n#Storage=auto\n',
        ),
        Example(
            name="near-miss: messages of this machine",
            language="host",
            code='# file: /etc/rsyslog.d/x.conf 0644\ninput(type="imudp" port="514" address="127.0.0.1")\n',
        ),
    ),
)
