"""Program of root that is built without protections

## What it is

A program of no package that root runs, or that runs as root by its SUID bit, is built without protections that compilers
give for nothing: position-independent code (PIE), a stack that is not executable (NX), relocations that are read-only after
the start (RELRO).

## Why it matters

These turn an error with memory into a crash; without them it is far sooner an exploit (ATT&CK T1068; "Hardening" in
Debian's wiki; "Compiler Options Hardening Guide", OpenSSF). Programs written in Go are not meant: their memory is safe by
the language.

## How to fix it

Build it again with `-fPIE -pie -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wl,-z,relro,-z,now -Wl,-z,noexecstack`, or ask
the vendor for such a build. `User=` and the sandbox of systemd.exec(5) limit the harm until then.
"""

from collections.abc import Iterator

from casemate.host.catalogue import relations
from casemate.host.edges.program_libraries import run
from casemate.host.facts.elf import Elf, elf
from casemate.host.facts.owned import owner, recorded
from casemate.host.facts.privileged import privileged
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.host import ROOT, Fact
from casemate.model.lead import RuleId, Severity

SYSTEM = ("/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/")


def find(host: Host) -> Iterator[Seen]:
    """One for each program, naming all that is missing."""
    programs: dict[str, tuple[Fact, ...]] = {}
    for program in host.once(privileged):
        if not program.script and program.user == ROOT:
            programs[program.path] = ()
    for trust, node in run(host, relations(host)):
        if trust.runner == ROOT:
            programs.setdefault(node.path, trust.via[:1])
    for path, via in programs.items():
        if owner(host, path) is not None or (path.startswith(SYSTEM) and not recorded(host)):
            continue  # how a distribution builds is its own choice
        known = elf(host, path)
        missing = _missing(known) if known is not None and known.program and not known.go else ()
        if missing:
            yield Seen(path=path, what=f"{path} runs as root and is built without {' and '.join(missing)}", related=via)


def _missing(known: Elf) -> tuple[str, ...]:
    out = []
    if not known.pie:
        out.append("PIE")
    if not known.nx:
        out.append("NX (its stack is executable)")
    if known.rwx:
        out.append("NX (it has memory that is writable and executable)")
    if known.relro == "none":
        out.append("RELRO")
    if out and not known.canary and not known.static:
        out.append("stack canary")  # alone it means little: a program without arrays needs none
    return tuple(out)


_UNIT = "# file: /etc/systemd/system/agent.service 0644\n[Service]\nExecStart=/opt/agent --foreground\n"
_ON = "# link: /etc/systemd/system/multi-user.target.wants/agent.service -> ../agent.service\n"

RULE = FactRule(
    id=RuleId("unhardened-program"),
    title="Program of root that is built without protections",
    cwe=693,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="a daemon with none of them",
            language="host",
            code=_UNIT + _ON + "# elf: /opt/agent 0755 kind=exec nx=no relro=none imports=gets  # finding\n",
        ),
        Example(
            name="a SUID program with an executable stack",
            language="host",
            code="# elf: /opt/tool 4755 nx=no  # finding\n",
        ),
        Example(
            name="near-miss: with all of them",
            language="host",
            code=_UNIT + _ON + "# elf: /opt/agent 0755\n",
        ),
        Example(
            name="near-miss: partial RELRO and no canary",
            language="host",
            code=_UNIT + _ON + "# elf: /opt/agent 0755 relro=partial imports=puts\n",
        ),
        Example(
            name="near-miss: root does not run it",
            language="host",
            code="# elf: /opt/agent 0755 kind=exec nx=no relro=none\n",
        ),
        Example(
            name="near-miss: of a package",
            language="host",
            code=_UNIT
            + _ON
            + "# file: /var/lib/dpkg/info/agent.list 0644\n/opt/agent\n# elf: /opt/agent 0755 kind=exec nx=no\n",
        ),
        Example(
            name="near-miss: written in Go",
            language="host",
            code="# elf: /opt/tool 4755 kind=exec relro=none needed= imports= says=Go_build_ID:_x\n",
        ),
    ),
)
