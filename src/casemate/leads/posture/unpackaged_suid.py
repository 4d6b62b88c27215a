"""SUID or SGID program that no package brought

## What it is

A file has the SUID or SGID bit and belongs to no package, or its package brings it without the bit, or its content is not
what the package brought.

## Why it matters

Every fault of such a program is a fault of root's, and nobody but you updates it. It may be a back door (ATT&CK T1548.001;
CIS Benchmarks, "Ensure SUID and SGID files are reviewed").

## How to fix it

Find out who needs it. `chmod u-s,g-s FILE` where nobody can say. A changed file of a package: look into how that came
about, then install the package again. A script: the kernel does not heed the bit there (execve(2)), so take it away.
"""

from collections.abc import Iterator
from typing import Final

from casemate.host.edges.programs import bits, escape
from casemate.host.facts.owned import intact, owner, recorded, shipped_mode
from casemate.host.facts.privileged import Privileged, privileged
from casemate.host.host import Host
from casemate.host.programs import USUAL_SUID
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import ROOT, named
from casemate.model.lead import RuleId, Severity

_POWERFUL = "root shadow disk docker kmem sudo wheel adm lxd incus libvirt kvm input video systemd-journal tape staff"
POWERFUL: Final = frozenset(_POWERFUL.split())
"""Groups that lead to root or to other accounts' secrets (Debian's wiki, SystemGroups)."""


def find(host: Host) -> Iterator[Seen]:
    """Every program with the bits that others can run and that is not as its package brought it."""
    for program in host.once(privileged):
        if program.user is None and program.of_group is None:
            continue
        if not program.script and escape(host, program) is not None:
            continue  # told by what it gives its caller
        if any(host.access.executes(who, program.path) for who in host.access.identities.values()):
            yield from _judged(host, program)


def _judged(host: Host, program: Privileged) -> Iterator[Seen]:
    path, what = program.path, f"{program.path} is {bits(program)}"
    harmless = program.user is None and program.of_group is not None and named(program.of_group) not in POWERFUL
    if program.script:
        said = f"{what}, but a script: the kernel does not heed the bit"
        yield Seen(path=path, what=said, severity=Severity.LOW)
        return
    package = owner(host, path)
    if package is None:
        system = path.startswith(("/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/"))
        if system and not recorded(host):
            return
        whose = "" if program.user in (ROOT, None) else ": who runs it acts as another account"
        yield Seen(path=path, what=f"{what} and of no package{whose}", severity=Severity.LOW if harmless else None)
    elif intact(host, path) is False:
        said = f"{what}, and its content is not what package {package} brought"
        yield Seen(path=path, what=said, severity=Severity.HIGH, package=package)
    else:
        kept = shipped_mode(host, path)
        if kept is not None and program.node.mode & 0o6000 & ~kept:
            yield Seen(path=path, what=f"{what}, which package {package} does not make it", package=package)
        elif kept is None and not harmless and path.rpartition("/")[2] not in USUAL_SUID:
            said = f"{what}, which is unusual for a program of package {package}"
            yield Seen(path=path, what=said, severity=Severity.LOW, package=package)


_LIST = "# file: /var/lib/dpkg/info/tools.list 0644\n/usr/bin/su\n/usr/bin/tool\n"

RULE = FactRule(
    id=RuleId("unpackaged-suid-program"),
    title="SUID or SGID program that no package brought",
    cwe=250,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a program of no package",
            language="host",
            code=_LIST + "# elf: /opt/agent 4755  # finding\n",
        ),
        Example(
            name="a program whose content was changed",
            language="host",
            code=_LIST + "# file: /var/lib/dpkg/info/tools.md5sums 0644\n0123456789abcdef0123456789abcdef  usr/bin/su\n"
            "# elf: /usr/bin/su 4755  # finding\n",
        ),
        Example(
            name="a script, and a program of a package that has no use for it",
            language="host",
            code=_LIST + "# file: /opt/run.sh 4755  # finding\n#!/bin/sh\n# elf: /usr/bin/tool 4755  # finding\n",
        ),
        Example(
            name="near-miss: as distributions ship it",
            language="host",
            code=_LIST + "# elf: /usr/bin/su 4755\n",
        ),
        Example(
            name="near-miss: a game of a package that keeps its scores in its group's file (Debian Policy 11.11)",
            language="host",
            code=_LIST + "# elf: /usr/bin/tool 2755 root:websvc\n",
        ),
        Example(
            name="near-miss: without the bit",
            language="host",
            code=_LIST + "# elf: /opt/agent 0755\n",
        ),
        Example(
            name="near-miss: only root can run it",
            language="host",
            code=_LIST + "# folder: /opt/closed 0700\n# elf: /opt/closed/agent 4755\n",
        ),
        Example(
            name="near-miss: set by dpkg-statoverride",
            language="host",
            code=_LIST
            + "# file: /var/lib/dpkg/statoverride 0644\nroot root 4755 /usr/bin/tool\n# elf: /usr/bin/tool 4755\n",
        ),
    ),
)
