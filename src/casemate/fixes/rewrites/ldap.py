"""LDAP: values are escaped where they are put into a filter or a name."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.fixes.entering import Entry, entries
from casemate.fixes.names import imported, name_from, text
from casemate.fixes.rewrite import Draft, Example, Rewrite
from casemate.fixes.sinks import sink_call, values
from casemate.fixes.site import Site, Spot
from casemate.fixes.source import Edit, Source

_MADE = r"escape|filter_format"
_LIBRARIES = {
    "ldap3": ("ldap3.utils.conv.escape_filter_chars", "ldap3.utils.dn.escape_rdn"),
    "ldap": ("ldap.filter.escape_filter_chars", "ldap.dn.escape_dn_chars"),
}


def propose(site: Site) -> Iterator[Draft]:
    """Escaped for a filter behind a parenthesis, and for a name elsewhere."""
    spot = site.sink
    call = sink_call(spot)
    if call is None:
        return
    library = _library(spot, text(call.child_by_field_name("function") or call))
    found = [entry for value in values(call) for entry in entries(site, spot, value, _MADE) if entry.parts]
    edits: list[tuple[Source, Edit]] = []
    for entry in found:
        wanted = _LIBRARIES[library][0 if _filter(entry) else 1]
        name, imports = name_from(entry.spot.root, wanted)
        edits += [(entry.spot.source, edit) for edit in (entry.wrapped(name), *imports)]
    if edits:
        yield Draft("escape what is put into the LDAP query", tuple(dict.fromkeys(edits)))


def _filter(entry: Entry) -> bool:
    return "(" in entry.lead


def _library(spot: Spot, function: str) -> str:
    """By what the file imports, else by the method's name."""
    modules = {meaning.partition(".")[0] for meaning in imported(spot.root).values()}
    if "ldap3" in modules:
        return "ldap3"
    return "ldap" if "ldap" in modules or function.endswith(("_s", "_ext", "_st", "simple_bind")) else "ldap3"


REWRITE = Rewrite(
    id="ldap",
    cwes=(90,),
    propose=propose,
    examples=(
        Example(
            name="a filter",
            before="""
import ldap3

def person(conn, uid):
    base = "ou=users,ou=system"
    sought = f"(&(objectclass=person)(uid={uid}))"
    conn.search(base, sought, attributes=ldap3.ALL_ATTRIBUTES)  # sink at conn
    return conn.entries
""",
            after="""
import ldap3
from ldap3.utils.conv import escape_filter_chars

def person(conn, uid):
    base = "ou=users,ou=system"
    sought = f"(&(objectclass=person)(uid={escape_filter_chars(uid)}))"
    conn.search(base, sought, attributes=ldap3.ALL_ATTRIBUTES)
    return conn.entries
""",
        ),
        Example(
            name="a name to sign in with",
            before="""
import ldap

def sign_in(server, who, word):
    server.simple_bind_s("uid=%s,ou=staff,o=example" % who, word)  # sink at server
""",
            after="""
import ldap
from ldap.dn import escape_dn_chars

def sign_in(server, who, word):
    server.simple_bind_s("uid=%s,ou=staff,o=example" % escape_dn_chars(who), word)
""",
        ),
    ),
)
