"""Small roots told as text, as the examples of posture rules are: parsed into nodes and contents, all in memory.

    # file: PATH [MODE] [OWNER[:GROUP]] [acl=u:alice:rw-,m::rw-,...] [caps=cap_setuid,...+ep]   lines follow
    # folder: PATH [MODE] [OWNER[:GROUP]] [acl=…]
    # link: PATH -> TARGET
    # copy: PATH OF [MODE] [OWNER[:GROUP]] [caps=…]
    # elf: PATH [MODE] [OWNER[:GROUP]] [kind=exec] [nx=no] [relro=none] [rpath=…] [runpath=…] [needed=a,b] [imports=a,b]
    # socket: PATH …, # fifo: PATH …, # device: PATH …
    # gone: PATH                       (takes a path of the base away)
    # database: osv                    lines of a file of advisories follow, in that form

Folders above are made 0755 root:root. A mark (`# finding`) at the end of a line or header is taken out and remembered.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from importlib import import_module

from casemate.host.advisories.form import Parsed
from casemate.host.advisories.known import known
from casemate.host.filesystem import Filesystem
from casemate.host.host import Host
from casemate.leads.rule import MARK, Example
from casemate.model.host import AclEntry, AclTag, Capabilities, Node, NodeKind
from casemate.model.outcome import NotExamined, Reason
from tests.host.elves import told

CAPABILITIES = (  # noqa: SIM905
    "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service "
    "net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin "
    "sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override "
    "mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
).split()

ELF = "\x7fELF\x02\x01\x01 "

BASE = f"""
# file: /etc/passwd 0644
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
websvc:x:980:980:websvc:/var/lib/websvc:/usr/sbin/nologin
ingest:x:981:981:ingest:/var/lib/ingest:/usr/sbin/nologin
alice:x:1000:1000:alice:/home/alice:/bin/bash
bob:x:1001:1001:bob:/home/bob:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
# file: /etc/group 0644
root:x:0:
daemon:x:1:
sudo:x:27:
shadow:x:42:
staff:x:50:
websvc:x:980:
ingest:x:981:
docker:x:995:
wheel:x:996:bob
alice:x:1000:
bob:x:1001:
nogroup:x:65534:
# file: /etc/shadow 0640 root:shadow
root:*:19700:0:99999:7:::
daemon:*:19700:0:99999:7:::
websvc:!:19700:0:99999:7:::
ingest:!:19700:0:99999:7:::
alice:$y$j9T$abcdefghijklmnopqrstuv$ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQ:19700:0:99999:7:::
bob:$y$j9T$abcdefghijklmnopqrstuv$ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQ:19700:0:99999:7:::
nobody:*:19700:0:99999:7:::
# file: /etc/os-release 0644
ID=debian
VERSION_ID="12"
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
# folder: /root 0700
# folder: /home/alice 0750 alice:alice
# folder: /home/bob 0750 bob:bob
# folder: /var/lib/websvc 0750 websvc:websvc
# folder: /var/lib/ingest 0750 ingest:ingest
# folder: /tmp 1777
# folder: /var/tmp 1777
# file: /usr/bin/bash 0755
{ELF}bash
# file: /usr/bin/dash 0755
{ELF}dash
# link: /usr/bin/sh -> dash
# file: /usr/bin/python3.11 0755
{ELF}python
# link: /usr/bin/python3 -> python3.11
# file: /usr/bin/perl 0755
{ELF}perl
# file: /usr/bin/find 0755
{ELF}find
# file: /usr/bin/id 0755
{ELF}id
# file: /usr/bin/tar 0755
{ELF}tar
# link: /bin -> usr/bin
# link: /sbin -> usr/sbin
# link: /lib -> usr/lib
# folder: /usr/sbin
# folder: /usr/lib
"""

_HEADER = re.compile(r"^# (file|folder|link|copy|elf|socket|fifo|device|gone|database): (.*)$")


@dataclass
class Tree:
    """A root in memory. marks: (path, line) of what is to be found. Implements `ports.RootFilesystem`."""

    nodes_by_path: dict[str, Node] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    marks: list[tuple[str, int]] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    databases: list[Parsed] = field(default_factory=list)

    name = "root"

    def nodes(self):
        return iter([self.nodes_by_path[path] for path in sorted(self.nodes_by_path)])

    def read(self, node: Node, limit: int):
        if node.path in self.unreadable:
            return NotExamined(what=node.path, reason=Reason.UNREADABLE, detail="Permission denied")
        return self.contents[node.path][:limit]

    def filesystem(self) -> Filesystem:
        return Filesystem(self.nodes(), self.read)

    def host(self) -> Host:
        return Host(self.filesystem(), (lambda names: known(self.databases, names)) if self.databases else None)

    def put(self, kind: NodeKind, path: str, words: list[str], ids, target: str = "") -> None:
        above = posixpath.dirname(path)
        if above not in self.nodes_by_path and path != "/":
            self.put(NodeKind.FOLDER, above, [], ids)
        old = self.nodes_by_path.get(path)
        mode = {NodeKind.FOLDER: 0o755, NodeKind.LINK: 0o777}.get(kind, 0o644)
        uid = gid = 0
        acl = capabilities = None
        if old is not None and kind is NodeKind.FOLDER and not words:
            return
        for word in words:
            if re.fullmatch(r"[0-7]{3,4}", word):
                mode = int(word, 8)
            elif word.startswith("acl="):
                acl = _acl(word[4:], mode, ids)
                mode = mode & ~0o070 | next((e.permits for e in acl if e.tag is AclTag.MASK), mode >> 3 & 7) << 3
            elif word.startswith("caps="):
                capabilities = _capabilities(word[5:])
            else:
                owner, _, owning = word.partition(":")
                uid = ids["u"][owner] if not owner.isdecimal() else int(owner)
                gid = (ids["g"][owning] if not owning.isdecimal() else int(owning)) if owning else uid
        size = len(self.contents.get(path, b""))
        self.nodes_by_path[path] = Node(path, kind, mode, uid, gid, size, 1, target, acl, capabilities)


def tree(text: str, *, base: str = BASE) -> Tree:
    """The root that a text tells, over the base."""
    out = Tree()
    everything = [(line, False) for line in base.splitlines()] + [(line, True) for line in text.splitlines()]
    blocks: list[tuple[str, str, list[str], bool]] = []
    for line, ours in everything:
        bare = MARK.split(line)[0].rstrip() if ours and MARK.search(line) else line
        header = _HEADER.match(bare)
        if header:
            blocks.append((header[1], header[2], [], bool(ours and bare != line)))
        elif blocks:
            blocks[-1][2].append(line if ours else bare)
    lines_of = {rest.split()[0]: lines for kind, rest, lines, _ in blocks if kind == "file"}
    ids = {
        "u": {
            p[0]: int(p[2])
            for line in lines_of.get("/etc/passwd", [])
            if len(p := line.split(":")) > 3 and p[2].isdecimal()
        },
        "g": {
            p[0]: int(p[2])
            for line in lines_of.get("/etc/group", [])
            if len(p := line.split(":")) > 2 and p[2].isdecimal()
        },
    }
    out.put(NodeKind.FOLDER, "/", ["0755"], ids)
    for kind, rest, lines, marked in blocks:
        path, *words = rest.split()
        if kind == "database":
            reader = import_module(f"casemate.host.advisories.{path}")
            out.databases.append(reader.parse("\n".join(lines).encode()))
            continue
        if kind == "gone":
            for gone in [p for p in out.nodes_by_path if p == path or p.startswith(path + "/")]:
                del out.nodes_by_path[gone]
            continue
        if marked:
            out.marks.append((path, 1))
        if kind == "link":
            out.put(NodeKind.LINK, path, [], ids, target=words[1])
        elif kind == "copy":
            out.contents[path] = out.contents[words[0]]
            out.put(NodeKind.FILE, path, words[1:], ids)
        elif kind == "elf":
            out.contents[path] = told(
                [word for word in words if "=" in word and not word.startswith(("acl=", "caps="))]
            )
            rest_of = [word for word in words if "=" not in word or word.startswith(("acl=", "caps="))]
            out.put(NodeKind.FILE, path, rest_of, ids)
        elif kind == "file":
            body = []
            for number, line in enumerate(lines, 1):
                found = MARK.search(line)
                if found:
                    out.marks.append((path, number))
                    line = line[: found.start()].rstrip()
                body.append(line)
            data = "".join(f"{line}\n" for line in body)
            out.contents[path] = data.encode() if not data.startswith(ELF) else data.encode("latin-1")
            out.put(NodeKind.FILE, path, words, ids)
        else:
            out.put(NodeKind(kind), path, words, ids)
    return out


def example_tree(example: Example) -> Tree:
    """The root of an example of a posture rule."""
    return tree(example.code)


def _acl(text: str, mode: int, ids) -> tuple[AclEntry, ...]:
    """As getfacl writes it, between commas; owner, owning group and other come from the mode."""
    tags = {"u": (AclTag.USER, "u"), "g": (AclTag.GROUP, "g"), "m": (AclTag.MASK, "")}
    named = []
    for entry in text.split(","):
        letter, name, permits = entry.split(":")
        tag, table = tags[letter]
        bits = sum(bit for bit, sign in ((4, "r"), (2, "w"), (1, "x")) if sign in permits)
        number = -1 if not table else int(name) if name.isdecimal() else ids[table][name]
        named.append(AclEntry(tag, bits, number))
    if not any(e.tag is AclTag.MASK for e in named):
        named.append(AclEntry(AclTag.MASK, 7))
    order = list(AclTag)
    whole = [
        AclEntry(AclTag.OWNER, mode >> 6 & 7),
        AclEntry(AclTag.OWNING_GROUP, mode >> 3 & 7),
        AclEntry(AclTag.OTHER, mode & 7),
        *named,
    ]
    return tuple(sorted(whole, key=lambda e: (order.index(e.tag), e.id)))


def _capabilities(text: str) -> Capabilities:
    names, _, flags = text.partition("+")
    mask = sum(1 << CAPABILITIES.index(name.removeprefix("cap_")) for name in names.split(","))
    return Capabilities(mask if "p" in flags else 0, mask if "i" in flags else 0, "e" in flags)
