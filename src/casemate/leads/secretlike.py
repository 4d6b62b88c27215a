"""Which texts look like a secret, and which names say that they hold one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from casemate.languages import ir
from casemate.model.secret_forms import SHAPES, SHORTEST, STAND_INS
from casemate.taint.names import split

# What as a rule names a client to its server, and stands in every copy of the client.
# https://firebase.google.com/docs/projects/api-keys
CLIENTS = re.compile("AIza")
CLIENT = "a key of a form that clients' have too"
KEY_FILE = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=\s:,-]{40,}")
NAMES = frozenset(
    {"password", "passwd", "passphrase", "pwd", "secret", "apikey", "secretkey", "authtoken", "accesstoken"}
)
LAST = frozenset({"key", "token"})
BEFORE = frozenset(
    {"api", "secret", "private", "access", "auth", "encryption", "signing", "master", "bearer", "jwt", "session"}
)
# A name that speaks about a secret, and does not hold one.
ABOUT = frozenset({
    "field", "label", "name", "names", "header", "param", "parameter", "url", "uri", "path", "file", "filename",
    "message", "msg", "text", "help", "hint", "prompt", "error", "form", "regex", "pattern", "re", "format",
    "template", "type", "kind", "id", "ids", "column", "placeholder", "title", "attr", "attribute", "prefix",
    "suffix", "env", "var", "variable", "cookie", "scheme", "method", "hasher", "validators", "validator", "reset",
    "change", "set", "min", "max", "length", "policy", "class", "backend", "algorithm", "usage", "description",
    "timeout", "view", "public", "arn", "reference", "ref", "salt", "index", "property", "option", "flag",
})  # fmt: skip
PRINTED = re.compile(r"[!-~]+")
WORDS = re.compile(r"[_.-]*[A-Za-z]+(?:[_.:/-]+[A-Za-z]+)*[_.:-]*")  # and dotted and dashed names
CLASSES = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]")))
DEFAULTS = frozenset(
    {"admin", "password", "passwd", "secret", "changeme", "letmein", "root", "123456", "12345678", "qwerty"}
)


def form_of_a_key(text: str) -> str:
    """What a text is whose form only a key has, a secret one or a client's; "" for others and for stand-ins."""
    if len(text) < SHORTEST:
        return ""
    if SHAPES.search(text) and not STAND_INS.search(text):
        return CLIENT if CLIENTS.match(text) else "a key"
    return "a private key" if KEY_FILE.search(text) else ""


def named(name: str) -> bool:
    """Whether a name says that it holds a secret itself."""
    words = split(name.replace("-", "_"))
    if not words or ABOUT & set(words):
        return False
    return (
        bool(NAMES & set(words)) or (words[-1] in LAST and any(w in BEFORE for w in words[:-1])) or words == ["token"]
    )


def looks(text: str, name: str) -> bool:
    """Whether a text looks like a secret: as random as one, or a password that everybody tries."""
    if text.lower() in DEFAULTS:
        return bool({"password", "passwd", "pwd", "secret"} & set(split(name))) and text.lower() not in split(name)
    return _random(text)


def _random(text: str) -> bool:
    """Whether a text looks as random as a secret, whatever its name."""
    if len(text) < 8 or "/" in text[:1] or "://" in text or not PRINTED.fullmatch(text) or STAND_INS.search(text):
        return False
    if WORDS.fullmatch(text) and not _mixed(text):
        return False
    classes = sum(one.search(text) is not None for one in CLASSES)
    counts = Counter(text)
    entropy = -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
    return (classes >= 3 or (classes == 2 and re.search(r"[0-9]", text) is not None)) and entropy >= (
        2.7 if len(text) < 16 else 3.0
    )


def _mixed(text: str) -> bool:
    """Whether letters change their case in the middle of words as they do only in what is random."""
    return len(text) >= 16 and len(re.findall(r"[a-z][A-Z]", text)) > len(text) // 6


def secrets_of(fn: ir.Function) -> Iterator[tuple[int, str]]:
    """(position, what it is) of each text of a function that is a secret by its form, or by its name and its look. Only a
    function that has a text which could be one is read."""
    texts = [_text(c) for c in fn.consts if type(c) in (str, bytes)]
    if not (any(map(_possible, texts)) and any(map(_could_be, texts))):
        return
    for instructions, _, _ in ir.graph(fn):
        for ins in instructions:
            for name, operand in _given(fn, ins):
                text = _text(fn.consts[-1 - operand]) if type(operand) is int and operand < 0 else ""
                key = form_of_a_key(text)
                if key:
                    yield ins[1], key
                elif text and named(name) and looks(text, name):
                    yield ins[1], f"`{name}`"


def refuses(fn: ir.Function, pos: int) -> bool:
    """Whether a comparison at a position is one that raises when both are equal."""
    blocks = ir.graph(fn)
    for instructions, terminator, _ in blocks:
        if terminator[0] == ir.BRANCH:
            for ins in instructions:
                if ins[1] == pos and ins[0] == ir.COMPARE and ins[2] == terminator[2] and ins[3] in ("==", "!="):
                    _, end, _ = blocks[terminator[3 if ins[3] == "==" else 4]]
                    return bool(end[0] == ir.RAISE)
    return False


def _given(fn: ir.Function, ins: ir.Instruction) -> Iterator[tuple[str, object]]:
    """Each value that an instruction gives to a name, or passes or compares under one; "" for no name."""
    op = ins[0]
    if op == ir.MOVE and type(ins[2]) is str:
        yield ins[2], ins[3]
    elif op == ir.SETGLOBAL:
        yield ins[3], ins[4]
    elif op == ir.SETATTR:
        yield ins[4], ins[5]
    elif op == ir.SETINDEX:
        yield _key(fn, ins[4]), ins[5]
    elif op == ir.MAPPING:
        for key, operand in ins[3]:
            yield _key(fn, key), operand
    elif op == ir.FUNCTION:
        yield from ins[4]
    elif op in (ir.CALL, ir.INVOKE):
        for operand in ins[-2]:
            yield "", operand
        for keyword, operand in ins[-1]:
            yield keyword or "", operand
    elif op == ir.COMPARE and ins[3] in ("==", "!="):
        yield str(ins[4]) if type(ins[4]) is str else "", ins[5]


def _key(fn: ir.Function, operand: object) -> str:
    const = fn.consts[-1 - operand] if type(operand) is int and operand < 0 else ""
    return const if type(const) is str and re.fullmatch(r"[\w-]{1,40}", const) else ""


def _text(const: object) -> str:
    return const if type(const) is str else const.decode("latin-1") if type(const) is bytes else ""


def _could_be(text: str) -> bool:
    """Whether a text is a secret by its form, or would be under some name."""
    return bool(form_of_a_key(text)) or text.lower() in DEFAULTS or _random(text)


def _possible(text: str) -> bool:
    return 5 <= len(text) <= 8000 and (" " not in text or "PRIVATE KEY" in text)
