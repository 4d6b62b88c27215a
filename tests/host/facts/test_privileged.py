"""Which programs run as more than their caller."""

from casemate.host.facts.privileged import privileged, without_suid, written
from casemate.model.host import ROOT, account, group
from tests.host.tree import tree


def test_bits_and_capabilities_that_count():
    """SUID, SGID and permitted capabilities; nothing that the kernel does not heed."""
    host = tree(
        "# elf: /opt/a 4755\n# elf: /opt/b 2755 root:shadow\n# elf: /opt/c 0755 caps=cap_net_raw,cap_setuid+ep\n"
        "# elf: /opt/d 6755 alice:staff\n# file: /opt/e.sh 4755\n#!/bin/sh\n"
        "# elf: /opt/not1 4644\n# elf: /opt/not2 0755 caps=cap_setuid+i\n# elf: /opt/not3 2705 root:shadow\n"
        "# folder: /opt/not4 2755 root:staff\n# elf: /var/lib/docker/overlay2/x/diff/su 4755\n"
    ).host()
    found = {program.path: program for program in host.once(privileged)}
    assert list(found) == ["/opt/a", "/opt/b", "/opt/c", "/opt/d", "/opt/e.sh"]
    assert found["/opt/a"].user == ROOT
    assert (found["/opt/b"].user, found["/opt/b"].of_group) == (None, group("shadow"))
    assert found["/opt/c"].capabilities == ("cap_setuid", "cap_net_raw")
    assert written(found["/opt/c"].node) == "cap_setuid,cap_net_raw=ep"
    assert (found["/opt/d"].user, found["/opt/d"].of_group) == (account("alice"), group("staff"))
    assert found["/opt/e.sh"].script


def test_mounts_without_suid():
    """nosuid, and what implies it in mount(8); a later suid takes it back."""
    host = tree(
        "# file: /etc/fstab 0644\n# comment\n/dev/a /srv ext4 defaults,nosuid 0 2\n/dev/b /mnt/usb vfat noauto,user 0 0\n"
        "/dev/c /data ext4 user,suid 0 0\n/dev/d / ext4 nosuid 0 1\n/dev/e /my\\040disk ext4 nosuid 0 0\nbroken\n"
        "# elf: /srv/a 4755\n# elf: /data/b 4755\n"
    ).host()
    assert without_suid(host) == ("/srv/", "/mnt/usb/", "/my disk/")
    assert [program.path for program in host.once(privileged)] == ["/data/b"]
