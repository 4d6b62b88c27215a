"""A socket to be asked on, of this machine alone unless the operator says otherwise."""

from __future__ import annotations

import ipaddress
import socket

from casemate.model.errors import EnvironmentFault, UserError


def listen(address: str, port: int) -> socket.socket:
    """A listening TCP socket. port: 0 for any. Raises UserError for what is no address, EnvironmentFault when it is taken."""
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
    except ValueError as error:
        raise UserError(f"{address!r} is no IP address", "name one of this machine, such as 127.0.0.1") from error
    heard = socket.socket(family, socket.SOCK_STREAM)
    try:
        heard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        heard.bind((address, port))
        heard.listen(64)
    except OSError as error:
        heard.close()
        raise EnvironmentFault(
            f"cannot listen on {address} port {port}: {error.strerror}", "name another port"
        ) from error
    return heard


def loopback(address: str) -> bool:
    """Whether only this machine reaches it. False for what is no address."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def names(heard: socket.socket, more: tuple[str, ...]) -> tuple[str, ...]:
    """The names, with the port, under which a socket is reached: its address, localhost where it is of this machine alone, and
    those that the operator gives."""
    address, port = heard.getsockname()[:2]
    own = [f"[{address}]" if ":" in address else address, *(["localhost"] if loopback(address) else []), *more]
    return tuple(f"{name}:{port}" for name in own)
