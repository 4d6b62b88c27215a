"""The operator's keys on disk, made on first use.

Below the data folder: `keys/operator.pem`, the Ed25519 signing key (PKCS#8 in PEM, RFC 8410), and `keys/digest.key`, 32
random bytes for keyed digests. They are two files, so that an auditor can be given the second without the first. Beside them
`keys/ledger.vkey`, the public key, with which a ledger can still be verified when the private one is lost. The
folder is 0700, the files are 0600; a key that others could read is refused.
"""

from __future__ import annotations

import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.adapters.durable import make_folder, sync_folder
from casemate.governance.errors import LedgerMissing, LedgerUnavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNING_KEY = "operator.pem"
DIGEST_KEY = "digest.key"
PUBLIC_KEY = "ledger.vkey"
KEY_SIZE = 32

_HEAD, _FOOT = b"-----BEGIN PRIVATE KEY-----\n", b"\n-----END PRIVATE KEY-----\n"
# The constant beginning of a PKCS#8 Ed25519 key, before its 32 bytes (RFC 8410 §7). Written out because importing
# cryptography's serialization costs more time than all else that a ledger entry takes.
_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")

_MAX_FILE = 4096  # bytes: far above any key


def data_home(environ: Mapping[str, str]) -> Path:
    """Where keys and ledger live: $CASEMATE_HOME, else $XDG_DATA_HOME/casemate, else ~/.local/share/casemate."""
    if own := environ.get("CASEMATE_HOME"):
        return Path(own).absolute()
    shared = Path(environ.get("XDG_DATA_HOME", ""))
    if shared.is_absolute():  # the XDG specification: a relative path is invalid and ignored
        return shared / "casemate"
    home = Path(environ.get("HOME", ""))
    if not home.is_absolute():
        raise LedgerUnavailable(f"HOME is {str(home)!r}, so there is no place for the ledger", "set CASEMATE_HOME")
    return home / ".local" / "share" / "casemate"


class FileSigner:
    """`ports.Signer` with a key from a file. seed: the 32 bytes of an RFC 8032 private key."""

    def __init__(self, seed: bytes) -> None:
        self._seed = seed

    @classmethod
    def load(cls, home: Path) -> FileSigner:
        """The existing key; LedgerMissing when there is none, LedgerUnavailable when it cannot be used."""
        path = _path(home, SIGNING_KEY)
        data = _read(path)
        if data is None:
            raise LedgerMissing(
                f"no signing key at {str(path)!r}: nothing was recorded yet",
                "run a scan first, or set CASEMATE_HOME to where the ledger is",
            )
        return cls(_from_pem(path, data))

    @classmethod
    def load_or_create(cls, home: Path) -> FileSigner:
        """The key, made now if it does not exist; LedgerUnavailable when it cannot be used or made."""
        path = _path(home, SIGNING_KEY)
        return cls(_from_pem(path, _load_or_create(path, lambda: _to_pem(os.urandom(KEY_SIZE)))))

    @property
    def public_key(self) -> bytes:
        """32 raw bytes."""
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes (RFC 8032)."""
        return self._key.sign(message)

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        # Imported here: commands that sign nothing do not pay for it.
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._seed)

    @cached_property
    def _public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()


def load_or_create_digest_key(home: Path) -> bytes:
    """The 32 bytes of the digest key, made now if they do not exist; LedgerUnavailable when they cannot be used."""
    path = _path(home, DIGEST_KEY)
    key = _load_or_create(path, lambda: os.urandom(KEY_SIZE))
    if len(key) != KEY_SIZE:
        raise _damaged(path)
    return key


def has_signing_key(home: Path) -> bool:
    """Whether there is a signing key, usable or not."""
    return _path(home, SIGNING_KEY).exists()


def keep_public(home: Path, vkey: str) -> None:
    """Keep the ledger's public key beside the private one, so that the ledger can be read when that is lost. What cannot be
    kept is no error."""
    path = _path(home, PUBLIC_KEY)
    if not path.exists():
        with suppress(LedgerUnavailable):
            _create(path, f"{vkey}\n".encode())


def kept_public(home: Path) -> str | None:
    """The ledger's public key as it was kept, None when it was not. Its ledger's name follows from it, so it needs no trust."""
    try:
        descriptor = os.open(_path(home, PUBLIC_KEY), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return os.read(descriptor, _MAX_FILE).decode("utf-8", "replace").strip()
        finally:
            os.close(descriptor)
    except OSError:
        return None


def _path(home: Path, name: str) -> Path:
    return home / "keys" / name


def _load_or_create(path: Path, make: Callable[[], bytes]) -> bytes:
    data = _read(path)
    if data is None:
        _create(path, make())
        data = _read(path)  # read again: another process may have made it first, and then its key is the key
    if data is None:
        raise LedgerUnavailable(f"the key {str(path)!r} vanished while it was made", "run the command again")
    return data


def _read(path: Path) -> bytes | None:
    """The file's bytes, or None when it is absent. Refuses what others can read and what is no regular file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unavailable("read", path, error) from error
    try:
        _check(path, os.fstat(descriptor))
        return os.read(descriptor, _MAX_FILE)
    except OSError as error:
        raise _unavailable("read", path, error) from error
    finally:
        os.close(descriptor)


def _check(path: Path, status: os.stat_result) -> None:
    """Refuse a key that is no file of ours alone. Raises LedgerUnavailable, OSError."""
    if not stat.S_ISREG(status.st_mode):
        raise LedgerUnavailable(f"the key {str(path)!r} is no regular file", "move it away")
    if path.parent.stat().st_mode & 0o022:
        raise LedgerUnavailable(
            f"the folder {str(path.parent)!r} of the key can be written by others",
            f"if nobody has changed it, run: chmod 700 {str(path.parent)!r}",
        )
    if status.st_mode & 0o077:
        raise LedgerUnavailable(
            f"the key {str(path)!r} is open to others (mode {stat.S_IMODE(status.st_mode):04o})",
            f"if nobody has read it, run: chmod 600 {str(path)!r}; otherwise set {str(path.parents[1])!r} aside",
        )
    if status.st_uid != os.geteuid():
        raise LedgerUnavailable(
            f"the key {str(path)!r} belongs to user {status.st_uid}, not to {os.geteuid()}",
            "set CASEMATE_HOME to a folder of your own",
        )


def _create(path: Path, data: bytes) -> None:
    """Make the file, whole or not at all, and only if it does not exist: written aside, then linked into place."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        make_folder(path.parent)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            with suppress(FileExistsError):  # a process that was faster
                os.link(aside, path)
        finally:
            aside.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise _unavailable("make", path, error) from error


def _to_pem(seed: bytes) -> bytes:
    return _HEAD + b64encode(_PKCS8 + seed) + _FOOT


def _from_pem(path: Path, data: bytes) -> bytes:
    try:
        der = b64decode(data.removeprefix(_HEAD).removesuffix(_FOOT), validate=True)
    except ValueError as error:
        raise _damaged(path) from error
    seed = der.removeprefix(_PKCS8)
    if data != _to_pem(seed) or len(seed) != KEY_SIZE:
        raise _damaged(path)
    return seed


def _unavailable(action: str, path: Path, error: OSError) -> LedgerUnavailable:
    return LedgerUnavailable(
        f"cannot {action} the key {str(path)!r}: {error.strerror}; without it nothing is recorded, so nothing is done",
        "make the folder writable, or set CASEMATE_HOME to one that is",
    )


def _damaged(path: Path) -> LedgerUnavailable:
    return LedgerUnavailable(
        f"the key {str(path)!r} is damaged",
        f"restore it from a backup, or set {str(path.parents[1])!r} aside to begin a new ledger",
    )
