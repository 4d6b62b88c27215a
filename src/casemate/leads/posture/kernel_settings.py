"""Kernel settings that take a protection away

## What it is

A file of sysctl.d(5) or `/etc/sysctl.conf` sets a switch of the kernel to a value that is weaker than what the kernel or the
distribution has by default, and no later file sets it back.

## Why it matters

These switches are what stands between an ordinary account and a weakness of the kernel: addresses that are not told
(`kptr_restrict`), parts that only root can drive (BPF, perf, userfaultfd), processes that cannot look into one another
(`ptrace_scope`), and links in shared folders that are not followed (`protected_symlinks`). Without them a known bug becomes a
working attack (ATT&CK T1068, T1055.008). Sources: Linux, Documentation/admin-guide/sysctl and LSM/Yama; CIS Debian Linux 12
Benchmark, 1.5; the recommendations of the Kernel Self Protection Project.

## How to fix it

Remove the line, or set the value that the finding names, then `sysctl --system`.
"""

from collections.abc import Iterator

from casemate.host.facts.sysctl import sysctl
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.weak_value import judged
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

MEDIUM, LOW = Severity.MEDIUM, Severity.LOW

WEAK = (  # key, weak from, weak to, severity, better, consequence
    ("kernel/yama/ptrace_scope", 0, 0, MEDIUM, "1", "any process can read and steer the others of its account"),
    ("kernel/unprivileged_bpf_disabled", 0, 0, MEDIUM, "1 or 2", "every account can load BPF programs into the kernel"),
    ("kernel/kptr_restrict", 0, 0, MEDIUM, "1 or 2", "addresses of the kernel are told to everybody"),
    ("kernel/dmesg_restrict", 0, 0, LOW, "1", "every account can read the kernel's log"),
    ("kernel/perf_event_paranoid", -9, 1, MEDIUM, "2 or more", "every account can trace the kernel with perf"),
    ("kernel/randomize_va_space", 0, 1, MEDIUM, "2", "address space randomisation is off or partial"),
    ("kernel/exec-shield", 0, 0, MEDIUM, "1", "memory that holds data can be run"),
    ("kernel/sysrq", 1, 1, LOW, "0 or 176", "everything that the SysRq key can do is allowed at the keyboard"),
    ("kernel/unprivileged_userns_clone", 1, 1, LOW, "0", "every account can make user namespaces"),
    ("kernel/apparmor_restrict_unprivileged_userns", 0, 0, LOW, "1", "unconfined programs can make user namespaces"),
    ("fs/suid_dumpable", 1, 1, MEDIUM, "0", "whoever runs a SUID program can read its memory from a core file"),
    ("fs/suid_dumpable", 2, 2, LOW, "0", "SUID programs leave core files, which root's files can be read from"),
    ("fs/protected_hardlinks", 0, 0, MEDIUM, "1", "accounts can make hard links to files of others"),
    ("fs/protected_symlinks", 0, 0, MEDIUM, "1", "links that others put into /tmp are followed"),
    ("fs/protected_fifos", 0, 0, LOW, "1 or 2", "pipes that others put into /tmp are opened in the place of files"),
    (
        "fs/protected_regular",
        0,
        0,
        LOW,
        "1 or 2",
        "files that others put into /tmp are opened in the place of own ones",
    ),
    (
        "vm/mmap_min_addr",
        0,
        4095,
        MEDIUM,
        "65536",
        "address 0 can be mapped, so null pointers of the kernel can be used",
    ),
    ("vm/unprivileged_userfaultfd", 1, 1, MEDIUM, "0", "every account can halt the kernel at its page faults"),
    ("dev/tty/ldisc_autoload", 1, 1, LOW, "0", "every account can make the kernel load line disciplines"),
    ("dev/tty/legacy_tiocsti", 1, 1, MEDIUM, "0", "a program can type into the terminal that it was started from"),
)


def find(host: Host) -> Iterator[Seen]:
    """The assignments that count and are weak."""
    for setting in host.once(sysctl).settings.values():
        yield from judged(host, setting, WEAK)
        if setting.key == "kernel/core_pattern" and setting.value.startswith("/"):
            folder = setting.value.partition("%")[0].rpartition("/")[0]
            node = host.fs.node(folder or "/")
            if node is not None and node.mode & 0o002:
                what = (
                    f"core files are written to {folder}, where everybody can make files (better: a folder of root's)"
                )
                yield Seen(path=setting.path, line=setting.line, what=f"kernel.core_pattern: {what}", severity=LOW)


RULE = FactRule(
    id=RuleId("weak-kernel-setting"),
    title="Kernel setting that takes a protection away",
    cwe=693,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="processes that can be traced, addresses that are told",
            language="host",
            code="# file: /etc/sysctl.d/60-debug.conf\nkernel.yama.ptrace_scope = 0  # finding\n"
            "-kernel/kptr_restrict=0  # finding\n",
        ),
        Example(
            name="the last file wins",
            language="host",
            code="# file: /etc/sysctl.conf\nkernel.randomize_va_space=0  # finding\n"
            "# link: /etc/sysctl.d/99-sysctl.conf -> ../sysctl.conf\n"
            "# file: /etc/sysctl.d/10-hardening.conf\nkernel.randomize_va_space=2\n",
        ),
        Example(
            name="core files among temporary ones",
            language="host",
            code="# file: /etc/sysctl.d/50-core.conf\nkernel.core_pattern = /tmp/core.%p  # finding\n",
        ),
        Example(
            name="near-miss: set back by a later file",
            language="host",
            code="# file: /etc/sysctl.d/10-old.conf\nkernel.kptr_restrict=0\n"
            "# file: /usr/lib/sysctl.d/50-good.conf\nkernel.kptr_restrict=2\n",
        ),
        Example(
            name="near-miss: a file of the same name takes its place",
            language="host",
            code="# file: /usr/lib/sysctl.d/50-x.conf\nfs.protected_symlinks=0\n# file: /etc/sysctl.d/50-x.conf\n",
        ),
        Example(
            name="near-miss: comments, and strong values",
            language="host",
            code="# file: /etc/sysctl.d/10-x.conf\n#kernel.kptr_restrict=0\n; fs.suid_dumpable=1\nkernel.perf_event_paranoid=3\n",
        ),
    ),
)
