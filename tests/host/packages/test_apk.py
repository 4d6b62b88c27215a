"""What apk installed."""

from casemate.host.packages import apk
from casemate.host.packages.inventory import files
from casemate.model.outcome import Reason
from tests.host.tree import tree

INSTALLED = """# file: /usr/bin/sudo 4755
# file: /usr/lib/apk/db/installed
C:Q1abc=
P:sudo
V:1.9.13_p3-r2
A:x86_64
o:sudo
D:so:libc.musl-x86_64.so.1 zlib>=1.2 !busybox-suid
F:usr
F:usr/bin
R:sudo
a:0:0:4755

P:sudo-doc
V:1.9.13_p3-r2
o:sudo

V:1
"""


def test_installed_packages():
    """With origin, architecture, plain dependencies, line and files; the database is read once where /lib is a link."""
    host = tree(INSTALLED).host()
    sudo, doc = apk.read(host.fs)
    assert (sudo.name, sudo.version, sudo.arch, sudo.depends, sudo.line) == (
        "sudo",
        "1.9.13_p3-r2",
        "x86_64",
        ("zlib",),
        1,
    )
    assert (doc.source, doc.line) == ("sudo", 12)
    assert list(files(host, sudo)) == ["/usr/bin/sudo"]
    assert [(loss.what, loss.reason) for loss in host.fs.losses] == [("/usr/lib/apk/db/installed:16", Reason.SYNTAX)]
