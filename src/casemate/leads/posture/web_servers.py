"""Weak setting of a web server

## What it is

nginx, Apache, PHP, Tomcat, a notebook or an administration console answers as root, gives out files beside the pages,
offers broken protocols, or asks for no password.

## Why it matters

A hole in any page is then a hole in the machine; source code, credentials and sessions lie open to visitors (ATT&CK
T1190).

## How to fix it

Let it run under an account of its own (`user www-data;`), close `location /x/ { alias /y/; }` with a slash on both
sides, keep repositories out of the folder of pages, offer TLS 1.2 and 1.3 only (RFC 8996), ask for a password or bind
to 127.0.0.1.
"""

from collections.abc import Iterator

from casemate.host.facts.webservers import web_servers
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.posture.told import told
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity


def find(host: Host) -> Iterator[Seen]:
    """Each of them, at its line."""
    return told(web_servers(host))


RULE = FactRule(
    id=RuleId("weak-web-server"),
    title="Weak setting of a web server",
    cwe=16,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="nginx as root, with old protocols",
            language="host",
            code="# file: /etc/nginx/nginx.conf 0644\nuser root;  # finding\nhttp {\n"
            "  ssl_protocols SSLv3 TLSv1.2;  # finding\n}\n",
        ),
        Example(
            name="a way beside the folder",
            language="host",
            code="# file: /etc/nginx/sites-enabled/site 0644\nserver {\n  location /files {\n"
            "    alias /srv/files/;  # finding\n  }\n}\n",
        ),
        Example(
            name="Apache shows itself to everybody",
            language="host",
            code="# file: /etc/apache2/conf-enabled/s.conf 0644\n<Location /server-status>  # finding\n"
            "  SetHandler server-status\n  Require all granted\n</Location>\n",
        ),
        Example(
            name="a repository among the pages",
            language="host",
            code="# file: /var/www/html/.git/HEAD 0644\nref: refs/heads/main\n"
            "# folder: /var/www/html/.git 0755  # finding\n",
        ),
        Example(
            name="Tomcat's manager",
            language="host",
            code="# file: /etc/tomcat9/tomcat-users.xml 0640\n<tomcat-users>\n"
            '<user username="admin" password="s3cret" roles="manager-gui"/>  # finding\n'
            "</tomcat-users>\n",
        ),
        Example(
            name="near-miss: nginx as it should be",
            language="host",
            code="# file: /etc/nginx/nginx.conf 0644\nuser www-data;\nhttp {\n"
            "  ssl_protocols TLSv1.2 TLSv1.3;\n  ssl_ciphers HIGH:!aNULL:!MD5:!RC4;\n"
            "  server { location /files/ { alias /srv/files/; } }\n}\n",
        ),
        Example(
            name="near-miss: status for this machine",
            language="host",
            code="# file: /etc/apache2/conf-enabled/s.conf 0644\n<Location /server-status>\n"
            "  Require local\n</Location>\n<Directory />\n  Require all denied\n</Directory>\n"
            "SSLProtocol all -SSLv3 -TLSv1\n",
        ),
        Example(
            name="near-miss: users of Tomcat in a comment",
            language="host",
            code="# file: /etc/tomcat9/tomcat-users.xml 0640\n<!--\n"
            '<user username="admin" password="admin" roles="manager-gui"/>\n-->\n',
        ),
        Example(
            name="near-miss: PHP's defaults",
            language="host",
            code="# file: /etc/php/8.2/fpm/php.ini 0644\nallow_url_include = Off\ndisplay_errors = Off\n"
            ";display_errors = On\n",
        ),
    ),
)
