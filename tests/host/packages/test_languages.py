"""Packages of pip and npm."""

from casemate.host.packages.inventory import inventory
from casemate.model.outcome import Reason
from tests.host.tree import tree

SITE = "/opt/app/venv/lib/python3.11/site-packages"


def found(text):
    host = tree(text).host()
    return [(p.name, p.version, p.line, p.owner) for p in host.once(inventory).packages], host.fs.losses


def test_dist_info_and_egg_info():
    """Names as PyPI compares them, with the line of the version; a file that is no metadata is said."""
    packages, losses = found(
        f"# file: {SITE}/Foo_Bar-1.0.dist-info/METADATA\nMetadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\n\nVersion: 9\n"
        "# file: /usr/local/lib/python3.11/dist-packages/old.egg-info\nName: old\nVersion: 2\n"
        f"# file: {SITE}/dir.egg-info/PKG-INFO\nName: dir\nVersion: 3\n"
        f"# file: {SITE}/empty-1.dist-info/METADATA\n"
    )
    assert sorted(packages) == [("dir", "3", 2, ""), ("foo-bar", "1.0", 3, ""), ("old", "2", 2, "")]
    assert [(loss.what, loss.reason) for loss in losses] == [(f"{SITE}/empty-1.dist-info/METADATA", Reason.SYNTAX)]


def test_what_the_distribution_brought():
    """A package below /usr that a package of dpkg has in its list is the distribution's."""
    packages, _ = found(
        "# file: /usr/lib/python3/dist-packages/requests-2.28.egg-info/PKG-INFO\nName: requests\nVersion: 2.28\n"
        "# file: /var/lib/dpkg/info/python3-requests.list\n/usr/lib/python3/dist-packages/requests-2.28.egg-info\n"
        "# file: /var/lib/dpkg/status\nPackage: python3-requests\nStatus: install ok installed\nVersion: 2.28.1+dfsg-1\n"
    )
    assert ("requests", "2.28", 2, "python3-requests") in packages


def test_node_modules():
    """Scopes, packages within packages, and a package.json that names no package; a circle of links ends."""
    packages, losses = found(
        '# file: /app/node_modules/@a/b/package.json\n{"name": "@a/b",\n "version": "1.0.0"}\n'
        '# file: /app/node_modules/@a/b/node_modules/c/package.json\n{"name": "c", "version": "2.0.0"}\n'
        '# file: /app/node_modules/d/package.json\n{"type": "module"}\n'
        "# link: /app/node_modules/d/node_modules -> ..\n"
        "# file: /app/node_modules/e/package.json\n{{{\n"
    )
    assert packages == [("@a/b", "1.0.0", 2, ""), ("c", "2.0.0", 1, "")]
    assert [(loss.what, loss.reason) for loss in losses] == [("/app/node_modules/e/package.json", Reason.SYNTAX)]
