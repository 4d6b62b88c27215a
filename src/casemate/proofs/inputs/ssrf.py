"""Inputs for requests that the target makes: the canary host, alone and out of what an address is put together from."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_FORMS = (
    ("http://{host}/", "an address"),
    ("{host}", "a host"),
    ("@{host}/", "a host behind an @"),
    ("https://{host}/", "an address with TLS"),
    (".{host}/", "more of a name"),
    ("//{host}/", "an address without a scheme"),
    ("http://localhost@{host}/", "a host that is allowed before an @"),
    ("http://localhost.{host}/", "a host that is allowed in front of another's"),
    ("http://{host}/?localhost", "a host that is allowed behind a question mark"),
    ("http://{host}#localhost", "a host that is allowed behind a hash"),
    ("http://{host}:80/", "a port"),
    ("http://{host}\\@localhost/", "a back slash"),
    ("HTTP://{host}/", "a scheme in capitals"),
    (" http://{host}/", "a space in front"),
    ("{host}/", "a host and a path"),
    ("{calm}@{host}", "an account and a host"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _FORMS)
