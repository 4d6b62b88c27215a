"""File shares: what exports(5), smb.conf(5), rsyncd.conf(5) and FTP servers give to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from casemate.host.facts.settings import (
    Option,
    Weakness,
    assigned,
    everywhere,
    found,
    ini,
    keyed,
    last,
    lines,
    no,
    yes,
)
from casemate.host.host import Host
from casemate.model.host import ROOT
from casemate.model.lead import Severity

MOST_INCLUDED = 64
SYSTEM = re.compile(r"/(?:|etc|root|home|usr|usr/local|var|boot|bin|sbin|lib|opt|var/www|var/lib|var/spool/cron)/?")


def shares(host: Host) -> Iterator[Weakness]:
    """All of them."""
    for part in (_exports, _samba, _rsync, _vsftpd, _proftpd, _pureftpd, _tftp):
        yield from part(host)


def _exports(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/exports", "/etc/exports.d/*.exports"):
        for number, line in _joined(host, path):
            words = _words(line)
            if not words or not words[0].startswith("/"):
                host.odd(path, number, "no line of exports(5)")
                continue
            general: set[str] = set()
            for word in words[1:] or ["*()"]:
                if word.startswith("-"):
                    general = set(word[1:].split(","))
                    continue
                client, _, options = word.partition("(")
                told = {o.strip() for o in options.rstrip(")").split(",") if o.strip()}
                yield from _export(path, number, words[0], client or "*", _merged(general, told))


def _merged(general: set[str], told: set[str]) -> set[str]:
    """The options of a line's `-…` word, those of the client in front of them."""
    against = {"ro": "rw", "rw": "ro", "root_squash": "no_root_squash", "no_root_squash": "root_squash"}
    return told | {o for o in general if against.get(o) not in told}


def _export(path: str, line: int, shared: str, client: str, options: set[str]) -> Iterator[Weakness]:
    flavours = next((o[4:].split(":") for o in options if o.startswith("sec=")), ["sys"])
    if all(f.startswith("krb5") for f in flavours):
        return
    anonymous_root = "anonuid=0" in options
    asroot = "no_root_squash" in options or anonymous_root
    writable = "rw" in options and "ro" not in options
    whom = "every host" if everywhere(client) else client
    written = f"export of {shared} to {whom}"
    how = (
        "all users of which act as root here (anonuid=0)"
        if anonymous_root
        else "whose root stays root here (no_root_squash)"
    )
    if writable and asroot and everywhere(client):
        system = SYSTEM.fullmatch(shared) is not None
        yield Weakness(
            path,
            line,
            f"{written}, {how}, with writing: whoever reaches it puts SUID programs there",
            Severity.CRITICAL if system else Severity.HIGH,
            becomes=ROOT if system else None,
        )
    elif writable and asroot:
        wide = bool(re.search(r"[/*?@]", client))
        severity = Severity.MEDIUM if wide or SYSTEM.fullmatch(shared) else Severity.LOW
        yield Weakness(path, line, f"{written}, {how}, with writing", severity)
    elif writable and everywhere(client):
        yield Weakness(path, line, f"{written} with writing (rw), for whatever user a client claims to be")
    elif asroot and everywhere(client):
        yield Weakness(path, line, f"{written}, {how}: it reads every file")
    elif everywhere(client) and SYSTEM.fullmatch(shared):
        yield Weakness(path, line, f"{written}: anybody reads what is there")


def _words(line: str) -> list[str]:
    return [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]


def _joined(host: Host, path: str) -> Iterator[tuple[int, str]]:
    """Lines, those that end with a backslash joined with the next."""
    kept, first = "", 0
    for number, line in lines(host, path, "#"):
        first = first or number
        kept += line.split(" #")[0]
        if kept.endswith("\\") and len(kept) < 8000:
            kept = kept[:-1] + " "
            continue
        yield first, kept
        kept, first = "", 0


def included(host: Host, path: str, begins: str = "") -> list[Option]:
    """The options of a file and of those that it includes, in the place of the line: smb.conf(5), `include`; rsyncd.conf(5),
    `&include` and `&merge`, of files or of folders."""
    out: list[Option] = []
    seen: set[str] = set()
    waiting: list[tuple[str, str]] = [(path, begins)]
    while waiting and len(seen) < MOST_INCLUDED:
        place, section = waiting.pop(0)
        if place in seen:
            continue
        seen.add(place)
        for option in ini(host, place):
            here = replace(option, section=option.section or section)
            key = option.key.partition(" ")[0]
            named = option.value if option.key in ("include", "config file") else ""
            if key in ("&include", "&merge"):  # no assignment: the rest of the line, as it is written
                named = next((line.split(None, 1)[-1] for n, line in lines(host, place) if n == option.line), "")
            if not named.startswith("/") or "%" in named:
                out.append(here)
            elif host.fs.is_folder(named):
                ends = ("inc",) if key == "&merge" else ("conf", "inc")
                waiting += [(inner, "") for end in ends for inner in host.fs.glob(f"{named}/*.{end}")]
            else:
                waiting.append((named, here.section))
    return out


def _samba(host: Host) -> Iterator[Weakness]:
    for top in found(host, "/etc/samba/smb.conf", "/etc/smb.conf", "/usr/local/samba/etc/smb.conf"):
        options = included(host, top)
        general = {o.key: o for o in options if o.section in ("global", "")}
        for key, values, what in (
            ("null passwords", "yes", "accounts without a password are let in"),
            ("encrypt passwords", "no", "passwords are sent in clear text"),
            ("lanman auth", "yes", "the broken LANMAN hash is accepted"),
            ("ntlm auth", "yes ntlmv1-permitted", "the broken NTLMv1 is accepted"),
            ("security", "share", "there are no accounts, only passwords of shares"),
            ("server min protocol", "core coreplus lanman1 lanman2 nt1", "the broken SMB1 is spoken"),
            ("min protocol", "core coreplus lanman1 lanman2 nt1", "the broken SMB1 is spoken"),
            ("guest account", "root", "guests act as root"),
        ):
            option = general.get(key)
            if option and option.value.lower() in values.split():
                severity = Severity.CRITICAL if key == "guest account" else Severity.MEDIUM
                yield Weakness(option.path, option.line, f"{key} = {option.value}: {what}", severity)
        insecure = no(general.get("unix extensions")) or yes(general.get("allow insecure wide links"))
        for section in dict.fromkeys(o.section for o in options):
            yield from _share(section, {o.key: o for o in options if o.section == section}, general, insecure)


def _share(name: str, own: dict[str, Option], general: dict[str, Option], insecure: bool) -> Iterator[Weakness]:
    links = own.get("wide links")
    if yes(links) and insecure and links:
        yield Weakness(
            links.path, links.line, f"wide links of [{name}]: clients follow links to files outside the share"
        )
    if name in ("global", ""):
        return
    both = {**general, **own}
    guest = next((both[k] for k in ("guest ok", "public", "guest only", "only guest") if yes(both.get(k))), None)
    writes = next((both[k] for k in ("writeable", "writable", "write ok") if yes(both.get(k))), None)
    writes = writes or (both["read only"] if no(both.get("read only")) else None)
    if guest is None or writes is None or yes(own.get("printable")) or own.get("hosts allow") or own.get("valid users"):
        return
    forced = both.get("force user")
    root = forced is not None and forced.value in ("root", "0")
    at = writes if writes.section == name else guest if guest.section == name else writes
    where = own["path"].value if "path" in own else name
    more = ", as root" if root else ""
    yield Weakness(
        at.path,
        at.line,
        f"share [{name}] ({where}): guests write to it without a password{more}",
        Severity.CRITICAL if root else Severity.HIGH,
        becomes=ROOT if root and SYSTEM.fullmatch(where) else None,
    )


def _rsync(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/rsyncd.conf", "/etc/rsyncd.d/*.conf", "/usr/local/etc/rsyncd.conf"):
        options = included(host, path)
        general = {o.key: o for o in options if not o.section or o.section == "global"}
        for section in dict.fromkeys(o.section for o in options if o.section and o.section != "global"):
            own = {**general, **{o.key: o for o in options if o.section == section}}
            if any(k in own for k in ("auth users", "hosts allow")) or "path" not in own:
                continue
            shared = own["path"]
            root = own["uid"].value in ("root", "0") if "uid" in own else False
            as_root = ", as root" if root else ""
            if no(own.get("read only")):
                whole = root and SYSTEM.fullmatch(shared.value) is not None
                severity = Severity.CRITICAL if whole else Severity.HIGH
                what = f"module [{section}] ({shared.value}): anybody writes to it without a password{as_root}"
                yield Weakness(
                    own["read only"].path, own["read only"].line, what, severity, becomes=ROOT if whole else None
                )
            elif root or SYSTEM.fullmatch(shared.value):
                what = f"module [{section}] ({shared.value}): anybody reads it without a password{as_root}"
                yield Weakness(shared.path, shared.line, what, Severity.HIGH if root else Severity.MEDIUM)


def _vsftpd(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/vsftpd.conf", "/etc/vsftpd/*.conf"):
        options = assigned(host, path)
        anonymous = last(options, "anonymous_enable")
        if not yes(anonymous) or anonymous is None:
            continue
        upload = next(
            (o for k in ("anon_upload_enable", "anon_other_write_enable") if yes(o := last(options, k)) and o), None
        )
        if upload and yes(last(options, "write_enable")):
            yield Weakness(path, upload.line, f"{upload.key}: anybody writes to the FTP server without a password")
        else:
            yield Weakness(path, anonymous.line, "anonymous_enable: anybody reads from the FTP server", Severity.LOW)


def _proftpd(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/proftpd/proftpd.conf", "/etc/proftpd.conf", "/etc/proftpd/conf.d/*.conf"):
        inside: list[str] = []
        for number, line in lines(host, path, "#"):
            lower = " ".join(line.lower().split())
            if lower.startswith("</"):
                inside = inside[:-1]
            elif lower.startswith("<"):
                inside = [*inside, lower][:16]
            elif lower == "rootlogin on":
                yield Weakness(
                    path, number, "RootLogin on: root logs in over FTP, its password in clear text", Severity.HIGH
                )
            elif lower in ("allowall", "allow all", "allow from all"):
                anonymous = any(block.startswith("<anonymous") for block in inside)
                if anonymous and inside and re.match(r"<limit .*(?:write|stor|all)\b", inside[-1]):
                    yield Weakness(path, number, "anybody writes to the FTP server without a password (<Anonymous>)")


def _pureftpd(host: Host) -> Iterator[Weakness]:
    folder = "/etc/pure-ftpd/conf/"
    none, upload = (next(lines(host, folder + name), None) for name in ("NoAnonymous", "AnonymousCantUpload"))
    if none and upload and none[1].lower() == upload[1].lower() == "no":
        yield Weakness(folder + "AnonymousCantUpload", upload[0], "anybody writes to the FTP server without a password")


def _tftp(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/default/tftpd-hpa", "/etc/sysconfig/tftp", "/etc/xinetd.d/tftp"):
        options = keyed(host, path) if "xinetd" in path else assigned(host, path)
        if any(o.key == "disable" and o.value.lstrip("= ") == "yes" for o in options):
            continue
        for option in options:
            if re.search(r"(?:^|\s)(?:-\w*c\w*|--create)(?:\s|$)", option.value) and option.key in (
                "tftp_options",
                "server_args",
            ):
                yield Weakness(path, option.line, "the TFTP server takes new files from anybody (--create)")
