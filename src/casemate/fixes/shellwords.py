"""A shell's command line, split into the words of an argument list, where nothing but a shell's splitting is needed; and where a
program takes `--` for the end of its options."""

from __future__ import annotations

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.pieces import joined
from casemate.fixes.splices import Item, Text

_SYNTAX = frozenset("|&;<>()$`\\*?[]{}~#!\n\r")
_QUOTED_SYNTAX = frozenset("$`\\!\n\r")
# Programs that read their options with getopt or argparse, so that `--` ends them.
_PROGRAMS = """
b2sum base64 basename bzip2 cat chgrp chmod chown cksum clang cmp comm cp curl cut date df diff dirname du expand file
fold gcc git grep egrep fgrep gunzip gzip head hg id install join less ln logger ls lsattr lsof md5sum mkdir mkfifo
mktemp more mount mv nl patch ping ping6 pip ps pstree readlink realpath rm rmdir rsync scp sha1sum sha256sum sha512sum
shred sort ssh stat strings svn tail tar tee touch tr truncate umount uniq unxz wc wget which who xz zcat zgrep fc-list
fc-match lpr lp id3tag
"""
_ENDS_OPTIONS = frozenset(_PROGRAMS.split())

Word = tuple[str | Node, ...]


def words(one: Text) -> list[Word] | None:
    """The words of a command line; None when it needs a shell, or when what an expression becomes is not plain."""
    out: list[list[Item]] = []
    quote = ""
    open_word = False
    for item in one.items:
        if item.hole is not None:
            if not item.hole.plain:
                return None
        elif quote:
            if item.char == quote:
                quote = ""
                continue
            if quote == '"' and item.char in _QUOTED_SYNTAX:
                return None
        elif item.char in " \t":
            open_word = False
            continue
        elif item.char in "'\"":
            quote = item.char
            if not open_word:
                out.append([])
                open_word = True
            continue
        elif item.char in _SYNTAX:
            return None
        if not open_word:
            out.append([])
            open_word = True
        out[-1].append(item)
    shown = [_word(items) for items in out]
    if quote or not shown or not isinstance(shown[0][0], str) or "=" in shown[0][0]:
        return None
    return shown


def _word(items: list[Item]) -> Word:
    parts: list[str | Node] = []
    for item in items:
        if item.hole is not None:
            parts.append(item.node)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += item.char
        else:
            parts.append(item.char)
    return tuple(parts) or ("",)


def as_list(line: list[Word], operands: frozenset[Node] = frozenset()) -> str:
    """The words as an argument list, with `--` before the first that begins with one of these expressions, where the program is
    known to take it."""
    shown = [joined(word) for word in line]
    program = line[0][0] if len(line[0]) == 1 else ""
    first = next((at for at, word in enumerate(line) if word[0] in operands), 0)
    before = [word[0] for word in line[:first]]
    after = [word[0] for word in line[first:]]
    if (
        first
        and isinstance(program, str)
        and ends_options(program)
        and not _option(before[-1])
        and "--" not in before
        and not any(_option(one) for one in after)
    ):
        shown.insert(first, '"--"')
    return f"[{', '.join(shown)}]"


def _option(word: str | Node) -> bool:
    return isinstance(word, str) and word.startswith("-")


def ends_options(program: str) -> bool:
    """Whether a program is known to take `--` for the end of its options."""
    return program.rpartition("/")[2] in _ENDS_OPTIONS


def literal(node: Node) -> str:
    """The value of a plain literal without escapes, else ""."""
    shown = text(node)
    return shown[1:-1] if node.type == "string" and shown[:1] in "'\"" and "\\" not in shown else ""
