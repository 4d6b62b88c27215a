"""Containers with rights over the host

## What it is

A container that this host starts (a compose file, a quadlet, `docker run` in a unit) is privileged, has the engine's socket,
the host's own folders or raw disks in it, or runs with strong capabilities or without seccomp or AppArmor.

## Why it matters

The wall is gone: whoever breaks into what runs in the container is root on the host one step later (ATT&CK T1611, Escape to
Host; CIS Docker Benchmark 5.4, 5.5, 5.31). A socket that is mounted `:ro` takes orders all the same.

## How to fix it

Take `privileged` out and give the one device or capability that is needed; mount only the folder that is needed, `:ro` where
it is read; put a filtering proxy before the engine's socket, or use its events over a rootless engine.
"""

from __future__ import annotations

from collections.abc import Iterator

from casemate.host.facts.containers import containers
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """What the files that start containers give them; a right to all of the host is worse than a thinner wall."""
    for right in host.once(containers):
        severity = Severity.HIGH if right.whole else Severity.MEDIUM
        yield Seen(
            path=right.path, line=right.line, what=f"the container {right.container} {right.says}", severity=severity
        )


RULE = FactRule(
    id=RuleId("privileged-container"),
    title="Container with rights over the host",
    cwe=250,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="privileged, with the engine's socket",
            language="host",
            code=(
                "# file: /srv/a/docker-compose.yml\nservices:\n  web:\n    image: web:1\n"
                "    privileged: true  # finding\n    volumes:\n      - data:/data\n"
                "      - /var/run/docker.sock:/var/run/docker.sock:ro  # finding\n"
            ),
        ),
        Example(
            name="the host's root folder in a unit's container",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/usr/bin/docker run --rm -v /:/host web:1  # finding\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="a quadlet with all capabilities",
            language="host",
            code=(
                "# file: /etc/containers/systemd/web.container\n[Container]\nImage=web:1\n"
                "AddCapability=ALL  # finding\n"
            ),
        ),
        Example(
            name="near-miss: not privileged",
            language="host",
            code=(
                "# file: /srv/a/docker-compose.yml\nservices:\n  web:\n    image: web:1\n    privileged: false\n"
                "    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE]\n"
                '    volumes: ["/srv/a/data:/data", "/etc/localtime:/etc/localtime:ro"]\n'
            ),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code=(
                "# file: /srv/a/docker-compose.yml\nservices:\n  web:\n    image: web:1\n    # privileged: true\n"
                '    ports: ["80:80"]\n'
            ),
        ),
        Example(
            name="near-miss: an example that nothing starts",
            language="host",
            code="# file: /usr/share/doc/a/docker-compose.yml\nservices:\n  web:\n    privileged: true\n",
        ),
        Example(
            name="near-miss: a unit that nothing starts",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\nExecStart=/usr/bin/docker run --privileged web:1\n"
            ),
        ),
    ),
)
