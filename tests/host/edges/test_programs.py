"""Whom privileged programs make of their callers, in the ways that the rules' examples do not show."""

from __future__ import annotations

import pytest

from casemate.host.edges import program_libraries, programs
from casemate.host.relation import Grant, Trust
from casemate.model.host import ROOT, Confidence, Fact, account, group
from casemate.model.host_fix import DropCapabilities, SetMode
from tests.host.tree import ELF, tree


def grants(text: str) -> dict[str, Grant]:
    return {rel.program: rel for rel in programs.edges(tree(text).host()) if isinstance(rel, Grant)}


def test_a_suid_copy_ends_with_its_bit():
    """The fix takes the bits and nothing else; a reader of files is less sure than a shell."""
    found = grants(
        "# copy: /opt/sh /usr/bin/bash 6755\n# file: /usr/bin/head 0755\n"
        + ELF
        + "head\n# copy: /opt/see /usr/bin/head 4755\n"
    )
    assert found["/opt/sh"].fixes == (SetMode("/opt/sh", 0o6755, 0o755),)
    assert found["/opt/sh"].becomes == ROOT
    assert found["/opt/sh"].confidence == Confidence.PROVED
    assert found["/opt/see"].confidence == Confidence.LIKELY


def test_other_accounts_and_groups():
    """SUID to an account, SGID to a group: who runs it is that."""
    found = grants("# copy: /opt/a /usr/bin/perl 4755 ingest:ingest\n# copy: /opt/b /usr/bin/perl 2755 root:shadow\n")
    assert found["/opt/a"].becomes == account("ingest")
    assert found["/opt/b"].becomes == group("shadow")


@pytest.mark.parametrize(
    ("program", "caps", "sure"),
    [
        ("python3.11", "cap_setuid+ep", Confidence.PROVED),
        ("perl", "cap_dac_override+p", Confidence.PROVED),
        ("bash", "cap_sys_ptrace+ep", Confidence.PROVED),
        ("tar", "cap_dac_read_search+ep", Confidence.LIKELY),
        ("tar", "cap_dac_override+ep", Confidence.PROVED),
        ("tar", "cap_dac_override+p", None),
        ("find", "cap_setuid+ep", None),
        ("tar", "cap_setuid+ep", None),
        ("python3.11", "cap_net_raw,cap_net_bind_service+ep", None),
        ("python3.11", "cap_setgid+ep", Confidence.LIKELY),
    ],
)
def test_what_a_capability_is_worth_to_a_program(program: str, caps: str, sure: Confidence | None):
    """One that runs code of its caller has the use of all; a tool only of those that its own work needs, once they are raised."""
    found = grants(f"# copy: /opt/x /usr/bin/{program} 0755 caps={caps}\n").get("/opt/x")
    assert (found.confidence if found else None) == sure
    if found:
        assert isinstance(found.fixes[0], DropCapabilities)


def test_shipped_programs_keep_their_bits():
    """A package's own ssh-agent with SGID is how it is meant; a copy elsewhere is not."""
    text = "# file: /var/lib/dpkg/info/ssh.list 0644\n/usr/bin/ssh-agent\n"
    text += f"# file: /usr/bin/ssh-agent 2755 root:staff\n{ELF}agent\n"
    assert grants(text) == {}
    assert list(grants(text + "# copy: /opt/agent /usr/bin/ssh-agent 4755\n")) == ["/opt/agent"]


def test_what_jobs_run_is_asked_for_its_libraries():
    """A program of a job with an open folder in its RUNPATH: the way leads over the folder, the program and the job."""
    host = tree(
        "# folder: /opt/lib 0777\n# elf: /opt/bin/run 0755 runpath=$ORIGIN/../lib needed=libx.so\n"
        "# file: /opt/run.sh 0755\n#!/bin/sh\n"
    ).host()
    job = Fact("/etc/crontab", "runs it", 3)

    def trust(path: str) -> Trust:
        return Trust(
            runner=ROOT, path=path, kind="scheduled-job", technique="T1053.003", via=(job,), says="is run by cron"
        )

    found = list(
        program_libraries.following(host, [trust("/opt/bin/run"), trust("/opt/bin/run"), trust("/opt/run.sh")])
    )
    assert [(t.path, t.folder, t.runner) for t in found] == [("/opt/lib", True, ROOT)]
    assert [fact.path for fact in found[0].via] == ["/opt/bin/run", "/etc/crontab"]
