"""The grammar's vocabulary: node kinds and fields of tree-sitter-python as the integers that lowering dispatches on.

Comparing and indexing by number is several times cheaper than by name. A grammar that no longer knows a name fails here,
on import, not in the middle of a file.
"""

from __future__ import annotations

from typing import Final

import tree_sitter_python
from tree_sitter import Language

LANGUAGE: Final = Language(tree_sitter_python.language())
ERROR: Final = 0xFFFF  # tree-sitter's own number for a region that it could not parse


def named(name: str) -> tuple[int, ...]:
    """Every number that the grammar uses for a named node kind (aliases have one of their own)."""
    found = tuple(
        number
        for number in range(LANGUAGE.node_kind_count)
        if LANGUAGE.node_kind_is_named(number) and LANGUAGE.node_kind_for_id(number) == name
    )
    if not found:
        raise LookupError(
            f"the installed tree-sitter-python has no node kind {name!r}: install tree-sitter-python>=0.25"
        )
    return found


def _kind(name: str) -> int:
    number = LANGUAGE.id_for_node_kind(name, True)
    if number is None:
        raise LookupError(
            f"the installed tree-sitter-python has no node kind {name!r}: install tree-sitter-python>=0.25"
        )
    return number


def _token(name: str) -> int:
    number = LANGUAGE.id_for_node_kind(name, False)
    if number is None:
        raise LookupError(f"the installed tree-sitter-python has no token {name!r}: install tree-sitter-python>=0.25")
    return number


def _field(name: str) -> int:
    number = LANGUAGE.field_id_for_name(name)
    if number is None:
        raise LookupError(f"the installed tree-sitter-python has no field {name!r}: install tree-sitter-python>=0.25")
    return number


COMMA: Final[int] = _token(",")
COLON: Final[int] = _token(":")
AND: Final[int] = _token("and")
ASYNC: Final[int] = _token("async")
FROM: Final[int] = _token("from")
MINUS: Final[int] = _token("-")
ASSIGN: Final[int] = _token("=")
UNDERSCORE: Final[int] = _token("_")

ASSIGNMENT: Final[int] = _kind("assignment")
ATTRIBUTE: Final[int] = _kind("attribute")
AUGMENTED_ASSIGNMENT: Final[int] = _kind("augmented_assignment")
BINARY_OPERATOR: Final[int] = _kind("binary_operator")
BLOCK: Final[tuple[int, ...]] = named("block")
BOOLEAN_OPERATOR: Final[int] = _kind("boolean_operator")
CALL: Final[int] = _kind("call")
CASE_CLAUSE: Final[int] = _kind("case_clause")
CASE_PATTERN: Final[int] = _kind("case_pattern")
CHEVRON: Final[int] = _kind("chevron")
CLASS_PATTERN: Final[int] = _kind("class_pattern")
CLASS_DEFINITION: Final[int] = _kind("class_definition")
COMMENT: Final[int] = _kind("comment")
COMPARISON_OPERATOR: Final[int] = _kind("comparison_operator")
CONCATENATED_STRING: Final[int] = _kind("concatenated_string")
CONDITIONAL_EXPRESSION: Final[int] = _kind("conditional_expression")
DECORATOR: Final[int] = _kind("decorator")
DEFAULT_PARAMETER: Final[int] = _kind("default_parameter")
DICTIONARY_SPLAT: Final[int] = _kind("dictionary_splat")
DICTIONARY_SPLAT_PATTERN: Final[int] = _kind("dictionary_splat_pattern")
DOTTED_NAME: Final[int] = _kind("dotted_name")
ELSE_CLAUSE: Final[int] = _kind("else_clause")
EXCEPT_CLAUSE: Final[int] = _kind("except_clause")
EXPRESSION_LIST: Final[int] = _kind("expression_list")
EXPRESSION_STATEMENT: Final[int] = _kind("expression_statement")
FALSE: Final[int] = _kind("false")
FINALLY_CLAUSE: Final[int] = _kind("finally_clause")
FLOAT: Final[int] = _kind("float")
FOR_IN_CLAUSE: Final[int] = _kind("for_in_clause")
FORMAT_EXPRESSION: Final[int] = _kind("format_expression")
FUNCTION_DEFINITION: Final[int] = _kind("function_definition")
GENERATOR_EXPRESSION: Final[int] = _kind("generator_expression")
IDENTIFIER: Final[int] = _kind("identifier")
IF_CLAUSE: Final[int] = _kind("if_clause")
IMPORT_PREFIX: Final[int] = _kind("import_prefix")
ALIASED_IMPORT: Final[int] = _kind("aliased_import")
INTEGER: Final[int] = _kind("integer")
INTERPOLATION: Final[int] = _kind("interpolation")
KEYWORD_ARGUMENT: Final[int] = _kind("keyword_argument")
KEYWORD_PATTERN: Final[int] = _kind("keyword_pattern")
KEYWORD_SEPARATOR: Final[int] = _kind("keyword_separator")
LINE_CONTINUATION: Final[int] = _kind("line_continuation")
LIST: Final[int] = _kind("list")
LIST_SPLAT: Final[int] = _kind("list_splat")
LIST_SPLAT_PATTERN: Final[int] = _kind("list_splat_pattern")
NAMED_EXPRESSION: Final[int] = _kind("named_expression")
NOT_OPERATOR: Final[int] = _kind("not_operator")
PAIR: Final[int] = _kind("pair")
PARENTHESIZED_EXPRESSION: Final[int] = _kind("parenthesized_expression")
POSITIONAL_SEPARATOR: Final[int] = _kind("positional_separator")
RELATIVE_IMPORT: Final[int] = _kind("relative_import")
SLICE: Final[int] = _kind("slice")
SPLAT_PATTERN: Final[int] = _kind("splat_pattern")
STRING: Final[int] = _kind("string")
STRING_CONTENT: Final[int] = _kind("string_content")
SUBSCRIPT: Final[int] = _kind("subscript")
NONE: Final[int] = _kind("none")
TRUE: Final[int] = _kind("true")
TUPLE: Final[int] = _kind("tuple")
TYPED_DEFAULT_PARAMETER: Final[int] = _kind("typed_default_parameter")
TYPED_PARAMETER: Final[int] = _kind("typed_parameter")
UNARY_OPERATOR: Final[int] = _kind("unary_operator")
WILDCARD_IMPORT: Final[int] = _kind("wildcard_import")
WITH_CLAUSE: Final[int] = _kind("with_clause")
WITH_ITEM: Final[int] = _kind("with_item")
YIELD: Final[int] = _kind("yield")
AS_PATTERN: Final[tuple[int, ...]] = named("as_pattern")

# What lowering never looks at: it may stand between any two nodes.
EXTRA: Final = frozenset((COMMA, COMMENT, LINE_CONTINUATION))

F_ALIAS: Final[int] = _field("alias")
F_ALTERNATIVE: Final[int] = _field("alternative")
F_ARGUMENTS: Final[int] = _field("arguments")
F_ATTRIBUTE: Final[int] = _field("attribute")
F_BODY: Final[int] = _field("body")
F_CAUSE: Final[int] = _field("cause")
F_CONDITION: Final[int] = _field("condition")
F_CONSEQUENCE: Final[int] = _field("consequence")
F_DEFINITION: Final[int] = _field("definition")
F_EXPRESSION: Final[int] = _field("expression")
F_FORMAT_SPECIFIER: Final[int] = _field("format_specifier")
F_FUNCTION: Final[int] = _field("function")
F_GUARD: Final[int] = _field("guard")
F_KEY: Final[int] = _field("key")
F_LEFT: Final[int] = _field("left")
F_MODULE_NAME: Final[int] = _field("module_name")
F_NAME: Final[int] = _field("name")
F_OBJECT: Final[int] = _field("object")
F_OPERATOR: Final[int] = _field("operator")
F_PARAMETERS: Final[int] = _field("parameters")
F_RETURN_TYPE: Final[int] = _field("return_type")
F_RIGHT: Final[int] = _field("right")
F_SUBJECT: Final[int] = _field("subject")
F_SUBSCRIPT: Final[int] = _field("subscript")
F_SUPERCLASSES: Final[int] = _field("superclasses")
F_TYPE: Final[int] = _field("type")
F_TYPE_CONVERSION: Final[int] = _field("type_conversion")
F_VALUE: Final[int] = _field("value")
