"""Examples of the rule `certificate-validation`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="requests, for a call and for a session",
        code="""
import requests

def fetch(path):
    return requests.get("https://api.example.com/" + path, verify=False)  # finding

class Client:
    def __init__(self):
        self.session = requests.Session()
        self.session.verify = False  # finding
""",
    ),
    Example(
        name="HTTPX and urllib3",
        code="""
import httpx
import ssl
import urllib3

def clients():
    yield httpx.AsyncClient(verify=False)  # finding
    yield urllib3.PoolManager(cert_reqs=ssl.CERT_NONE)  # finding
    yield urllib3.PoolManager(cert_reqs="CERT_NONE")  # finding
""",
    ),
    Example(
        name="aiohttp",
        code="""
import aiohttp

async def fetch(url):
    async with aiohttp.ClientSession() as session:
        async with session.get("https://example.com/", ssl=False) as answer:  # finding
            return await answer.text()
""",
    ),
    Example(
        name="contexts of the standard library",
        code="""
import ssl
import urllib.request

def fetch(address):
    return urllib.request.urlopen("https://example.com/a", context=ssl._create_unverified_context())  # finding

def context():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE  # finding
    return made

ssl._create_default_https_context = ssl._create_unverified_context  # finding
""",
    ),
    Example(
        name="any host key",
        code="""
import paramiko

def connect(host):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # finding
    client.connect(host)
    return client
""",
    ),
    Example(
        name="near-miss: checked, against an authority of one's own",
        code="""
import requests

def fetch(path, verify=True):
    requests.get("https://api.example.com/" + path, verify="/etc/ssl/own-ca.pem")
    return requests.get("https://api.example.com/" + path, verify=verify)
""",
    ),
    Example(
        name="near-miss: a server need not ask its clients",
        code="""
import ssl

def context():
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made

def another():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.verify_mode = ssl.CERT_NONE
    return made
""",
    ),
    Example(
        name="near-miss: known hosts only",
        code="""
import paramiko

def connect(host):
    client = paramiko.SSHClient()
    client.load_system_host_keys()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.connect(host)
    return client
""",
    ),
    Example(
        name="near-miss: an option of whoever connects",
        code="""
import ssl

def context(insecure):
    made = ssl.create_default_context()
    made.verify_mode = ssl.CERT_NONE if insecure else ssl.CERT_REQUIRED
    return made
""",
    ),
    Example(
        name="near-miss: the caller switches it off",
        code="""
import ssl

def context(verified: bool):
    if verified:
        made = ssl.create_default_context()
    else:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made
""",
    ),
    Example(
        name="a branch that nobody chooses",
        code="""
import ssl

def context(host: str):
    made = ssl.create_default_context()
    if host:
        made.check_hostname = False  # finding
    return made
""",
    ),
    Example(
        name="near-miss: the mode is set, not dropped",
        code="""
import ssl

def context():
    made = ssl.create_default_context()
    made.verify_mode = ssl.CERT_REQUIRED
    made.check_hostname = True
    return made
""",
    ),
    Example(
        name="near-miss: an option under a key that has a name",
        code="""
import ssl

SKIP_NAME_CHECK = "skip_name_check"

def context(options):
    made = ssl.create_default_context(cafile=options["ca"])
    if options.get(SKIP_NAME_CHECK):
        made.check_hostname = False
    return made
""",
    ),
    Example(
        name="an option of another name under such a key",
        code="""
import ssl

PROXY = "proxy"

def context(options):
    made = ssl.create_default_context(cafile=options["ca"])
    if options.get(PROXY):
        made.check_hostname = False  # finding
    return made
""",
    ),
    Example(
        name="near-miss: who asks for the certificate itself, and says nothing",
        code="""
import socket
import ssl

def certificate_of(host):
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    with socket.create_connection((host, 443)) as plain, made.wrap_socket(plain, server_hostname=host) as peer:
        return peer.getpeercert(True)
""",
    ),
    Example(
        name="who notes the certificate, and goes on",
        code="""
import logging
import socket
import ssl

def connect(host):
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE  # finding
    peer = made.wrap_socket(socket.create_connection((host, 443)), server_hostname=host)
    logging.info("peer %s", peer.getpeercert(True))
    return peer
""",
    ),
    Example(
        name="two contexts",
        code="""
import ssl

def contexts():
    one, other = ssl.create_default_context(), ssl.create_default_context()
    one.check_hostname = False  # finding
    other.verify_mode = ssl.CERT_NONE  # finding
    return one, other
""",
    ),
)
