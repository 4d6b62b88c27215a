"""Which command lines listen to the network."""

from __future__ import annotations

import pytest

from casemate.host.facts.consoles import let_in
from casemate.host.facts.listening import heard
from casemate.host.facts.unit_file import Value, commands


def command(text: str):
    (found,) = commands(Value("/u", 1, "Service", "ExecStart", text), {}, {})
    return found


@pytest.mark.parametrize(
    "text",
    [
        "/opt/a --listen 0.0.0.0:8080",
        "/opt/a --bind=[::]:80",
        "/opt/a --port 8080",
        "/opt/a -p 8080",
        "/opt/a --http-port=8080",
        "/opt/a -listen-address=:9100",
        "/opt/a --web.listen-address=:9100",
        "/opt/a serve :8080",
        "/opt/a --addr tcp://10.0.0.5:1234",
        "/usr/bin/python3 -m http.server",
        "/usr/bin/gunicorn -b 0.0.0.0:8000 app:app",
        "/usr/bin/php -S 0.0.0.0:80",
        "/usr/sbin/nginx -g 'daemon off;'",
        "/usr/bin/socat TCP-LISTEN:5000,fork TCP:db:5432",
        "/usr/bin/nc -lk 5000",
        "/usr/bin/rsync --daemon --no-detach",
    ],
)
def test_these_listen_to_the_network(text):
    """By an address, a port, or by what the program is."""
    found = heard(command(text))
    assert found is not None
    assert found[1]


@pytest.mark.parametrize(
    "text",
    [
        "/opt/a",
        "/opt/a --listen 127.0.0.1:8080",
        "/opt/a --host localhost --port 8080",
        "/opt/a --bind [::1]:80",
        "/opt/a --db-host db1 --db-port 5432",
        "/opt/a --remote 10.0.0.1:80",
        "/opt/a --connect-to-port 8080",
        "/usr/bin/sleep 8080",
        "/opt/a -p /run/a.pid",
        "/opt/a --upstream=http://0.0.0.0:80",
        "/opt/a --listen /run/a.sock",
    ],
)
def test_these_do_not(text):
    """They are on this machine alone, or only connect."""
    found = heard(command(text))
    assert found is None or not found[1]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("/sbin/agetty --autologin root --noclear %I", "root"),
        ("/sbin/agetty -a kiosk tty1", "kiosk"),
        ("/sbin/agetty --autologin=kiosk tty1", "kiosk"),
        ("/sbin/getty -n -l /bin/sh 38400 tty1", "root"),
        ("/bin/login -f root", "root"),
        ("/bin/bash -i", "root"),
        ("/sbin/agetty -o '-p -- u' --noclear -", ""),
        ("/bin/sh -c 'exec x'", ""),
        ("/bin/bash /opt/script", ""),
        ("/sbin/sulogin", ""),
    ],
)
def test_who_is_let_in(text, who):
    """Without a password, by what a terminal runs."""
    assert let_in(command(text).words) == who
