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


COMMA: Final = _token(",")
COLON: Final = _token(":")
AND: Final = _token("and")
ASYNC: Final = _token("async")
FROM: Final = _token("from")
MINUS: Final = _token("-")
ASSIGN: Final = _token("=")
UNDERSCORE: Final = _token("_")

ASSIGNMENT: Final = _kind("assignment")
ATTRIBUTE: Final = _kind("attribute")
AUGMENTED_ASSIGNMENT: Final = _kind("augmented_assignment")
BINARY_OPERATOR: Final = _kind("binary_operator")
BLOCK: Final = named("block")
BOOLEAN_OPERATOR: Final = _kind("boolean_operator")
CALL: Final = _kind("call")
CASE_CLAUSE: Final = _kind("case_clause")
CASE_PATTERN: Final = _kind("case_pattern")
CHEVRON: Final = _kind("chevron")
CLASS_PATTERN: Final = _kind("class_pattern")
CLASS_DEFINITION: Final = _kind("class_definition")
COMMENT: Final = _kind("comment")
COMPARISON_OPERATOR: Final = _kind("comparison_operator")
CONCATENATED_STRING: Final = _kind("concatenated_string")
CONDITIONAL_EXPRESSION: Final = _kind("conditional_expression")
DECORATOR: Final = _kind("decorator")
DEFAULT_PARAMETER: Final = _kind("default_parameter")
DICTIONARY_SPLAT: Final = _kind("dictionary_splat")
DICTIONARY_SPLAT_PATTERN: Final = _kind("dictionary_splat_pattern")
DOTTED_NAME: Final = _kind("dotted_name")
ELSE_CLAUSE: Final = _kind("else_clause")
EXCEPT_CLAUSE: Final = _kind("except_clause")
EXPRESSION_LIST: Final = _kind("expression_list")
EXPRESSION_STATEMENT: Final = _kind("expression_statement")
FALSE: Final = _kind("false")
FINALLY_CLAUSE: Final = _kind("finally_clause")
FLOAT: Final = _kind("float")
FOR_IN_CLAUSE: Final = _kind("for_in_clause")
FORMAT_EXPRESSION: Final = _kind("format_expression")
FUNCTION_DEFINITION: Final = _kind("function_definition")
GENERATOR_EXPRESSION: Final = _kind("generator_expression")
IDENTIFIER: Final = _kind("identifier")
IF_CLAUSE: Final = _kind("if_clause")
IMPORT_PREFIX: Final = _kind("import_prefix")
ALIASED_IMPORT: Final = _kind("aliased_import")
INTEGER: Final = _kind("integer")
INTERPOLATION: Final = _kind("interpolation")
KEYWORD_ARGUMENT: Final = _kind("keyword_argument")
KEYWORD_PATTERN: Final = _kind("keyword_pattern")
KEYWORD_SEPARATOR: Final = _kind("keyword_separator")
LINE_CONTINUATION: Final = _kind("line_continuation")
LIST: Final = _kind("list")
LIST_SPLAT: Final = _kind("list_splat")
LIST_SPLAT_PATTERN: Final = _kind("list_splat_pattern")
NAMED_EXPRESSION: Final = _kind("named_expression")
NOT_OPERATOR: Final = _kind("not_operator")
PAIR: Final = _kind("pair")
PARENTHESIZED_EXPRESSION: Final = _kind("parenthesized_expression")
POSITIONAL_SEPARATOR: Final = _kind("positional_separator")
RELATIVE_IMPORT: Final = _kind("relative_import")
SLICE: Final = _kind("slice")
SPLAT_PATTERN: Final = _kind("splat_pattern")
STRING: Final = _kind("string")
STRING_CONTENT: Final = _kind("string_content")
SUBSCRIPT: Final = _kind("subscript")
TRUE: Final = _kind("true")
TUPLE: Final = _kind("tuple")
TYPED_DEFAULT_PARAMETER: Final = _kind("typed_default_parameter")
TYPED_PARAMETER: Final = _kind("typed_parameter")
UNARY_OPERATOR: Final = _kind("unary_operator")
WILDCARD_IMPORT: Final = _kind("wildcard_import")
WITH_CLAUSE: Final = _kind("with_clause")
WITH_ITEM: Final = _kind("with_item")
YIELD: Final = _kind("yield")
AS_PATTERN: Final = named("as_pattern")

# What lowering never looks at: it may stand between any two nodes.
EXTRA: Final = frozenset((COMMA, COMMENT, LINE_CONTINUATION))

F_ALIAS: Final = _field("alias")
F_ALTERNATIVE: Final = _field("alternative")
F_ARGUMENTS: Final = _field("arguments")
F_ATTRIBUTE: Final = _field("attribute")
F_BODY: Final = _field("body")
F_CAUSE: Final = _field("cause")
F_CONDITION: Final = _field("condition")
F_CONSEQUENCE: Final = _field("consequence")
F_DEFINITION: Final = _field("definition")
F_EXPRESSION: Final = _field("expression")
F_FORMAT_SPECIFIER: Final = _field("format_specifier")
F_FUNCTION: Final = _field("function")
F_GUARD: Final = _field("guard")
F_KEY: Final = _field("key")
F_LEFT: Final = _field("left")
F_MODULE_NAME: Final = _field("module_name")
F_NAME: Final = _field("name")
F_OBJECT: Final = _field("object")
F_OPERATOR: Final = _field("operator")
F_PARAMETERS: Final = _field("parameters")
F_RETURN_TYPE: Final = _field("return_type")
F_RIGHT: Final = _field("right")
F_SUBJECT: Final = _field("subject")
F_SUBSCRIPT: Final = _field("subscript")
F_SUPERCLASSES: Final = _field("superclasses")
F_TYPE: Final = _field("type")
F_TYPE_CONVERSION: Final = _field("type_conversion")
F_VALUE: Final = _field("value")
