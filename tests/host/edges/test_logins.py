"""What logins and sessions act on besides their own files: settings, aliases, tools, user units and shells; what sudo starts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.edges import login_settings, profiles, sessions, ssh, sudo_units
from casemate.host.facts.login_settings import Points
from casemate.host.facts.login_settings import login_settings as told
from casemate.host.facts.search_path import search_path
from casemate.model.host import ROOT, account
from tests.host.tree import tree

SH = "#!/bin/sh\nexit 0\n"


def trusted(source, text):
    return {(t.runner, t.path): t for t in source.edges(tree(text).host())}


def test_variables_and_aliases_are_followed_with_what_the_file_set_before():
    """Of root's files and of an account's own; single quotes keep a $ as it is; pam_env's form."""
    host = tree(
        '# file: /etc/profile.d/a.sh\nT=/opt/t\nexport PYTHONPATH="$T/lib:${T}/b"\n'
        "alias x='$T/no'; y\nalias ll=\"$T/list -l\"\n"
        "#PERL5LIB=/opt/not\n# file: /etc/security/pam_env.conf\nBASH_ENV DEFAULT=/opt/env.sh\n"
        "# file: /home/bob/.bashrc 0644 bob:bob\nexport EDITOR=$HOME/bin/e\n"
    ).host()
    found = {(s.what, s.value, s.line) for s in host.once(told)}
    assert ("PYTHONPATH", "/opt/t/lib:/opt/t/b", 2) in found
    assert {
        ("alias ll", "/opt/t/list -l", 4),
        ("BASH_ENV", "/opt/env.sh", 1),
        ("EDITOR", "/home/bob/bin/e", 1),
    } <= found
    assert not any("not" in value for _, value, _ in found)


def test_tools_name_programs_files_and_folders():
    """git with aliases and includes, vim, tmux, screen; what is a comment or no path is left out."""
    host = tree(
        "# file: /root/.gitconfig\n[core]\n\thooksPath = /opt/h\n\tpager = less\n[alias]\n"
        "\tx = !/opt/g run\n[include]\n\tpath = ~/more\n"
        '# file: /root/.vimrc\n" source /no\nsource /opt/v.vim\nset rtp+=/opt/vim,/opt/vim2\n'
        "# file: /root/.tmux.conf\nrun-shell -b '/opt/tm a'\n"
        "set -g default-shell /opt/zsh\nsource-file -q /opt/t.conf\n"
        "# file: /root/.screenrc\nshell /opt/sh\n"
    ).host()
    found = {(s.points, s.value) for s in host.once(told)}
    assert found == {
        (Points.FOLDERS, "/opt/h"),
        (Points.COMMAND, "/opt/g run"),
        (Points.FILE, "/root/more"),
        (Points.FILE, "/opt/v.vim"),
        (Points.FOLDERS, "/opt/vim:/opt/vim2"),
        (Points.COMMAND, "/opt/tm a"),
        (Points.COMMAND, "/opt/zsh"),
        (Points.FILE, "/opt/t.conf"),
        (Points.COMMAND, "/opt/sh"),
    }
    assert (ROOT, "/opt/vim2") in {(t.runner, t.path) for t in login_settings.edges(host)}


def test_a_sessions_programs_run_as_its_account():
    """User units with drop-ins and specifiers, and the desktop's start; not what is hidden."""
    found = trusted(
        sessions,
        "# file: /home/bob/.config/systemd/user/a.service\n[Service]\nExecStart=-%h/bin/a \\\n  -v\n"
        "# file: /home/bob/.config/systemd/user/a.service.d/o.conf\n[Service]\nExecStartPre=/opt/pre\n"
        "# file: /home/bob/.config/autostart/x.desktop\n[Desktop Entry]\nExec=/opt/desk %U\n"
        "# file: /home/bob/.config/autostart/y.desktop\n[Desktop Entry]\nHidden=true\nExec=/opt/hidden\n"
        f"# file: /home/bob/bin/a 0755\n{SH}# file: /opt/pre 0755\n"
        f"{SH}# file: /opt/desk 0755\n{SH}# file: /opt/hidden 0755\n{SH}",
    )
    assert {path for who, path in found if who == account("bob") and path[:4] in ("/opt", "/hom")} == {
        "/home/bob/bin/a",
        "/opt/pre",
        "/opt/desk",
    }


def test_start_up_files_are_read_for_what_they_source_and_shells_are_programs():
    """A shell outside of the system's folders; a file behind a variable; PATH by a variable."""
    text = (
        "# file: /root/.bashrc\nE=/opt/e\n[ -r $E/a.sh ] && . $E/a.sh\nPATH=$E/bin:$PATH\n# file: /opt/e/a.sh\nA=1\n"
        "# file: /etc/passwd\nroot:x:0:0:root:/root:/opt/zsh\n"
        "alice:x:1000:1000::/home/alice:/bin/bash\nbob:x:1001:1001::/h:/bin/false\n"
        "websvc:x:980:980::/:/bin/false\ningest:x:981:981::/:/bin/false\n"
    )
    found = trusted(profiles, text)
    assert found[ROOT, "/opt/zsh"].missing
    assert [f.path for f in found[ROOT, "/opt/e/a.sh"].via] == ["/root/.bashrc"]
    assert "/opt/e/bin" in [f.folder for f in tree(text).host().once(search_path)]


def test_units_that_sudo_starts_run_though_nothing_starts_them_at_boot():
    """By systemctl or service; not with a verb that only looks, nor a unit that is not there."""
    sudoers = (
        "# file: /etc/sudoers 0440\n"
        "alice ALL=NOPASSWD: /usr/bin/systemctl restart app gone, /usr/sbin/service two start\n"
        "bob ALL=NOPASSWD: /usr/bin/systemctl status three\n"
    )
    found = trusted(
        sudo_units,
        sudoers
        + "".join(
            f"# file: /etc/systemd/system/{n}.service\n[Service]\nExecStart=/opt/{n}\n" for n in ("app", "two", "three")
        )
        + "".join(f"# file: /opt/{n} 0755\n{SH}" for n in ("app", "two", "three")),
    )
    assert {path for _, path in found if path.startswith("/opt")} == {"/opt/app", "/opt/two"}
    assert [f.path for f in found[ROOT, "/opt/app"].via] == ["/etc/systemd/system/app.service", "/etc/sudoers"]


def test_names_in_certificates_count_where_an_authority_is_trusted():
    """And not without one."""
    base = "# file: /etc/ssh/sshd_config\nAuthorizedPrincipalsFile /srv/p/%u\n"
    more = f"{base}TrustedUserCAKeys /etc/ssh/ca.pub\n# file: /srv/p/root 0644\nadmin\n"
    assert (ROOT, "/srv/p/root") in trusted(ssh, more)
    assert (ROOT, "/srv/p/root") not in trusted(ssh, base)


@settings(max_examples=60, deadline=None)
@given(st.text("aliasEDITOR=$!'\"\\/~ {}:", max_size=60))
def test_no_line_upsets_the_reader(line):
    """Quotes and dollars anywhere."""
    places = ("/etc/environment", "/root/.bashrc", "/root/.gitconfig", "/root/.tmux.conf")
    text = "".join(f"# file: {p}\n{line}\n" for p in places)
    list(login_settings.edges(tree(text).host()))
