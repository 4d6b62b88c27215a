"""Archives: members stay in the folder that they are unpacked to, by the filter that Python has for it, else by a check."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import imported, text
from casemate.fixes.naming import named, named_at_top
from casemate.fixes.places import nearest
from casemate.fixes.refusal import refusal
from casemate.fixes.refuse import refused, simple
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument, keyword
from casemate.fixes.source import Edit
from casemate.fixes.splices import dotted_end
from casemate.fixes.toplevel import defined, definition

_FILTER = 'unpack with the filter "data", which keeps members in the folder'
_CHECK = "refuse members of the archive that would leave the folder"
_CHECKER = "members_inside"


@nearest
def propose(site: Site) -> Iterator[Draft]:
    """The filter first, for interpreters that have it; then a check that all have."""
    spot = site.sink
    modules = {meaning.partition(".")[0] for meaning in imported(spot.root).values()}
    if site.lead.rule != "archive-extraction" and not modules & {"tarfile", "shutil"}:
        return  # other things are extracted as well
    for call in spot.calls():
        name = dotted_end(call)
        if name in ("extractall", "extract", "unpack_archive") and argument(call, None, "filter") is None:
            yield draft(_FILTER, spot, _last(call, 'filter="data"'))
        if name == "extractall":
            yield from _members(spot, call)
        elif name == "extract":
            yield from _member(spot, call)
        elif name == "unpack_archive":
            yield from _either(spot, call)


def _last(call: Node, argument: str) -> Edit:
    """One more argument, behind the others."""
    given = call.child_by_field_name("arguments")
    inner = [one for one in given.named_children if one.type != "comment"] if given is not None else []
    if given is None or not inner:
        end = call.end_byte - 1
        return Edit(end, end, argument)
    return Edit(inner[-1].end_byte, inner[-1].end_byte, f", {argument}")


def _archive(call: Node) -> str:
    function = call.child_by_field_name("function")
    held = function.child_by_field_name("object") if function is not None else None
    return text(held) if held is not None and held.type in ("identifier", "attribute") else ""


def _members(spot: Spot, call: Node) -> Iterator[Draft]:
    """Only members that stay in the folder."""
    name, folder = _archive(call), argument(call, 0, "path")
    if (
        not name
        or argument(call, 1, "members") is not None
        or (folder is not None and not simple(folder) and folder.type != "string")
    ):
        return
    place = text(folder) if folder is not None else '"."'
    path, imports = named_at_top(spot, "os.path")
    answer, more = refusal(spot, "the archive has a member that would leave the folder")
    if not answer.startswith("raise "):
        answer, more = 'raise ValueError("the archive has a member that would leave the folder")', ()
    new = _last(call, f"members={_CHECKER}({name}, {place})")
    if defined(spot, _CHECKER):
        yield draft(_CHECK, spot, new)
        return
    yield draft(
        _CHECK,
        spot,
        definition(
            spot,
            f"def {_CHECKER}(archive, folder):",
            '\t"""The members of an archive, all of which stay in the folder and are files or folders."""',
            f'\troot = {path}.join({path}.realpath(folder), "")',
            "\tfor member in archive.getmembers():",
            f"\t\ttarget = {path}.realpath({path}.join(root, member.name))",
            f'\t\tif not {path}.join(target, "").startswith(root) or not (member.isfile() or member.isdir()):',
            f"\t\t\t{answer}",
            "\t\tyield member",
        ),
        new,
        *imports,
        *more,
    )


def _member(spot: Spot, call: Node) -> Iterator[Draft]:
    """A member that is looked at where it is unpacked."""
    member, folder = argument(call, 0, "member"), argument(call, 1, "path")
    if member is None or not simple(member) or (folder is not None and not simple(folder) and folder.type != "string"):
        return
    path, imports = named(spot, "os.path")
    place = text(folder) if folder is not None else '"."'
    root = f'{path}.join({path}.realpath({place}), "")'
    name = f"{text(member)}.name"
    inside = f"{path}.realpath({path}.join({place}, {name})).startswith({root})"
    condition = f"not {inside} or not ({text(member)}.isfile() or {text(member)}.isdir())"
    yield refused(_CHECK, spot, condition, "the archive has a member that would leave the folder", *imports)


def _either(spot: Spot, call: Node) -> Iterator[Draft]:
    """`unpack_archive` has a filter for tar archives only: they are opened as what they are."""
    name, folder = argument(call, 0, "filename"), argument(call, 1, "extract_dir")
    if name is None or not simple(name) or keyword(call, "format") is not None:
        return
    if call.parent is None or call.parent.type != "expression_statement":
        return
    module, imports = named(spot, "tarfile")
    place = f"{text(folder)}, " if folder is not None else ""
    indent, deeper = spot.indent(), spot.deeper()
    lines = (
        f"if {module}.is_tarfile({text(name)}):",
        f"{deeper}with {module}.open({text(name)}) as archive:",
        f'{deeper}{deeper}archive.extractall({place}filter="data")',
        "else:",
        f'{deeper}{text(call.child_by_field_name("function") or call)}({text(name)}, {place}format="zip")',
    )
    yield draft(_FILTER, spot, spot.replace(call, f"\n{indent}".join(lines)), *imports)


REWRITE = Rewrite(
    id="archive",
    cwes=(22, 29, 59, 23),
    propose=propose,
    examples=(
        Example(
            name="all members",
            before="""
import tarfile

def install(package, folder):
    with tarfile.open(package) as archive:
        archive.extractall(folder)  # sink
""",
            after="""
import tarfile

def install(package, folder):
    with tarfile.open(package) as archive:
        archive.extractall(folder, filter="data")
""",
        ),
        Example(
            name="one after the other",
            before="""
import tarfile

def install(archive):
    for member in archive.getmembers():
        archive.extract(member)  # sink
""",
            after="""
import tarfile

def install(archive):
    for member in archive.getmembers():
        archive.extract(member, filter="data")
""",
        ),
    ),
)
