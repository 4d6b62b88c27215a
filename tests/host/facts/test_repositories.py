"""Sources of packages of other systems: what is not checked, and where it says so."""

from __future__ import annotations

from casemate.host.facts.repositories import unchecked
from tests.host.tree import tree


def seen(text):
    return [(u.path, u.line, u.source, u.what) for u in tree(text).host().once(unchecked)]


def test_repositories_of_yum_and_zypper():
    """Each section by itself; one that is off is none; the last value of a key counts."""
    path = "/etc/yum.repos.d/a.repo"
    text = f"# file: {path}\n[a]\nbaseurl=http://a/\ngpgcheck = 0\n[b]\ngpgcheck=1\nsslverify=False\n"
    text += "[c]\nenabled=0\ngpgcheck=0\n"
    assert seen(text) == [(path, 3, "a", "gpgcheck=0"), (path, 6, "b", "sslverify=False")]


def test_pacman():
    """The level of local files and of databases is not that of packages."""
    text = (
        "# file: /etc/pacman.conf\n[options]\nSigLevel = Required DatabaseOptional\nLocalFileSigLevel = Optional\n"
        "[x]\nServer = http://x/\nSigLevel = Optional TrustAll\n"
    )
    assert seen(text) == [("/etc/pacman.conf", 6, "x", "SigLevel = Optional TrustAll")]


def test_remotes_of_flatpak():
    """A remote without signatures."""
    path = "/var/lib/flatpak/repo/config"
    assert seen(f'# file: {path}\n[core]\nmode=bare\n[remote "x"]\nurl=https://x/\ngpg-verify=false\n') == [
        (path, 5, "x", "gpg-verify=false")
    ]
