"""Account that is not as it should be

## What it is

A service's account can log in with a password; two accounts share a number; a person's first group, or another group, is
root's by its number; a name has a line `+` of NIS; a group has a password.

## Why it matters

Each is a way in that nobody looks at (ATT&CK T1078.003): services need no password, files cannot be told apart by a shared
uid, and NIS trusts the network. CIS Debian Benchmark, "Local user and group settings".

## How to fix it

`usermod -s /usr/sbin/nologin -p '!' NAME` for a service; a number of its own for each account; take `+` lines and group
passwords away.
"""

from collections.abc import Iterator

from casemate.host.accounts import FIRST_PERSON
from casemate.host.facts.hashes import scheme, usable
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Accounts, then lines of NIS, then groups."""
    seen: dict[int, str] = {}
    for who in host.accounts.accounts:
        if 0 < who.uid < FIRST_PERSON and who.login and usable(who):
            yield Seen(
                path="/etc/passwd", line=who.line, what=f"the service account {who.name} can log in with a password"
            )
        if who.uid and who.uid in seen:
            yield Seen(
                path="/etc/passwd", line=who.line, what=f"account {who.name} shares uid {who.uid} with {seen[who.uid]}"
            )
        seen.setdefault(who.uid, who.name)
        if who.uid and not who.gid and who.login:
            yield Seen(
                path="/etc/passwd",
                line=who.line,
                what=f"the first group of {who.name} is root's (gid 0), not one of its own",
            )
    for group in host.accounts.groups:
        if not group.gid and group.name not in {"root", "wheel"}:  # wheel: as on BSD
            yield Seen(path="/etc/group", line=group.line, what=f"group {group.name} has root's number, 0")
    for path in ("/etc/passwd", "/etc/shadow", "/etc/group"):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            if line.startswith("+"):
                yield Seen(path=path, line=number, what=f"{path} takes further entries from NIS (a line with +)")
    text = host.fs.text("/etc/gshadow")
    for number, line in text.numbered() if text else ():
        name, _, rest = line.partition(":")
        field = rest.partition(":")[0]
        if scheme(field) or (rest and field == "" and ":" in rest):
            kind = "a password" if field else "an empty password, which newgrp(1) takes for members only"
            severity = Severity.MEDIUM if field else Severity.LOW
            yield Seen(path="/etc/gshadow", line=number, what=f"group {name} has {kind}", severity=severity)


RULE = FactRule(
    id=RuleId("unusual-account"),
    title="Account that is not as it should be",
    cwe=1188,
    owasp="A07:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a service with a password",
            language="host",
            code=(
                "# file: /etc/passwd\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "alice:x:1000:1000::/home/alice:/bin/bash\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/srv:/bin/bash  # finding\n"
                "ingest:x:981:981::/:/bin/false\n"
                "# file: /etc/shadow 0640 root:shadow\n"
                "root:*:19700:0:99999:7:::\n"
                "websvc:$6$abcdefgh$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:19700:0:99999:7:::\n"
            ),
        ),
        Example(
            name="a shared number",
            language="host",
            code=(
                "# file: /etc/passwd\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "alice:x:1000:1000::/home/alice:/bin/bash\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "malice:x:1000:1000::/home/m:/bin/bash  # finding\n"
                "websvc:x:980:980::/:/bin/false\n"
                "ingest:x:981:981::/:/bin/false\n"
            ),
        ),
        Example(
            name="NIS",
            language="host",
            code=(
                "# file: /etc/group\n"
                "root:x:0:\n"
                "shadow:x:42:\n"
                "sudo:x:27:\n"
                "alice:x:1000:\n"
                "bob:x:1001:\n"
                "websvc:x:980:\n"
                "ingest:x:981:\n"
                "+:::  # finding\n"
            ),
        ),
        Example(
            name="near-miss: a service without a password",
            language="host",
            code=("# file: /etc/shadow 0640 root:shadow\nroot:*:19700:0:99999:7:::\nwebsvc:!:19700:0:99999:7:::\n"),
        ),
        Example(
            name="near-miss: groups as shipped",
            language="host",
            code=("# file: /etc/gshadow 0640 root:shadow\nroot:*::\nstaff:!::\n"),
        ),
        Example(
            name="a group with root's number",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\nshadow:x:42:\nsudo:x:27:\nalice:x:1000:\nbob:x:1001:\n"
                "websvc:x:980:\ningest:x:981:\nweb:x:0:alice  # finding\n"
            ),
        ),
        Example(
            name="near-miss: a group number that is shared",
            language="host",
            code=(
                "# file: /etc/group\nroot:x:0:\nshadow:x:42:\nsudo:x:27:\nalice:x:1000:\nbob:x:1001:\n"
                "websvc:x:980:\ningest:x:981:\nusers:x:1000:\n"
            ),
        ),
    ),
)
