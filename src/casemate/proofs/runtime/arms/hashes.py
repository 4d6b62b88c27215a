"""Tells which broken hash is made, what it is fed with and what it gives, and of which broken cipher the same.

`hash.made`, `hash.fed`, `hash.out` and `cipher.made`, `cipher.fed`: a number for the object, the name, and the data. What says
`usedforsecurity=False` is let be, and so is HMAC, which does not rest on what is broken. Standard library only, Python 3.7 and
later.
"""

from __future__ import annotations

import functools
import os

from . import caller, late

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch

BROKEN = frozenset(("md2", "md4", "md5", "mdc2", "sha", "sha0", "sha1"))
_OLD = frozenset(("3des", "tripledes", "blowfish", "cast5", "idea", "rc4", "arc4", "rc2", "seed"))
_CIPHERS = ("ARC2", "ARC4", "Blowfish", "CAST", "DES", "DES3")


def plain(name: Any) -> str:
    """A name of a hash as it is compared."""
    return str(name).lower().replace("-", "").replace("_", "")


def arm(watch: Watch) -> None:
    """Wrap the makers when they are imported."""
    few = caller.Few(watch, 120)
    count = [0]

    def number() -> int:
        count[0] += 1
        return count[0]

    late.when("hashlib", lambda module: _hashlib(few, number, module))
    for package in ("Crypto", "Cryptodome"):
        for name in ("MD2", "MD4", "MD5", "SHA1", "SHA"):
            late.when(f"{package}.Hash.{name}", functools.partial(_crypto_hash, few, number, name))
        for name in (*_CIPHERS, "AES"):
            late.when(f"{package}.Cipher.{name}", functools.partial(_crypto_cipher, few, number, name))
    late.when("cryptography.hazmat.primitives.ciphers.base", lambda module: _cryptography(few, number, module))


def _hashlib(few: caller.Few, number: Any, module: Any) -> None:
    def wrapped(function: Any, fixed: str) -> Any:
        @functools.wraps(function)
        def made(*args: Any, **named: Any) -> Any:
            name = plain(fixed or (args[0] if args else named.get("name", "")))
            done = function(*args, **named)
            if name not in BROKEN or named.get("usedforsecurity") is False:
                return done
            if os.path.basename(caller.file()) in ("hmac.py", "uuid.py"):
                return done
            thing = Hash(few, number(), name, done)
            few.record("hash.made", (thing.number, name, ""))
            data = args[0 if fixed else 1 :] or [v for k, v in named.items() if k in ("data", "string")]
            if data:
                thing.told(data[0])
            return thing

        return made

    for name in ("md5", "sha1"):
        if hasattr(module, name):
            setattr(module, name, wrapped(getattr(module, name), name))
    module.new = wrapped(module.new, "")


class Hash:
    """An object of a hash, which tells what goes in and out."""

    def __init__(self, few: Any, number: int, name: str, inner: Any) -> None:
        self._few, self.number, self._name, self._inner = few, number, name, inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def told(self, data: Any) -> None:
        """Note what it is fed with."""
        self._few.watch.record("hash.fed", (self.number, self._name, bytes(data)))

    def update(self, data: Any) -> Any:
        """Feed it."""
        out = self._inner.update(data)
        self.told(data)
        return out

    def digest(self, *args: Any) -> Any:
        """What it gives, as bytes."""
        out = self._inner.digest(*args)
        self._few.record("hash.out", (self.number, self._name, bytes(out).hex()))
        return out

    def hexdigest(self, *args: Any) -> Any:
        """What it gives, as text."""
        out = self._inner.hexdigest(*args)
        self._few.record("hash.out", (self.number, self._name, str(out)))
        return out

    def copy(self) -> Hash:
        """Another one that was fed the same."""
        return Hash(self._few, self.number, self._name, self._inner.copy())


def _crypto_hash(few: caller.Few, number: Any, name: str, module: Any) -> None:
    function = module.new

    @functools.wraps(function)
    def made(data: Any = None, *args: Any, **named: Any) -> Any:
        thing = Hash(few, number(), plain(name), function(data, *args, **named))
        few.record("hash.made", (thing.number, plain(name), ""))
        if data is not None:
            thing.told(data)
        return thing

    module.new = made


class Cipher:
    """An object of a cipher, which tells what goes in."""

    def __init__(self, few: Any, number: int, name: str, inner: Any) -> None:
        self._few, self.number, self.called, self._inner = few, number, name, inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _fed(self, data: Any) -> None:
        self._few.watch.record("cipher.fed", (self.number, self.called, bytes(data)))

    def encrypt(self, data: Any, *args: Any, **named: Any) -> Any:
        """Encrypt."""
        self._fed(data)
        return self._inner.encrypt(data, *args, **named)

    def update(self, data: Any) -> Any:
        """Encrypt more."""
        self._fed(data)
        return self._inner.update(data)


def _crypto_cipher(few: caller.Few, number: Any, name: str, module: Any) -> None:
    function = module.new

    @functools.wraps(function)
    def made(key: Any, *args: Any, **named: Any) -> Any:
        done = function(key, *args, **named)
        ecb = (args[0] if args else named.get("mode")) == getattr(module, "MODE_ECB", object())
        if name == "AES" and not ecb:
            return done
        thing = Cipher(few, number(), name + ("-ECB" if ecb else ""), done)
        few.record("cipher.made", (thing.number, thing.called, ""))
        return thing

    module.new = made


def _cryptography(few: caller.Few, number: Any, module: Any) -> None:
    kind = module.Cipher
    encryptor = kind.encryptor

    @functools.wraps(encryptor)
    def made(self: Any) -> Any:
        done = encryptor(self)
        name = str(getattr(self.algorithm, "name", ""))
        mode = str(getattr(self.mode, "name", ""))
        if plain(name) not in _OLD and mode != "ECB":
            return done
        thing = Cipher(few, number(), name + ("-" + mode if mode else ""), done)
        few.record("cipher.made", (thing.number, thing.called, ""))
        return thing

    kind.encryptor = made
