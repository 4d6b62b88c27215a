"""The floor under every tool: read each Python file below a folder, parse it, and do nothing with the tree.

    python benchmarks/parse_only.py tree-sitter|ast DIR

Run as a process of its own, so that its CPU time is measured as the other tools' is. A file that does not parse costs
what it costs up to the error.
"""

from __future__ import annotations

import ast
import contextlib
import sys
import warnings
from pathlib import Path


def with_ast(sources: list[Path]) -> None:
    """Parse with this interpreter's own parser."""
    warnings.simplefilter("ignore")  # old code's escapes make it warn
    for path in sources:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            ast.parse(path.read_bytes())


def with_tree_sitter(sources: list[Path]) -> None:
    """Parse with the grammar that the engine uses."""
    import tree_sitter
    import tree_sitter_python

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
    for path in sources:
        parser.parse(path.read_bytes())


PARSERS = {"ast": with_ast, "tree-sitter": with_tree_sitter}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in PARSERS:
        sys.exit(f"usage: parse_only.py {'|'.join(PARSERS)} DIR, got {sys.argv[1:]!r}")
    PARSERS[sys.argv[1]](sorted(Path(sys.argv[2]).rglob("*.py")))
