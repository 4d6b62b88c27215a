"""Commands: an argument list and no shell where the line needs none, `shlex.quote` around each value where it does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import imported, text, walk
from casemate.fixes.naming import named
from casemate.fixes.rework import quoted_runs, wrapped
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.shellwords import as_list, words
from casemate.fixes.site import Site, Spot, argument, keyword
from casemate.fixes.source import Edit
from casemate.fixes.splices import Text, carried, feeding, harmless, parameters, texts

_SUBPROCESS = frozenset(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen"))
_QUOTES = ("shlex.quote", "pipes.quote", "six.moves.shlex_quote", "django.utils.six.moves.shlex_quote")
_SHELLS = re.compile(r"(?:^|[\s/;|&])(?:(?:ba|da|z|k|a)?sh\b.*-c|su\b.*-c|ssh\b[^|;&]*)\s*$")
_REMOTE = re.compile(r"(?:^|[\s/;|&])ssh(?:\s+-\S+)*\s+[^\s|;&-][^\s|;&]*\s[^|;&]*$")
_WHAT = "quote each value for the shell"
_SAFE = frozenset({"quote", "shlex_quote", "list2cmdline"})


def propose(site: Site) -> Iterator[Draft]:
    """An argument list first, then quotes."""
    shells = [(spot, call) for spot in site.spots for call in spot.calls() if _line(spot, call) is not None]
    for spot, call in shells[:1]:
        yield from _listed(spot, call)
    yield from _quoted(site)


def _line(spot: Spot, call: Node) -> Node | None:
    """The command line that a call gives to a shell."""
    called = spot.called(call)
    shell = argument(call, None, "shell")
    if called in _SUBPROCESS and shell is not None and text(shell) == "True":
        return argument(call, 0, "args")
    return argument(call, 0) if called == "os.system" else None


def _listed(spot: Spot, call: Node) -> Iterator[Draft]:
    """The same program without a shell."""
    line = _line(spot, call)
    if line is None or keyword(call, "executable") is not None:
        return
    made = [one for one in feeding(spot, line) if one.holes()]
    if len(made) != 1 or made[0].grows or not _alone(spot, line, made[0]):
        return
    if any(_within_another(made[0], hole) for hole in made[0].holes()):
        return
    split = words(made[0])
    if split is None:
        return
    risky = frozenset(made[0].items[at].node for at in _risky(made[0]))
    new = spot.replace(made[0].node, as_list(split, risky))
    what = "run the program with a list of arguments and without a shell"
    if spot.called(call) in _SUBPROCESS:
        shell = keyword(call, "shell")
        if shell is not None:
            yield draft(what, spot, new, _dropped(shell))
    elif call.parent is not None and call.parent.type == "expression_statement":
        name, imports = named(spot, "subprocess.call")
        function = call.child_by_field_name("function")
        if function is not None:
            yield draft(what, spot, new, spot.replace(function, name), *imports)


def _alone(spot: Spot, line: Node, one: Text) -> bool:
    """Whether the line stands in the call, or under a name that nothing else reads."""
    if one.node == line:
        return True
    if line.type != "identifier" or spot.definition(line) != one.node:
        return False
    uses = [node for node in walk(spot.scope) if node.type == "identifier" and text(node) == text(line)]
    return len(uses) == 2


def _dropped(node: Node) -> Edit:
    """An argument goes away with its comma."""
    before, after = node.prev_sibling, node.next_sibling
    if before is not None and before.type == ",":
        return Edit(before.start_byte, node.end_byte, "")
    if after is not None and after.type == "," and after.next_sibling is not None:
        return Edit(node.start_byte, after.next_sibling.start_byte, "")
    return Edit(node.start_byte, node.end_byte, "")


def _quoted(site: Site) -> Iterator[Draft]:
    """Each value quoted where it is put into the line: in the function of the sink, else where the trace came by."""
    found = [(one, holes) for one in texts(site) if (holes := _risky(one))]
    if not found:
        return
    nearest = found[0][0].spot
    here = [(one, holes) for one, holes in found if _same(one.spot, nearest)]
    traced = _traced(site)
    some = [(one, [at for at in holes if text(one.items[at].node) in traced]) for one, holes in here]
    for chosen in (here, [(one, holes) for one, holes in some if holes]):
        for form, what in (("{}({{}})", _WHAT), ("{}(str({{}}))", f"{_WHAT}, as text")):
            edits: list[tuple[Spot, Edit]] = []
            for one, holes in chosen:
                name, imports = _quote(one.spot)
                own = form.format(name)
                twice = [hole for hole in holes if _within_another(one, hole)]
                once = [hole for hole in holes if hole not in twice]
                new = [*wrapped(one, once, own), *wrapped(one, twice, own.replace(name, f"{name}({name}", 1) + ")")]
                edits += [(one.spot, edit) for edit in (*new, *imports)]
            if edits:
                yield Draft(what, tuple((spot.source, edit) for spot, edit in edits))


def _within_another(one: Text, hole: int) -> bool:
    """Whether a value stands in what a shell hands on to another shell, and so is read twice."""
    run = next((run for run in quoted_runs(one) if hole in run and run.end < len(one.items)), None)
    if run is None:
        return _REMOTE.search(one.fixed(0, hole)) is not None
    return run.end - run.start > 2 and _SHELLS.search(one.fixed(0, run.start)) is not None


def _risky(one: Text) -> list[int]:
    """The values that a shell could read as more than a word."""
    return [at for at in one.holes() if not harmless(one.spot, one.items[at].node, _SAFE) and not carried(one, at)]


def _same(one: Spot, other: Spot) -> bool:
    return one.source.path == other.source.path and one.scope == other.scope


def _traced(site: Site) -> frozenset[str]:
    """The names that hold the value on its way: parameters where it comes in, what its steps assign."""
    names: set[str] = set()
    for spot in site.spots:
        names |= {
            text(left)
            for node in walk(spot.statement)
            if node.type in ("assignment", "augmented_assignment")
            and (left := node.child_by_field_name("left")) is not None
        }
        if spot.statement.type == "function_definition":
            names |= parameters(spot.statement)
    return frozenset(names)


def _quote(spot: Spot) -> tuple[str, tuple[Edit, ...]]:
    """How the file quotes for a shell: as it does already, else by `shlex`, or by `pipes` where it is written in Python 2."""
    names = imported(spot.root)
    for name, meaning in names.items():
        if meaning in _QUOTES:
            return name, ()
    if "pipes" in names and "shlex" not in names:
        return "pipes.quote", ()
    old = any(node.type in ("print_statement", "exec_statement") for node in walk(spot.root))
    return named(spot, "pipes.quote" if old else "shlex.quote")


REWRITE = Rewrite(
    id="command",
    cwes=(78, 77),
    propose=propose,
    examples=(
        Example(
            name="a program and its arguments",
            before="""
import subprocess

def thumbnail(size, name):
    subprocess.run(f"convert in.png -resize {size} '{name}.png'", shell=True, check=True)  # sink
""",
            after="""
import subprocess

def thumbnail(size, name):
    subprocess.run(["convert", "in.png", "-resize", size, f"{name}.png"], check=True)
""",
        ),
        Example(
            name="a name that may look like an option",
            before="""
import os

def start(name):
    os.system("touch " + name)  # sink
""",
            after="""
import os
import subprocess

def start(name):
    subprocess.call(["touch", "--", name])
""",
        ),
        Example(
            name="a shell is needed",
            before="""
import subprocess

def pack(folder, target):
    line = "tar -cz '%s' | ssh %s 'cat > backup'" % (folder, target)
    return subprocess.check_output(line, shell=True)  # sink
""",
            after="""
import shlex
import subprocess

def pack(folder, target):
    line = "tar -cz %s | ssh %s 'cat > backup'" % (shlex.quote(folder), shlex.quote(target))
    return subprocess.check_output(line, shell=True)
""",
        ),
        Example(
            name="a shell in a shell",
            before="""
import os

def free(host, folder):
    os.system(f"ssh {host} 'df {folder} | tail -1'")  # sink
""",
            after="""
import os
import shlex

def free(host, folder):
    os.system(f"ssh {shlex.quote(host)} 'df '{shlex.quote(shlex.quote(folder))}' | tail -1'")
""",
        ),
        Example(
            name="a line that grows, for a shell that is named as the program",
            before="""
import subprocess

def ping(host):
    argv = ["sh", "-c"]
    argv.append(f"ping -c 1 {host}")
    subprocess.check_call(argv)  # sink
""",
            after="""
import shlex
import subprocess

def ping(host):
    argv = ["sh", "-c"]
    argv.append(f"ping -c 1 {shlex.quote(host)}")
    subprocess.check_call(argv)
""",
        ),
    ),
)
