"""What of the loader's set-up can be changed, beyond the rules' examples."""

from casemate.host.derivation import Graph
from casemate.host.edges import loader
from casemate.host.graph import edges
from tests.host.tree import tree


def ways(text: str) -> list[tuple[str, str]]:
    host = tree(text).host()
    found = [edge for edge in Graph(edges(host, loader.edges(host))).edges if edge.relation is not None]
    return [(edge.kind, edge.steps[0].path) for edge in found]


def test_what_is_missing_can_be_made():
    """A folder of the configuration that does not exist, below one that others write to; a preloaded library likewise."""
    assert ways("# file: /etc/ld.so.conf 0644\n/srv/x/lib\n# folder: /srv/x 0777\n") == [("library-folder", "/srv/x")]
    assert ways("# file: /etc/ld.so.preload 0644\n/srv/x/lib.so\n# folder: /srv/x 0777\n") == [
        ("library-folder", "/srv/x")
    ]


def test_a_library_that_is_a_link_to_elsewhere():
    """The file that a name in a default folder leads to is what counts."""
    text = "# link: /usr/lib/libx.so -> /opt/x/libx.so\n# elf: /opt/x/libx.so 0755 kind=lib\n# folder: /opt/x 0777\n"
    assert ways(text) == [("library-folder", "/opt/x")]


def test_variables_of_the_loader_in_roots_environment():
    """LD_PRELOAD and LD_LIBRARY_PATH, in the syntax of each file; those of an ordinary account are its own affair."""
    folder = "# folder: /srv/x 0777\n"
    assert ways(folder + '# file: /root/.bashrc 0600\nexport LD_LIBRARY_PATH="/srv/x:$LD_LIBRARY_PATH"\n') == [
        ("library-folder", "/srv/x")
    ]
    assert ways(folder + "# file: /etc/security/pam_env.conf 0644\nLD_PRELOAD DEFAULT=/srv/x/a.so\n") == [
        ("library-folder", "/srv/x")
    ]
    assert ways(folder + "# file: /home/alice/.bashrc 0644 alice:alice\nexport LD_LIBRARY_PATH=/srv/x\n") == []
    assert ways(folder + "# file: /etc/environment 0644\n#LD_PRELOAD=/srv/x/a.so\n") == []


def test_a_usual_root_has_no_way():
    """Default folders of root, a folder of its own, links among the libraries."""
    assert (
        ways(
            "# file: /etc/ld.so.conf 0644\ninclude /etc/ld.so.conf.d/*.conf\n# file: /etc/ld.so.conf.d/a.conf 0644\n/opt/lib\n"
            "# folder: /opt/lib\n# elf: /usr/lib/liba.so.1.2 0644 kind=lib\n# link: /usr/lib/liba.so.1 -> liba.so.1.2\n"
        )
        == []
    )
