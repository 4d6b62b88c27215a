"""Shared XML parser that reads what documents name.

## What it is
A module or class keeps an lxml parser that was not told to leave external entities alone. Every document that the program reads
goes through it.

## Why it matters
Up to lxml 4 such a parser puts the content of any file that a document names into the document, and asks for addresses in it;
who sends the document reads the files.

## How to fix it
`XMLParser(resolve_entities=False, no_network=True)`. Since lxml 5 the default is harmless, but a library does not choose the
version that it runs with.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("open-xml-parser"),
    title="Shared XML parser that reads what documents name",
    cwe=611,
    also=(776, 827),
    owasp="A05:2021 Security Misconfiguration",
    severity=Severity.MEDIUM,
    acts=("entities",),
    kept=True,
    message="{act} makes a parser for every document, and lets documents name files to be read",
    examples=(
        Example(
            name="a parser for all",
            code="""
from lxml import etree

PARSER = etree.XMLParser(remove_comments=True)  # finding

def load(text):
    return etree.fromstring(text.encode(), PARSER)
""",
        ),
        Example(
            name="told to",
            code="""
from lxml.etree import XMLParser

class Reader:
    parser = XMLParser(resolve_entities=True)  # finding
""",
        ),
        Example(
            name="set up step by step",
            code="""
from lxml import etree

parts = etree.XMLParser(ns_clean=True)  # finding
parts.set_element_class_lookup(etree.ElementNamespaceClassLookup())
""",
        ),
        Example(
            name="near-miss: told not to",
            code="""
from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False)
""",
        ),
        Example(
            name="near-miss: for a document of our own",
            code="""
import os
from lxml import etree

def schema():
    parser = etree.XMLParser(remove_blank_text=True)
    return etree.parse(os.path.join(os.path.dirname(__file__), "schema.xsd"), parser)
""",
        ),
        Example(
            name="near-miss: pages",
            code="""
from lxml import etree

PAGES = etree.HTMLParser()
""",
        ),
        Example(
            name="near-miss: the standard library's",
            code="""
from xml.etree import ElementTree

PARSER = ElementTree.XMLParser()
""",
        ),
    ),
)
