"""Is it plugged in?"""

import ipaddress
import shlex
import subprocess


def _run(command):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=10)
    return done.stdout


def reachable(host):
    return _run("ping -c 1 -W 1 " + host)


def route_to(host):
    return _run("tracepath -m 5 " + shlex.quote(host))


def lookup(address):
    return _run("getent hosts " + str(ipaddress.ip_address(address)))
