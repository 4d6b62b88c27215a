"""Which system a root is."""

import pytest

from casemate.host.facts.system import Kernel, system
from casemate.model.host import NodeKind
from host.tree import tree

BUSYBOX = "# file: /usr/bin/busybox\n# link: /usr/sbin/init -> /bin/busybox"


def asked(text, **contents):
    root = tree(text)
    for path, data in contents.items():
        root.contents[path] = data
        root.put(NodeKind.FILE, path, ["0755"], {"u": {}, "g": {}})
    return system(root.host())


def head(machine, order=1):
    return b"\x7fELF\x02" + bytes([order, 1]) + bytes(11) + machine.to_bytes(2, "little" if order == 1 else "big")


def test_a_release():
    """As os-release says it, and from where."""
    found = asked("# file: /etc/os-release\nID=ubuntu\nVERSION_ID='24.04'\n#ID=x\nVERSION_CODENAME=noble\n").release
    assert (found.id, found.version, found.codename, found.path) == ("ubuntu", "24.04", "noble", "/etc/os-release")
    found = asked("# gone: /etc/os-release\n# file: /usr/lib/os-release\nID=alpine\n").release
    assert (found.id, found.path) == ("alpine", "/usr/lib/os-release")


def test_kernels():
    """Images below /boot and folders of modules, matched by their version; links and rescue images are none of their own."""
    found = asked("""
# file: /boot/vmlinuz-6.1.0-25-amd64
# file: /boot/vmlinuz-6.1.0-9-amd64
# link: /boot/vmlinuz -> vmlinuz-6.1.0-25-amd64
# link: /boot/vmlinuz-6.1 -> vmlinuz-6.1.0-25-amd64
# file: /boot/vmlinuz-0-rescue
# file: /boot/vmlinuz-linux
# file: /boot/initrd.img-6.1.0-25-amd64
# folder: /usr/lib/modules/6.1.0-25-amd64
# folder: /usr/lib/modules/6.9.1
# file: /usr/lib/modules/6.9.1/vmlinuz
# file: /usr/lib/modules/7.0
""")
    assert found.kernels == (
        Kernel("6.1.0-25-amd64", "/boot/vmlinuz-6.1.0-25-amd64", "/usr/lib/modules/6.1.0-25-amd64"),
        Kernel("6.1.0-9-amd64", "/boot/vmlinuz-6.1.0-9-amd64"),
        Kernel("6.9.1", "/usr/lib/modules/6.9.1/vmlinuz", "/usr/lib/modules/6.9.1"),
    )


@pytest.mark.parametrize(
    ("data", "name"), [(head(62), "x86_64"), (head(183), "aarch64"), (head(22, 2), "s390x"), (head(9), ""), (b"", "")]
)
def test_an_architecture(data, name):
    """By the shell's own header, through its link, in either byte order."""
    assert asked("", **{"/usr/bin/dash": data}).architecture == name


def test_an_architecture_by_the_package_manager():
    """Where no program says it."""
    assert asked("# file: /var/lib/dpkg/arch\namd64\ni386\n").architecture == "x86_64"
    assert asked("# file: /etc/apk/arch\naarch64\n").architecture == "aarch64"
    assert asked("# file: /etc/apk/arch\n../../x y\n").architecture == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# file: /usr/lib/systemd/systemd\n# link: /usr/sbin/init -> ../lib/systemd/systemd", "systemd"),
        ("# file: /usr/sbin/init", "sysvinit"),
        (BUSYBOX, "busybox"),
        (
            "# file: /usr/bin/busybox\n# link: /usr/sbin/init -> /bin/busybox\n# file: /usr/sbin/openrc\n# file: /etc/inittab",
            "openrc",
        ),
        ("# file: /usr/sbin/runit-init\n# link: /usr/sbin/init -> runit-init", "runit"),
        ("# file: /usr/sbin/strange\n# link: /usr/sbin/init -> strange", ""),
        ("# link: /usr/sbin/init -> /gone", ""),
        ("", ""),
    ],
)
def test_an_init(text, name):
    """By where /sbin/init leads; an image of a container mostly has none."""
    assert asked(text).init == name
