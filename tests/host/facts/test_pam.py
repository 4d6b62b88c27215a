"""PAM: what a stack comes to for somebody who knows no password."""

from __future__ import annotations

import pytest

from casemate.host.facts.pam import flat, pam
from casemate.host.facts.pam_outcome import opened
from casemate.model.host import ANYONE, group
from tests.host.tree import tree

COMMON = (
    "# file: /etc/pam.d/common-auth\nauth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\n"
    "auth required pam_permit.so\n"
)


def su(text: str):
    host = tree(f"{COMMON}# file: /etc/pam.d/su\n{text}\n").host()
    return [(o.who.holder, o.who.becomes, o.cause.line) for o in opened(host, host.once(pam).stack("su", "auth"))]


@pytest.mark.parametrize(
    "text",
    [
        "auth sufficient pam_rootok.so\n@include common-auth",
        "auth required pam_env.so\nauth sufficient pam_unix.so\nauth required pam_deny.so",
        "auth substack common-auth\nauth required pam_faillock.so preauth",
        "auth [success=1 default=bad] pam_unix.so\nauth [default=die] pam_faillock.so authfail\nauth optional pam_permit.so",
        "auth sufficient pam_succeed_if.so user ingroup nopasswdlogin\n@include common-auth",
        "auth required pam_wheel.so use_uid\n@include common-auth",
        "auth requisite pam_deny.so\nauth required pam_permit.so",
        "auth [success=9 default=9] pam_unix.so\nauth required pam_permit.so",
    ],
)
def test_closed_stacks(text):
    """Stacks as distributions ship them, and such as fail by themselves."""
    assert su(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("auth sufficient pam_permit.so\n@include common-auth", (ANYONE, "root", 1)),
        (
            "auth [success=1 default=1] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so",
            (ANYONE, "root", 1),
        ),
        ("auth optional pam_unix.so\nauth required pam_permit.so", (ANYONE, "root", 2)),
        ("auth sufficient pam_wheel.so trust group=staff\n@include common-auth", (group("staff"), "root", 1)),
        (
            "auth sufficient pam_succeed_if.so use_uid user ingroup staff\n@include common-auth",
            (group("staff"), "root", 1),
        ),
        ("auth sufficient pam_succeed_if.so user = bob\n@include common-auth", (ANYONE, "bob", 1)),
    ],
)
def test_open_stacks(text, found):
    """Who passes, as whom, and by which line."""
    assert su(text) == [found]


def test_circles_and_lines_that_are_none():
    """Files that include one another end; what is not understood is said."""
    host = tree("# file: /etc/pam.d/su\n@include su\nauth include su\nauth sometimes pam_unix.so\nhello\n").host()
    assert host.once(pam).stack("su", "auth") == ()
    assert {loss.what for loss in host.fs.losses} >= {"/etc/pam.d/su:1", "/etc/pam.d/su:3", "/etc/pam.d/su:4"}


def test_stacks_that_multiply():
    """A stack of stacks of stacks is read up to a limit."""
    files = "".join(f"# file: /etc/pam.d/s{n}\nauth substack s{n + 1}\nauth substack s{n + 1}\n" for n in range(20))
    host = tree(files + "# file: /etc/pam.d/s20\nauth required pam_unix.so\n").host()
    assert len(flat(host.once(pam).stack("s0", "auth"))) <= 2000


def test_pam_conf():
    """Read only where there is no folder."""
    host = tree("# file: /etc/pam.conf\nsu auth sufficient pam_permit.so\n").host()
    assert [e.name for e in flat(host.once(pam).stack("su", "auth"))] == ["pam_permit"]
