"""A bill of materials of a host's packages: CycloneDX 1.6 as JSON (ECMA-424), each package by its package URL.

The same packages give the same bytes: no time, and a serial number that is derived from the content. Licences are left out, since
the package databases do not say them in a form that can be relied on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from casemate import __version__
from casemate.host.packages.inventory import Release
from casemate.model.package import Manager, Package

_NAMESPACE_URL = bytes.fromhex("6ba7b8119dad11d180b400c04fd430c8")  # RFC 9562 §6.6
_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:")
_TYPES = {Manager.DPKG: "deb", Manager.RPM: "rpm", Manager.APK: "apk", Manager.PIP: "pypi", Manager.NPM: "npm"}
_NAMESPACES = {"rhel": "redhat", "opensuse-leap": "opensuse", "opensuse-tumbleweed": "opensuse", "sles": "suse"}


def purl(package: Package, release: Release) -> str:
    """A package's URL (package-url/purl-spec)."""
    kind, name, version = _TYPES[package.manager], package.name, package.version
    qualifiers: dict[str, str] = {}
    parts = [kind]
    if package.manager.distribution:
        parts.append(_NAMESPACES.get(release.id, release.id) or "linux")
        distro = release.version or release.codename
        qualifiers = {"arch": package.arch, "distro": f"{release.id}-{distro}" if release.id and distro else ""}
    if package.manager is Manager.RPM and ":" in version:
        qualifiers["epoch"], _, version = version.partition(":")
    path = "/".join(_quoted(part) for part in (*parts, *name.split("/")))
    query = "&".join(f"{key}={_quoted(value)}" for key, value in sorted(qualifiers.items()) if value)
    return f"pkg:{path}@{_quoted(version)}{query and '?' + query}"


def document(packages: Iterable[Package], release: Release, *, name: str) -> dict[str, Any]:
    """The bill as a value for JSON. name: of what the packages are installed on."""
    import hashlib

    ordered = sorted(packages)
    refs: dict[Package, str] = {}
    taken: set[str] = set()
    for package in ordered:
        ref = purl(package, release)
        refs[package] = ref if ref not in taken else f"{ref}#{_quoted(f'{package.path}:{package.line}')}"
        taken.add(refs[package])
    by_name = {(p.manager, p.name): refs[p] for p in reversed(ordered)}
    system: dict[str, Any] = {"bom-ref": "host", "type": "operating-system", "name": name}
    if release.id:
        system |= {"description": f"{release.id} {release.version or release.codename}".strip()}
    body: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "casemate", "version": __version__}]},
            "component": system,
        },
        "components": [_component(package, refs[package], release) for package in ordered],
        "dependencies": [{"ref": "host", "dependsOn": sorted(taken)}]
        + [_dependencies(package, refs[package], by_name) for package in ordered],
    }
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    name_based = hashlib.sha1(_NAMESPACE_URL + f"casemate:sbom:{digest}".encode(), usedforsecurity=False).hexdigest()
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": _urn(name_based), **body}


def render(packages: Iterable[Package], release: Release, *, name: str) -> str:
    """The bill as a file."""
    return json.dumps(document(packages, release, name=name), indent=2, ensure_ascii=True) + "\n"


def _urn(digest: str) -> str:
    """A name-based UUID, version 5 (RFC 9562 §5.5), of a SHA-1 digest in hex."""
    variant = f"{int(digest[16], 16) & 3 | 8:x}"
    parts = (digest[:8], digest[8:12], f"5{digest[13:16]}", f"{variant}{digest[17:20]}", digest[20:32])
    return f"urn:uuid:{'-'.join(parts)}"


def _component(package: Package, ref: str, release: Release) -> dict[str, Any]:
    properties = [("casemate:manager", package.manager.value)]
    if (package.source, package.source_version) != (package.name, package.version):
        properties.append(("casemate:source", f"{package.source} {package.source_version}"))
    if package.owner:
        properties.append(("casemate:brought-by", package.owner))
    return {
        "bom-ref": ref,
        "type": "library",
        "name": package.name,
        "version": package.version,
        "purl": purl(package, release),
        "properties": [{"name": key, "value": value} for key, value in properties],
        "evidence": {"occurrences": [{"location": package.path, "line": package.line}]},
    }


def _dependencies(package: Package, ref: str, by_name: dict[tuple[Manager, str], str]) -> dict[str, Any]:
    needed = {by_name[key] for name in package.depends if (key := (package.manager, name)) in by_name}
    return {"ref": ref, "dependsOn": sorted(needed - {ref})} if needed - {ref} else {"ref": ref}


def _quoted(text: str) -> str:
    data = text.encode("utf-8", "replace")
    return "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in data)
