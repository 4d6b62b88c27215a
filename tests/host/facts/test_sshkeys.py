"""Private keys and lists of accepted keys."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from casemate.host.edges.ssh import edges
from casemate.host.facts.sshkeys import authorized, private_keys
from casemate.host.relation import Secret
from casemate.leads.posture.ssh_key_readable import LOCKED
from casemate.model.host import ROOT, Confidence
from tests.host.tree import tree

ED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA = generate_private_key(65537, 1024)  # a short one is what is looked for
SERVER = "# file: /etc/ssh/sshd_config 0644\nUsePAM yes\n"


def private(key, form, locked=False):
    how = s.BestAvailableEncryption(b"x" * 8) if locked else s.NoEncryption()
    return key.private_bytes(s.Encoding.PEM, form, how).decode()


def public(key):
    return key.public_key().public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH).decode()


@pytest.mark.parametrize("form", [s.PrivateFormat.OpenSSH, s.PrivateFormat.PKCS8, s.PrivateFormat.TraditionalOpenSSL])
def test_the_public_part_is_read_from_each_form(form):
    """OpenSSH's own, PKCS 8 and the old one of OpenSSL."""
    key = RSA if form is s.PrivateFormat.TraditionalOpenSSL else ED
    (read,) = tree(f"# file: /opt/x/id_a 0600\n{private(key, form)}").host().once(private_keys)
    assert read.public == public(key).split()[1]
    assert not read.encrypted
    assert read.bits == (1024 if key is RSA else 0)


@pytest.mark.parametrize("text", [LOCKED, private(ED, s.PrivateFormat.PKCS8, locked=True)])
def test_a_passphrase_is_seen(text):
    """Without asking for it; of OpenSSH's form the public part is known all the same."""
    (read,) = tree(f"# file: /opt/x/id_a 0600\n{text}").host().once(private_keys)
    assert read.encrypted
    assert bool(read.public) == (text == LOCKED)


def test_a_key_of_putty():
    """Whether it is encrypted and what it opens stand in its head."""
    half = public(ED).split()[1]
    text = (
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\n"
        f"{half[:64]}\n{half[64:]}\nPrivate-Lines: 1\nAAAA\n"
    )
    (read,) = tree(f"# file: /srv/k.ppk 0600\n{text}").host().once(private_keys)
    assert (read.public, read.encrypted) == (half, False)


@pytest.mark.parametrize("junk", ["A" * 90, "=" * 80, "b3BlbnNzaC1rZXktdjEA" + "/" * 80, "\x00\udcff" * 40])
def test_broken_keys_are_keys_of_which_nothing_is_known(junk):
    """No content makes the reader fail."""
    for kind in ("OPENSSH ", "RSA ", "", "EC "):
        text = f"-----BEGIN {kind}PRIVATE KEY-----\n{junk}\n-----END {kind}PRIVATE KEY-----\n"
        host = tree("# file: /opt/x/id_a 0600\n")
        host.contents["/opt/x/id_a"] = text.encode("utf-8", "surrogateescape")
        node = host.nodes_by_path["/opt/x/id_a"]
        host.nodes_by_path["/opt/x/id_a"] = type(node)(node.path, node.kind, node.mode, 0, 0, len(text))
        assert len(host.host().once(private_keys)) == 1


def test_lines_with_options():
    """A quote holds blanks together; command= limits, from= depends; a broken line is said."""
    key = public(ED)
    host = tree(
        f"{SERVER}# file: /root/.ssh/authorized_keys 0600\n"
        f'command="a \\"b c\\"",no-pty {key}\nfrom="10.0.0.1" {key} me\n# {key}\nnonsense\n'
    ).host()
    lines = host.once(authorized)
    assert [(line.line, line.limited, line.elsewhere) for line in lines] == [(1, True, False), (2, False, True)]
    assert any(loss.what == "/root/.ssh/authorized_keys:4" for loss in host.fs.losses)


@pytest.mark.parametrize(
    ("options", "confidence"), [("", Confidence.PROVED), ('from="10.*" ', Confidence.LIKELY), ('command="x" ', None)]
)
def test_a_key_opens_the_account_that_accepts_it(options, confidence):
    """For sure, likely with from=, not at all when held to one command."""
    key = private(ED, s.PrivateFormat.OpenSSH)
    host = tree(
        f"{SERVER}# file: /root/.ssh/authorized_keys 0600\n{options}{public(ED)}\n# file: /opt/d/id_a 0644\n{key}"
    ).host()
    secrets = [r for r in edges(host) if isinstance(r, Secret)]
    assert [(r.opens, r.confidence, r.via[0].path) for r in secrets] == (
        [(ROOT, confidence, "/root/.ssh/authorized_keys")] if confidence else []
    )


def test_the_mode_of_lists_matters_for_sure_only_without_strict_modes():
    """With StrictModes sshd refuses what others can write to, until its mode is repaired."""
    text = "# folder: /root 0755\n# file: /root/.ssh/authorized_keys 0666\n"
    for mode, confidence in (("yes", Confidence.LIKELY), ("no", Confidence.PROVED)):
        host = tree(f"# file: /etc/ssh/sshd_config 0644\nStrictModes {mode}\n{text}").host()
        found = [r for r in edges(host) if r.kind == "authorized-keys" and r.path == "/root/.ssh/authorized_keys"]
        assert [r.confidence for r in found] == [confidence]


def test_a_public_part_that_is_no_base64_is_no_match():
    """Nor one of another key."""
    other = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"z" * 32).decode()
    key = private(ED, s.PrivateFormat.OpenSSH)
    host = tree(
        f"{SERVER}# file: /root/.ssh/authorized_keys 0600\nssh-ed25519 {other}\n# file: /opt/d/id_a 0644\n{key}"
    ).host()
    assert not [r for r in edges(host) if isinstance(r, Secret)]
