"""Which package a file is of, and whether it is as the package brought it."""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import replace

from casemate.host.facts.owned import intact, owner, recorded, shipped_mode
from tests.host.tree import tree


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_a_file_of_dpkg_is_found_under_both_names_of_a_merged_folder():
    """The list says /bin/x, the file lies in /usr/bin; its content is compared, that of settings too."""
    host = tree(
        "# file: /var/lib/dpkg/info/tools:amd64.list 0644\n/.\n/bin\n/bin/x\n/usr/bin/y\n/etc/x.conf\n/usr/bin/z\n"
        f"# file: /var/lib/dpkg/info/tools:amd64.md5sums 0644\n{_md5('one' + chr(10))}  bin/x\n{'0' * 32}  usr/bin/y\n"
        f"# file: /var/lib/dpkg/status 0644\nPackage: tools\nConffiles:\n /etc/x.conf {_md5('a=1' + chr(10))}\nVersion: 1\n"
        "# file: /usr/bin/x 0755\none\n# file: /usr/bin/y 0755\ntwo\n# file: /etc/x.conf 0644\na=1\n# file: /usr/bin/z 0755\n"
        "# file: /usr/local/bin/x 0755\none\n# link: /opt/x -> /bin/x\n"
    ).host()
    assert recorded(host)
    assert owner(host, "/usr/bin/x") == owner(host, "/bin/x") == owner(host, "/opt/x") == "tools:amd64"
    assert intact(host, "/bin/x") is True
    assert intact(host, "/usr/bin/y") is False
    assert intact(host, "/etc/x.conf") is True
    assert intact(host, "/usr/bin/z") is None  # no checksum is kept
    assert owner(host, "/usr/local/bin/x") is None
    assert intact(host, "/usr/local/bin/x") is None
    assert shipped_mode(host, "/usr/bin/x") is None


def test_diversions_and_overrides_of_dpkg():
    """What lies at the place that a diversion leads to is the diverted package's; an override's mode is the one that is meant."""
    host = tree(
        "# file: /var/lib/dpkg/info/one.list 0644\n/usr/bin/x\n# file: /var/lib/dpkg/info/two.list 0644\n/usr/bin/x\n"
        f"# file: /var/lib/dpkg/info/one.md5sums 0644\n{_md5('one' + chr(10))}  usr/bin/x\n"
        f"# file: /var/lib/dpkg/info/two.md5sums 0644\n{_md5('two' + chr(10))}  usr/bin/x\n"
        "# file: /var/lib/dpkg/diversions 0644\n/usr/bin/x\n/usr/bin/x.real\ntwo\n"
        "# file: /var/lib/dpkg/statoverride 0644\nroot root 4755 /usr/bin/x\nnonsense\n"
        "# file: /usr/bin/x 0755\ntwo\n# file: /usr/bin/x.real 0755\none\n"
    ).host()
    assert (owner(host, "/usr/bin/x"), owner(host, "/usr/bin/x.real")) == ("two", "one")
    assert intact(host, "/usr/bin/x") is True
    assert intact(host, "/usr/bin/x.real") is True
    assert shipped_mode(host, "/usr/bin/x") == 0o4755
    assert "/var/lib/dpkg/statoverride:2" in {loss.what for loss in host.fs.losses}


def test_files_of_apk_carry_their_modes_and_checksums():
    """As its installed database has them."""
    sha1 = base64.b64encode(hashlib.sha1(b"one\n", usedforsecurity=False).digest()).decode()
    host = tree(
        f"# file: /usr/lib/apk/db/installed 0644\nP:tools\nV:1\nF:usr/bin\nR:x\na:0:0:4755\nZ:Q1{sha1}\nR:y\nZ:Q1AAAA\n\n"
        "P:other\nF:etc\nR:z.conf\na:0:0:x\nZ:broken\n\n"
        "# file: /usr/bin/x 4755\none\n# file: /usr/bin/y 0755\ntwo\n# file: /etc/z.conf 0644\n"
    ).host()
    assert owner(host, "/usr/bin/x") == "tools"
    assert intact(host, "/usr/bin/x") is True
    assert intact(host, "/usr/bin/y") is False
    assert shipped_mode(host, "/usr/bin/x") == 0o4755
    assert intact(host, "/etc/z.conf") is None


def test_files_of_rpm_carry_their_modes_and_checksums():
    """From the headers in its database, here in ndb form."""
    host = _with_rpm(("/usr/bin/", "x", 0o104755, hashlib.sha256(b"one\n").hexdigest())).host()
    assert owner(host, "/usr/bin/x") == "tools"
    assert intact(host, "/usr/bin/x") is True
    assert shipped_mode(host, "/usr/bin/x") == 0o4755


def test_a_root_without_records_says_nothing():
    """Then that nothing owns a file means nothing."""
    assert not recorded(tree("").host())


def _with_rpm(file: tuple[str, str, int, str]):
    folder, name, mode, digest = file
    data, index = b"", b""
    for tag, kind, raw in (
        (1000, 6, b"tools\0"),
        (1118, 8, folder.encode() + b"\0"),
        (1117, 8, name.encode() + b"\0"),
        (1035, 8, digest.encode() + b"\0"),
        (1116, 4, struct.pack(">I", 0)),
        (5011, 4, struct.pack(">I", 8)),
        (1030, 3, struct.pack(">H", mode)),
    ):
        index += struct.pack(">IIiI", tag, kind, len(data), 1)
        data += raw
    blob = struct.pack(">II", 7, len(data)) + index + data
    page = struct.pack("<4sIII", b"RpmP", 0, 0, 1).ljust(32, b"\0") + struct.pack("<4sIII", b"Slot", 1, 256, 1)
    body = struct.pack("<4sIII", b"BlbS", 1, 0, len(blob)) + blob
    whole = page.ljust(4096, b"\0") + body + b"\0" * (-len(body) % 16)
    root = tree("# file: /usr/lib/sysimage/rpm/Packages.db 0644\n# file: /usr/bin/x 4755\none\n")
    path = "/usr/lib/sysimage/rpm/Packages.db"
    root.contents[path] = whole
    root.nodes_by_path[path] = replace(root.nodes_by_path[path], size=len(whole))
    return root
