"""One request to a server that redirects, stalls, trickles, breaks off, never ends or speaks no HTTP, through every adapter."""

import json
import socket
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import repeat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.providers.server import SPEECHES, STALL, Server, http
from adapters.providers.support import KEY, PROMPT, exchange
from casemate.adapters.providers.wire import checked
from casemate.governance.spending import most
from casemate.model.dialogue import Silence, Usage
from casemate.model.errors import UserError


@pytest.fixture(params=sorted(SPEECHES))
def speech(request):
    return SPEECHES[request.param]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(speech, status):
    """Neither key nor prompt goes to where a server points."""
    with Server(lambda _: [http(200, speech.answer())]) as other:
        reply, requests = exchange(speech, http(status, {}, Location=f"{other.url}/v1"))
        assert other.requests == []
        url = other.url
    assert (reply.why, len(requests)) == (Silence.OUTAGE, 1)
    assert reply.detail == f"it redirects to {url}/v1, which is not followed"


def test_an_endless_body(speech):
    """It is read up to what the limit of the answer can need, and no further."""
    head = b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n"
    reply, _ = exchange(speech, head, *repeat(b'{"a": "' + b"x" * 20_000, 50))
    assert (reply.why, reply.again, reply.charged) == (Silence.ENDLESS, False, most(PROMPT))
    assert reply.detail == f"the answer did not end: more than {65_536 + 64 * 50:,} bytes"


def test_endless_headers(speech):
    """They end in an outcome too."""
    reply, _ = exchange(speech, b"HTTP/1.1 200 X\r\n", *repeat(b"X-A: " + b"x" * 1000 + b"\r\n", 200))
    assert (reply.why, reply.charged) == (Silence.MALFORMED, most(PROMPT))


@pytest.mark.parametrize(
    "steps",
    [
        [STALL],
        [b"HTTP/1.1 200 X\r\n", STALL],
        [b"HTTP/1.1 200 X\r\nContent-Length: 5000\r\n\r\n{", STALL],
        [b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", STALL],
        [b"HTTP/1.1 100 Continue\r\n\r\n", STALL],
    ],
)
def test_stalls(speech, steps):
    """Whenever a server falls silent, the exchange ends at its deadline, charged as reserved."""
    reply, _ = exchange(speech, *steps, patience=0.1)
    assert (reply.why, reply.again, reply.charged) == (Silence.OUTAGE, True, most(PROMPT))
    assert reply.detail == "it stalled: no whole answer within 0.1 s"


def test_a_trickle_gains_nothing(speech):
    """Bytes that come one by one for ever do not move the deadline."""

    def trickle(_):
        yield b"HTTP/1.1 200 X\r\nContent-Length: 1000000000\r\n\r\n"
        while True:
            yield b"x"

    started = time.monotonic()
    with Server(trickle) as server:
        reply = speech.make("m", endpoint=server.url, patience=0.2).reply(replace(PROMPT, limit=10**6))
    assert (reply.why, reply.again) == (Silence.OUTAGE, True)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [b"HTTP/1.1 200 X\r\nContent-Length: 5000\r\n\r\n{"],
        [b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"],
    ],
)
def test_connections_cut_in_the_middle(speech, steps):
    """An outage, charged as reserved: nobody knows what the provider counts."""
    reply, _ = exchange(speech, *steps)
    assert (reply.why, reply.again, reply.charged) == (Silence.OUTAGE, True, most(PROMPT))


@pytest.mark.parametrize(
    "data", [b"\0" * 100, b"SSH-2.0-x\r\n", b"HTTP/1.1 abc X\r\n\r\n", b"HTTP/1.1 200 X\r\nbad\r\n\r\n"]
)
def test_what_is_not_http(speech, data):
    """No answer of any protocol."""
    assert exchange(speech, data)[0].why is Silence.MALFORMED


def test_packed_answers_are_not_unpacked(speech):
    """A bomb stays packed."""
    assert exchange(speech, http(200, b"\x1f\x8b", Content_Encoding="gzip"))[0].why is Silence.MALFORMED


def test_other_ways_to_frame_an_answer(speech):
    """In chunks, up to the connection's end, and after a word that it goes on."""
    data = json.dumps(speech.answer("fine")).encode()
    chunked = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunked += b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (data[:5], data[5:])) + b"0\r\n\r\n"
    for steps in (chunked, b"HTTP/1.0 200 X\r\n\r\n" + data, b"HTTP/1.1 100 Continue\r\n\r\n" + chunked):
        assert exchange(speech, steps)[0].text == "fine"


def a_certificate(folder):
    """For 127.0.0.1, signed by itself; the path of certificate and key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "tls.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(serialization.Encoding.PEM, *plain)
    )
    return path


def test_certificates_are_checked(speech, tmp_path, monkeypatch):
    """One that nobody vouches for gets nothing; one that the operator names is enough."""
    path = a_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with Server(lambda _: [http(200, speech.answer("fine"))], tls=context) as server:
        model = speech.make("m", endpoint=server.url, key=KEY, patience=5)
        reply = model.reply(PROMPT)
        assert (reply.why, reply.charged) == (Silence.OUTAGE, Usage(sent=0, received=0))
        assert reply.detail.startswith("no connection: its certificate does not hold: ")
        assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        assert model.reply(PROMPT).text == "fine"


def test_all_addresses_of_a_host_are_tried(monkeypatch):
    """The first that takes a connection gets the request; where none does nothing was sent."""
    speech = SPEECHES["compatible"]
    with (
        Server(lambda _: [http(200, speech.answer("fine"))]) as server,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        ports = (other.getsockname()[1], int(server.url.rpartition(":")[2]))
        other.close()
        kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        found = [(*kind, ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)
        assert speech.make("m", endpoint="http://llm.example", patience=5).reply(PROMPT).text == "fine"
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found[:1] * 3)
        assert speech.make("m", endpoint="http://llm.example", patience=5).reply(PROMPT).why is Silence.OUTAGE
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [])
        reply = speech.make("m", endpoint="http://llm.example", patience=5).reply(PROMPT)
        assert reply.detail == "no connection: it has no address"


def test_nobody_listens(speech):
    """Nothing was sent, and nothing but the request is charged."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    reply = speech.make("m", endpoint=url, patience=5).reply(PROMPT)
    assert (reply.why, reply.again, reply.charged) == (Silence.OUTAGE, True, Usage(sent=0, received=0))
    assert reply.detail == "no connection: Connection refused"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "llm.example/v1",
        "ftp://llm.example",
        "file:///etc/passwd",
        "http://",
        "https://user:pw@llm.example",
        "https://llm.example/v1?x=1",
        "https://llm.example/#a",
        "https://llm.example:99999",
        "https://llm.example:x",
        "https://llm.\u0435xample",
        "https://llm.example/ v1",
        "https://llm.example\\@eve.example",
        "http://[::1",
        "https://llm.example/\r\nX: y",
    ],
)
def test_addresses_that_are_none(url):
    """They are refused before anything is sent."""
    with pytest.raises(UserError, match="the model's address is no http or https address"):
        checked(url)
