"""Peers that are not asked who they are: the check stays on."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.arguments import without
from casemate.fixes.names import dotted, text, walk
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit

_WHAT = "check the peer's certificate"
_FLAGS = ("verify", "ssl", "verify_ssl", "assert_hostname")
_UNCHECKED = ("ssl._create_unverified_context", "ssl._create_stdlib_context")


def propose(site: Site) -> Iterator[Draft]:
    """What switches the check off is left out, or says the contrary."""
    spot = site.sink
    for call in spot.calls():
        edits = _of_call(spot, call)
        if edits:
            yield draft(_WHAT, spot, *edits)
            kept = next((argument(call, None, name) for name in _FLAGS if _off(argument(call, None, name))), None)
            if kept is not None:
                yield draft(_WHAT, spot, spot.replace(kept, "True"))
            return
    for node in spot.nodes("assignment"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            continue
        owner, _, name = dotted(left).rpartition(".")
        if spot.meaning(right) in _UNCHECKED:
            yield draft(_WHAT, spot, _instead(spot, right))
            return
        if name == "verify" and _off(right):
            yield draft(_WHAT, spot, spot.replace(right, "True"))
            return
        if name in ("check_hostname", "verify_mode"):
            yield draft(_WHAT, spot, *_context(spot, owner))
            return
    for node in spot.nodes("attribute"):
        if spot.meaning(node) in _UNCHECKED:
            yield draft(_WHAT, spot, _instead(spot, node))
            return


def _of_call(spot: Spot, call: Node) -> list[Edit]:
    function = call.child_by_field_name("function")
    if function is None:
        return []
    if spot.called(call) in _UNCHECKED:
        return [_instead(spot, function)]
    for name in _FLAGS:
        if _off(argument(call, None, name)):
            gone = without(spot, call, name)
            return [gone] if gone is not None else []
    reqs = argument(call, None, "cert_reqs")
    if reqs is not None and "NONE" in text(reqs):
        return [spot.replace(reqs, text(reqs).replace("CERT_NONE", "CERT_REQUIRED").replace('"NONE"', '"REQUIRED"'))]
    policy = argument(call, 0, "policy")
    if text(function).endswith("set_missing_host_key_policy") and policy is not None:
        return _policy(spot, function, policy)
    return []


def _policy(spot: Spot, function: Node, policy: Node) -> list[Edit]:
    """Keys of hosts that are known to the system are let in, others refused."""
    named = policy.child_by_field_name("function") if policy.type == "call" else policy
    module = text(named or policy).rpartition(".")[0]
    client = text(function).rpartition(".")[0]
    edits = [spot.replace(named or policy, f"{module}.RejectPolicy" if module else "RejectPolicy")]
    if not module:
        edits.extend(spot.named_from("paramiko.RejectPolicy")[1])
    if "load_system_host_keys" not in text(spot.scope):
        edits.append(spot.above(f"{client}.load_system_host_keys()"))
    return edits


def _context(spot: Spot, owner: str) -> list[Edit]:
    """All that is switched off of one context: the one cannot be on without the other."""
    edits = []
    for node in walk(spot.scope):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type != "assignment" or left is None or right is None:
            continue
        if dotted(left) == f"{owner}.check_hostname" and _off(right):
            edits.append(spot.replace(right, "True"))
        if dotted(left) == f"{owner}.verify_mode" and text(right).endswith("CERT_NONE"):
            edits.append(spot.replace(right, text(right).removesuffix("CERT_NONE") + "CERT_REQUIRED"))
    return edits


def _instead(spot: Spot, function: Node) -> Edit:
    return spot.replace(function, f"{text(function).rpartition('.')[0] or 'ssl'}.create_default_context")


def _off(node: Node | None) -> bool:
    return node is not None and text(node) in ("False", "0", "None")


REWRITE = Rewrite(
    id="certificate",
    cwes=(295, 296, 297, 298, 299, 322, 599),
    propose=propose,
    examples=(
        Example(
            name="a call that does not check",
            before="""
import requests

def fetch(path):
    return requests.get("https://api.example.com/" + path, verify=False, timeout=5)  # sink
""",
            after="""
import requests

def fetch(path):
    return requests.get("https://api.example.com/" + path, timeout=5)
""",
        ),
        Example(
            name="a context",
            before="""
import ssl

def context():
    made = ssl.create_default_context()
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE  # sink
    return made
""",
            after="""
import ssl

def context():
    made = ssl.create_default_context()
    made.check_hostname = True
    made.verify_mode = ssl.CERT_REQUIRED
    return made
""",
        ),
        Example(
            name="any host key",
            before="""
import paramiko

def connect(host):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # sink
    client.connect(host)
""",
            after="""
import paramiko

def connect(host):
    client = paramiko.SSHClient()
    client.load_system_host_keys()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.connect(host)
""",
        ),
    ),
)
