"""The bill of materials: valid under the official schema, the same bytes twice, package URLs as the specification has them."""

import json
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT7

from casemate.evidence.sbom import document, purl, render
from casemate.host.packages.inventory import Release
from casemate.model.package import Manager, Package

SCHEMA = json.loads(Path(__file__).with_name("cyclonedx-1.6.json").read_text())
DEBIAN = Release("debian", "12", "bookworm")


def package(manager, name, version, **more):
    values = {"source": name, "source_version": version, "path": "/var/lib/dpkg/status", **more}
    return Package(manager=manager, name=name, version=version, **values)


SSH = package(Manager.DPKG, "openssh-server", "1:9.2p1-2+deb12u2", source="openssh", arch="amd64", depends=("libc6",))
LIBC = package(Manager.DPKG, "libc6", "2.36-9", source="glibc", line=8, arch="amd64")
NPM = package(Manager.NPM, "@angular/core", "12.3.1", path="/app/node_modules/@angular/core/package.json")
COPY = package(Manager.NPM, "@angular/core", "12.3.1", path="/opt/node_modules/@angular/core/package.json")


def test_the_official_schema_accepts_it():
    """CycloneDX 1.6, with packages of every manager and one that is there twice."""
    other = Registry().with_resources(
        (uri, DRAFT7.create_resource({}))
        for uri in (
            "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json",
            "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json",
        )
    )
    bom = document([SSH, LIBC, NPM, COPY], DEBIAN, name="web1")
    jsonschema.Draft7Validator(SCHEMA, registry=other).validate(bom)
    refs = [component["bom-ref"] for component in bom["components"]]
    assert len(set(refs)) == 4
    (ssh,) = [d for d in bom["dependencies"] if "openssh" in d["ref"]]
    assert ssh["dependsOn"] == ["pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12"]


def test_the_same_packages_give_the_same_bytes():
    """In whatever order they are read; other packages have another serial number."""
    assert render([SSH, LIBC], DEBIAN, name="a") == render([LIBC, SSH], DEBIAN, name="a")
    one, two = document([SSH], DEBIAN, name="a"), document([LIBC], DEBIAN, name="a")
    assert one["serialNumber"] != two["serialNumber"]


@pytest.mark.parametrize(
    ("given", "release", "expected"),
    [
        (SSH, DEBIAN, "pkg:deb/debian/openssh-server@1:9.2p1-2%2Bdeb12u2?arch=amd64&distro=debian-12"),
        (NPM, DEBIAN, "pkg:npm/%40angular/core@12.3.1"),
        (package(Manager.PIP, "django", "1.11.1"), DEBIAN, "pkg:pypi/django@1.11.1"),
        (
            package(Manager.APK, "curl", "7.83.0-r0", arch="x86"),
            Release("alpine", "3.18.4"),
            "pkg:apk/alpine/curl@7.83.0-r0?arch=x86&distro=alpine-3.18.4",
        ),
        (
            package(Manager.RPM, "curl", "1:7.50-1.fc25", arch="i386"),
            Release("rhel", "9.2"),
            "pkg:rpm/redhat/curl@7.50-1.fc25?arch=i386&distro=rhel-9.2&epoch=1",
        ),
    ],
)
def test_package_urls(given, release, expected):
    """Type, namespace, encoded name and version, and the qualifiers in their order."""
    assert purl(given, release) == expected
