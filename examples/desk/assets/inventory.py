"""The inventory that the hardware supplier sends each month, as XML."""

from lxml import etree

_EMPTY = b"<inventory/>"


def parse(data):
    """The supplier's file declares its abbreviations as entities."""
    parser = etree.XMLParser(resolve_entities=True, load_dtd=True)
    return etree.fromstring(data or _EMPTY, parser)


def parse_return(data):
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(data or _EMPTY, parser)


def rooms(tree):
    return sorted({node.get("room", "") for node in tree.iter("device")})


SAMPLE = etree.fromstring(
    "<inventory>"
    "<device serial='A-100' room='1.04' owner='chief'/>"
    "<device serial='B-200' room='2.11' owner='ana'/>"
    "</inventory>"
)


def in_room(room):
    return [node.get("serial") for node in SAMPLE.xpath("//device[@room='" + room + "']")]


def with_serial(serial):
    return [node.get("room") for node in SAMPLE.xpath("//device[@serial=$serial]", serial=serial)]
