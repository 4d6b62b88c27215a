"""Paths of a target as relative URI references (RFC 3986)."""

from __future__ import annotations

# RFC 3986 §2.3 unreserved, and of §3.3 what a segment of a path may hold besides; ":" is left out, because in the first
# segment of a relative reference it would end a scheme.
_KEPT = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&'()*+,;=@")


def percent_encoded(path: str) -> str:
    """The path as a relative reference. A name that is no UTF-8 (PEP 383 surrogates) keeps its exact bytes."""
    data = path.encode("utf-8", "surrogateescape" if _only_bytes(path) else "surrogatepass")
    return "".join(chr(byte) if byte in _KEPT else f"%{byte:02X}" for byte in data)


def _only_bytes(path: str) -> bool:
    return all("\udc80" <= char <= "\udcff" for char in path if "\ud800" <= char <= "\udfff")
