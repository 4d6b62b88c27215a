"""What dpkg installed."""

from casemate.host.packages import dpkg
from casemate.host.packages.inventory import files, inventory, release
from casemate.model.outcome import Reason
from tests.host.tree import tree

STATUS = """# file: /var/lib/dpkg/status
Package: openssh-server
Status: install ok installed
Architecture: amd64
Source: openssh (1:9.2p1-2+deb12u2)
Version: 1:9.2p1-2+deb12u2+b1
Depends: adduser, libc6 (>= 2.36), debconf (>= 0.5) | debconf-2.0,
 libssl3:any (>= 3.0)
Description: server
 Package: not-one

Package: gone
Status: deinstall ok config-files
Version: 1

Package: half
Status: install reinstreq half-installed
Version: 2
Source: whole

Package: odd
Status: install ok
Version: 3

Package: held
Status: hold ok installed
Version: 4
"""


def test_installed_packages():
    """With source, its own version, architecture, plain dependencies, and the line on which the stanza begins."""
    host = tree(STATUS).host()
    ssh, half, held = host.once(inventory).packages
    assert (ssh.name, ssh.source, ssh.source_version, ssh.version, ssh.arch, ssh.line) == (
        *("openssh-server", "openssh", "1:9.2p1-2+deb12u2", "1:9.2p1-2+deb12u2+b1", "amd64", 1),
    )
    assert ssh.depends == ("adduser", "libc6", "libssl3")
    assert (half.name, half.source, half.source_version, half.line) == ("half", "whole", "2", 15)
    assert held.version == "4"
    assert [(loss.what, loss.reason) for loss in host.fs.losses] == [
        ("/var/lib/dpkg/status:15", Reason.NOT_UNDERSTOOD),
        ("/var/lib/dpkg/status:20", Reason.SYNTAX),
    ]


def test_images_without_dpkg():
    """A stanza a file in status.d, none of which says that it is installed; sums beside them are none."""
    text = "# file: /var/lib/dpkg/status.d/libc6\nPackage: libc6\nVersion: 2.36\n# file: /var/lib/dpkg/status.d/libc6.md5sums\nx"
    host = tree(text).host()
    assert [(p.name, p.path) for p in dpkg.read(host.fs)] == [("libc6", "/var/lib/dpkg/status.d/libc6")]
    assert host.fs.losses == ()


def test_files_of_a_package():
    """As its list has them, through the links of a merged /usr; what is not there is left out."""
    text = (
        STATUS
        + "# file: /usr/bin/tool 0755\n# file: /var/lib/dpkg/info/openssh-server:amd64.list\n/.\n/bin/tool\n/etc/none\n"
    )
    host = tree(text).host()
    assert list(files(host, host.once(inventory).packages[0])) == ["/usr/bin/tool"]


def test_signed_kernels():
    """They are of the source that advisories name, with its version."""
    text = (
        "# file: /var/lib/dpkg/status\nPackage: linux-image-6.1.0-21-amd64\nStatus: install ok installed\n"
        "Source: linux-signed-amd64 (6.1.90+1)\nVersion: 6.1.90-1\n"
    )
    (kernel,) = dpkg.read(tree(text).host().fs)
    assert (kernel.source, kernel.source_version) == ("linux", "6.1.90-1")


def test_hostile_status():
    """Fields without names, bytes that are no text, a file that ends in a stanza: nothing raises."""
    root = tree("# file: /var/lib/dpkg/status\nx")
    root.contents["/var/lib/dpkg/status"] = b" \n: :\n\xff\xfe\nVersion\nPackage: a\nPackage: b\n\n\n\nPackage:"
    host = root.host()
    assert list(dpkg.read(host.fs)) == []
    assert all(loss.reason is Reason.SYNTAX for loss in host.fs.losses)


def test_release():
    """Of os-release, quoted or not."""
    found = release(tree("").host())
    assert (found.id, found.version) == ("debian", "12")
