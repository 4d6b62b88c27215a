"""Who can change and read what, beyond what the kernel answers for one path: attackers go where they can."""

from casemate.host.access import How
from casemate.host.filesystem import Filesystem
from casemate.host.host import Host
from casemate.model.host import ANYONE, NETWORK, Node, NodeKind, account
from casemate.model.outcome import NotExamined, Reason
from tests.host.tree import tree


def test_a_link_in_a_closed_folder_does_not_protect_what_it_leads_to():
    """Root may name the file through /root; somebody else goes to it directly."""
    host = tree(
        "# link: /root/run -> /opt/run.sh\n# file: /opt/run.sh 0666\n# link: /root/tools -> /srv/tools\n"
        "# folder: /srv/tools 0777\n# file: /srv/tools/x 0755\n"
    ).host()
    change = host.access.change(ANYONE, "/root/run")
    assert change is not None
    assert (change.how, change.place.path) == (How.WRITES, "/opt/run.sh")
    change = host.access.change(ANYONE, "/root/tools/x")
    assert change is not None
    assert (change.how, change.place.path) == (How.REPLACES, "/srv/tools")
    assert host.access.discloses(ANYONE, "/root/run")
    assert host.access.change(NETWORK, "/root/run") is None


def test_a_closed_folder_protects_what_lies_in_it():
    """However open the file itself is."""
    host = tree(
        "# folder: /opt/private 0700\n# file: /opt/private/run.sh 0777\n# link: /opt/run -> private/run.sh\n"
    ).host()
    assert host.access.change(ANYONE, "/opt/run") is None
    assert not host.access.discloses(ANYONE, "/opt/run")


def test_an_owner_can_give_itself_what_it_lacks():
    """The owner of a read-only file can change its mode; another cannot."""
    host = tree("# file: /opt/run.sh 0444 alice:alice\n").host()
    change = host.access.change(account("alice"), "/opt/run.sh")
    assert change is not None
    assert change.owned
    assert host.access.change(account("bob"), "/opt/run.sh") is None


def test_a_path_of_thousands_of_folders_is_judged():
    """No limit of recursion ends it."""
    places = [Node("/", NodeKind.FOLDER, 0o755, 0, 0), Node("/opt", NodeKind.FOLDER, 0o755, 0, 0)]
    places += [Node("/opt" + "/a" * depth, NodeKind.FOLDER, 0o755, 0, 0) for depth in range(1, 2000)]
    places.append(Node("/opt" + "/a" * 2000, NodeKind.FILE, 0o666, 0, 0))
    host = Host(Filesystem(places, lambda node, _: NotExamined(what=node.path, reason=Reason.UNREADABLE, detail="")))
    assert host.access.change(ANYONE, "/opt" + "/a" * 2000) is not None
