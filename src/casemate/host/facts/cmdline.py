"""The kernel's command line, wherever a boot loader has it from: GRUB, systemd-boot, extlinux, the Raspberry Pi's firmware.

Sources: the GRUB manual ("Simple configuration"), kernel-install(8), loader.conf(5) and the Boot Loader Specification, the
SYSLINUX wiki, bootparam(7). Only generated files are read where their settings are not there: a setting in /etc/default/grub is
the cause of what `update-grub` then writes into grub.cfg.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.filesystem import Text
from casemate.host.host import Host

SETTINGS = ("/etc/default/grub", "/etc/default/grub.d/*.cfg")
MENUS = (
    "/boot/grub/grub.cfg",
    "/boot/grub2/grub.cfg",
    "/boot/efi/EFI/*/grub.cfg",
    "/boot/grub/custom.cfg",
    "/boot/grub/menu.lst",
)
ENTRIES = ("/boot/loader/entries/*.conf", "/boot/efi/loader/entries/*.conf", "/efi/loader/entries/*.conf")
LINUX = (
    "/boot/extlinux/extlinux.conf",
    "/boot/extlinux.conf",
    "/boot/syslinux/syslinux.cfg",
    "/boot/isolinux/isolinux.cfg",
)
PLAIN = (
    "/etc/kernel/cmdline",
    "/etc/cmdline.d/*.conf",
    "/boot/cmdline.txt",
    "/boot/firmware/cmdline.txt",
    "/boot/firmware/current/cmdline.txt",
    "/usr/lib/kernel/cmdline",
)
GRUB_VARIABLE = re.compile(r"\s*(?:export\s+)?(GRUB_CMDLINE_(?:LINUX|XEN)\w*)(\+?)=(.*)")
EXTLINUX_VARIABLE = re.compile(r"\s*(?:U_BOOT_PARAMETERS|default_kernel_opts|LINUX_KERNEL_CMDLINE\w*)=(.*)")
LONGEST = 1 << 14  # characters; the kernel takes some 4,096
UNBOOTED = "RECOVERY"  # GRUB_CMDLINE_LINUX_RECOVERY is for the menu's rescue entry: single is right there


@dataclass(frozen=True, slots=True)
class Parameter:
    """A word of a command line. path, line: where it stands. generated: it may have been written there from another file."""

    word: str
    path: str
    line: int
    generated: bool = False

    @property
    def name(self) -> str:
        """What is set, dashes and underscores alike (the kernel takes both)."""
        return self.word.partition("=")[0].replace("-", "_")

    @property
    def value(self) -> str:
        """What it is set to, "" for a bare word."""
        return self.word.partition("=")[2].strip("\"'")


def parameters(host: Host) -> tuple[Parameter, ...]:
    """Every parameter that counts at an ordinary boot, in the order of the files; a generated line only for what is new in it."""
    out = [*_grub(host), *_plain(host)]
    known = {p.word for p in out}
    for parameter in _menus(host):
        if parameter.word not in known:
            known.add(parameter.word)  # each entry of a menu repeats it
            out.append(parameter)
    return tuple(out)


def _grub(host: Host) -> Iterator[Parameter]:
    """The variables after all files, each word at its own line; a later assignment takes the place of an earlier one."""
    variables: dict[str, list[Parameter]] = {}
    for path in (path for pattern in SETTINGS for path in host.fs.glob(pattern)):
        text = host.fs.text(path)
        for number, line in _joined(text) if text else ():
            found = GRUB_VARIABLE.match(line)
            if not found:
                continue
            if len(line) > LONGEST:
                host.odd(path, number, "longer than any kernel command line")
                continue
            name, more, value = found[1], bool(found[2]), found[3]
            words = _value(value)
            if words is None:
                host.odd(path, number, "the quotes of a kernel command line do not match")
                continue
            itself = {f"${name}", f"${{{name}}}"}
            kept = variables.get(name, []) if more or itself & set(words) else []
            variables[name] = [*kept, *(Parameter(word, path, number) for word in words if word not in itself)]
    for name, words_of in variables.items():
        if UNBOOTED not in name:
            yield from words_of


def _joined(text: Text) -> Iterator[tuple[int, str]]:
    """Lines as a shell reads them, each with the number of its first: a backslash at the end goes on."""
    start, held = 0, ""
    for number, line in text.numbered():
        if line.endswith("\\") and len(held) < 1 << 16:
            start, held = start or number, held + line[:-1]
            continue
        yield start or number, held + line
        start, held = 0, ""
    if held:
        yield start, held


def _value(text: str) -> list[str] | None:
    """The words of a shell's right side: quotes taken off, a comment and further commands left out."""
    try:
        lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|")
        lexer.whitespace_split = True
        first = next(iter(lexer), "") if text.strip() else ""
    except ValueError:
        return None
    return [] if first in (";", "&", "|") else first.split()


def _plain(host: Host) -> Iterator[Parameter]:
    for path in (path for pattern in PLAIN for path in host.fs.glob(pattern)):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            if len(line) > LONGEST:
                host.odd(path, number, "longer than any kernel command line")
            elif not line.lstrip().startswith("#"):
                yield from (Parameter(word, text.path if text else path, number) for word in line.split())
    for path in ("/etc/default/u-boot", "/etc/update-extlinux.conf", "/etc/sysconfig/bootloader"):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            found = EXTLINUX_VARIABLE.match(line) if len(line) <= LONGEST else None
            for word in (_value(found[1]) or ()) if found else ():
                yield Parameter(word, path, number)


def _menus(host: Host) -> Iterator[Parameter]:
    """The lines of boot menus. An entry called rescue or recovery is not the ordinary boot."""
    starts = re.compile(r"\s*(?:linux(?:16|efi)?|kernel)\s+\S+\s+(.*)", re.I)
    options = re.compile(r"\s*(?:options|append)\s+(.*)", re.I)
    for patterns, of_line in ((MENUS, starts), (ENTRIES, options), (LINUX, options)):
        for path in (path for pattern in patterns for path in host.fs.glob(pattern)):
            text = host.fs.text(path)
            rescue = False
            for number, line in text.numbered() if text else ():
                if len(line) > LONGEST:
                    host.odd(path, number, "longer than any kernel command line")
                    continue
                if re.match(r"\s*(?:menuentry|label|title)\s", line, re.I):
                    rescue = bool(re.search(r"rescue|recovery|single", line, re.I))
                found = of_line.match(line)
                for word in found[1].split() if found and not rescue else ():
                    yield Parameter(word, text.path if text else path, number, generated=patterns is MENUS)
