"""Makes the values that are more than a line of text: archives, packed and encoded texts, tokens, texts that grow.

A payload is `{"tar": members}` or `{"zip": members}`, a member being [name, what, text or target]; `{"pack": way, "of":
payload}`; `{"jwt": claims, "alg": …}`; `{"repeat": text, "times": N, "before": …, "after": …}`. The same payload and words
make the same bytes. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Fill = Callable[[str], str]


def make(payload: dict[str, Any], filled: Fill) -> str | bytes:
    """The value. Raises ValueError for a kind that is not known."""
    for kind, maker in _MAKERS.items():
        if kind in payload:
            return maker(payload, filled)
    raise ValueError(f"no such payload: {sorted(payload)!r}")


def _tar(payload: dict[str, Any], filled: Fill) -> bytes:
    import tarfile

    kinds = {"file": tarfile.REGTYPE, "folder": tarfile.DIRTYPE, "link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, text in payload["tar"]:
            info = tarfile.TarInfo(filled(name))
            info.type, info.mode = kinds[kind], 0o755 if kind == "folder" else 0o644
            data = filled(text).encode("utf-8") if kind == "file" else b""
            if kind in ("link", "hard"):
                info.linkname = filled(text)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _zip(payload: dict[str, Any], filled: Fill) -> bytes:
    import stat
    import zipfile

    kinds = {"file": stat.S_IFREG | 0o644, "folder": stat.S_IFDIR | 0o755, "link": stat.S_IFLNK | 0o777}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, kind, text in payload["zip"]:
            info = zipfile.ZipInfo(filled(name) + ("/" if kind == "folder" else ""), (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, kinds[kind] << 16
            archive.writestr(info, filled(text))
    return out.getvalue()


def _pack(payload: dict[str, Any], filled: Fill) -> str | bytes:
    from .payload import make as inner

    made = inner(payload["of"], filled)
    data = made.encode("utf-8") if isinstance(made, str) else made
    way = payload["pack"]
    if way == "base64":
        return base64.b64encode(data).decode("ascii")
    if way == "urlsafe":
        return base64.urlsafe_b64encode(data).decode("ascii")
    if way == "padded":  # more than is needed: what cuts an end off leaves the rest readable
        return base64.urlsafe_b64encode(data).decode("ascii") + "=" * 8
    if way == "hex":
        return binascii.hexlify(data).decode("ascii")
    if way == "zlib":
        return zlib.compress(data)
    if way == "gzip":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)  # `gzip` writes the time of day
        return packer.compress(data) + packer.flush()
    if way == "npy":
        header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
        header += b" " * (118 - 1 - len(header)) + b"\n"
        return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data
    raise ValueError(f"no such packing: {way!r}")


def _jwt(payload: dict[str, Any], filled: Fill) -> str:
    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")

    claims = {key: filled(value) if isinstance(value, str) else value for key, value in payload["jwt"].items()}
    head = json.dumps({"alg": payload["alg"], "typ": "JWT"}, sort_keys=True).encode()
    body = json.dumps(claims, sort_keys=True).encode()
    return ".".join((part(head), part(body), part(b"" if payload["alg"].lower() == "none" else b"\0" * 32)))


def _repeat(payload: dict[str, Any], filled: Fill) -> str:
    grown: str = payload["repeat"] * payload["times"]
    return filled(payload.get("before", "")) + grown + filled(payload.get("after", ""))


def _compared(payload: dict[str, Any], filled: Fill) -> str | bytes:
    from .arms import comparing

    text = comparing.Text(filled(payload["compared"]))
    return text.encode() if payload.get("as") == "bytes" else text


_MAKERS = {"tar": _tar, "zip": _zip, "pack": _pack, "jwt": _jwt, "repeat": _repeat, "compared": _compared}
