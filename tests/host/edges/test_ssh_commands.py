"""What SSH runs for accounts: forced commands, subsystems, and the client's commands."""

from casemate.host.edges.ssh_commands import edges
from casemate.host.facts.ssh_client import ssh_client
from casemate.model.host import ROOT, Confidence, account
from tests.host.tree import tree


def told_host(text):
    return tree(text).host()


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmQ2oCkkrmPHgUkCkYJCwGkhKVQ8TrLBXDnUOwTQIdS"


def trusted(text):
    return {(t.runner, t.path): t for t in edges(tree(text).host())}


def test_a_forced_command_is_run_as_the_keys_account():
    """With quotes inside, other options around it, and what the script calls."""
    found = trusted(
        "# file: /etc/ssh/sshd_config\nUsePAM yes\n"
        f'# file: /home/alice/.ssh/authorized_keys\nno-pty,Command="/srv/a \\"x y\\" $SSH_ORIGINAL_COMMAND",restrict {KEY}\n'
        "# file: /srv/a 0755\n#!/bin/sh\n. /srv/b.sh\n# file: /srv/b.sh\nA=1\n"
    )
    first = found[account("alice"), "/srv/a"]
    assert first.via[0].path == "/home/alice/.ssh/authorized_keys"
    assert [f.path for f in found[account("alice"), "/srv/b.sh"].via] == ["/srv/a", "/home/alice/.ssh/authorized_keys"]


def test_the_servers_commands_run_as_whoever_the_block_fits():
    """Root first of all when nothing narrows it."""
    found = trusted(
        "# file: /etc/ssh/sshd_config\nSubsystem sftp /srv/sftp -l INFO\nSubsystem x internal-sftp\n"
        "Match User bob\n  ForceCommand /srv/menu\nMatch Group sudo\n  ForceCommand internal-sftp\n"
        "# file: /srv/sftp 0755\n#!/bin/sh\n# file: /srv/menu 0755\n#!/bin/sh\n"
    )
    assert {who for who in found if "/srv/" in who[1]} == {(ROOT, "/srv/sftp"), (account("bob"), "/srv/menu")}
    assert found[ROOT, "/srv/sftp"].confidence is Confidence.LIKELY


def test_commands_of_the_client_are_its_owners():
    """Proxies, lookups of keys, conditions, libraries, and files that are included; not what is switched off."""
    found = trusted(
        "# file: /root/.ssh/config\nInclude more/*\nProxyCommand none\nLocalCommand /srv/not\nPKCS11Provider /srv/p.so\n"
        '# file: /root/.ssh/more/a\nMatch host x exec "/srv/check %h"\n  ProxyCommand nc -X 5 %h %p\n'
        "# file: /home/bob/.ssh/config\nKnownHostsCommand=/srv/keys %H\nPermitLocalCommand yes\nLocalCommand ~/note\n"
        "# file: /srv/check 0755\n#!/bin/sh\n# file: /srv/keys 0755\n#!/bin/sh\n# file: /srv/p.so\nx\n"
        "# file: /home/bob/note 0755\n#!/bin/sh\n"
    )
    want = {(ROOT, "/root/.ssh/more/a"), (ROOT, "/srv/p.so"), (ROOT, "/srv/check"), (account("bob"), "/srv/keys")}
    assert want <= set(found)
    assert (ROOT, "/srv/not") not in found


def test_files_that_include_themselves_end():
    """Two in a circle, a line without a value, and a quote without an end."""
    circle = told_host(
        '# file: /root/.ssh/config\nInclude b\nProxyCommand\nProxyCommand "x\n# file: /root/.ssh/b\nInclude config b\n'
    )
    assert len(ssh_client(circle)) <= 2
