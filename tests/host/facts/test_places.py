"""What kind of place a path is in, and which nodes are worth looking at."""

from __future__ import annotations

from casemate.host.facts.places import below, in_home, loose_nodes, open_to_all, under
from tests.host.tree import tree


def test_a_folder_is_no_prefix_of_letters():
    """/usr/bin2 is not below /usr/bin, and the folder itself is."""
    assert below("/usr/bin", ("/usr/bin",))
    assert not below("/usr/bin2/x", ("/usr/bin",))
    assert under("/srv/a/b/c", {"/srv/a"})
    assert not under("/srv/a", {"/srv/a"})


def test_only_what_is_not_plainly_roots_is_looked_at():
    """Neither guests' files, nor what the kernel makes, nor what sudo refuses to read."""
    host = tree(
        "# file: /srv/a 0644\n# file: /srv/b 0666\n# file: /srv/c 0644 alice:alice\n# file: /run/x 0666\n"
        "# file: /var/lib/docker/x 0666\n# file: /etc/sudoers.d/x 0666\n# link: /srv/l -> b\n# socket: /srv/s 0777\n"
    ).host()
    found = [
        node.path
        for node in loose_nodes(host)
        if node.path.startswith(("/srv", "/run", "/var/lib/docker", "/etc/sudo"))
    ]
    assert found == ["/srv/b", "/srv/c"]


def test_open_to_all_asks_the_folders_above():
    """A mode says nothing where nobody gets in."""
    host = tree("# folder: /srv/p 0700\n# file: /srv/p/a 0666\n# file: /srv/b 0666\n").host()
    assert not open_to_all(host, host.fs.at("/srv/p/a"))
    assert open_to_all(host, host.fs.at("/srv/b"))


def test_a_home_is_its_owners_own():
    """But not when it is a folder of the system."""
    host = tree("# file: /home/alice/a 0644 alice:alice\n# file: /srv/a 0644 alice:alice\n").host()
    alice = host.accounts.named("alice")
    assert in_home(host.fs.at("/home/alice/a"), alice)
    assert not in_home(host.fs.at("/srv/a"), alice)
    assert not in_home(host.fs.at("/srv/a"), None)
