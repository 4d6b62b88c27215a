"""Login by the name of the host that one comes from

## What it is

/etc/hosts.equiv, /etc/ssh/shosts.equiv, or .rhosts or .shosts in a home names hosts or users, or `+` for all, that are let
in without a password (hosts.equiv(5)).

## Why it matters

The name of a host is easily forged (ATT&CK T1021). CIS Debian Benchmark: "Ensure local interactive user dot files access is
configured".

## How to fix it

Remove the file, and use keys of ssh.
"""

from collections.abc import Iterator

from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """The first line of each file that lets somebody in."""
    homes = dict.fromkeys(a.home.rstrip("/") for a in host.accounts.accounts if a.home not in ("/", "/nonexistent"))
    paths = [
        "/etc/hosts.equiv",
        "/etc/ssh/shosts.equiv",
        *(f"{home}/{name}" for home in homes for name in (".rhosts", ".shosts")),
    ]
    for path in paths:
        text = host.fs.text(path)
        lines = [(n, line.split()) for n, line in (text.numbered() if text else ())]
        lines = [(n, words) for n, words in lines if words and not words[0].startswith(("#", "-"))]
        lines.sort(key=lambda found: "+" not in found[1])
        if lines:
            number, words = lines[0]
            whom = "everybody from everywhere" if "+" in words else f"whoever comes from {words[0]}"
            severity = Severity.HIGH if "+" in words else Severity.MEDIUM
            yield Seen(path=path, line=number, what=f"{path} lets {whom} in without a password", severity=severity)


RULE = FactRule(
    id=RuleId("trusted-hosts"),
    title="Login by the name of the host that one comes from",
    cwe=290,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="everybody",
            language="host",
            code=("# file: /root/.rhosts 0600\n+ +  # finding\n"),
        ),
        Example(
            name="a host",
            language="host",
            code=("# file: /etc/hosts.equiv\n# ours\nlab7.example  # finding\n"),
        ),
        Example(
            name="near-miss: only comments",
            language="host",
            code=("# file: /etc/hosts.equiv\n# none\n"),
        ),
        Example(
            name="near-miss: a refusal",
            language="host",
            code=("# file: /etc/hosts.equiv\n-lab7.example\n"),
        ),
        Example(
            name="near-miss: another file",
            language="host",
            code=("# file: /etc/hosts.allow\nALL: +\n"),
        ),
    ),
)
