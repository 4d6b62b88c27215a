"""CSAF 2.0 documents (OASIS, docs.oasis-open.org/csaf/csaf/v2.0), security advisories and VEX: by the purl of each product."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from casemate.host.advisories.form import (
    DEBIAN,
    BadAdvisories,
    Parsed,
    a_dict,
    canonical,
    day,
    dicts,
    load,
    text,
    texts,
)
from casemate.host.packages.pip import normalized
from casemate.host.packages.versions import key
from casemate.model.advisory import Advisory, Affected, Event, EventKind, Origin, Status
from casemate.model.package import Manager

DEEPEST = 60
STATUSES: Mapping[str, Status] = {
    "known_affected": Status.AFFECTED,
    "first_affected": Status.AFFECTED,
    "last_affected": Status.AFFECTED,
    "known_not_affected": Status.NOT_AFFECTED,
    "under_investigation": Status.UNKNOWN,
}
FIXED = ("fixed", "first_fixed")


@dataclass(frozen=True, slots=True)
class Product:
    """What a purl says: an ecosystem with its release, a name, and a version or ""."""

    ecosystem: str
    name: str
    version: str
    source: bool


def parse(data: bytes) -> Parsed:
    """One advisory for each vulnerability of the document. Raises BadAdvisories."""
    body = a_dict(load(data), "$")
    document = a_dict(body.get("document"), "$.document")
    if not text(document.get("category"), "$.document.category").startswith("csaf"):
        raise BadAdvisories("$.document.category", "no category of CSAF")
    tracking = a_dict(document.get("tracking"), "$.document.tracking")
    products = _products(a_dict(body.get("product_tree", {}), "$.product_tree"))
    out = []
    for place, item in dicts(body.get("vulnerabilities"), "$.vulnerabilities"):
        own = text(item.get("cve"), f"{place}.cve") or text(tracking.get("id"), "$.document.tracking.id", needed=True)
        affected = tuple(_affected(item, place, products))
        if affected:
            out.append(
                Advisory(
                    id=own,
                    origin=Origin.CSAF,
                    affected=affected,
                    summary=text(item.get("title"), f"{place}.title")[:500],
                    vectors=_vectors(item, place),
                    severity=_severity(document),
                )
            )
    date = day(text(tracking.get("current_release_date"), "$.document.tracking.current_release_date"))
    return Parsed(Origin.CSAF, tuple(out), (), date)


def _severity(document: Mapping[str, Any]) -> str:
    said = document.get("aggregate_severity")
    return str(said.get("text", "")).lower() if isinstance(said, dict) else ""


def _vectors(item: Mapping[str, Any], place: str) -> tuple[str, ...]:
    found = []
    for where, score in dicts(item.get("scores"), f"{place}.scores"):
        vector = text(a_dict(score.get("cvss_v3", {}), where).get("vectorString"), where)
        found += [vector] if vector else []
    return tuple(sorted(set(found)))


def _products(tree: Mapping[str, Any]) -> dict[str, Product]:
    """Every product that has a purl, by its id; a package as a component of a platform is of the platform's release."""
    out: dict[str, Product] = {}
    platforms: dict[str, str] = {}
    todo: list[tuple[Any, str, int]] = [(tree.get("branches"), "$.product_tree.branches", 0)]
    while todo:
        branches, place, depth = todo.pop()
        if depth > DEEPEST:
            raise BadAdvisories(place, "branches that are nested too deep")
        for where, branch in dicts(branches, place):
            todo.append((branch.get("branches"), f"{where}.branches", depth + 1))
            if branch.get("product") is not None:
                _product(a_dict(branch["product"], f"{where}.product"), f"{where}.product", out, platforms)
    for where, product in dicts(tree.get("full_product_names"), "$.product_tree.full_product_names"):
        _product(product, where, out, platforms)
    for where, relation in dicts(tree.get("relationships"), "$.product_tree.relationships"):
        whole = a_dict(relation.get("full_product_name"), f"{where}.full_product_name")
        own = text(whole.get("product_id"), f"{where}.full_product_name.product_id", needed=True)
        part = out.get(text(relation.get("product_reference"), f"{where}.product_reference"))
        release = platforms.get(text(relation.get("relates_to_product_reference"), where), "")
        if part is not None:
            out[own] = Product(release or part.ecosystem, part.name, part.version, part.source)
    return out


def _product(product: Mapping[str, Any], place: str, out: dict[str, Product], platforms: dict[str, str]) -> None:
    own = text(product.get("product_id"), f"{place}.product_id", needed=True)
    helper = a_dict(product.get("product_identification_helper", {}), f"{place}.product_identification_helper")
    purl, cpe = text(helper.get("purl"), f"{place}.purl"), text(helper.get("cpe"), f"{place}.cpe")
    if purl:
        known = read_purl(purl)
        if known is not None:
            out[own] = known
    elif cpe:
        platforms[own] = _platform(cpe)


def _platform(cpe: str) -> str:
    """The release that a CPE names, as "cpe:/o:redhat:enterprise_linux:9::baseos"."""
    parts = cpe.removeprefix("cpe:2.3:").removeprefix("cpe:/").split(":")
    if len(parts) < 4:
        return ""
    vendor, product, version = parts[1:4]
    if (vendor, product) == ("redhat", "enterprise_linux"):
        return f"Red Hat:{version.partition('.')[0]}"
    if (vendor, product) == ("debian", "debian_linux"):
        return f"Debian:{version.partition('.')[0]}"
    return {"canonical": f"Ubuntu:{version}", "rocky": f"Rocky Linux:{version.partition('.')[0]}"}.get(vendor, "")


def _plain(text: str) -> str:
    """Percent signs and what they stand for, as a purl has them."""
    return re.sub(
        r"(?:%[0-9A-Fa-f]{2})+", lambda m: bytes.fromhex(m[0].replace("%", "")).decode("utf-8", "replace"), text
    )


def read_purl(purl: str) -> Product | None:
    """What a package URL names (package-url/purl-spec), where it is of a kind that we compare."""
    if not purl.startswith("pkg:"):
        return None
    rest, _, query = purl[4:].partition("#")[0].partition("?")
    qualifiers = {part.partition("=")[0]: _plain(part.partition("=")[2]) for part in query.split("&")}
    path, _, version = rest.rpartition("@") if "@" in rest.rpartition("/")[2] else (rest, "", "")
    kind, _, name = path.partition("/")
    above, _, name = _plain(name).rpartition("/")
    version, distro = _plain(version), qualifiers.get("distro", "")
    if qualifiers.get("epoch") and ":" not in version and version:
        version = f"{qualifiers['epoch']}:{version}"
    source = qualifiers.get("arch") in ("source", "src")
    if kind == "pypi":
        return Product("PyPI", normalized(name), version, False)
    if kind == "npm":
        return Product("npm", f"{above}/{name}" if above else name, version, False)
    if kind in ("deb", "rpm", "apk"):
        label, _, release = distro.partition("-")
        if distro in DEBIAN:
            label, release = "debian", DEBIAN[distro]
        minor = ".".join(release.split(".")[:2])
        major = release.partition(".")[0]
        ecosystem = {
            "debian": f"Debian:{release}",
            "ubuntu": f"Ubuntu:{release}",
            "alpine": f"Alpine:v{minor}",
            "rhel": f"Red Hat:{major}",
            "redhat": f"Red Hat:{major}",
            "rocky": f"Rocky Linux:{major}",
            "almalinux": f"AlmaLinux:{major}",
            "fedora": f"Fedora:{release}",
        }.get(label or above, "")
        return Product(canonical(ecosystem), name, version, source)
    return None


def _manager(ecosystem: str) -> Manager:
    """Whose order of versions an ecosystem has."""
    name = ecosystem.partition(":")[0]
    known = {
        "Debian": Manager.DPKG,
        "Ubuntu": Manager.DPKG,
        "Alpine": Manager.APK,
        "PyPI": Manager.PIP,
        "npm": Manager.NPM,
    }
    return known.get(name, Manager.RPM)


def _affected(item: Mapping[str, Any], place: str, products: Mapping[str, Product]) -> Iterator[Affected]:
    """What is said of each package and release; a version that is fixed makes a range up to it."""
    status = a_dict(item.get("product_status", {}), f"{place}.product_status")
    merged: dict[tuple[str, str, bool], dict[str, set[str]]] = {}
    for name in (*STATUSES, *FIXED):
        for own in texts(status.get(name), f"{place}.product_status.{name}"):
            product = products.get(own)
            if product is not None and product.ecosystem:
                about = (product.ecosystem, product.name, product.source)
                merged.setdefault(about, {}).setdefault("fixed" if name in FIXED else name, set()).add(product.version)
    for (ecosystem, name, source), said in sorted(merged.items()):
        common = Affected(ecosystem=ecosystem, package=name, binary=not source and ecosystem not in ("PyPI", "npm"))
        order = key(_manager(ecosystem))
        fixed = sorted(
            (version for version in said.get("fixed", ()) if version), key=order
        )  # of several streams the lowest
        bad = [v for kind, versions in said.items() if STATUSES.get(kind) is Status.AFFECTED for v in versions]
        if fixed:
            begin = Event(EventKind.INTRODUCED, "0")
            ranges = tuple((begin, Event(EventKind.FIXED, version)) for version in fixed[:1])
            yield replace(common, ranges=ranges)
        elif bad:
            versions = tuple(sorted(v for v in bad if v)) if all(bad) else ()
            yield replace(common, versions=versions)
        elif "under_investigation" in said:
            yield replace(common, status=Status.UNKNOWN)
        else:
            yield replace(common, status=Status.NOT_AFFECTED)
