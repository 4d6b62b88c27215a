"""Settings of services that let everybody in, and those that look like it."""

from __future__ import annotations

import pytest

from casemate.host.edges.services import edges
from casemate.host.facts.databases import databases
from casemate.host.facts.mailservers import mail_servers
from casemate.host.facts.mounts import mounts, weak_mounts
from casemate.host.facts.netservices import clear_text_services, network_services
from casemate.host.facts.settings import everywhere, loopback, without, yaml
from casemate.host.facts.shares import shares
from casemate.host.facts.webservers import web_servers
from casemate.model.host import ROOT
from casemate.model.lead import Severity
from tests.host.tree import tree

READERS = (shares, weak_mounts, clear_text_services, databases, web_servers, mail_servers, network_services)
LOW, MEDIUM, HIGH, CRITICAL = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL

WEAK = [
    ("/etc/exports", "/ *(rw,no_root_squash)", 1, CRITICAL),
    ("/etc/exports", '"/srv/a b" 10.0.0.0/8(rw,no_root_squash)', 1, MEDIUM),
    ("/etc/exports", "/srv/a db1(rw,no_root_squash)", 1, LOW),
    ("/etc/exports", "/srv/a -rw,no_root_squash *", 1, HIGH),
    ("/etc/exports", "/srv/a \\\n *(rw,all_squash,anonuid=0)", 1, HIGH),
    ("/etc/exports.d/x.exports", "/srv/a *(rw)", 1, MEDIUM),
    ("/etc/samba/smb.conf", "[global]\nserver min protocol = NT1", 2, MEDIUM),
    ("/etc/samba/smb.conf", "[a]\npath=/a\npublic = yes\nwritable = yes\nforce user = root", 4, CRITICAL),
    ("/etc/samba/smb.conf", "[global]\nallow insecure wide links = yes\n[a]\nwide links = yes", 4, MEDIUM),
    ("/etc/rsyncd.conf", "uid = root\n[all]\npath = /\nread only = false", 4, CRITICAL),
    ("/etc/rsyncd.conf", "[homes]\npath = /home", 2, MEDIUM),
    ("/etc/vsftpd.conf", "anonymous_enable=YES", 1, LOW),
    ("/etc/proftpd/proftpd.conf", "<Anonymous ~ftp>\n<Limit WRITE>\nAllowAll\n</Limit>\n</Anonymous>", 3, MEDIUM),
    ("/etc/default/tftpd-hpa", 'TFTP_OPTIONS="--secure --create"', 1, MEDIUM),
    ("/etc/fstab", "/dev/sdb1 /mnt/u auto users,exec,dev,suid 0 0", 1, HIGH),
    ("/etc/fstab", "//h/s /mnt/s cifs nosuid,file_mode=0777 0 0", 1, MEDIUM),
    ("/etc/fstab", "tmpfs /tmp tmpfs defaults 0 0", 1, LOW),
    ("/etc/hosts.equiv", "+", 1, HIGH),
    ("/etc/inetd.conf", "shell stream tcp nowait root /usr/sbin/in.rshd in.rshd", 1, MEDIUM),
    ("/etc/postgresql/15/main/pg_hba.conf", "host all all 0.0.0.0 0.0.0.0 trust", 1, HIGH),
    ("/etc/postgresql/15/main/pg_hba.conf", "host all all 127.0.0.1/32 trust", 1, MEDIUM),
    ("/etc/postgresql/15/main/pg_hba.conf", "host all all ::/0 password", 1, MEDIUM),
    ("/etc/my.cnf", "[mysqld]\nuser=root", 2, HIGH),
    ("/etc/redis/redis.conf", "protected-mode no", 1, HIGH),
    ("/etc/redis/redis.conf", "bind 127.0.0.1\nunixsocketperm 777", 2, MEDIUM),
    ("/etc/elasticsearch/elasticsearch.yml", "network.host: 0.0.0.0\nxpack.security.enabled: false", 2, HIGH),
    ("/etc/memcached.conf", "-m 64\n-l 0.0.0.0", 2, MEDIUM),
    ("/etc/rabbitmq/rabbitmq.conf", "loopback_users = none", 1, HIGH),
    ("/opt/couchdb/etc/local.ini", "[chttpd]\nbind_address = 0.0.0.0", 2, HIGH),
    ("/etc/default/etcd", 'ETCD_LISTEN_CLIENT_URLS="http://0.0.0.0:2379"', 1, HIGH),
    ("/etc/mosquitto/conf.d/a.conf", "listener 1883\nallow_anonymous true", 2, MEDIUM),
    ("/etc/nginx/conf.d/a.conf", "server { root /; }", 1, HIGH),
    ("/etc/nginx/conf.d/a.conf", "ssl_ciphers 'HIGH:RC4-SHA:!aNULL';", 1, MEDIUM),
    ("/etc/nginx/conf.d/a.conf", "location /up {\n dav_methods PUT DELETE;\n}", 2, MEDIUM),
    ("/etc/apache2/apache2.conf", "<Directory />\nRequire all granted\n</Directory>", 1, MEDIUM),
    ("/etc/apache2/sites-enabled/a.conf", "SSLProtocol +SSLv3 +TLSv1.2", 1, MEDIUM),
    ("/etc/apache2/sites-enabled/a.conf", "<Location /d>\nDav On\nRequire all granted\n</Location>", 1, HIGH),
    ("/etc/php/8.2/fpm/php.ini", "allow_url_include = On", 1, MEDIUM),
    ("/etc/php/8.2/fpm/pool.d/www.conf", "[www]\nuser = root", 2, HIGH),
    ("/etc/php/8.2/fpm/pool.d/www.conf", "[www]\nlisten.mode = 0666", 2, MEDIUM),
    ("/root/.jupyter/jupyter_server_config.py", "c.ServerApp.ip = '*'\nc.ServerApp.token = ''", 2, CRITICAL),
    ("/var/lib/jenkins/config.xml", "<hudson>\n  <useSecurity>false</useSecurity>", 2, HIGH),
    ("/etc/exim4/update-exim4.conf.conf", "dc_relay_nets='0.0.0.0/0'", 1, HIGH),
    ("/etc/snmp/snmpd.conf", "rocommunity public", 1, MEDIUM),
    ("/etc/bind/named.conf.local", 'zone "a" {\n allow-update { any; };\n};', 2, HIGH),
    ("/etc/unbound/unbound.conf", "access-control: 0.0.0.0/0 allow", 1, MEDIUM),
    ("/etc/tinyproxy/tinyproxy.conf", "Port 8888", 1, MEDIUM),
    ("/etc/cups/cupsd.conf", "Port 631\n<Location /admin>\nAllow all\n</Location>", 1, MEDIUM),
    ("/etc/ldap/slapd.conf", "access to *\n  by * write", 2, HIGH),
    ("/etc/salt/master", "auto_accept: True", 1, MEDIUM),
    ("/etc/systemd/system/v.service", "[Service]\nExecStart=/usr/bin/x0vncserver -SecurityTypes None", 2, HIGH),
]
FINE = [
    ("/etc/exports", "/srv/a *(ro)\n/srv/b 10.0.0.5(rw)\n/srv/c gss/krb5(rw)\n/srv/d *(rw,sec=krb5)\n# /x *(rw)"),
    ("/etc/samba/smb.conf",
     "[global]\nmap to guest = bad user\nusershare allow guests = yes\n[printers]\n"
     "guest ok = no\nread only = yes"),
    ("/etc/samba/smb.conf",
     "[a]\npath=/a\nguest ok = yes\nread only = no\nhosts allow = 10.0.0.5\n"
     ";null passwords = yes"),
    ("/etc/rsyncd.conf", "[pub]\npath = /srv/pub\n[b]\npath = /srv/b\nread only = no\nhosts allow = 10.0.0.5"),
    ("/etc/vsftpd.conf", "anonymous_enable=NO\nlocal_enable=YES\n#write_enable=YES"),
    ("/etc/fstab",
     "/dev/sr0 /media/cd udf user,noauto 0 0\nUUID=1 / ext4 defaults 0 1\n"
     "//h/s /m cifs nosuid,nodev 0 0"),
    ("/etc/inetd.conf", "#telnet stream tcp nowait root /x y\nident stream tcp wait identd /usr/sbin/identd identd"),
    ("/etc/postgresql/15/main/pg_hba.conf",
     "local all postgres peer\nhost all all 0.0.0.0/0 scram-sha-256\n"
     "#local all all trust"),
    ("/etc/redis/redis.conf", "bind 127.0.0.1 -::1\nprotected-mode yes\nunixsocketperm 770"),
    ("/etc/redis/redis.conf", "bind 0.0.0.0\nprotected-mode yes"),
    ("/etc/elasticsearch/elasticsearch.yml", "network.host: 127.0.0.1\nxpack.security.enabled: false"),
    ("/etc/mongod.conf", "net:\n  bindIp: 0.0.0.0\nsecurity:\n  authorization: enabled"),
    ("/etc/memcached.conf", "-m 64\n-l 127.0.0.1"),
    ("/etc/default/etcd", 'ETCD_LISTEN_CLIENT_URLS="http://127.0.0.1:2379"'),
    ("/etc/mosquitto/conf.d/a.conf", "listener 1883 127.0.0.1\nallow_anonymous true"),
    ("/etc/nginx/conf.d/a.conf",
     "server {\n root /var/www;\n location /a/ { alias /b/; }\n location = /c { alias /d; }\n"
     "}"),
    ("/etc/nginx/conf.d/a.conf", "ssl_protocols TLSv1.2 TLSv1.3; # not TLSv1\nssl_ciphers HIGH:!RC4:!3DES:!NULL;"),
    ("/etc/apache2/sites-enabled/a.conf",
     "SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1\n<Location /server-status>\nRequire local\n"
     "</Location>"),
    ("/etc/php/8.2/cli/php.ini", "allow_url_include = On"),
    ("/etc/php/8.2/fpm/pool.d/www.conf",
     "[www]\nuser = www-data\nlisten = /run/php.sock\nlisten.mode = 0660\n"
     ";user = root"),
    ("/etc/postfix/main.cf", "mynetworks = 127.0.0.0/8 10.0.0.0/24\n# mynetworks = 0.0.0.0/0"),
    ("/etc/snmp/snmpd.conf",
     "rocommunity public default -V systemonly\nrocommunity public 127.0.0.1\n"
     "rwcommunity s3x 10.0.0.5"),
    ("/etc/bind/named.conf.options",
     "/* allow-transfer { any; }; */\nallow-query { any; };\n"
     "allow-recursion { localnets; };"),
    ("/etc/squid/squid.conf", "http_access allow localhost\nhttp_access deny all\nhttp_access allow all"),
    ("/etc/cups/cupsd.conf", "Listen localhost:631\n<Location /admin>\nAllow all\n</Location>"),
    ("/etc/ldap/slapd.conf", "access to *\n  by self write\n  by * read"),
    ("/etc/hosts.equiv", "db1\n#+"),
]  # fmt: skip


def seen(path, body):
    host = tree(f"# file: {path} 0600\n{body}\n").host()
    return [weak for read in READERS for weak in read(host)]


@pytest.mark.parametrize(("path", "body", "line", "severity"), WEAK)
def test_a_weak_setting_is_seen(path, body, line, severity):
    """Once, at its line, as bad as it is."""
    assert [(w.path, w.line, w.severity) for w in seen(path, body)] == [(path, line, severity)]


@pytest.mark.parametrize(("path", "body"), FINE)
def test_what_only_looks_weak_is_not(path, body):
    """Comments, what is kept to this machine or to named hosts, what asks for a password."""
    assert seen(path, body) == []


def test_redis_as_root_is_worse():
    """By the user of its unit."""
    unit = "# file: /usr/lib/systemd/system/redis-server.service 0644\n[Service]\nExecStart=/usr/bin/redis-server\n"
    (weak,) = databases(tree(f"# file: /etc/redis/redis.conf 0640\nprotected-mode no\n{unit}").host())
    assert weak.severity is CRITICAL


def test_a_blank_in_the_place_of_a_mount():
    """As fstab writes it; a short line is said not to be understood."""
    host = tree("# file: /etc/fstab 0644\n/dev/sdb1 /mnt/a\\040b ext4 defaults 0 0\nnonsense\n").host()
    assert [m.place for m in mounts(host)] == ["/mnt/a b"]
    assert [loss.what for loss in host.fs.losses] == ["/etc/fstab:2"]


def test_files_that_root_reads_are_trusted():
    """Those that are there, and what Samba runs as root."""
    host = tree(
        "# file: /etc/fstab 0644\n# file: /etc/samba/smb.conf 0644\n[a]\nroot preexec = /usr/local/bin/hook\n"
    ).host()
    trusted = {t.path for t in edges(host) if t.runner == ROOT}
    assert trusted == {"/etc/fstab", "/etc/samba/smb.conf", "/usr/local/bin/hook"}


def test_hostile_files_cost_little():
    """Comments that never end, deep nesting, lines without an end."""
    for path, piece in (
        ("/etc/bind/named.conf", "/*"),
        ("/etc/tomcat9/tomcat-users.xml", "<!--"),
        ("/etc/nginx/nginx.conf", "a {\n"),
        ("/etc/apache2/apache2.conf", "<Directory />\n"),
        ("/etc/mongod.conf", "a:\n"),
        ("/etc/exports", "/a \\\n"),
        ("/etc/postfix/main.cf", " x"),
    ):
        seen(path, piece * (30_000 // len(piece)))


def test_small_helpers():
    """Addresses, comments and dotted keys."""
    assert everywhere("0.0.0.0/0") and everywhere("*") and not everywhere("10.0.0.0/8")
    assert loopback("127.0.0.1:1") and loopback("[::1]") and not loopback("0.0.0.0")
    assert without("a/*b\nc*/d/*e", "/*", "*/") == "a\nd"
    options = yaml(tree("# file: /a.yml 0644\na:\n  b: 1 # x\n  c:\n    d: 'e'\nf: g\n").host(), "/a.yml")
    assert [(o.key, o.value) for o in options] == [("a.b", "1"), ("a.c.d", "e"), ("f", "g")]
