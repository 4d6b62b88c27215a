"""Definitions of containers that others can change

## What it is

What a container engine, systemd or the kubelet acts on as root can be changed by others: quadlets, compose files that a unit
starts, static pods, CNI programs and hooks, `daemon.json` and its kin.

## Why it matters

A definition may ask for any right: one line mounts the host's root folder, or names a runtime that root runs (ATT&CK T1610,
Deploy Container; T1611).

## How to fix it

Give the file and its folder to root, writable for nobody else. Keep compose files that a service of root uses out of homes
and deployment folders that others write to.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("writable-container-definition"),
    title="Definition of a container that others can change",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("container-file",),
    examples=(
        Example(
            name="a quadlet",
            language="host",
            code="# file: /etc/containers/systemd/web.container 0666  # finding\n[Container]\nImage=web:1\n",
        ),
        Example(
            name="a compose file that a unit of root starts",
            language="host",
            code=(
                "# file: /srv/a/compose.yml 0664 root:websvc  # finding\nservices: {}\n"
                "# file: /etc/systemd/system/a.service\n[Service]\nWorkingDirectory=/srv/a\n"
                "ExecStart=/usr/bin/docker compose up\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="the folder of static pods",
            language="host",
            code="# folder: /etc/kubernetes/manifests 0777  # finding\n",
        ),
        Example(
            name="near-miss: as it should be",
            language="host",
            code="# file: /etc/containers/systemd/web.container 0644\n[Container]\nImage=web:1\n",
        ),
        Example(
            name="near-miss: a compose file that nothing of root starts",
            language="host",
            code="# file: /srv/a/compose.yml 0664 root:websvc\nservices: {}\n",
        ),
        Example(
            name="near-miss: a quadlet of an account",
            language="host",
            code=(
                "# file: /home/alice/.config/containers/systemd/web.container 0644 alice:alice\n[Container]\n"
                "Image=web:1\n"
            ),
        ),
    ),
)
