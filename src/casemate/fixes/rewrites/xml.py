"""XML: parsers that leave alone what a document names."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.elsewhere import files
from casemate.fixes.names import dotted, imported, text, walk
from casemate.fixes.naming import named
from casemate.fixes.places import nearest
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument, keyword
from casemate.fixes.source import Edit
from casemate.fixes.splices import dotted_end
from casemate.fixes.untrusted import spot_of

_WHAT = "parse XML without external entities"
_MAKERS = ("XMLParser", "ETCompatXMLParser", "XMLPullParser", "iterparse")
_READERS = ("fromstring", "fromstringlist", "parse", "XML", "XMLID", "XMLDTDID")
_SAFE = (("resolve_entities", "False"), ("no_network", "True"), ("load_dtd", "False"), ("dtd_validation", "False"))
_FEATURES = ("external_ges", "external_pes", "external-general-entities", "external-parameter-entities")


@nearest
def propose(site: Site) -> Iterator[Draft]:
    """The parser where it is made; the feature where it is switched on; a parser where none is given."""
    spot = site.sink
    makers = list(_makers(site))
    for here, call in makers:
        edits = _closed(call)
        if edits:
            yield draft(_WHAT, here, *edits)
    features = list(_features(site))
    if features:
        yield Draft(_WHAT, tuple((here.source, here.replace(node, "False")) for here, node in features))
    for call in () if makers else spot.calls():
        module, _, name = spot.called(call).rpartition(".")
        ours = module.startswith("lxml") or module.rpartition(".")[2] in ("etree", "objectify")
        if name in _READERS and ours and argument(call, 1, "parser") is None:
            yield _given(spot, call)
        elif name == "make_parser" or (name in ("parse", "parseString") and not features):
            yield from _switched(spot, call)


def _makers(site: Site) -> Iterator[tuple[Spot, Node]]:
    """Calls that make a parser of lxml: in the sink's statement, by the name that it is given, on the trace, in the function that
    gives it back."""
    spot = site.sink
    seen: set[tuple[str, int]] = set()
    tops: list[tuple[Spot, Node]] = []
    for call in spot.calls():
        parser = argument(call, 1, "parser")
        if dotted_end(call) in _MAKERS:
            tops.append((spot, call))
        elif parser is not None:
            tops += [(spot, parser), *_held(site, spot, parser)]
            break
    tops += [(here, node) for here in site.spots[1:] for node in here.nodes("call")]
    for here, top in tops:
        for node in walk(top):
            mark = (here.source.path, node.start_byte)
            if node.type == "call" and dotted_end(node) in _MAKERS and mark not in seen and _lxml(here, node):
                seen.add(mark)
                yield here, node


def _lxml(spot: Spot, call: Node) -> bool:
    return spot.called(call).startswith("lxml") or "lxml" in {m.partition(".")[0] for m in imported(spot.root).values()}


def _held(site: Site, spot: Spot, parser: Node) -> Iterator[tuple[Spot, Node]]:
    """What a name was assigned, here or at the top or in the class; what a function gives back, here or in a file of the
    project."""
    name = dotted(parser.child_by_field_name("function") if parser.type == "call" else parser)
    last = name.rpartition(".")[2]
    roots = [spot]
    place = spot.meaning(parser.child_by_field_name("function") if parser.type == "call" else parser).rpartition(".")[0]
    if place and not place.startswith(("self", "cls")):
        roots += [Spot(source, 1, 1, source.tree.root_node) for source in files(site, spot, place)]
    for root in roots:
        for node in walk(root.root):
            if node.type == "assignment" and dotted(node.child_by_field_name("left")).rpartition(".")[2] == last:
                yield spot_of(root, node), node
            if node.type == "function_definition" and text(node.child_by_field_name("name") or node) == last:
                yield spot_of(root, node), node


def _closed(call: Node) -> list[Edit]:
    """The arguments of a parser that keep it from reading what a document names."""
    edits = []
    for name, value in _SAFE:
        given = argument(call, None, name)
        if given is not None and text(given) != value:
            edits.append(Edit(given.start_byte, given.end_byte, value))
    if keyword(call, "resolve_entities") is None:
        edits.append(_last(call, "resolve_entities=False"))
    return edits


def _last(call: Node, argument: str) -> Edit:
    """One more argument, behind the others."""
    given = call.child_by_field_name("arguments")
    if given is None:
        return Edit(call.end_byte, call.end_byte, "")
    inner = [one for one in given.named_children if one.type != "comment"]
    if not inner:
        return Edit(given.end_byte - 1, given.end_byte - 1, argument)
    return Edit(inner[-1].end_byte, inner[-1].end_byte, f", {argument}")


def _given(spot: Spot, call: Node) -> Draft:
    """A parser of our own for a call that has none."""
    written = dotted(call.child_by_field_name("function")).rpartition(".")[0]
    module = "lxml.etree" if "objectify" not in spot.called(call) else "lxml.objectify"
    name, imports = spot.named_from("lxml.etree.XMLParser")
    if written:
        name, imports = f"{written}.{'XMLParser' if module == 'lxml.etree' else 'makeparser'}", ()
    return draft(_WHAT, spot, _last(call, f"parser={name}(resolve_entities=False)"), *imports)


def _features(site: Site) -> Iterator[tuple[Spot, Node]]:
    """Where features that read external entities are switched on, in the functions that the trace goes through."""
    seen: set[tuple[str, int]] = set()
    for spot in site.spots:
        for node in walk(spot.scope):
            if (
                node.type == "call"
                and dotted_end(node) == "setFeature"
                and (spot.source.path, node.start_byte) not in seen
            ):
                seen.add((spot.source.path, node.start_byte))
                name, state = argument(node, 0, "name"), argument(node, 1, "state")
                if name is not None and state is not None and any(one in text(name) for one in _FEATURES):
                    if text(state) not in ("False", "0"):
                        yield spot_of(spot, node), state


def _switched(spot: Spot, call: Node) -> Iterator[Draft]:
    """A reader whose default differs between versions is told."""
    made = [
        node
        for node in walk(spot.scope)
        if node.type == "assignment" and "make_parser(" in text(node.child_by_field_name("right") or node)
    ]
    for node in made[:1]:
        name = text(node.child_by_field_name("left") or node)
        feature, imports = named(spot, "xml.sax.handler.feature_external_ges")
        yield draft(_WHAT, spot, spot_of(spot, node).below(f"{name}.setFeature({feature}, False)"), *imports)


REWRITE = Rewrite(
    id="xml",
    cwes=(611, 776, 827),
    propose=propose,
    examples=(
        Example(
            name="a parser that was told to",
            before="""
from lxml import etree

def order(data):
    parser = etree.XMLParser(load_dtd=True, remove_comments=True, resolve_entities=True)
    return etree.fromstring(data, parser)  # sink
""",
            after="""
from lxml import etree

def order(data):
    parser = etree.XMLParser(load_dtd=False, remove_comments=True, resolve_entities=False)
    return etree.fromstring(data, parser)
""",
        ),
        Example(
            name="no parser",
            before="""
from lxml import etree

def feed(text):
    return [entry.get("href") for entry in etree.fromstring(text)]  # sink
""",
            after="""
from lxml import etree

def feed(text):
    return [entry.get("href") for entry in etree.fromstring(text, parser=etree.XMLParser(resolve_entities=False))]
""",
        ),
        Example(
            name="a feature that is on",
            before="""
import xml.dom.minidom
import xml.sax.handler

def title(text):
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    return xml.dom.minidom.parseString(text, parser)  # sink
""",
            after="""
import xml.dom.minidom
import xml.sax.handler

def title(text):
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, False)
    return xml.dom.minidom.parseString(text, parser)
""",
        ),
        Example(
            name="a parser for all",
            before="""
from lxml import etree

PARSER = etree.XMLParser()  # sink
""",
            after="""
from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False)
""",
        ),
    ),
)
