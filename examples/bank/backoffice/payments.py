# -*- coding: utf-8 -*-
"""ISO 20022 payment files."""
from lxml import etree

PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.03}"


def legacy_parser():
    # The clearing house delivered files with a document type until 2014.
    return etree.XMLParser(load_dtd=True, no_network=False, resolve_entities=True)


def strict_parser():
    return etree.XMLParser(resolve_entities=False, no_network=True)


def read_initiation(data):
    root = etree.fromstring(data, legacy_parser())
    orders = []
    for transfer in root.iter(PAIN + "CdtTrfTxInf"):
        orders.append({
            "iban": transfer.findtext(".//" + PAIN + "IBAN"),
            "amount": transfer.findtext(".//" + PAIN + "InstdAmt"),
            "purpose": transfer.findtext(".//" + PAIN + "Ustrd"),
        })
    return orders


def count_entries(data):
    root = etree.fromstring(data, strict_parser())
    return len(root.findall(".//{*}Ntry"))
