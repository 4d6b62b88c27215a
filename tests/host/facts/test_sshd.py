"""The reader of sshd_config: what counts, in which order, for whom."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.facts.sshd import Fits, fitting, in_list, key_files, logs_in, split, sshd
from tests.host.tree import tree

CONFIG = "# file: /etc/ssh/sshd_config 0644\n"


def told(text):
    host = tree(CONFIG + text).host()
    return host, host.once(sshd)


def test_the_first_value_counts_with_its_line():
    """A later line of the same keyword changes nothing."""
    _, read = told("X11Forwarding no\nPermitRootLogin no\npermitrootlogin yes\n")
    first = read.first("permitrootlogin")
    assert (first.value, first.path, first.line) == ("no", "/etc/ssh/sshd_config", 2)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("PermitRootLogin yes", ["PermitRootLogin", "yes"]),
        ("  PermitRootLogin=yes", ["PermitRootLogin", "yes"]),
        ("PermitRootLogin = yes # no", ["PermitRootLogin", "yes"]),
        ('AllowUsers "a b" c', ["AllowUsers", "a b", "c"]),
        ("Ciphers '+3des-cbc'", ["Ciphers", "+3des-cbc"]),
        ("# PermitRootLogin yes", []),
        ("", []),
        ('Banner "x', None),
    ],
)
def test_a_line_is_split_as_sshd_does(line, words):
    """Quotes, equals signs and comments; None where a quote does not end."""
    assert split(line) == words


def test_an_included_file_counts_where_it_is_included():
    """Include at the top goes before the rest, in the order of names; relative names are below /etc/ssh."""
    _, read = told(
        "Include sshd_config.d/*.conf\nPermitRootLogin no\n"
        "# file: /etc/ssh/sshd_config.d/10-a.conf 0644\nPasswordAuthentication no\n"
        "# file: /etc/ssh/sshd_config.d/20-b.conf 0644\nPasswordAuthentication yes\nPermitRootLogin yes\n"
    )
    assert read.first("permitrootlogin").path.endswith("20-b.conf")
    assert read.first("passwordauthentication").path.endswith("10-a.conf")


def test_a_file_that_includes_itself_ends():
    """What is nested too deeply is not examined, and said so."""
    host, read = told("Include /etc/ssh/sshd_config\nPermitRootLogin yes\n")
    assert read.first("permitrootlogin").value == "yes"
    assert host.fs.losses


def test_a_match_block_overrules_and_ends_with_its_file():
    """Settings of a block count for whom it fits, wherever the global line stands."""
    host, read = told(
        "Include /etc/ssh/m.conf\nPermitRootLogin no\nMatch User root Address 10.0.0.0/8\n PermitRootLogin yes\n"
        "# file: /etc/ssh/m.conf 0644\nMatch User alice\nPasswordAuthentication no\n"
    )
    root = host.accounts.named("root")
    alice = host.accounts.named("alice")
    assert [read.first("permitrootlogin", case).value for case in read.cases(host, root)] == ["no", "yes"]
    assert read.first("passwordauthentication", read.cases(host, alice)[0]).value == "no"
    assert read.first("passwordauthentication").value == "yes"


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ("Match all", Fits.YES),
        ("Match User root", Fits.YES),
        ("Match User *,!root", Fits.NO),
        ("Match user=ro?t", Fits.YES),
        ("Match Group root", Fits.YES),
        ("Match Group wheel", Fits.NO),
        ("Match LocalPort 2222", Fits.SOME),
        ("Match Sometimes", Fits.NO),
        ("Match invalid-user", Fits.NO),
    ],
)
def test_whom_a_block_fits(match, fits):
    """By name and group for sure, by address or port perhaps; one that is not understood fits nobody."""
    host, read = told(f"{match}\nPermitRootLogin yes\n")
    assert fitting(host, read.blocks()[0], host.accounts.named("root")) is fits


def test_lists_of_users_add_up():
    """AllowUsers on two lines lets both in and nobody else; DenyGroups keeps out."""
    host, read = told("AllowUsers alice\nAllowUsers b*@10.0.0.1\nDenyGroups wheel\n")
    admitted = [a.name for a in host.accounts.accounts if read.admits(host, a, frozenset())]
    assert admitted == ["alice"]


def test_options_of_the_command_line_come_first():
    """What /etc/default/ssh hands to sshd overrules the files."""
    _, read = told("PermitRootLogin no\n# file: /etc/default/ssh 0644\nSSHD_OPTS='-o PermitRootLogin=yes'\n")
    assert (read.first("permitrootlogin").path, read.first("permitrootlogin").value) == ("/etc/default/ssh", "yes")


def test_files_of_keys_with_tokens():
    """%h and %u stand for the account's, a relative name is below its home."""
    host, read = told("AuthorizedKeysFile .ssh/keys /etc/keys/%u %h/k%%\n")
    alice = host.accounts.named("alice")
    assert key_files(read, alice, frozenset()) == ["/home/alice/.ssh/keys", "/etc/keys/alice", "/home/alice/k%"]
    assert logs_in(host, read, alice) is not None
    assert logs_in(host, read, host.accounts.named("websvc")) is None


def test_no_server_no_settings():
    """Where neither a configuration nor the program is there, nobody logs in."""
    host = tree("").host()
    assert not host.once(sshd).present


def test_what_is_not_understood_is_said():
    """A word alone and a wrong Match line are not examined."""
    host, _ = told("PermitRootLogin\nMatch Foo bar\n")
    assert [loss.what for loss in host.fs.losses] == ["/etc/ssh/sshd_config:1", "/etc/ssh/sshd_config:2"]


def test_many_blocks_are_bounded():
    """Ten thousand Match blocks cost little, and the rest is said not to be examined."""
    host, read = told("".join(f"Match Address 10.0.{n}.0/24\nPermitRootLogin yes\n" for n in range(10_000)))
    assert len(read.cases(host, host.accounts.named("root"))) <= 101
    assert host.fs.losses


@given(st.text(alphabet="abAllowUsers=\"'# \t,!*?[", max_size=60))
@settings(max_examples=50, deadline=None)
def test_any_line_is_split(line):
    """No text makes the splitter fail, nor a pattern list."""
    assert split(line) is None or isinstance(split(line), list)
    in_list("root", line)
