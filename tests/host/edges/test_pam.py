"""What is proposed against a stack of PAM that lets everybody in."""

import pytest

from casemate.host.edges.pam import edges
from tests.host.tree import tree


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("auth sufficient pam_permit.so\nauth required pam_unix.so", True),
        (
            "auth [success=1 default=ignore] pam_localuser.so\nauth requisite pam_deny.so\nauth required pam_permit.so",
            True,
        ),
        (
            "auth [success=2 default=ignore] pam_unix.so\nauth sufficient pam_permit.so\nauth requisite pam_deny.so",
            False,
        ),
        (
            "auth [success=1 default=ignore] pam_unix.so\nauth sufficient pam_permit.so\nauth requisite pam_deny.so",
            False,
        ),
        ("auth [success=1 default=ignore] pam_unix.so\nauth required pam_env.so\nauth sufficient pam_permit.so", True),
    ],
)
def test_a_line_is_taken_out_only_where_no_jump_counts_it(text, out):
    """Else the modules behind it would be reached by another jump than was meant."""
    grants = [e for e in edges(tree(f"# file: /etc/pam.d/su\n{text}\n").host()) if e.kind == "pam-open"]
    assert [bool(grant.fixes) for grant in grants] == [out]
