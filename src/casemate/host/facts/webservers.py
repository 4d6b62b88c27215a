"""Web servers and what they run: nginx, Apache, PHP, Tomcat, notebooks, consoles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.host.exposure import unchanged
from casemate.host.facts.settings import Option, Weakness, everywhere, found, ini, last, lines, without, yes
from casemate.host.host import Host
from casemate.model.host import ANYONE, NETWORK, ROOT
from casemate.model.lead import Severity

NGINX = (
    *("/etc/nginx/nginx.conf", "/etc/nginx/conf.d/*.conf", "/etc/nginx/sites-enabled/*", "/etc/nginx/snippets/*.conf"),
    *("/usr/local/nginx/conf/nginx.conf", "/usr/local/etc/nginx/*.conf", "/etc/nginx/http.d/*.conf"),
)
APACHE = (
    *("/etc/apache2/apache2.conf", "/etc/apache2/conf-enabled/*.conf", "/etc/apache2/mods-enabled/*.conf"),
    *("/etc/apache2/sites-enabled/*", "/etc/apache2/httpd.conf", "/etc/apache2/conf.d/*.conf", "/etc/apache2/envvars"),
    *("/etc/httpd/conf/httpd.conf", "/etc/httpd/conf.d/*.conf", "/usr/local/apache2/conf/httpd.conf"),
)
WEAK_CIPHER = re.compile(
    r"(?i)(?:^|[:,\s])\+?((?:[\w+-]*)?(?:RC4|DES-CBC3?|3DES|NULL|EXP\w*|MD5|ADH|AECDH|LOW)(?:[\w+-]*)?)(?=[:,\s]|$)"
)
WEAK_PASSWORDS = frozenset(
    {
        "tomcat",
        "admin",
        "manager",
        "s3cret",
        "secret",
        "password",
        "passwd",
        "root",
        "changeit",
        "role1",
        "both",
        "1234",
        "123456",
        "",
    }
)
DEEP = ("/", "/etc", "/root", "/home", "/var", "/usr", "/etc/", "/root/", "/home/", "/var/", "/usr/")
SYSTEM_BLOCK = 32


def web_servers(host: Host) -> Iterator[Weakness]:
    """All of them."""
    for part in (_nginx, _apache, _exposed_folders, _php, _tomcat, _jupyter, _consoles):
        yield from part(host)


def _shipped(host: Host, path: str) -> bool:
    data = host.fs.data(path, 1 << 20)
    node = host.fs.node(path)
    return data is not None and node is not None and unchanged(host, node.path, data)


def _nginx(host: Host) -> Iterator[Weakness]:
    for path in found(host, *NGINX):
        if _shipped(host, path):
            continue
        blocks: list[str] = []
        for number, line in lines(host, path, "#"):
            for statement in re.findall(r"[^;{}]*[;{}]", line.split(" #")[0][:2000]):
                text = " ".join(statement[:-1].split())
                if statement.endswith("{"):
                    blocks = [*blocks, text][-SYSTEM_BLOCK:]
                elif statement.endswith("}"):
                    blocks = blocks[:-1]
                else:
                    yield from _nginx_line(path, number, text, blocks)


def _nginx_line(path: str, number: int, text: str, blocks: list[str]) -> Iterator[Weakness]:
    key, _, value = text.partition(" ")
    block = blocks[-1] if blocks else ""
    if key == "user" and value.split(" ")[0] == "root":
        yield Weakness(path, number, "nginx answers requests as root (user root)", Severity.HIGH)
    elif key == "root" and value.strip("'\"") in DEEP:
        yield Weakness(path, number, f"nginx gives out the files of {value}", Severity.HIGH)
    elif key == "alias":
        at = re.fullmatch(r"location (?:\^~ )?(/\S*[^/\s])", block)
        if at and value.endswith("/"):
            what = f"a request for {at[1]}../ leads to files beside {value} (location without a slash at its end, alias with one)"
            yield Weakness(path, number, what, Severity.MEDIUM)
    elif key == "autoindex" and value == "on" and block.startswith("location /") and block.split(" ")[-1] == "/":
        yield Weakness(path, number, "nginx lists all folders (autoindex on for /)", Severity.LOW)
    elif key == "dav_methods" and re.search(r"PUT|DELETE|MOVE", value) and not any("limit_except" in b for b in blocks):
        yield Weakness(path, number, f"nginx lets clients change files ({text})", Severity.MEDIUM)
    elif key == "ssl_protocols" and re.search(r"SSLv[23]|TLSv1(?:\.1)?(?![.\d])", value):
        weak = re.findall(r"SSLv[23]|TLSv1(?:\.1)?(?![.\d])", value)
        yield Weakness(path, number, f"nginx offers broken protocols: {', '.join(weak)}")
    elif key == "ssl_ciphers" and (ciphers := _weak_ciphers(value)):
        yield Weakness(path, number, f"nginx offers broken ciphers: {', '.join(ciphers)}")


def _weak_ciphers(value: str) -> list[str]:
    return [m[1] for m in WEAK_CIPHER.finditer(value.strip("'\"")) if not m[1].startswith("-")][:5]


def _apache(host: Host) -> Iterator[Weakness]:
    for path in found(host, *APACHE):
        if _shipped(host, path):
            continue
        blocks: list[tuple[str, int, list[str]]] = []
        for number, line in lines(host, path, "#"):
            text = " ".join(line.split())
            lower = text.lower()
            if lower.startswith("</"):
                if blocks:
                    yield from _apache_block(path, *blocks.pop())
            elif lower.startswith("<"):
                blocks = [*blocks, (lower.strip("<>"), number, [])][-SYSTEM_BLOCK:]
            else:
                for block in blocks:
                    block[2].append(lower)
                yield from _apache_line(path, number, text)


def _apache_line(path: str, number: int, text: str) -> Iterator[Weakness]:
    key, _, value = text.partition(" ")
    lower = key.lower()
    if (lower == "user" and value in ("root", "#0")) or re.fullmatch(r"export APACHE_RUN_USER=['\"]?root['\"]?", text):
        yield Weakness(path, number, "Apache answers requests as root", Severity.HIGH)
    elif lower == "documentroot" and value.strip("\"'") in DEEP:
        yield Weakness(path, number, f"Apache gives out the files of {value}", Severity.HIGH)
    elif lower == "sslprotocol":
        weak = [w for w in value.split() if re.fullmatch(r"(?i)\+?(?:SSLv[23]|TLSv1(?:\.1)?)", w)]
        if weak:
            yield Weakness(path, number, f"Apache offers broken protocols: {', '.join(weak)}")
    elif lower == "sslciphersuite" and (ciphers := _weak_ciphers(value)):
        yield Weakness(path, number, f"Apache offers broken ciphers: {', '.join(ciphers)}")
    elif lower == "traceenable" and value.lower() == "on":
        yield Weakness(path, number, "Apache answers TRACE requests (TraceEnable On)", Severity.LOW)


def _apache_block(path: str, name: str, line: int, inside: list[str]) -> Iterator[Weakness]:
    open_ = any(t in ("require all granted", "allow from all") for t in inside)
    guarded = any(
        t.startswith(("require valid-user", "require user", "require group", "require ip", "require host"))
        for t in inside
    )
    if re.match(r'location "?/server-(?:status|info)', name) and open_ and not guarded:
        yield Weakness(path, line, f"Apache shows its requests and settings to everybody (<{name}>)")
    elif re.fullmatch(r'directory "?/"?', name) and open_ and not guarded:
        yield Weakness(path, line, "Apache may give out every file of the machine (<Directory /> … granted)")
    elif "dav on" in inside and not guarded and name.startswith(("location", "directory")):
        yield Weakness(
            path, line, f"Apache lets clients change files without a password (Dav On in <{name}>)", Severity.HIGH
        )
    elif (
        "proxyrequests on" in inside
        and not guarded
        and name.startswith("virtualhost")
        and not any("require" in t for t in inside)
    ):
        yield Weakness(path, line, "Apache is a proxy for everybody (ProxyRequests On)")


def _exposed_folders(host: Host) -> Iterator[Weakness]:
    """Repositories in the usual folders of web pages: their history is given out with the pages."""
    for pattern in (
        "/var/www/.git",
        "/var/www/*/.git",
        "/var/www/*/*/.git",
        "/srv/www/*/.git",
        "/usr/share/nginx/html/.git",
    ):
        for path in host.fs.glob(pattern):
            server = host.accounts.named("www-data")
            readable = host.access.discloses(server.actor if server else ANYONE, f"{path}/HEAD")
            if readable and host.fs.is_file(f"{path}/HEAD"):
                yield Weakness(
                    path, 1, f"{path} stands among web pages: whoever asks for it gets the source and its history"
                )


def _php(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/php/*/*/php.ini", "/etc/php.ini", "/etc/php/*/*/conf.d/*.ini", "/etc/php.d/*.ini"):
        if "/cli/" in path:
            continue
        for option in ini(host, path):
            if option.key == "allow_url_include" and yes(option):
                yield Weakness(
                    path, option.line, "PHP includes code from other servers (allow_url_include)", Severity.MEDIUM
                )
            elif option.key == "display_errors" and yes(option):
                yield Weakness(path, option.line, "PHP shows errors, with paths and queries, to visitors", Severity.LOW)
    for path in found(host, "/etc/php/*/fpm/pool.d/*.conf", "/etc/php-fpm.d/*.conf"):
        options = ini(host, path)
        for option in options:
            if option.key == "user" and option.value == "root":
                yield Weakness(path, option.line, f"PHP of pool [{option.section}] runs as root", Severity.HIGH)
            elif option.key == "listen.mode" and re.fullmatch(r"0?\d\d[67]", option.value):
                what = f"any local user runs PHP as the user of pool [{option.section}] (listen.mode {option.value})"
                yield Weakness(path, option.line, what)
            elif option.key == "listen" and re.match(r"(?:0\.0\.0\.0:|\*:|\[::\]:)?\d+$", option.value):
                if last(options, "listen.allowed_clients", option.section) is None:
                    yield Weakness(
                        path,
                        option.line,
                        f"anybody on the network runs PHP here (listen = {option.value})",
                        Severity.HIGH,
                    )


def _tomcat(host: Host) -> Iterator[Weakness]:
    for path in found(
        host,
        "/etc/tomcat*/tomcat-users.xml",
        "/opt/*/conf/tomcat-users.xml",
        "/usr/share/tomcat*/conf/tomcat-users.xml",
    ):
        text = host.fs.text(path)
        whole = "\n".join(text.lines)[:200_000] if text else ""
        whole = without(whole, "<!--", "-->")
        for user in re.finditer(r"<user\s([^<>]{0,2000})>", whole):
            said = dict(re.findall(r'(\w+)\s*=\s*"([^"]*)"', user[1]))
            name, password, roles = (
                said.get("username", said.get("name", "")),
                said.get("password"),
                said.get("roles", ""),
            )
            if password is None or not re.search(r"manager|admin", roles):
                continue
            if password.lower() in WEAK_PASSWORDS or password == name:
                line = whole.count("\n", 0, user.start()) + 1
                what = f"Tomcat's user {name} installs applications ({roles}) and has a password that everybody tries"
                yield Weakness(path, line, what, Severity.HIGH)


def _jupyter(host: Host) -> Iterator[Weakness]:
    names = (
        "jupyter_notebook_config.py",
        "jupyter_server_config.py",
        "jupyter_notebook_config.json",
        "jupyter_lab_config.py",
    )
    folders = ("/root/.jupyter", "/home/*/.jupyter", "/etc/jupyter", "/usr/local/etc/jupyter", "/var/lib/*/.jupyter")
    for path in found(host, *(f"{folder}/{name}" for folder in folders for name in names)):
        told: dict[str, Option] = {}
        for number, line in lines(host, path, "#"):
            match = re.match(
                r"""(?:c\.\w+\.|")(token|password|ip|disable_check_xsrf|hashed_password)"?\s*[=:]\s*u?['"]?([^'",]*)""",
                line,
            )
            if match:
                told[match[1]] = Option("", match[1], match[2], path, number)
        token, password, address = (
            told.get("token"),
            told.get("password") or told.get("hashed_password"),
            told.get("ip"),
        )
        if token and not token.value and not (password and password.value):
            wide = address is not None and everywhere(address.value or "*")
            severity = Severity.HIGH if wide else Severity.MEDIUM
            of_root = path.startswith("/root/")
            if of_root and wide:
                severity = Severity.CRITICAL
            whom = "anybody on the network" if wide else "any local user"
            yield Weakness(
                path,
                token.line,
                f"{whom} runs code in the notebook without a password (no token)",
                severity,
                becomes=ROOT if of_root else None,
                holder=NETWORK if wide else ANYONE,
            )


def _consoles(host: Host) -> Iterator[Weakness]:
    for path in found(host, "/etc/webmin/miniserv.conf"):
        option = last(ini(host, path), "ssl")
        if option and option.value == "0":
            yield Weakness(path, option.line, "Webmin takes root's password over connections without TLS (ssl=0)")
    for path in found(host, "/etc/cockpit/cockpit.conf"):
        option = last(ini(host, path), "allowunencrypted", "webservice")
        if yes(option) and option:
            yield Weakness(path, option.line, "Cockpit takes passwords over connections without TLS (AllowUnencrypted)")
    for path in found(host, "/var/lib/jenkins/config.xml", "/var/jenkins_home/config.xml"):
        for number, line in lines(host, path):
            if line == "<useSecurity>false</useSecurity>":
                yield Weakness(
                    path,
                    number,
                    "anybody on the network runs commands through Jenkins (useSecurity false)",
                    Severity.HIGH,
                )
    for path in found(
        host, "/etc/phpmyadmin/config.inc.php", "/etc/phpmyadmin/conf.d/*.php", "/var/www/*/config.inc.php"
    ):
        for number, line in lines(host, path, "#/*"):
            if re.match(r"\$cfg\['Servers'\]\[\$i\]\['AllowNoPassword'\]\s*=\s*true", line):
                yield Weakness(path, number, "phpMyAdmin lets in accounts without a password (AllowNoPassword)")
