"""Attempts by the network, of every kind.

Runs inside a sandbox and outside (`run.py`): Python 3.7 and later, standard library only.
"""

import os
import socket
import struct

from common import attempt


def answered(family, kind, address, bait, protocol=0):
    """Whether the test's own server answers."""
    with socket.socket(family, kind, protocol) as client:
        client.settimeout(1)
        if kind == socket.SOCK_DGRAM and family == socket.AF_UNIX:
            client.bind(b"\0" + b"casemate-probe-%d" % os.getpid())
        client.connect(address)
        client.send(b"?")
        return bait["secret"].encode() in client.recv(200)


# Network


@attempt("network")
def tcp_to_loopback(bait):
    return answered(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", bait["tcp"]), bait)


@attempt("network")
def tcp_to_loopback_by_IPv6(bait):
    return answered(socket.AF_INET6, socket.SOCK_STREAM, ("::1", bait["tcp"]), bait)


@attempt("network")
def tcp_to_another_loopback_address(bait):
    return answered(socket.AF_INET, socket.SOCK_STREAM, ("127.1.2.3", bait["tcp"]), bait)


@attempt("network")
def tcp_to_the_machine_by_name(bait):
    return answered(socket.AF_INET, socket.SOCK_STREAM, ("localhost", bait["tcp"]), bait)


@attempt("network")
def tcp_to_the_own_address(bait):
    return answered(socket.AF_INET, socket.SOCK_STREAM, (bait["address"], bait["tcp"]), bait)


@attempt("network")
def udp_to_loopback(bait):
    return answered(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", bait["udp"]), bait)


@attempt("network")
def udp_to_loopback_by_IPv6(bait):
    return answered(socket.AF_INET6, socket.SOCK_DGRAM, ("::1", bait["udp"]), bait)


@attempt("network", "root")
def dns_to_a_resolver_of_the_machine(bait):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.sendto(b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\7example\7invalid\0\0\1\0\1", (bait["resolver"], 53))
        return bait["secret"].encode() in client.recv(200)


@attempt("network", "root")
def ping_by_a_raw_socket(bait):
    return ping(bait, socket.SOCK_RAW)


@attempt("network", "")
def ping_by_a_datagram_socket(bait):
    return ping(bait, socket.SOCK_DGRAM)


def ping(bait, kind):
    with socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP) as client:
        client.settimeout(1)
        body = struct.pack("!BBHHH", 8, 0, 0, 1, 1)
        total = sum(struct.unpack("!4H", body))
        client.sendto(body[:2] + struct.pack("!H", ~total & 0xFFFF) + body[4:], (bait["address"], 0))
        return bool(client.recv(200))


@attempt("network", "root")
def a_packet_socket(bait):
    return bool(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))


@attempt("network")
def a_netlink_socket(bait):
    return bool(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))


@attempt("network", "")
def a_socket_to_the_hypervisor(bait):
    return bool(socket.socket(40, socket.SOCK_STREAM))


@attempt("network", "")
def a_socket_to_the_kernels_ciphers(bait):
    return bool(socket.socket(38, socket.SOCK_SEQPACKET))


@attempt("network")
def a_socket_in_the_file_system(bait):
    return answered(socket.AF_UNIX, socket.SOCK_STREAM, bait["unix"], bait)


@attempt("network")
def a_datagram_socket_in_the_file_system(bait):
    return answered(socket.AF_UNIX, socket.SOCK_DGRAM, bait["unix_datagram"], bait)


@attempt("network")
def a_socket_in_what_is_lent(bait):
    return answered(socket.AF_UNIX, socket.SOCK_STREAM, bait["target"] + "/s", bait)


@attempt("network")
def a_datagram_socket_in_what_is_lent(bait):
    return answered(socket.AF_UNIX, socket.SOCK_DGRAM, bait["target"] + "/d", bait)


@attempt("network")
def a_pair_turned_to_a_socket_in_what_is_lent(bait):
    one, _two = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.settimeout(1)
    return one.sendto(b"pair", bait["target"] + "/d") == 4


@attempt("network")
def an_abstract_socket(bait):
    return answered(socket.AF_UNIX, socket.SOCK_STREAM, b"\0" + bait["abstract"].encode(), bait)


@attempt("network")
def an_abstract_datagram_socket(bait):
    return answered(socket.AF_UNIX, socket.SOCK_DGRAM, b"\0" + bait["abstract_datagram"].encode(), bait)


@attempt("network")
def a_pair_turned_to_a_socket_in_the_file_system(bait):
    one, _two = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.settimeout(1)
    return one.sendto(b"pair", bait["unix_datagram"]) == 4
