"""Keys of SSH and TLS on disk: private keys with what they open, and the lines of authorized_keys (sshd(8), PROTOCOL.key)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from casemate.host.accounts import Account
from casemate.host.exposure import usual_files
from casemate.host.facts.sshd import Setting, key_files, logs_in, sshd
from casemate.host.host import Host
from casemate.model.host import Node

KEY_LIMIT = 64 << 10
MAX_LINES = 5000  # of one authorized_keys
BEGIN = re.compile(rb"-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY-----")
MAGIC = b"openssh-key-v1\0"
STORES = (".p12", ".pfx", ".jks", ".keystore", ".bcfks")
TYPE = re.compile(
    r"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)"
    r"(?:-cert-v01@openssh\.com)?"
)


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A file that holds a private key. form: of the file, in words. public: its public part as SSH writes it, base64; "" when it
    could not be read. encrypted: with a passphrase. line: where it begins. bits: of an RSA or DSA key, 0 for others.
    """

    path: str
    form: str
    public: str = ""
    encrypted: bool = False
    line: int = 1
    bits: int = 0
    algorithm: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A line of authorized_keys. who: whom it lets in. public: base64. options: in front of the key."""

    who: Account
    path: str
    line: int
    public: str
    options: str = ""

    @property
    def limited(self) -> bool:
        """Whether it lets run one command only."""
        return bool(re.search(r'(?i)(?:^|,)command="', self.options))

    @property
    def elsewhere(self) -> bool:
        """Whether it counts only from some addresses."""
        return bool(re.search(r'(?i)(?:^|,)from="', self.options))


def private_keys(host: Host) -> tuple[PrivateKey, ...]:
    """Those in the usual places that begin as a private key does, and key stores by their names."""
    return tuple(key for node in usual_files(host) for key in _in(host, node))


def _in(host: Host, node: Node) -> Iterator[PrivateKey]:
    if node.path.lower().endswith(STORES) and node.size > 64:
        yield PrivateKey(node.path, "a key store", encrypted=True)
        return
    if (
        not 60 < node.size <= KEY_LIMIT
        or node.path.endswith((".pub", ".crt", ".cer", ".csr"))
        or node.mode & 0o111 == 0o111
    ):
        return
    head = host.fs.head(node.path, KEY_LIMIT if _named(node.path) else 256)
    if head is None:
        return
    if head.startswith(b"PuTTY-User-Key-File-"):
        yield _putty(node.path, head)
        return
    found = BEGIN.search(head)
    if found and not head[: found.start()].count(b"`"):
        whole = host.fs.head(node.path, KEY_LIMIT) or head
        yield _pem(
            node.path, whole[found.start() :], found[1].decode().strip(), whole.count(b"\n", 0, found.start()) + 1
        )


def _named(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return (
        name.startswith("id_") or name.endswith((".pem", ".key", ".ovpn", ".ppk")) or "_key" in name or "/.ssh/" in path
    )


def _pem(path: str, data: bytes, kind: str, line: int) -> PrivateKey:
    form = {"OPENSSH": "an SSH private key", "ENCRYPTED": "a private key"}.get(kind, "a private key")
    if kind == "OPENSSH":
        return _openssh(path, data, line)
    if kind == "ENCRYPTED" or b"ENCRYPTED" in data[:200]:
        return PrivateKey(path, form, encrypted=True, line=line)
    try:
        key = load_pem_private_key(data[: data.find(b"-----END") + 200], None)
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode().split()
    except Exception:  # whatever the library says of hostile bytes: it is a key all the same, of which no more is known
        return PrivateKey(path, form, line=line)
    return PrivateKey(path, form, public[1], line=line, bits=bits_of(public[1]), algorithm=public[0])


def _openssh(path: str, data: bytes, line: int) -> PrivateKey:
    """PROTOCOL.key: magic, cipher, kdf, its options, number of keys, public key, all in the clear."""
    form = "an SSH private key"
    body = data.partition(b"-----\n")[2] or data.partition(b"-----\r\n")[2]
    try:
        blob = base64.b64decode(re.sub(rb"\s", b"", body.partition(b"-----END")[0]), validate=True)
    except (binascii.Error, ValueError):
        return PrivateKey(path, form, line=line)
    if not blob.startswith(MAGIC):
        return PrivateKey(path, form, line=line)
    cipher, rest = _string(blob[len(MAGIC) :])
    _, rest = _string(rest)
    _, rest = _string(rest)
    public, _ = _string(rest[4:])
    name, _ = _string(public)
    text = base64.b64encode(public).decode()
    return PrivateKey(path, form, text, cipher != b"none", line, bits_of(text), name.decode("latin-1")[:60])


def _putty(path: str, data: bytes) -> PrivateKey:
    text = data.decode("latin-1")
    form = "a PuTTY private key"
    encrypted = not re.search(r"(?m)^Encryption: none\s*$", text)
    found = re.search(r"(?m)^Public-Lines: (\d{1,3})\s*\n", text)
    lines = text[found.end() :].splitlines()[: int(found[1])] if found else []
    return PrivateKey(path, form, "".join(lines), encrypted)


def _string(data: bytes) -> tuple[bytes, bytes]:
    """A string of RFC 4251, and what follows it."""
    size = int.from_bytes(data[:4], "big")
    return data[4 : 4 + size], data[4 + size :]


def bits_of(public: str) -> int:
    """The length of an RSA modulus, or of DSA's prime; 0 for others."""
    try:
        name, rest = _string(base64.b64decode(public))
    except (binascii.Error, ValueError):
        return 0
    if name == b"ssh-rsa":
        _, rest = _string(rest)
    elif name != b"ssh-dss":
        return 0
    return int.from_bytes(_string(rest)[0][:4096], "big").bit_length()


def authorized(host: Host) -> tuple[Accepted, ...]:
    """Every key that sshd accepts for an account that can log in; without sshd, those in the usual file."""
    out: list[Accepted] = []
    for who, path in host.once(key_places):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            if number > MAX_LINES:
                host.odd(path, number, "too many lines")
                break
            found = _line(line)
            if found:
                out.append(Accepted(who, text.path if text else path, number, found[1], found[0]))
            elif line.strip() and not line.lstrip().startswith("#"):
                host.odd(path, number, "no line of authorized_keys")
    return tuple(out)


def key_places(host: Host) -> list[tuple[Account, str]]:
    """Each account that can log in with a key, with the files that list its keys."""
    told = host.once(sshd)
    out: list[tuple[Account, str]] = []
    for who in host.accounts.accounts:
        active = logs_in(host, told, who)
        if active is not None:
            out += [(who, path) for path in key_files(told, who, active)]
    return list(dict.fromkeys(out))


def strict(host: Host) -> Setting:
    """StrictModes: whether sshd looks at the owner and mode of these files and of the folders above."""
    return host.once(sshd).first("strictmodes")


def _line(line: str) -> tuple[str, str] | None:
    """(options, public part) of a line: the options are one word in which quotes hold blanks together."""
    text = line.strip()
    if not text or text.startswith("#") or len(text) > 32_000:
        return None
    found = re.match(rf"{TYPE.pattern}[ \t]+([A-Za-z0-9+/=]+)", text)
    if found:
        return "", found[1]
    quoted = False
    for position, sign in enumerate(text):
        if sign == '"' and text[position - 1 : position] != "\\":
            quoted = not quoted
        elif sign in " \t" and not quoted:
            found = re.match(rf"{TYPE.pattern}[ \t]+([A-Za-z0-9+/=]+)", text[position:].lstrip())
            return (text[:position], found[1]) if found else None
    return None
