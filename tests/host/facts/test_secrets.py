"""Credentials in files: which are seen, which are places for one, and that no value is told."""

from __future__ import annotations

from hashlib import md5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.facts.secrets import credentials
from casemate.host.secretwords import is_secret, weight
from tests.host.tree import tree


def found(path, body, mode="0644", more=""):
    host = tree(f"# file: {path} {mode}\n{body}\n{more}").host()
    return host.once(credentials)


@pytest.mark.parametrize(
    ("path", "body", "line", "name"),
    [
        ("/etc/default/app", "A=1\nDB_PASSWORD=kX83mfq", 2, "DB_PASSWORD"),
        ("/etc/app.conf", "export API_TOKEN='a8Fk2mQ9zLp4'", 1, "API_TOKEN"),
        ("/opt/a/.env", "SMTP_PASS=sommer", 1, "SMTP_PASS"),
        ("/srv/a/.netrc", "machine h login me password Zorro123", 1, "password"),
        ("/srv/a/.pgpass", "db:5432:*:app:qqWW12kk", 1, "a database password"),
        ("/etc/my.cnf", "[client]\npassword=hunter", 2, "password"),
        ("/srv/a/.git-credentials", "https://me:sEcr3tX9@git.example", 1, "a password in a URL"),
        ("/srv/a/.aws/credentials", "aws_secret_access_key = aB3dE5fG7hJ9kL1mN3pQ5rS7", 1, "aws_secret_access_key"),
        ("/srv/a/.docker/config.json", '{"auths":{"h":{"auth":"YWw6aHVudGVyMg=="}}}', 1, "auth"),
        ("/var/www/html/wp-config.php", "<?php\ndefine( 'DB_PASSWORD', 'Xk29fjdk' );", 2, "DB_PASSWORD"),
        ("/opt/a/settings.py", "DATABASES = {'default': {'PASSWORD': 'fjk38dk2x'}}", 1, "PASSWORD"),
        ("/opt/a/application.properties", "spring.datasource.password=geheim", 1, "spring.datasource.password"),
        ("/opt/a/database.yml", "production:\n  password: geheim1", 2, "password"),
        ("/opt/a/terraform.tfstate", '{"attributes":{"master_password":"Sup3rPw99"}}', 1, "master_password"),
        ("/srv/a/.bash_history", "ls\nmysql -u root -pS3cr3tPw db", 2, "a password on a command line"),
        ("/srv/a/.bash_history", "sshpass -p 'Qw12er34' ssh h", 1, "a password on a command line"),
        ("/srv/a/.npmrc", "//r.example/:_authToken=npm_q7Zt7qLpW93xKdq7Zt7qLpW93xKdq7Zt7qLp", 1, "an access key"),
        ("/etc/apt/auth.conf", "machine r.example login a password Zt7qLpW93", 1, "password"),
        ("/etc/exim4/passwd.client", "mail.example:alice:Zt7qLpW93", 1, "a mail account's password"),
        ("/usr/local/bin/up.sh", "curl -u 'alice:Zt7qLpW93' h", 1, "a password on a command line"),
        (
            "/opt/a/c.yml",
            "w: https://hooks.slack.com/services/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",
            1,
            "a webhook",
        ),
        ("/srv/a/.mysql_history", "CREATE USER 'a' IDENTIFIED BY 'Zt7qLpW93';", 1, "a database password"),
        ("/etc/openvpn/auth.txt", "alice\nZt7qLpW93", 1, "the name and password of a VPN"),
        ("/var/lib/samba/private/passdb.tdb", "TDB file", 1, "password hashes or secrets of Samba"),
        (
            "/var/lib/cloud/instance/user-data.txt",
            "chpasswd:\n  list:\n    - root:Zt7qLpW93",
            3,
            "an account's password",
        ),
        ("/opt/app/config/master.key", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", 1, "a secret"),
        (
            "/var/log/installer/cdebconf/questions.dat",
            "Name: passwd/root-password\nValue: Zt7qLpW93",
            2,
            "an answer to a question for a password",
        ),
        ("/etc/wpa_supplicant/w.conf", 'network={\n psk="kffkd93kf"\n}', 2, "psk"),
        ("/etc/wireguard/wg0.conf", "PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=", 1, "PrivateKey"),
        ("/etc/postfix/sasl_passwd", "[smtp.x.org]:587 u@x.org:fjdkfj39", 1, "a mail account's password"),
        ("/etc/ldap.conf", "binddn cn=admin\nbindpw Adm1nPw", 2, "bindpw"),
        ("/etc/ppp/chap-secrets", "client server s3cr3t99 *", 1, "a password"),
        ("/etc/systemd/system/a.service", "[Service]\nEnvironment=DB_PASSWORD=fdjkf93kd", 2, "DB_PASSWORD"),
        ("/etc/fstab", "//h/s /mnt cifs username=u,password=Fjdk39fk 0 0", 1, "password"),
        ("/etc/redis.conf", "requirepass fjdkf93kfk", 1, "requirepass"),
        ("/srv/preseed.cfg", "d-i passwd/root-password password r00tme99", 1, "an account's password"),
        ("/etc/x.xml", "<!-- a\n<password>n0tThis99</password>\n-->\n<password>geheim12</password>", 4, "password"),
        ("/var/backups/shadow.bak", "root:$y$j9T$abcdefgh$ABCDEFGHIJKL:19700:0:99999:7:::", 1, "password hashes"),
        ("/etc/apache2/.htpasswd", "me:$apr1$abcdefgh$0123456789abcdefghijkl", 1, "password hashes"),
    ],
)
def test_a_credential_is_seen(path, body, line, name):
    """At its line, by its name, never with its value."""
    (one,) = found(path, body)
    assert (one.path, one.line) == (path, line)
    assert name in one.names
    assert one.readers.everybody


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/opt/a/.env", "DB_PASSWORD=changeme\nTOKEN=<your token>\nK=${DB_PASSWORD}\nAPI_KEY=xxxxxxxx\nDB_PASS="),
        ("/etc/login.conf", "PASS_MAX_DAYS 99999\nPASS_MIN_LEN=8\nENCRYPT_METHOD=SHA512\npasswd_tries=3"),
        ("/etc/nsswitch.conf", "passwd: files systemd\nshadow: files"),
        ("/etc/pam.d/x", "password requisite pam_unix.so sha512 use_authtok"),
        ("/etc/app.conf", "#DB_PASSWORD=kX83mfq\n; password=kX83mfq\npassword_file=/run/secrets/db\nkey = value"),
        ("/etc/app.yml", "$ANSIBLE_VAULT;1.1;AES256\n6638643965323633646262656665\npassword: 6638643965323633"),
        ("/opt/a/.env.example", "DB_PASSWORD=kX83mfq"),
        ("/opt/a/app.css", ".password { token: kX83mfq1; }"),
        ("/etc/sssd.conf", "ldap_default_authtok_type = password\nauth_provider = ldap\nuse_authtok = true"),
        ("/etc/openvpn/server.conf", "port 1194\nproto udp"),
        ("/var/lib/cloud/instance/user-data.txt", "chpasswd:\n  expire: false\nusers:\n  - name: a"),
        ("/srv/a/.mysql_history", "ALTER USER 'a' IDENTIFIED BY '';"),
        ("/etc/apt/apt.conf.d/90x", 'APT::Periodic::Enable "1";'),
        ("/opt/a/up.sh", 'curl -u "$NAME:$PASSWORD" h'),
        ("/etc/x.conf", "url = https://user@example.org/\nproxy=http://proxy:3128/"),
    ],
)
def test_what_is_no_credential(path, body):
    """Places for a value, settings about passwords, comments, examples, what is encrypted."""
    assert found(path, body) == ()


@pytest.mark.parametrize("mode", ["0600", "0640", "0640 root:shadow", "0660 websvc:websvc", "0600 alice:alice"])
def test_who_may_read_it_is_no_finding(mode):
    """Its owner, a group without ordinary users."""
    assert found("/etc/app.conf", "DB_PASSWORD=kX83mfq", mode) == ()


def test_a_person_of_the_group_or_of_the_access_list_is_named():
    """An administrator is not."""
    assert found("/etc/app.conf", "DB_PASSWORD=kX83mfq", "0640 root:alice")[0].readers.who == "alice"
    assert found("/etc/app.conf", "DB_PASSWORD=kX83mfq", "0600 acl=u:alice:r--")[0].readers.who == "alice"
    assert found("/etc/app.conf", "DB_PASSWORD=kX83mfq", "0640 root:bob") == ()


def test_a_closed_folder_above_is_enough():
    """A file that everybody could read, if they got there."""
    assert found("/root/app.conf", "DB_PASSWORD=kX83mfq") == ()


def test_a_file_as_its_package_ships_it_is_no_secret():
    """By the digest in dpkg's list."""
    status = (
        "# file: /var/lib/dpkg/status 0644\nPackage: a\nConffiles:\n /etc/app.conf 6b7fb2fcb3e8d9d4ee9d9d4de7ee4d55\n"
    )
    assert found("/etc/app.conf", "DB_PASSWORD=kX83mfq", more=status)
    digest = md5(b"DB_PASSWORD=kX83mfq\n", usedforsecurity=False).hexdigest()
    assert not found(
        "/etc/app.conf", "DB_PASSWORD=kX83mfq", more=status.replace("6b7fb2fcb3e8d9d4ee9d9d4de7ee4d55", digest)
    )


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("DB_PASSWORD", 3),
        ("password", 2),
        ("api_key", 1),
        ("public_key", 0),
        ("password_file", 0),
        ("keyboard", 0),
        ("", 0),
    ],
)
def test_names(name, rank):
    """How clearly a name speaks of a secret."""
    assert weight(name) == rank


@given(st.binary(max_size=400))
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_read(data):
    """No content makes the reader fail, and a value is never told."""
    root = tree("# file: /etc/app.conf 0644\n")
    root.contents["/etc/app.conf"] = b"DB_PASSWORD=kX83mfqZ\n" + data
    node = root.nodes_by_path["/etc/app.conf"]
    root.nodes_by_path["/etc/app.conf"] = type(node)(node.path, node.kind, 0o644, 0, 0, len(data) + 21)
    assert "kX83mfqZ" not in repr(root.host().once(credentials))


def test_long_lines_cost_little():
    """A file of the largest size, without blanks."""
    for piece in ("a", "mysql ", "://", "<!--", "password", '"', "x=", "key:"):
        found("/etc/app.json", piece * (200_000 // len(piece)))
    assert not is_secret("x" * 100_000, "y" * 100_000)
