"""Weak settings of the SSH client

## What it is

The host's `ssh_config`, or root's own, switches the check of host keys off (`StrictHostKeyChecking no`) for hosts at large, or
lends the agent to every host that one logs in to (`ForwardAgent yes`).

## Why it matters

Without the check, whoever sits between can answer in the place of the server and is given the password, or what root's nightly
copy sends (ATT&CK T1557). With a forwarded agent, root of the other host logs in wherever its owner may (T1563.001).
ssh_config(5) warns of both.

## How to fix it

Remove the line, or use `StrictHostKeyChecking accept-new` and `ProxyJump` in the place of an agent; keep exceptions to a `Host`
block for single, local machines.
"""

from collections.abc import Iterator

from casemate.host.facts.as_shipped import as_shipped
from casemate.host.facts.sshd import split
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

FILES = ("/etc/ssh/ssh_config", "/etc/ssh/ssh_config.d/*.conf", "/root/.ssh/config")
LOCAL = ("localhost", "127.", "::1", "192.168.122.", "unix/", "vsock/", "/run/", ".host")


def find(host: Host) -> Iterator[Seen]:
    """Lines that are in force for hosts other than the machine itself."""
    for path in [path for pattern in FILES for path in host.fs.glob(pattern)]:
        if as_shipped(host, path):
            continue
        text = host.fs.text(path)
        hosts: list[str] = ["*"]
        for number, line in text.numbered() if text else ():
            words = split(line) or []
            keyword = words[0].lower() if words else ""
            if keyword in ("host", "match"):
                hosts = words[1:] if keyword == "host" else (["*"] if words[1:] == ["all"] else ["some"])
            if len(words) < 2 or all(name.startswith(LOCAL) for name in hosts):
                continue
            value = words[1].lower()
            if keyword == "stricthostkeychecking" and value in ("no", "off"):
                what = f"ssh accepts any key of {_which(hosts)}: whoever answers in the server's place is trusted"
                yield Seen(path=path, line=number, what=what)
            elif keyword == "forwardagent" and value == "yes" and "*" in hosts:
                what = "ssh lends the agent to every host that one logs in to"
                yield Seen(path=path, line=number, what=what, severity=Severity.LOW)


def _which(hosts: list[str]) -> str:
    return "any host" if "*" in hosts else " ".join(hosts)[:100]


RULE = FactRule(
    id=RuleId("weak-ssh-client"),
    title="Weak settings of the SSH client",
    cwe=322,
    owasp="A02:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="no check of host keys, for all",
            language="host",
            code="# file: /etc/ssh/ssh_config.d/a.conf\nHost *\n  StrictHostKeyChecking no  # finding\n",
        ),
        Example(
            name="root's own, and the agent",
            language="host",
            code="# file: /root/.ssh/config 0600\nForwardAgent=yes  # finding\nHost backup\n"
            "  stricthostkeychecking off  # finding\n",
        ),
        Example(
            name="near-miss: new hosts only",
            language="host",
            code="# file: /etc/ssh/ssh_config\nHost *\n  StrictHostKeyChecking accept-new\n  #StrictHostKeyChecking no\n",
        ),
        Example(
            name="near-miss: the machine itself",
            language="host",
            code="# file: /root/.ssh/config 0600\nHost localhost 127.0.0.1\n  StrictHostKeyChecking no\n",
        ),
        Example(
            name="near-miss: sockets of this machine's own containers",
            language="host",
            code="# file: /etc/ssh/ssh_config.d/20-x.conf\nHost unix/* vsock/*\n  StrictHostKeyChecking no\n",
        ),
        Example(
            name="near-miss: an agent for one host",
            language="host",
            code="# file: /root/.ssh/config 0600\nHost bastion\n  ForwardAgent yes\n",
        ),
    ),
)
