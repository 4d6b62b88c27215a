"""Programs and modules that daemons' configurations name, with the lines that name them."""

from __future__ import annotations

import pytest

from casemate.host.facts.daemons import daemons, with_included
from casemate.host.facts.job import Job
from tests.host.tree import tree


def named(text):
    out = []
    for entry in daemons(tree(text).host()):
        via = entry.via[0]
        out.append((entry.line if isinstance(entry, Job) else entry.path, via.path, via.line))
    return out


@pytest.mark.parametrize(
    ("path", "line", "program"),
    [
        ("/etc/apache2/sites-enabled/a.conf", 'CustomLog "|/opt/l /var/log/x" combined', "/opt/l /var/log/x"),
        ("/etc/apache2/apache2.conf", 'ErrorLog "||/opt/l -x"', "/opt/l -x"),
        ("/etc/httpd/conf.d/a.conf", "  transferlog |/opt/l", "/opt/l"),
        ("/etc/apache2/sites-enabled/a", "RewriteMap m prg:/opt/m", "/opt/m"),
        ("/etc/apache2/mods-enabled/a.load", "LoadModule a_module /opt/mod_a.so", "/opt/mod_a.so"),
        ("/etc/nginx/modules-enabled/a.conf", "load_module /opt/a.so;", "/opt/a.so"),
        ("/etc/php/8.2/fpm/conf.d/a.ini", "zend_extension = /opt/a.so", "/opt/a.so"),
        ("/etc/syslog-ng/syslog-ng.conf", 'destination d { program("/opt/p -q"); };', "/opt/p -q"),
        ("/etc/audit/auditd.conf", "space_left_action = exec /opt/p", "/opt/p"),
        ("/etc/dnsmasq.d/a", "dhcp-script=/opt/p", "/opt/p"),
        ("/etc/haproxy/haproxy.cfg", "  lua-load /opt/p.lua", "/opt/p.lua"),
        ("/etc/auto.master", "/net program:/opt/p --timeout=60", "/opt/p"),
        ("/etc/crypttab", "d UUID=1 none luks,keyscript=/opt/k,discard", "/opt/k"),
        ("/etc/ssl/openssl.cnf", "dynamic_path = /opt/e.so", "/opt/e.so"),
        ("/etc/pkcs11/modules/a.module", "module: /opt/p.so", "/opt/p.so"),
    ],
)
def test_what_a_line_names(path, line, program):
    """The program with its arguments, or the module; the line is the place."""
    assert named(f"# file: {path}\n\n{line}\n") == [(program, path, 2)]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/etc/apache2/apache2.conf", '# CustomLog "|/opt/l"'),
        ("/etc/apache2/apache2.conf", "CustomLog ${APACHE_LOG_DIR}/access.log combined"),
        ("/etc/apache2/sites-available/a.conf", 'CustomLog "|/opt/l" combined'),
        ("/etc/ssl/openssl.cnf", "module = legacy.so"),
        ("/etc/crypttab", "d UUID=1 none luks,keyscript=decrypt_keyctl"),
        ("/etc/crypttab", "#d UUID=1 none luks,keyscript=/opt/k"),
        ("/etc/audit/auditd.conf", "space_left_action = email"),
        ("/etc/dnsmasq.conf", "#dhcp-script=/bin/echo"),
    ],
)
def test_what_names_nothing(path, line):
    """Comments, files that are not enabled, names that are looked up in folders of root's."""
    assert named(f"# file: {path}\n{line}\n") == []


def test_files_that_openssl_includes():
    """A file, a folder, and one another in a circle."""
    host = tree(
        "# file: /etc/ssl/openssl.cnf\n.include /etc/ssl/d\n.include = /etc/ssl/a.cnf\n"
        "# file: /etc/ssl/a.cnf\n.include /etc/ssl/openssl.cnf\n# file: /etc/ssl/d/b.cnf\nmodule = /opt/b.so\n"
        "# file: /etc/ssl/d/b.txt\n\n"
    ).host()
    assert with_included(host, ["/etc/ssl/openssl.cnf"]) == [
        "/etc/ssl/openssl.cnf",
        "/etc/ssl/d/b.cnf",
        "/etc/ssl/a.cnf",
    ]
