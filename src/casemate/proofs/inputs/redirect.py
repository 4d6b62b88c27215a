"""Inputs for redirects: the canary host, in the forms that a browser leaves the site by."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_FORMS = (
    ("http://{host}/", "an address"),
    ("https://{host}/", "an address with TLS"),
    ("//{host}/", "an address without a scheme"),
    ("/\\{host}/", "a slash and a back slash"),
    ("\\\\{host}/", "two back slashes"),
    ("///{host}/", "three slashes"),
    ("https:{host}/", "a scheme without slashes"),
    ("http:///{host}/", "a scheme and three slashes"),
    ("http://localhost@{host}/", "the site's name before an @"),
    ("http://localhost.{host}/", "the site's name in front of another's"),
    ("http://{host}/?localhost", "the site's name behind a question mark"),
    ("http://{host}\\@localhost/", "a back slash before the site's name"),
    ("/\t/{host}/", "a tab between slashes"),
    ("ht\ntps://{host}/", "a new line in the scheme"),
    (" //{host}/", "a space in front"),
    ("\x01//{host}/", "a control character in front"),
    ("/%2F{host}/", "an encoded slash"),
    ("%2F%2F{host}/", "encoded slashes"),
    (".{host}/", "more of a name"),
    ("@{host}/", "a name before it becomes an account"),
    ("/{host}/", "a path that is put behind a slash"),
    ("/..//{host}/", "a path that goes up"),
    ("HTTPS://{host}/", "a scheme in capitals"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}, control={"text": "/{calm}"}) for text, name in _FORMS)
