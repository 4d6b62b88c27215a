"""Kernel command lines that switch protections off

## What it is

The command line that the boot loader hands to the kernel turns mitigations, randomisation or an access control off, or starts a
shell in the place of init. It is looked for in `GRUB_CMDLINE_LINUX…` of `/etc/default/grub` and its drop-ins, in `grub.cfg`, in
entries of systemd-boot and extlinux, and in the Raspberry Pi's `cmdline.txt`.

## Why it matters

`mitigations=off` and its narrower forms let a program read the memory of the kernel and of others by the side channels of the
processor, `nokaslr` tells an attacker where the kernel lies, and `init=/bin/sh` or `systemd.debug-shell` give root to whoever
sits at the console (ATT&CK T1068, T1542). Sources: Linux, Documentation/admin-guide/kernel-parameters and hw-vuln; bootparam(7);
systemd(1) and systemd-debug-generator(8); CIS Debian Linux 12 Benchmark, 1.3.1.2.

## How to fix it

Take the word out, then write the boot loader's menu anew (`update-grub`, `grub2-mkconfig -o …`, `kernel-install`).
"""

import re
from collections.abc import Iterator

from casemate.host.facts.cmdline import Parameter, parameters
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
OFF = r"=(off|0|n|no|none|disable|disabled|never)"
WEAK = tuple(
    (re.compile(pattern), severity, consequence)
    for pattern, severity, consequence in (
        (rf"mitigations{OFF}", HIGH, "no mitigation against the processor's side channels"),
        (
            r"(nopti|nospectre_v1|nospectre_v2|nospec_store_bypass_disable|no_stf_barrier|nobhb)",
            HIGH,
            "no mitigation against Meltdown or Spectre",
        ),
        (
            r"(pti|kpti|spectre_v2|spectre_v2_user|spec_store_bypass_disable|l1tf|mds|tsx_async_abort|mmio_stale_data|retbleed|srbds"
            rf"|gather_data_sampling|reg_file_data_sampling|spec_rstack_overflow|spectre_bhi|ssbd|its|tsa|vmscape){OFF}",
            HIGH,
            "no mitigation against that side channel of the processor",
        ),
        (r"(nokaslr|norandmaps|kaslr=off|randomize_va_space=0)", HIGH, "addresses are not randomised"),
        (r"(nosmep|nosmap|noexec=off|noexec32=off|nocet|ibt=off|page_poison=0|hardened_usercopy=off|rodata=off)", HIGH,
         "a protection of the kernel's memory is off"),
        (r"vsyscall=native", LOW, "code at a fixed address in every process"),
        (r"(rd)?init=(/usr)?(/local)?/s?bin/(ba|da|a|z|k)?sh", HIGH, "a shell without a password in the place of init"),
        (r"(systemd\.debug_shell(=(1|yes|true|on|tty\d))?|systemd\.debug-shell(=(1|yes|true|on|tty\d))?)", HIGH,
         "a root shell without a password at a console"),
        (r"rd\.break(=.*)?|rd\.shell(=1)?|init_on_break|break=(top|init|premount|bottom)", MEDIUM, "a root shell at every boot"),
        (r"(single|s|S|1|emergency|rescue|systemd\.unit=(rescue|emergency)\.target)", MEDIUM, "every boot ends in a root shell"),
        (r"(selinux=0|enforcing=0|apparmor=0|security=(none|dac))", MEDIUM, "the mandatory access control is off"),
        (r"(module\.sig_enforce=(0|n)|lockdown=none|kernel_lockdown=off|module\.sig_unenforce)", MEDIUM,
         "modules without a signature are loaded"),
        (r"audit=(0|off)", LOW, "nothing is audited"),
        (r"((intel|amd)_iommu|iommu)=off", LOW, "devices can read and write all memory"),
        (r"(init_on_alloc|init_on_free|slab_nomerge|randomize_kstack_offset)=(0|off)", LOW, "a hardening of the kernel is off"),
        (r"debugfs=on", LOW, "the kernel's debugging files are there"),
        (r"unprivileged_bpf_disabled=0|sysctl\.kernel\.(unprivileged_bpf_disabled|kptr_restrict|yama\.ptrace_scope)=0", MEDIUM,
         "a kernel setting is weakened at boot"),
        (r"systemd\.setenv=LD_(PRELOAD|LIBRARY_PATH)=.*", MEDIUM, "a library is loaded into every service"),
    )
)  # fmt: skip


def find(host: Host) -> Iterator[Seen]:
    """The lines that have weak parameters, one finding a line."""
    by_line: dict[tuple[str, int], list[tuple[Parameter, Severity, str]]] = {}
    for parameter in host.once(parameters):
        for pattern, severity, consequence in WEAK:
            if pattern.fullmatch(parameter.word) or pattern.fullmatch(parameter.word.replace("-", "_")):
                by_line.setdefault((parameter.path, parameter.line), []).append((parameter, severity, consequence))
                break
    for (path, line), weak in by_line.items():
        words = " ".join(dict.fromkeys(parameter.word for parameter, _, _ in weak))
        why = "; ".join(dict.fromkeys(consequence for _, _, consequence in weak))
        worst = min((severity for _, severity, _ in weak), key=(HIGH, MEDIUM, LOW).index)
        yield Seen(path=path, line=line, what=f"{words}: {why}", severity=worst)


RULE = FactRule(
    id=RuleId("weak-boot-parameter"),
    title="Kernel command line that switches a protection off",
    cwe=1188,
    owasp="A05:2021",
    severity=Severity.HIGH,
    message="the kernel is started with {what}",
    find=find,
    examples=(
        Example(
            name="mitigations and randomisation",
            language="host",
            code='# file: /etc/default/grub\nGRUB_CMDLINE_LINUX_DEFAULT="quiet nopti nokaslr"  # finding\n'
            'GRUB_CMDLINE_LINUX=""\n',
        ),
        Example(
            name="added by a drop-in",
            language="host",
            code='# file: /etc/default/grub\nGRUB_CMDLINE_LINUX="quiet"\n# file: /etc/default/grub.d/50-x.cfg\n'
            'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX mitigations=off"  # finding\n',
        ),
        Example(
            name="an entry of systemd-boot",
            language="host",
            code="# file: /boot/loader/entries/a.conf\ntitle Linux\noptions root=/dev/sda1 init=/bin/sh  # finding\n",
        ),
        Example(
            name="near-miss: in a comment, and replaced later",
            language="host",
            code='# file: /etc/default/grub\n#GRUB_CMDLINE_LINUX="nokaslr"\nGRUB_CMDLINE_LINUX="nokaslr"\n'
            'GRUB_CMDLINE_LINUX="quiet"\n',
        ),
        Example(
            name="near-miss: stronger than usual",
            language="host",
            code="# file: /etc/kernel/cmdline\nroot=UUID=1 ro quiet mitigations=auto,nosmt pti=on "
            "init=/sbin/init lockdown=integrity\n",
        ),
        Example(
            name="near-miss: the menu's recovery entry",
            language="host",
            code="# file: /boot/grub/grub.cfg\nmenuentry 'Debian (recovery mode)' {\n"
            " linux /vmlinuz root=/dev/sda1 ro single\n}\n",
        ),
    ),
)
