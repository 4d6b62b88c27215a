"""Credentials in files where they usually are: settings, environment files, credential files of tools, histories, key
tables.

Only files that somebody can read who should not are opened, and no value leaves this module: a `Credential` has the
name of what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casemate.host.exposure import Readers, readers, unchanged, usual_files
from casemate.host.facts.settings import plain, without
from casemate.host.host import Host
from casemate.host.secretwords import is_secret
from casemate.model.host import Node
from casemate.model.secret_forms import SHAPES, STAND_INS

LIMIT = 256 << 10
MAX_LINE = 4000
MAX_NAMES = 8


@dataclass(frozen=True, slots=True)
class Credential:
    """A file with credentials that others can read. names: of the settings, or what they are; line: of the first.

    hashes: hashed passwords only, which must be guessed first.
    """

    path: str
    line: int
    names: tuple[str, ...]
    readers: Readers
    hashes: bool = False


Found = Iterator[tuple[int, str]]
Parser = Callable[[list[str]], Found]

EXAMPLE = re.compile(
    r"(?i)example|sample|template|\.dist$|\.tmpl$|\.in$|\.dpkg-(?:dist|new)$|\.ucf-dist$|\.rpmnew$|"
    r"^readme|^license|^copying|changelog|\.md$"
)
_OF_CODE = (
    ".pyc .so .o .a .png .jpg .gif .svg .ico .css .js .ts .map .html .htm .rst .txt .gz .xz .zip .jar .mo .po .c .h "
    ".cc .pm .ttf .woff .woff2 .list .md5sums .symbols .rules .deb .rpm .pub .crt .cer .csr .la .go .rs .java "
    ".class "
)
OF_CODE = tuple(_OF_CODE.split())
_SETTINGS = (
    ".conf .cnf .cfg .ini .yml .yaml .json .properties .toml .xml .tfstate .tfvars .env .config .cf .secrets .netrc "
    ".sh .bash .ovpn .nmconnection .service .ks .seed .preseed .credentials .creds .backup .bak .old .orig "
)
SETTINGS = tuple(_SETTINGS.split())
PROGRAM_SETTINGS = re.compile(
    r"(?i)(?:wp-config|config\w*|settings\w*|local\w*|configuration|database|db\w*|secrets?\w*|credentials?)\.(?:php|py|rb)"
)
NAMED = re.compile(
    r"(?i)(?:^|[._-])(?:env|credentials?|secrets?|passw(?:or)?ds?|tokens?|htpasswd|history|shadow|netrc|pgpass|npmrc|pypirc)"
)
YAML = (".yml", ".yaml", ".json", ".tfstate", ".tfstate.backup", ".cfg", "user-data", ".toml", ".config", "/config")
HASHES = re.compile(r"^[a-z_][\w.-]{0,31}:(?:\$(?:1|2[abxy]|5|6|7|y|gy|apr1)\$|\{SHA\})[^\s:]{8,}(?::|$)")
ASSIGNED = re.compile(
    r"(?P<name>[A-Za-z_$][\w.$/-]{0,80})['\"]?\]?\s*(?P<sign>=>|:=|=|:|',\s*(?=['\"]))\s*"
    r"(?:(?P<quote>['\"])(?P<quoted>(?:\\.|(?!(?P=quote)).){0,2000})(?P=quote)|(?P<bare>[^\s'\",;#<>]{1,2000}))"
)
DEFINED = re.compile(r"define\(\s*['\"](\w{1,80})['\"]\s*,\s*(['\"])(.{0,500}?)\2")
ELEMENT = re.compile(r"<([A-Za-z][\w.-]{0,60})>([^<>\s]{1,500})</\1>")
HINT = re.compile(r"(?i)pass|pwd|pw|secret|token|key|psk|cred|auth|cookie|sshpass|curl|-[pau]")
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@'\"]{0,80}:(?P<secret>[^\s/@'\"]{3,200})@[\w.\[-]")
COMMAND = re.compile(
    r"(?:\bmysql\w*\b[^'\"|;]{0,200}?\s-p|\bsshpass\s+-p\s*|\bcurl\b[^|;]{0,200}?\s(?:-u|--user)[ =]?['\"]?[^\s:'\"]{1,60}:"
    r"|\s--?(?:\w{1,30}-)?(?:password|passwd|token|secret|api-key)[ =]|\bredis-cli\b[^|;]{0,100}?\s-a\s+|\bPGPASSWORD=)"
    r"['\"]?(?P<secret>[^\s'\"|;]{4,200})"
)
WEBHOOK = re.compile(
    r"https://hooks\.slack\.com/services/T\w{5,20}/B\w{5,20}/\w{20,40}|discord(?:app)?\.com/api/webhooks/\d{10,25}/[\w-]{30,100}"
)
WHOLE = re.compile(  # files that are one secret, or a store of them, by name
    r"secring\.gpg|passdb\.tdb|secrets\.tdb|master\.key|initialadminpassword|\.?vault[_-]pass(?:word)?(?:\.txt)?"
    r"|(?:user|vendor)-data(?:\.txt)?|cloud-config\.txt|(?:questions|passwords)\.dat"
)
SPACED = re.compile(
    r"^\s*(?P<name>rootpw|bindpw|rootbindpw|ldap_default_authtok|requirepass|masterauth|password|secret|psk|wpa_passphrase|PSK|auth-pass)\s+"
    r"(?:--\w+\s+)*['\"]?(?P<value>[^\s'\";]{4,200})['\"]?\s*;?\s*$",
)


def credentials(host: Host) -> tuple[Credential, ...]:
    """The files with credentials that others can read."""
    return tuple(found for node in usual_files(host) if _wanted(node) for found in _in(host, node))


def _wanted(node: Node) -> bool:
    name = node.path.rpartition("/")[2]
    lower = name.lower()
    if not 0 < node.size <= LIMIT or EXAMPLE.search(name):
        return False
    if WHOLE.fullmatch(lower) or "/private-keys-v1.d/" in node.path or node.path.startswith("/etc/openvpn/"):
        return True
    if lower.endswith(OF_CODE):
        return False
    if node.path in ("/etc/shadow", "/etc/gshadow", "/etc/passwd", "/etc/passwd-"):
        return False
    if node.path.startswith("/etc/"):
        return not lower.endswith((".pem", ".py", ".pl"))
    plain = "." not in lower or lower.startswith(".")
    return lower.endswith(SETTINGS) or plain or bool(PROGRAM_SETTINGS.fullmatch(name) or NAMED.search(lower))


def _in(host: Host, node: Node) -> Iterator[Credential]:
    who = readers(host, node.path)
    data = host.fs.data(node.path, LIMIT) if who else None
    if who is None or data is None:
        return
    kind = _whole(node.path, data)
    if kind:
        yield Credential(node.path, 1, (kind,), who)
        return
    if b"\0" in data[:4096] or data.startswith((b"$ANSIBLE_VAULT", b"\x7fELF")):
        return
    text = data.decode("utf-8", "replace")
    if node.path.endswith((".xml", ".config")):
        text = without(text, "<!--", "-->")
    lines = [line[:MAX_LINE] for line in text.split("\n")]
    found = sorted(set(_lines(node.path, lines)))
    if found and not unchanged(host, node.path, data):
        names = tuple(dict.fromkeys(plain(name, 60) for _, name in found))[:MAX_NAMES]
        yield Credential(node.path, found[0][0], names, who)
        return
    hashed = next((number for number, line in enumerate(lines, 1) if HASHES.match(line)), 0)
    if hashed:
        yield Credential(node.path, hashed, ("password hashes",), who, hashes=True)


def _whole(path: str, data: bytes) -> str:
    """What a file is as a whole, when all of it is one secret."""
    name = path.rpartition("/")[2].lower()
    text = data[:200].strip()
    if name.endswith(".keytab") and data[:2] in (b"\x05\x02", b"\x05\x01"):
        return "Kerberos keys"
    if "/private-keys-v1.d/" in path or name == "secring.gpg":
        return "" if data.startswith(b"(21:protected-private-key") else "an OpenPGP secret key"
    if path.endswith("/.vnc/passwd") or (name in ("x11vnc.pass", "vncpasswd") and len(data) <= 64):
        return "a VNC password"
    if name in ("passdb.tdb", "secrets.tdb") and "/samba/" in path:
        return "password hashes or secrets of Samba"
    if path.startswith("/etc/openvpn/") and re.fullmatch(rb"[^\s#:=<]{1,60}\r?\n[^\s#<]{4,100}\s*", data[:200]):
        return "the name and password of a VPN"
    one = len(text) >= 4 and len(data) <= 200 and b"\n" not in text and b" " not in text and b"#" not in text
    if one and (
        name in (".erlang.cookie", ".vault-token", "ldap.secret", "libnss-ldap.secret", "pam_ldap.secret")
        or path.endswith(("/secrets/master.key", "/config/master.key"))
        or name == "initialadminpassword"
    ):
        return "a secret"
    if (
        one
        and re.search(
            r"(?:^|[._-])(?:password|passwd|passphrase|vault[._-]pass|secret|token|apikey)s?(?:\.txt)?$", name
        )
        and re.search(rb"\d", text)
    ):
        value = text.decode("latin-1")
        return "a password" if "=" not in value[:-2] and is_secret("the_password", value) else ""
    return ""


def _lines(path: str, lines: list[str]) -> Found:
    name = path.rpartition("/")[2].lower()
    special = _GRUB if path.startswith(("/etc/grub.d/", "/boot/grub")) else SPECIAL.get(name)
    special = _NETRC if path.startswith("/etc/apt/auth.conf") else special  # apt_auth.conf(5)
    if special:
        yield from special(lines)
        if special is not _docker:
            return
    colons = path.lower().endswith(YAML) or "cloud" in path
    sure = bool(NAMED.search(name)) or name.startswith(".") or name.endswith(".cnf")
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if (
            len(text) < 6
            or text.startswith(("#", ";", "*", "<!--", "REM "))
            or (text.startswith("//") and name not in ("fstab", ".npmrc", "npmrc"))
        ):
            continue
        for match in URL.finditer(line) if "://" in line else ():
            if is_secret("url_password", match["secret"]):
                yield number, "a password in a URL"
        if "://" in line and WEBHOOK.search(line):
            yield number, "a webhook"
        shape = SHAPES.search(line)
        if shape is not None and not STAND_INS.search(shape[0]):
            yield number, _name_of(line)
            continue
        if HINT.search(line):
            yield from ((number, found) for found in _assigned(line, colons, sure))


def _name_of(line: str) -> str:
    found = ASSIGNED.search(line)
    return (
        found["name"].strip("$")
        if found and len(found["name"]) <= 40 and not found["name"].endswith("/") and not SHAPES.search(found["name"])
        else "an access key"
    )


def _assigned(line: str, colons: bool, sure: bool, depth: int = 0) -> Iterator[str]:
    for match in ASSIGNED.finditer(line):
        bare = match["bare"]
        value = match["quoted"] if bare is None else bare
        if match["sign"] == ":" and not (colons or match["quote"]):
            continue
        if bare is not None and (
            "(" in bare or (match["sign"] == ":" and line[match.end() :].strip(" ,}") and "#" not in line)
        ):
            continue
        if is_secret(match["name"], value, sure=sure):
            yield match["name"].strip("$").rpartition("/")[2]
        elif "=" in value and depth < 2:  # Environment="NAME=value"
            yield from _assigned(value, False, sure, depth + 1)
    for match in DEFINED.finditer(line):
        if is_secret(match[1], match[3]):
            yield match[1]
    for match in ELEMENT.finditer(line):
        if is_secret(match[1], match[2], sure=True):
            yield match[1]
    spaced = SPACED.match(line)
    if spaced and is_secret("the_password", spaced["value"]):
        yield spaced["name"]
    for match in COMMAND.finditer(line):
        if is_secret("the_password", match["secret"]):
            yield "a password on a command line"


def _by(pattern: str, what: str) -> Parser:
    compiled = re.compile(pattern)

    def parse(lines: list[str]) -> Found:
        for number, line in enumerate(lines, 1):
            found = None if line.lstrip().startswith("#") else compiled.search(line)
            if found and is_secret("the_password", found[1].strip("\"'")):
                yield number, what

    return parse


def _docker(lines: list[str]) -> Found:
    for number, line in enumerate(lines, 1):
        if re.search(r'"(?:auth|identitytoken)"\s*:\s*"[A-Za-z0-9+/=_.-]{8,}"', line):
            yield number, "auth"


def _debconf(lines: list[str]) -> Found:
    """debconf's store: a question, then its value."""
    asked = ""
    for number, line in enumerate(lines, 1):
        key, _, value = line.partition(":")
        if key == "Name":
            asked = value.strip()
        elif key == "Value" and "password" in asked and is_secret("the_password", value):
            yield number, "an answer to a question for a password"


def _cloud(lines: list[str]) -> Found:
    """cloud-config: lists of NAME:PASSWORD under chpasswd, and settings."""
    listed = False
    for number, line in enumerate(lines, 1):
        text = line.strip().lstrip("- ")
        if not line.startswith((" ", "-", "\t")):
            listed = text.startswith("chpasswd")
        pair = re.fullmatch(r"[a-z_][\w-]{0,31}:([^\s:]{4,200})", text) if listed else None
        if pair and pair[1] not in ("R", "RANDOM") and is_secret("the_password", pair[1]):
            yield number, "an account's password"
        elif HINT.search(line) and not text.startswith("#"):
            yield from ((number, found) for found in _assigned(line, True, True))


_NETRC = _by(r"\bpassword\s+(\S+)", "password")
_PAIRS = _by(r"^\s*\S+\s+[^\s:]+:(\S+)", "a mail account's password")
_PPP = _by(r"^\s*\S+\s+\S+\s+(\S+)", "a password")
_SQL = _by(r"(?i)\b(?:identified\s+(?:with\s+\S+\s+)?by|password)\s+'([^'\s]{4,200})'", "a database password")
_SEED = _by(
    r"(?:passw(?:or)?d(?:-crypted)?\s+(?:password|string)|rootpw(?:\s+--\w+)*|--password=)\s*(\S+)",
    "an account's password",
)
_COMMUNITY = _by(
    r"(?i)^\s*(?:r[ow]community6?\s+(?!public\b|private\b)|createUser\s+\S+\s+\w+\s+)(\S+)", "an SNMP community"
)
_TIME = _by(r"^\s*\d+\s+\w+\s+(?:HEX:|ASCII:)?(\S+)", "a key of the time service")
_GRUB = _by(r"^\s*password\s+\S+\s+(\S+)", "a password of the boot loader")
SPECIAL: dict[str, Parser] = {
    ".netrc": _NETRC,
    "_netrc": _NETRC,
    "auth.conf": _NETRC,
    "passwd.client": _by(r"^[^:#\s]+:[^:\s]+:(\S+)", "a mail account's password"),
    ".mysql_history": _SQL,
    ".mariadb_history": _SQL,
    ".psql_history": _SQL,
    "user-data.txt": _cloud,
    "user-data": _cloud,
    "vendor-data.txt": _cloud,
    "cloud-config.txt": _cloud,
    "passwords.dat": _debconf,
    "questions.dat": _debconf,
    "smbpasswd": _by(r"^[^:#]+:\d+:[0-9A-FXN]{32}:([0-9A-F]{32}):", "hashes that log in to Samba as they are"),
    ".pgpass": _by(r"^[^:#]*:[^:]*:[^:]*:[^:]*:(\S+)", "a database password"),
    "pgpass": _by(r"^[^:#]*:[^:]*:[^:]*:[^:]*:(\S+)", "a database password"),
    "sasl_passwd": _PAIRS,
    "chap-secrets": _PPP,
    "pap-secrets": _PPP,
    "ipsec.secrets": _by(r":\s*(?:PSK|EAP|XAUTH)\s+(\S+)", "a shared key"),
    "preseed.cfg": _SEED,
    "ks.cfg": _SEED,
    "anaconda-ks.cfg": _SEED,
    "snmpd.conf": _COMMUNITY,
    "config.json": _docker,
    ".dockercfg": _docker,
    "chrony.keys": _TIME,
    "ntp.keys": _TIME,
    "rndc.key": _by(r"\bsecret\s+(\S+?);", "a key of rndc"),
}
