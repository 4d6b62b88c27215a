"""Names, constants, operators, attributes, subscripts, calls, displays: expressions that need no control flow of their own."""

from __future__ import annotations

from tree_sitter import Node

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python import literals
from casemate.languages.python.builder import Builder
from casemate.languages.python.conditions import inner, operands
from casemate.languages.python.dispatch import EXPRESSIONS, expression

Arguments = tuple[tuple[object, ...], tuple[tuple[str | None, ir.Operand], ...]]


@expression("identifier")
def identifier(b: Builder, node: Node) -> ir.Operand:
    """A name."""
    start = node.start_byte
    name = b.names[b.text[start : node.end_byte]]
    local = b.scope.get(name)
    if local is not None:
        return local
    op, spelled = b.elsewhere.get(name) or b.resolve(name)
    temp = b.temp
    b.temp = temp + 1
    b.emit((op, start, temp, spelled))
    return temp


@expression("true")
def true(b: Builder, node: Node) -> ir.Operand:
    """`True`."""
    return b.const(True)


@expression("false")
def false(b: Builder, node: Node) -> ir.Operand:
    """`False`."""
    return b.const(False)


@expression("none", "ellipsis")
def none(b: Builder, node: Node) -> ir.Operand:
    """`None`; `...` stands for nothing that the engine follows."""
    return b.const(None)


@expression("integer", "float")
def number(b: Builder, node: Node) -> ir.Operand:
    """A number."""
    raw = b.text[node.start_byte : node.end_byte]
    operand = b.literals.get(raw)
    if operand is None:
        operand = b.literals[raw] = b.const(literals.number(raw))
    return operand


@expression("parenthesized_expression")
def parenthesized(b: Builder, node: Node) -> ir.Operand:
    """What the parentheses hold."""
    held = inner(node)
    return EXPRESSIONS[held.kind_id](b, held)


@expression("unary_operator")
def unary(b: Builder, node: Node) -> ir.Operand:
    """`-x`, `+x`, `~x`; the minus of a number belongs to the constant."""
    operator = node.children[0].type
    argument = operands(node, 1)[0]
    operand = EXPRESSIONS[argument.kind_id](b, argument)
    if isinstance(operand, int) and operand < 0 and operator == "-":
        constant = b.consts[-1 - operand]
        if constant.__class__ is int or constant.__class__ is float:
            return b.const(-constant)
    temp = b.new()
    b.emit((ir.UNARY, node.start_byte, temp, operator, operand))
    return temp


@expression("binary_operator")
def binary(b: Builder, node: Node) -> ir.Operand:
    """`a + b`; long sums parse to the left and are followed in a loop."""
    spine = []
    while node.kind_id == k.BINARY_OPERATOR:
        children = node.children
        if len(children) != 3:
            children = [child for child in children if child.kind_id not in k.EXTRA][:3]
            if len(children) < 3:
                break
        spine.append(children)
        node = children[0]
    left = EXPRESSIONS[node.kind_id](b, node) if node.kind_id != k.BINARY_OPERATOR else b.const(None)
    while spine:
        _, operator, right_node = spine.pop()
        right = EXPRESSIONS[right_node.kind_id](b, right_node)
        temp = b.temp
        b.temp = temp + 1
        b.emit((ir.BINARY, operator.start_byte, temp, operator.type, left, right))
        left = temp
    return left


@expression("attribute")
def attribute(b: Builder, node: Node) -> ir.Operand:
    """`a.b`."""
    children = node.children
    if len(children) == 3:
        base_node, _, name_node = children
    else:
        base_node, name_node = attribute_parts(node)
    base = EXPRESSIONS[base_node.kind_id](b, base_node)
    pos = name_node.start_byte
    temp = b.temp
    b.temp = temp + 1
    b.emit((ir.ATTR, pos, temp, base, b.names[b.text[pos : name_node.end_byte]]))
    return temp


def attribute_parts(node: Node) -> tuple[Node, Node]:
    """The object and the name of an attribute, whatever stands between them."""
    base, name = node.child_by_field_id(k.F_OBJECT), node.child_by_field_id(k.F_ATTRIBUTE)
    return base or node.children[0], name or node.children[-1]


@expression("subscript")
def subscript(b: Builder, node: Node) -> ir.Operand:
    """`a[b]`, `a[b:c]`, `a[b, c]`."""
    base_node, keys = subscript_parts(node)
    base = EXPRESSIONS[base_node.kind_id](b, base_node)
    if len(keys) == 1 and keys[0].kind_id == k.SLICE:
        low, high, step = bounds(b, keys[0])
        temp = b.new()
        b.emit((ir.SLICE, node.start_byte, temp, base, low, high, step))
        return temp
    key = subscript_key(b, node, keys)
    temp = b.new()
    b.emit((ir.INDEX, node.start_byte, temp, base, key))
    return temp


def subscript_parts(node: Node) -> tuple[Node, list[Node]]:
    """The object and the keys of a subscript."""
    children = node.children
    if len(children) == 4:
        return children[0], [children[2]]
    return children[0], node.children_by_field_id(k.F_SUBSCRIPT)


def subscript_key(b: Builder, node: Node, keys: list[Node]) -> ir.Operand:
    """The key of a subscript: several make a tuple, a slice among them or stored to is a `slice` object."""
    found: list[ir.Operand] = []
    for key in keys:
        if key.kind_id == k.SLICE:
            low_high_step = bounds(b, key)
            callee = b.load("slice", key.start_byte)
            temp = b.new()
            b.emit((ir.CALL, key.start_byte, temp, callee, low_high_step, ()))
            found.append(temp)
        else:
            found.append(EXPRESSIONS[key.kind_id](b, key))
    if len(found) == 1 and b.text[keys[0].end_byte : node.end_byte].strip() == "]":
        return found[0]
    temp = b.new()
    b.emit((ir.SEQUENCE, node.start_byte, temp, "tuple", tuple(found)))
    return temp


def bounds(b: Builder, node: Node) -> tuple[ir.Operand, ir.Operand, ir.Operand]:
    """The three bounds of a slice."""
    found: list[ir.Operand] = [b.const(None)] * 3
    at = 0
    for child in node.children:
        if child.kind_id == k.COLON:
            at += 1
        elif child.is_named and child.kind_id not in k.EXTRA and at < 3:
            found[at] = EXPRESSIONS[child.kind_id](b, child)
    return found[0], found[1], found[2]


@expression("call")
def call(b: Builder, node: Node) -> ir.Operand:
    """`f(x)`; `a.f(x)` is an INVOKE at the position of the method's name."""
    children = node.children
    if len(children) == 2:
        function, given = children
    else:
        function = node.child_by_field_id(k.F_FUNCTION) or children[0]
        given = node.child_by_field_id(k.F_ARGUMENTS) or children[-1]
    kind = function.kind_id
    if kind == k.ATTRIBUTE:
        parts = function.children
        if len(parts) == 3:
            base_node, _, name_node = parts
        else:
            base_node, name_node = attribute_parts(function)
        base = EXPRESSIONS[base_node.kind_id](b, base_node)
        args, kwargs = arguments(b, given)
        pos = name_node.start_byte
        temp = b.temp
        b.temp = temp + 1
        b.emit((ir.INVOKE, pos, temp, base, b.names[b.text[pos : name_node.end_byte]], args, kwargs))
        return temp
    callee = EXPRESSIONS[kind](b, function)
    args, kwargs = arguments(b, given)
    temp = b.temp
    b.temp = temp + 1
    b.emit((ir.CALL, node.start_byte, temp, callee, args, kwargs))
    return temp


def arguments(b: Builder, node: Node) -> Arguments:
    """The arguments of a call, positional and by keyword."""
    if node.kind_id == k.GENERATOR_EXPRESSION:
        return (EXPRESSIONS[k.GENERATOR_EXPRESSION](b, node),), ()
    children = node.children
    if len(children) == 2:
        return (), ()
    args: list[object] = []
    kwargs: list[tuple[str | None, ir.Operand]] = []
    for child in children[1:-1]:
        kind = child.kind_id
        if kind in k.EXTRA:
            continue
        if kind == k.KEYWORD_ARGUMENT:
            parts = child.children
            value_node = parts[-1]
            kwargs.append((b.name(parts[0]), EXPRESSIONS[value_node.kind_id](b, value_node)))
        elif kind == k.DICTIONARY_SPLAT:
            held = operands(child, 1)[0]
            kwargs.append((None, EXPRESSIONS[held.kind_id](b, held)))
        else:
            starred = splat(b, child)
            args.append(EXPRESSIONS[kind](b, child) if starred is None else starred)
    return tuple(args), tuple(kwargs)


def splat(b: Builder, node: Node) -> tuple[str, ir.Operand] | None:
    """`*x` as an item or argument; None when the node is something else."""
    while node.kind_id in _PARENTHESES:
        node = inner(node)
    if node.kind_id not in _SPLATS:
        return None
    held = operands(node, 1)[0]
    return ir.STAR, EXPRESSIONS[held.kind_id](b, held)


def items(b: Builder, node: Node) -> tuple[object, ...]:
    """The items of a display."""
    found: list[object] = []
    for child in node.children:
        if child.is_named and child.kind_id not in k.EXTRA:
            starred = splat(b, child)
            found.append(EXPRESSIONS[child.kind_id](b, child) if starred is None else starred)
    return tuple(found)


@expression("list", "list_pattern")
def list_display(b: Builder, node: Node) -> ir.Operand:
    """`[a, b]`."""
    return _sequence(b, node, "list")


@expression("tuple", "expression_list", "pattern_list", "tuple_pattern")
def tuple_display(b: Builder, node: Node) -> ir.Operand:
    """`(a, b)`, `a, b`."""
    return _sequence(b, node, "tuple")


@expression("set")
def set_display(b: Builder, node: Node) -> ir.Operand:
    """`{a, b}`."""
    return _sequence(b, node, "set")


def _sequence(b: Builder, node: Node, kind: str) -> ir.Operand:
    found = items(b, node)
    temp = b.new()
    b.emit((ir.SEQUENCE, node.start_byte, temp, kind, found))
    return temp


@expression("dictionary")
def dictionary(b: Builder, node: Node) -> ir.Operand:
    """`{a: b, **c}`."""
    pairs: list[tuple[ir.Operand | None, ir.Operand]] = []
    for child in node.children:
        kind = child.kind_id
        if kind == k.PAIR:
            pairs.append(pair(b, child))
        elif kind == k.DICTIONARY_SPLAT:
            held = operands(child, 1)[0]
            pairs.append((None, EXPRESSIONS[held.kind_id](b, held)))
        elif kind == k.ERROR:
            EXPRESSIONS[kind](b, child)
    temp = b.new()
    b.emit((ir.MAPPING, node.start_byte, temp, tuple(pairs)))
    return temp


def pair(b: Builder, node: Node) -> tuple[ir.Operand, ir.Operand]:
    """A key and its value."""
    children = node.children
    key_node, value_node = (children[0], children[2]) if len(children) == 3 else operands(node, 2)[:2]
    return EXPRESSIONS[key_node.kind_id](b, key_node), EXPRESSIONS[value_node.kind_id](b, value_node)


@expression("await")
def awaited(b: Builder, node: Node) -> ir.Operand:
    """`await x`."""
    argument = operands(node, 1)[0]
    source = EXPRESSIONS[argument.kind_id](b, argument)
    temp = b.new()
    b.emit((ir.AWAIT, node.start_byte, temp, source))
    return temp


@expression("yield")
def yielded(b: Builder, node: Node) -> ir.Operand:
    """`yield x`; `yield from x` yields the elements of x and has the value that x returns."""
    b.yields = True
    given = [child for child in node.children[1:] if child.kind_id not in k.EXTRA]
    delegates = bool(given) and given[0].kind_id == k.FROM
    given = given[1:] if delegates else given
    source = EXPRESSIONS[given[0].kind_id](b, given[0]) if given else b.const(None)
    if delegates:
        element = b.new()
        b.emit((ir.ITER, node.start_byte, element, source))
        b.emit((ir.YIELD, node.start_byte, b.new(), element))
        temp = b.new()
        b.emit((ir.AWAIT, node.start_byte, temp, source))
        return temp
    temp = b.new()
    b.emit((ir.YIELD, node.start_byte, temp, source))
    return temp


@expression("named_expression")
def walrus(b: Builder, node: Node) -> ir.Operand:
    """`x := value`."""
    name_node, value_node = operands(node, 2)[:2]
    value = EXPRESSIONS[value_node.kind_id](b, value_node)
    name = b.name(name_node)
    b.store(name, value, name_node.start_byte)
    return b.load(name, name_node.start_byte) if name in b.scope else value


_SPLATS = frozenset((k.LIST_SPLAT, k.LIST_SPLAT_PATTERN))
_PARENTHESES = frozenset((k.PARENTHESIZED_EXPRESSION, *k.named("parenthesized_list_splat")))
