"""OVAL definitions of vulnerabilities and patches (oval.mitre.org; Debian, Red Hat, Ubuntu, SUSE publish them), for dpkg and rpm.

What is read of a definition: its id, references, severity, and each test that a package's version is before another ("EVR less
than"), with the release that the document names. Tests of what is installed, of signatures and of modules say nothing
about a version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from casemate.host.advisories.form import CVE, DEBIAN, BadAdvisories, Parsed, canonical, day
from casemate.model.advisory import Advisory, Affected, Event, EventKind, Origin, Status

DEEPEST = 60
MOST_SPAN = 10_000
_RELEASES = (
    (re.compile(r"Debian GNU/Linux (\d+)"), "Debian:{}"),
    (re.compile(r"Debian (?:GNU/Linux )?\(?(jessie|stretch|buster|bullseye|bookworm|trixie|forky)"), "Debian:{}"),
    (re.compile(r"Ubuntu (\d+\.\d+)"), "Ubuntu:{}"),
    (re.compile(r"Red Hat Enterprise Linux (\d+)"), "Red Hat:{}"),
    (re.compile(r"Rocky Linux (\d+)"), "Rocky Linux:{}"),
    (re.compile(r"AlmaLinux (?:OS )?(\d+)"), "AlmaLinux:{}"),
    (re.compile(r"Oracle Linux (\d+)"), "Oracle Linux:{}"),
    (re.compile(r"(SUSE Linux Enterprise Server \d+(?: SP\d+)?)"), "{}"),
    (re.compile(r"openSUSE (Leap \d+\.\d+)"), "openSUSE:{}"),
)


@dataclass(slots=True)
class _Tables:
    """Tests, objects, states, variables, by their ids."""

    tests: dict[str, tuple[str, str]] = field(default_factory=dict)
    objects: dict[str, tuple[str, ...]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    variables: dict[str, tuple[str, ...]] = field(default_factory=dict)


class _Safe(TreeBuilder):
    """A tree that takes no document type, so no entities, and is no deeper than it may be."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """A document type is how entities come in."""
        raise BadAdvisories("", "a document type, which no OVAL file has")

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """Another level."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadAdvisories("", "XML that is nested too deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """Back up."""
        self._depth -= 1
        return super().end(tag)


def parse(data: bytes) -> Parsed:
    """One advisory for each definition. Raises BadAdvisories."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", data):
        raise BadAdvisories("", "a document type, which no OVAL file has")
    parser = XMLParser(target=_Safe())
    try:
        parser.feed(data)
        root = parser.close()
    except ParseError as error:
        line, column = error.position
        raise BadAdvisories(f"line {line}, column {column}", f"no XML: {error}") from error
    if _name(root) != "oval_definitions":
        raise BadAdvisories("", f"no oval_definitions but {_name(root)[:60]}")
    tables = _tables(root)
    whole = _stated(root)
    date = next((day((e.text or "").strip()) for e in root.iter() if _name(e) == "timestamp"), "")
    out = []
    for definition in root.iter():
        if _name(definition) == "definition" and definition.get("class") in (
            "vulnerability",
            "patch",
            "inventory",
            None,
        ):
            advisory = _advisory(definition, tables, whole)
            if advisory is not None:
                out.append(advisory)
    return Parsed(Origin.OVAL, tuple(out), (), date)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None)


def _text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _tables(root: Element) -> _Tables:
    out = _Tables()
    for element in root.iter():
        own, name = element.get("id", ""), _name(element)
        if name in ("dpkginfo_test", "rpminfo_test"):
            objects, states = _child(element, "object"), _child(element, "state")
            if objects is not None and states is not None:
                out.tests[own] = (objects.get("object_ref", ""), states.get("state_ref", ""))
        elif name in ("dpkginfo_object", "rpminfo_object"):
            inner = _child(element, "name")
            if inner is not None:
                out.objects[own] = (f"={inner.get('var_ref')}",) if inner.get("var_ref") else (_text(inner),)
        elif name in ("dpkginfo_state", "rpminfo_state"):
            evr = _child(element, "evr")
            if evr is not None and evr.get("operation") == "less than":
                out.states[own] = f"={evr.get('var_ref')}" if evr.get("var_ref") else _text(evr)
        elif name == "constant_variable":
            out.variables[own] = tuple(_text(value) for value in element if _name(value) == "value")
    return out


def _stated(root: Element) -> str:
    """The release that the document itself is about."""
    generator = _child(root, "generator")
    return _release(" ".join(e.text or "" for e in generator.iter()) if generator is not None else "")


def _release(said: str) -> str:
    for pattern, form in _RELEASES:
        found = pattern.search(said)
        if found:
            name = form.format(DEBIAN.get(found[1], found[1]))
            return canonical(name.replace("SUSE Linux", "SUSE:Linux"))
    return ""


def _advisory(definition: Element, tables: _Tables, whole: str) -> Advisory | None:
    metadata = _child(definition, "metadata")
    if metadata is None or definition.get("class") == "inventory":
        return None
    title = _text(_child(metadata, "title"))
    releases = {r for e in metadata.iter() if _name(e) == "platform" and (r := _release(_text(e)))}
    if not releases and whole:
        releases = {whole}
    cves = {
        i
        for e in metadata.iter()
        for i in CVE.findall(f"{e.get('ref_id', '')} {_text(e) if _name(e) == 'cve' else ''}")
    }
    cves |= set(CVE.findall(title))
    own = next(iter(cves)) if len(cves) == 1 else _notice(metadata) or definition.get("id", "")
    if not own:
        raise BadAdvisories(title[:60], "a definition without an id")
    severity = next((_text(e).lower() for e in metadata.iter() if _name(e) in ("severity", "priority")), "")
    vectors = tuple(
        sorted({m[0] for e in metadata.iter() for v in e.attrib.values() if (m := re.search(r"CVSS:[34]\.\d/\S+", v))})
    )
    affected = []
    for name, fixed in sorted(set(_tested(definition, tables))):
        span = (Event(EventKind.INTRODUCED, "0"), *((Event(EventKind.FIXED, fixed),) if fixed else ()))
        for release in sorted(releases):
            affected.append(
                Affected(ecosystem=release, package=name, ranges=(span,), binary=True, status=Status.AFFECTED)
            )
    if not affected:
        return None
    return Advisory(
        id=own,
        origin=Origin.OVAL,
        affected=tuple(affected),
        aliases=(),
        covers=tuple(sorted(cves - {own})),
        summary=" ".join(title.split())[:500],
        vectors=vectors,
        severity=severity,
    )


def _notice(metadata: Element) -> str:
    """The publisher's own name for it: RHSA-2024:4312, USN-6859-1, DSA-5724."""
    for element in metadata.iter():
        if _name(element) == "reference" and element.get("source", "").upper() in (
            "RHSA",
            "USN",
            "DSA",
            "ELSA",
            "ALSA",
            "SUSE-SU",
        ):
            return element.get("ref_id", "")
    return ""


def _tested(definition: Element, tables: _Tables) -> Iterator[tuple[str, str]]:
    """Each package that the criteria name with the version that it must be before."""
    for element in definition.iter():
        if _name(element) != "criterion" or element.get("negate") == "true":
            continue
        objects, state = tables.tests.get(element.get("test_ref", ""), ("", ""))
        fixed = tables.states.get(state, "")
        if fixed.startswith("="):
            fixed = next(iter(tables.variables.get(fixed[1:], ())), "")
        if not fixed:
            continue
        for name in tables.objects.get(objects, ()):
            names = tables.variables.get(name[1:], ()) if name.startswith("=") else (name,)
            for one in names[:MOST_SPAN]:
                yield one, fixed.removeprefix("0:")
