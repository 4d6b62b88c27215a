"""Programs that run as more than their caller: copies of shells and tools, programs that others can change or lead astray.

What a program lets its caller do is `host/programs.py`'s to say; which are as a distribution ships them, the package's records.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from casemate.host.facts.elf import elf
from casemate.host.facts.libraries import Looked, libraries
from casemate.host.facts.owned import intact, owner, recorded
from casemate.host.facts.privileged import Privileged, privileged, written
from casemate.host.host import Host
from casemate.host.programs import DROPS, LOAD, READ, SHELL, SYSTEM, WRITE, base_name, identify, raised
from casemate.host.relation import Grant, Relation, Trust
from casemate.model.host import ANYONE, ROOT, Actor, Confidence, Fact, named
from casemate.model.host_fix import DropCapabilities, Fix, SetMode

_SHIPPED = "bwrap firejail ssh-agent screen crontab at batch dumpcap ssh mtr fusermount fusermount3 umount mount expiry"
SHIPPED: Final = frozenset(_SHIPPED.split())
"""Programs of the table of escapes that distributions ship with these bits, and that keep them to what they are for."""

_CODE = (
    "python pypy perl ruby php node nodejs lua luajit gdb vim vi nvim vimdiff view rview rvim ex gimp tclsh expect java julia "
    "guile R Rscript irb pry ghci bash zsh gawk ld.so openssl sqlite3 emacs erl iex jshell jrunscript jjs deno bun octave debugfs"
)
CODE: Final = frozenset(_CODE.split())
"""Programs that run code of their caller in their own process, with the capabilities of the file (GTFOBins, Capabilities)."""

_ANY_FILE: Final = {"cap_dac_override": {WRITE, READ}, "cap_dac_read_search": {READ}}
_BY_TOOL: Final[dict[str, frozenset[str]]] = {
    "cap_chown": frozenset({"chown", "chgrp", "cp", "rsync", "tar", "install", "busybox", "toybox"}),
    "cap_fowner": frozenset({"chmod", "setfacl", "install", "rsync", "busybox", "toybox"}),
    "cap_setfcap": frozenset({"setcap"}),
    "cap_sys_module": frozenset({"insmod", "modprobe", "kmod", "busybox", "toybox"}),
    "cap_sys_admin": frozenset({"mount", "nsenter", "unshare", "busybox", "toybox", "bwrap"}),
    "cap_sys_ptrace": frozenset({"strace", "ltrace"}),
    "cap_setuid": frozenset(
        {"capsh", "setpriv", "start-stop-daemon", "gosu", "su-exec", "chpst", "setuidgid", "busybox"}
    ),
    "cap_sys_chroot": frozenset(),
}
STRONG: Final = frozenset(
    (*_ANY_FILE, *_BY_TOOL, "cap_sys_rawio", "cap_bpf", "cap_setgid", "cap_mknod", "cap_mac_admin", "cap_setpcap")
) - {"cap_sys_chroot"}
"""Capabilities that are as good as root to who commands them (capabilities(7); "False Boundaries and Arbitrary Code Execution",
grsecurity, 2011)."""
_SURE: Final = STRONG - {"cap_setgid", "cap_mknod", "cap_bpf", "cap_mac_admin", "cap_setpcap", "cap_dac_read_search"}

_SEARCHING: Final = frozenset({"execlp", "execvp", "execvpe"})
_SHELLING: Final = frozenset({"system", "popen"})
_BECOMES: Final = frozenset({"setuid", "setreuid", "setresuid"})
_STRING: Final = re.compile(rb"(?:^|\0)([a-z][a-z0-9_+.-]{1,30})((?: [\x20-\x7e]{1,200})?)(?=\0)")
_CALLED = (
    "service systemctl ifconfig ip route mount umount cat ls ps id whoami tar cp mv rm mkdir chmod chown grep sed awk "
    "curl wget ping apt apt-get yum dnf kill killall pkill netstat ss iptables useradd usermod passwd modprobe insmod "
    "reboot shutdown hostname uname df du lsof tail head touch ln gzip python python3 perl bash sh env nc ssh scp "
    "rsync docker date find sudo su crontab"
)
CALLED: Final = frozenset(_CALLED.split())
"""What programs that wrap an administrator's task usually run: a string that begins so is no prose."""
_LINE: Final = re.compile(r" -|/|%s|[$|&;<>]")
_SUSPECTS: Final = 2000  # strings looked at in a program


def edges(host: Host) -> Iterator[Relation]:
    """Whom the privileged programs make of their callers, and of those who can change them."""
    for program in host.once(privileged):
        if program.script:
            continue
        whom = program.user or program.of_group
        powers = set(program.capabilities) & STRONG
        if whom is not None:
            yield from _escaping(host, program, whom)
            yield from _searched(host, program, whom)
        elif powers:
            whom = ROOT
        if program.capabilities:
            yield from _capable(host, program)
        if whom is not None:
            yield from _changed(host, program, whom)
            yield from _loading(host, program, whom)


def bits(program: Privileged) -> str:
    """What makes it run as more, in words."""
    if program.user is not None:
        return f"SUID {named(program.user)} (mode {program.node.mode:04o})"
    if program.of_group is not None:
        return f"SGID {named(program.of_group)} (mode {program.node.mode:04o})"
    return f"capabilities {written(program.node)}"


def escape(host: Host, program: Privileged) -> str | None:
    """The program of the table of escapes that a SUID or SGID file is, None for one that is as a distribution ships it."""
    known = identify(host, program.path)
    if known is None or not raised(known):
        return None
    if known in SHIPPED and intact(host, program.path) is not False:
        packaged = owner(host, program.path) is not None
        if packaged or (not recorded(host) and program.path.startswith("/usr/")):
            return None
    return known


def _escaping(host: Host, program: Privileged, whom: Actor) -> Iterator[Grant]:
    known = escape(host, program)
    if known is None:
        return
    powers = raised(known)
    if SHELL in powers:
        does = f"gives a shell as {named(whom)}" + (" when it is called with -p" if known in DROPS else "")
    elif LOAD in powers:
        does = f"runs code of its caller as {named(whom)}"
    elif WRITE in powers:
        does = f"writes any file of {named(whom)}"
    else:
        does = f"reads any file of {named(whom)}"
    what = "is" if program.path.rpartition("/")[2] == known else f"is the program {known}, and is"
    by_name = base_name(program.path) == known and recorded(host) and owner(host, program.path) is None
    sure = bool(powers & {SHELL, LOAD, WRITE}) and not by_name  # another program can be called so
    yield Grant(
        holders=(ANYONE,),
        becomes=whom,
        kind="suid-escape",
        technique="T1548.001",
        via=(Fact(program.path, f"{what} {bits(program)}: {known} {does}"),),
        says=f"runs {program.path}, which {does}",
        program=program.path,
        confidence=Confidence.PROVED if sure else Confidence.LIKELY,
        fixes=_without_bits(program),
    )


def _without_bits(program: Privileged) -> tuple[Fix, ...]:
    return (SetMode(program.path, program.node.mode, program.node.mode & ~0o6000),)


def _changed(host: Host, program: Privileged, whom: Actor) -> Iterator[Trust]:
    """Who writes to it takes the bits away (inode(7)), but whoever runs it then, or gives them back, runs what was written. In a
    folder that is closed to others nobody does: such a helper is for the one account that may go there."""
    if program.path.startswith(("/home/", "/tmp/", "/var/tmp/")) and not program.node.mode & 0o022:
        return
    if not host.access.executes(host.access.identity(ANYONE), posixpath.dirname(program.path)):
        return
    yield Trust(
        runner=whom,
        path=program.path,
        kind="suid-program",
        technique="T1548.001",
        via=(),
        says=f"is trusted with {bits(program)}",
        confidence=Confidence.LIKELY,
    )


def _capable(host: Host, program: Privileged) -> Iterator[Grant]:
    known = identify(host, program.path)
    if known is None:
        return
    held = set(program.capabilities)
    powers = raised(known)
    by: set[str] = set()
    sure = False
    if known in CODE:  # it can raise what it is permitted by itself
        by = held & STRONG
        sure = bool(held & _SURE)
    elif program.effective:
        by = {c for c, files in _ANY_FILE.items() if c in held and files & powers}
        by |= {c for c, tools in _BY_TOOL.items() if c in held and known in tools}
        sure = bool(by - {"cap_dac_read_search"}) and (WRITE in powers or not by <= set(_ANY_FILE))
    if not by:
        return
    what = "is" if program.path.rpartition("/")[2] == known else f"is the program {known}"
    does = f"has {', '.join(sorted(by))}"
    yield Grant(
        holders=(ANYONE,),
        becomes=ROOT,
        kind="capability-escape",
        technique="T1548.001",
        via=(
            Fact(program.path, f"{what} and {does}" if what != "is" else f"{does}, which {known} lets its caller use"),
        ),
        says=f"runs {program.path}, which {does}",
        program=program.path,
        confidence=Confidence.PROVED if sure else Confidence.LIKELY,
        fixes=(DropCapabilities(program.path, written(program.node)),),
    )


def _loading(host: Host, program: Privileged, whom: Actor) -> Iterator[Relation]:
    for place in libraries(host, program.path, secure=True):
        yield loading(program.path, f"is {bits(program)}", whom, place)


def loading(program: str, runs: str, whom: Actor, place: Looked) -> Relation:
    """What follows from a place in which a privileged program looks for a library. runs: why it is privileged."""
    said = Fact(program, f"{runs} and {place.says}") if place.by == program else Fact(program, runs)
    via = (said,) if place.by == program else (Fact(place.by, place.says), said)
    if place.relative:
        return Grant(
            holders=(ANYONE,),
            becomes=whom,
            kind="program-library",
            technique="T1574.006",
            via=via,
            says=f"runs {program}, which loads {place.library} from the folder of its caller",
            program=program,
        )
    return Trust(
        runner=whom,
        path=place.path,
        kind="program-library",
        technique="T1574.006",
        via=via,
        says=f"is where {place.by} looks for {place.library}" if place.library else f"starts {program}",
        folder=place.folder,
        missing=place.missing,
    )


def commands(host: Host, path: str) -> tuple[str, ...]:
    """The commands without a path that a program seems to run: strings in it that begin with the name of a program of the host,
    when it uses a function that searches PATH. None when it sets PATH itself."""
    known = elf(host, path)
    if known is None or known.go or not known.imports & (_SEARCHING | _SHELLING):
        return ()
    if known.imports & {"setenv", "putenv", "clearenv"}:
        return ()
    data = host.fs.data(path) or b""
    out = []
    for count, match in enumerate(_STRING.finditer(data)):
        if count > _SUSPECTS:
            break
        word, rest = match[1].decode("ascii"), match[2].decode("ascii")
        if word in known.imports or word in known.needed:
            continue
        plain = word in CALLED and rest.count(" ") < 4
        if (plain or (rest and _LINE.search(rest))) and any(host.fs.node(f"{f}/{word}") is not None for f in SYSTEM):
            out.append(word + rest)
    return tuple(dict.fromkeys(out))


def _searched(host: Host, program: Privileged, whom: Actor) -> Iterator[Grant]:
    if program.user is None or owner(host, program.path) is not None or escape(host, program) is not None:
        return
    run = commands(host, program.path)
    known = elf(host, program.path)
    if not run or known is None:
        return
    told = [line for line in run if " " in line] or list(run)
    keeps = bool(known.imports & _SEARCHING) or bool(known.imports & _BECOMES)  # sh(1) drops what was not made real
    via = ", ".join(sorted(known.imports & (_SEARCHING | _SHELLING)))
    yield Grant(
        holders=(ANYONE,),
        becomes=whom,
        kind="suid-command",
        technique="T1574.007",
        via=(Fact(program.path, f"is {bits(program)} and seems to run {told[0]!r} by the caller's PATH ({via})"),),
        says=f"runs {program.path}, which looks for {told[0].split()[0]} in the caller's PATH",
        program=program.path,
        confidence=Confidence.LIKELY if keeps and " " in told[0] else Confidence.UNKNOWN,
        fixes=_without_bits(program),
    )
