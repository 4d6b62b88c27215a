"""Second account with uid 0

## What it is

Another account than root has uid 0 in /etc/passwd.

## Why it matters

It is root under a name that nobody watches, with a password or key of its own: a usual way to come back (ATT&CK T1136.001).
CIS Debian Benchmark: "Ensure root is the only UID 0 account".

## How to fix it

Find out who made it. Give it a uid of its own, or remove it.
"""

from collections.abc import Iterator

from casemate.host.facts.hashes import empty, usable
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Every line with uid 0 that is not root's; the first one when none is called root."""
    zero = [a for a in host.accounts.accounts if a.uid == 0]
    main = next((a for a in zero if a.name == "root"), zero[0] if zero else None)
    for who in zero:
        if who is not main:
            locked = who.password is not None and not usable(who) and not empty(who)
            yield Seen(
                path="/etc/passwd",
                line=who.line,
                what=f"account {who.name} has uid 0 and is root" + (", though without a password" if locked else ""),
                severity=Severity.HIGH if locked and not who.login else None,
            )


RULE = FactRule(
    id=RuleId("second-superuser"),
    title="Second account with uid 0",
    cwe=250,
    owasp="A07:2021",
    severity=Severity.CRITICAL,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="toor",
            language="host",
            code=(
                "# file: /etc/passwd\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "toor:x:0:0::/root:/bin/sh  # finding\n"
                "alice:x:1000:1000::/home/alice:/bin/bash\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/:/bin/false\n"
                "ingest:x:981:981::/:/bin/false\n"
            ),
        ),
        Example(
            name="written as 00",
            language="host",
            code=(
                "# file: /etc/passwd\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "sync:x:4:65534:sync:/bin:/bin/sync\n"
                "adm2:x:00:100::/:/bin/bash  # finding\n"
                "alice:x:1000:1000::/home/alice:/bin/bash\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/:/bin/false\n"
                "ingest:x:981:981::/:/bin/false\n"
            ),
        ),
        Example(
            name="near-miss: gid 0",
            language="host",
            code=(
                "# file: /etc/passwd\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "operator:x:11:0:operator:/root:/sbin/nologin\n"
                "alice:x:1000:1000::/home/alice:/bin/bash\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/:/bin/false\n"
                "ingest:x:981:981::/:/bin/false\n"
            ),
        ),
        Example(
            name="near-miss: root only",
            language="host",
            code=(
                "# file: /etc/passwd\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "alice:x:1000:1000::/home/alice:/bin/bash\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/:/bin/false\n"
                "ingest:x:981:981::/:/bin/false\n"
            ),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=(
                "# file: /etc/passwd\n"
                "root:x:0:0:root:/root:/bin/bash\n"
                "#toor:x:0:0::/root:/bin/sh\n"
                "alice:x:1000:1000::/home/alice:/bin/bash\n"
                "bob:x:1001:1001::/home/bob:/bin/bash\n"
                "websvc:x:980:980::/:/bin/false\n"
                "ingest:x:981:981::/:/bin/false\n"
            ),
        ),
    ),
)
