"""Functions, lambdas and classes: their bodies, the application of decorators and the binding of their names."""

from __future__ import annotations

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.bodies import Body, lowered, qualified
from casemate.languages.python.builder import Builder
from casemate.languages.python.conditions import answer, operands
from casemate.languages.python.dispatch import expression, statement, value
from casemate.languages.python.literals import utf8
from casemate.languages.python.names import annotation
from casemate.languages.python.scopes import Bindings, targets
from casemate.languages.python.signatures import Signature, decorator, docstring, heritage, signature
from casemate.languages.python.statements import block
from casemate.languages.python.targets import store

Applied = list[tuple[ir.Operand, int]]


@statement("function_definition")
def function_definition(b: Builder, node: Node) -> None:
    """`def`."""
    _function(b, node, [])


@statement("class_definition")
def class_definition(b: Builder, node: Node) -> None:
    """`class`."""
    _class(b, node, [])


@statement("decorated_definition")
def decorated_definition(b: Builder, node: Node) -> None:
    """A definition and its decorators, which are evaluated first and applied last, bottom up."""
    definition = node.child_by_field_id(k.F_DEFINITION)
    decorators = [child for child in node.children if child.kind_id == k.DECORATOR]
    if definition is None:
        return
    if definition.kind_id == k.CLASS_DEFINITION:
        _class(b, definition, decorators)
    else:
        _function(b, definition, decorators)


@expression("lambda")
def lambda_expression(b: Builder, node: Node) -> ir.Operand:
    """`lambda`."""
    accepted = signature(b, node.child_by_field_id(k.F_PARAMETERS))
    returned = node.child_by_field_id(k.F_BODY)
    known = _parameters(b, accepted)
    if returned is not None and ":=" in b.raw(returned):
        known.walrus(returned)
    defaults = _defaults(b, accepted)

    def lower(inner: Builder) -> None:
        _unpack(inner, accepted)
        if returned is not None:
            answer(inner, returned)

    described = Body(node=node, kind="lambda", name="<lambda>", params=accepted.parameters)
    number = lowered(b, described, known, lower)
    temp = b.new()
    b.emit((ir.FUNCTION, node.start_byte, temp, number, defaults))
    return temp


def _function(b: Builder, node: Node, decorators: list[Node]) -> None:
    applied = _evaluated(b, decorators)
    accepted = signature(b, node.child_by_field_id(k.F_PARAMETERS))
    defaults = _defaults(b, accepted)
    name_node, suite = node.child_by_field_id(k.F_NAME), node.child_by_field_id(k.F_BODY)
    name = b.name(name_node) if name_node is not None else ""
    known = _parameters(b, accepted)
    if suite is not None:
        known.body(suite)

    def lower(inner: Builder) -> None:
        _unpack(inner, accepted)
        block(inner, suite)

    returns = node.child_by_field_id(k.F_RETURN_TYPE)
    recorded = tuple(decorator(b, one) for one in decorators)
    described = Body(
        node=node,
        kind="function",
        name=name,
        params=accepted.parameters,
        decorators=recorded,
        returns=annotation(utf8(b.raw(returns))) if returns is not None else "",
        doc=docstring(b, suite),
    )
    number = lowered(b, described, known, lower)
    temp = b.new()
    b.emit((ir.FUNCTION, node.start_byte, temp, number, defaults))
    binding: ir.Binding = (ir.BOUND_FUNCTION, number)
    if any(one.dotted in {f"{name}.setter", f"{name}.deleter"} for one in recorded):
        binding = b.binds.get(name, binding)  # the name goes on to read through the property's getter
    b.store(name, _decorated(b, temp, applied), node.start_byte, binding)


def _class(b: Builder, node: Node, decorators: list[Node]) -> None:
    applied = _evaluated(b, decorators)
    inherited = heritage(b, node.child_by_field_id(k.F_SUPERCLASSES))
    for computed in inherited.computed:
        value(b, computed)
    name_node, suite = node.child_by_field_id(k.F_NAME), node.child_by_field_id(k.F_BODY)
    name = b.name(name_node) if name_node is not None else ""
    file = b.file
    number = len(file.classes)
    file.classes.append(None)
    made: list[Builder] = []

    def lower(inner: Builder) -> None:
        inner.owner = number
        made.append(inner)
        block(inner, suite)

    described = Body(node=node, kind="class", name=name, doc=docstring(b, suite))
    index = lowered(b, described, Bindings(b.text, b.names), lower)
    file.classes[number] = ir.Class(
        number=number,
        name=name,
        qualname=qualified(b, name),
        bases=inherited.bases,
        keywords=inherited.keywords,
        decorators=tuple(decorator(b, one) for one in decorators),
        body=index,
        parent=b.number,
        names=tuple(made[0].binds.items()),
        annotations=_annotations(b, suite),
        pos=node.start_byte,
        doc=described.doc,
    )
    temp = b.new()
    b.emit((ir.CLASS, node.start_byte, temp, number))
    b.store(name, _decorated(b, temp, applied), node.start_byte, (ir.BOUND_CLASS, number))


def _annotations(b: Builder, suite: Node | None) -> tuple[tuple[str, str], ...]:
    """The annotated names of a class body, in order; the last annotation of a name counts."""
    found: dict[str, str] = {}
    for statement_node in suite.children if suite is not None else ():
        if statement_node.kind_id == k.EXPRESSION_STATEMENT:
            node = statement_node.children[0]
            given = node.child_by_field_id(k.F_TYPE) if node.kind_id == k.ASSIGNMENT else None
            if given is not None and node.children[0].kind_id == k.IDENTIFIER:
                found[b.name(node.children[0])] = annotation(utf8(b.raw(given)))
    return tuple(found.items())


def _evaluated(b: Builder, decorators: list[Node]) -> Applied:
    return [(value(b, operands(one, 1)[0]), one.start_byte) for one in decorators]


def _decorated(b: Builder, operand: int, applied: Applied) -> int:
    for callee, pos in reversed(applied):
        temp = b.new()
        b.emit((ir.CALL, pos, temp, callee, (operand,), ()))
        operand = temp
    return operand


def _defaults(b: Builder, accepted: Signature) -> tuple[tuple[str, ir.Operand], ...]:
    return tuple([(name, value(b, node)) for name, node in accepted.defaults])


def _parameters(b: Builder, accepted: Signature) -> Bindings:
    known = Bindings(b.text, b.names)
    for parameter in accepted.parameters:
        known.locals[parameter.name] = parameter.name
    for _, pattern in accepted.patterns:
        for target in targets(pattern):
            known.bind(target)
    return known


def _unpack(b: Builder, accepted: Signature) -> None:
    for name, pattern in accepted.patterns:
        store(b, pattern, name)
