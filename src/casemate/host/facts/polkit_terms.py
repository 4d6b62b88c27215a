"""The words and conditions of polkit's JavaScript rules: tokens, terms of && and ||, and what they say of action and subject."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_TOKENS = 50_000
MAX_CLAUSES = 64
MAX_DEPTH = 40

_TOKEN = re.compile(
    r"""(?P<gap>\s+|//[^\n]*)|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?P<name>[A-Za-z_$][\w$]*)"""
    r"""|(?P<number>\d+)|(?P<sign>===|!==|==|!=|>=|<=|=>|&&|\|\||[-+*!<>=(){}\[\].,;:?%&|^~])|(?P<other>.)""",
    re.DOTALL,
)
_PATTERN = re.compile(r"/((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+)/[a-z]*")


class Unclear(Exception):
    """What stands there is not followed."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(line)
        self.line = line


class Token(NamedTuple):
    """kind: "string" (text without quotes), "pattern" (a regular expression), "name", "number", "sign" or "other"."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Clause:
    """What must hold together. actions: patterns with `*` of action.id, one of each set. groups, users: of the subject, all of
    them. limited: something narrower, such as one unit, is asked of the action. console: an active or local session. unknown:
    words that were not understood. never: it cannot hold.
    """

    actions: tuple[frozenset[str], ...] = ()
    groups: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    limited: bool = False
    console: bool = False
    unknown: bool = False
    never: bool = False

    def __and__(self, other: Clause) -> Clause:
        return Clause(
            tuple(dict.fromkeys((*self.actions, *other.actions))),
            self.groups | other.groups,
            self.users | other.users,
            self.limited or other.limited,
            self.console or other.console,
            self.unknown or other.unknown,
            self.never or other.never,
        )


@dataclass(frozen=True, slots=True)
class Term:
    """op: "and", "or", or "is" with a clause; not_: the clause of what does not hold."""

    op: str
    parts: tuple[Term, ...] = ()
    clause: Clause = field(default_factory=Clause)
    not_: Clause = field(default_factory=Clause)


def tokens(text: str) -> list[Token]:
    """The words of a script; comments and spaces gone. A script that is too long gives none of the rest."""
    out: list[Token] = []
    at, line = 0, 1
    while at < len(text) and len(out) < MAX_TOKENS:
        if text.startswith("/*", at):
            end = text.find("*/", at + 2)
            if end < 0:
                break  # no script
            line += text.count("\n", at, end)
            at = end + 2
            continue
        before = out[-1].text if out else "("
        pattern = (
            _PATTERN.match(text, at)
            if text[at] == "/" and before in ("(", ",", "=", "&&", "||", "!", "return", "[")
            else None
        )
        if pattern and text[at : at + 2] not in ("//", "/*"):
            out.append(Token("pattern", pattern[1], line))
            at = pattern.end()
            continue
        found = _TOKEN.match(text, at)
        if found is None:
            break
        kind = found.lastgroup or "other"
        word = found.group()
        if kind != "gap":
            out.append(Token(kind, re.sub(r"\\(.)", r"\1", word[1:-1]) if kind == "string" else word, line))
        line += word.count("\n")
        at = found.end()
    return out


def negated(term: Term) -> Term:
    """The opposite."""
    if term.op == "is":
        return Term("is", (), term.not_, term.clause)
    return Term("or" if term.op == "and" else "and", tuple(negated(part) for part in term.parts))


def clauses(term: Term) -> list[Clause]:
    """The ways in which a term holds."""
    if term.op == "is":
        return [] if term.clause.never else [term.clause]
    if term.op == "or":
        out = [clause for part in term.parts for clause in clauses(part)]
    else:
        out = [Clause()]
        for part in term.parts:
            own = clauses(part)
            out = [a & b for a in out for b in own]
            if len(out) > MAX_CLAUSES:
                raise Unclear
    if len(out) > MAX_CLAUSES:
        raise Unclear
    return out


def parsed(words: list[Token], names: dict[str, list[Token]], depth: int = 0) -> Term:
    """A condition as a term."""
    if depth > MAX_DEPTH:
        raise Unclear(words[0].line if words else 0)
    for sign, op in (("||", "or"), ("&&", "and")):
        parts = _split(words, sign)
        if len(parts) > 1:
            return Term(op, tuple(parsed(part, names, depth + 1) for part in parts))
    if words and words[0].text == "!" and words[0].kind == "sign":
        return negated(parsed(words[1:], names, depth + 1))
    if len(words) > 1 and words[0].text == "(" and _closes(words) == len(words) - 1:
        return parsed(words[1:-1], names, depth + 1)
    if len(words) == 1 and words[0].text in names:
        return parsed(names[words[0].text], {n: w for n, w in names.items() if n != words[0].text}, depth + 1)
    return _atom(words, names)


def _split(words: list[Token], sign: str) -> list[list[Token]]:
    out: list[list[Token]] = [[]]
    depth = 0
    for word in words:
        if word.kind == "sign":
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(word.text, 0)
        if depth == 0 and word.kind == "sign" and word.text == sign:
            out.append([])
        else:
            out[-1].append(word)
    return out


def _closes(words: list[Token]) -> int:
    depth = 0
    for index, word in enumerate(words):
        if word.kind == "sign":
            depth += {"(": 1, ")": -1}.get(word.text, 0)
        if depth == 0:
            return index
    return -1


def _shown(words: list[Token], names: dict[str, list[Token]]) -> str:
    """Words as one text, strings as "…", the names of lists replaced."""
    out = []
    for word in words:
        if word.kind == "name" and word.text in names and len(names[word.text]) < 500:
            out += [_one(inner) for inner in names[word.text]]
        else:
            out.append(_one(word))
    return "".join(out)


def _one(word: Token) -> str:
    if word.kind == "string":
        return '"' + word.text.replace('"', "").replace("\n", "") + '"'
    return f"/{word.text}/" if word.kind == "pattern" else word.text


_STRING = r'"([^"]*)"'
_FORMS = (
    (rf"subject\.isInGroup\({_STRING}\)", "group"),
    (rf"subject\.groups\.(?:indexOf|lastIndexOf)\({_STRING}\)(?:>=0|>-1|!==?-1)", "group"),
    (rf"subject\.groups\.includes\({_STRING}\)", "group"),
    (rf"subject\.user(?:===?){_STRING}", "user"),
    (rf"{_STRING}===?subject\.user", "user"),
    (rf"action\.id===?{_STRING}", "action"),
    (rf"{_STRING}===?action\.id", "action"),
    (rf"action\.id\.(?:indexOf|search|lastIndexOf)\({_STRING}(?:,0)?\)===?0", "prefix"),
    (rf"action\.id\.startsWith\({_STRING}\)", "prefix"),
    (rf"action\.id\.(?:sub(?:str|string)|slice)\(0,\d+\)===?{_STRING}", "prefix"),
    (rf"action\.id\.(?:indexOf|search)\({_STRING}\)(?:>=0|>-1|!==?-1)", "within"),
    (rf"action\.id\.includes\({_STRING}\)", "within"),
    (rf"action\.id\.(?:match|search)\({_STRING}\)(?:!==?null)?", "regex"),
    (rf"action\.id\.endsWith\({_STRING}\)", "suffix"),
)
_NOT_FORMS = ((rf"subject\.user!==?{_STRING}", "user"), (rf"action\.id!==?{_STRING}", "action"))


def _atom(words: list[Token], names: dict[str, list[Token]]) -> Term:
    text = _shown(words, names)
    if text == "true":
        return Term("is", (), Clause(), Clause(never=True))
    if text == "false":
        return Term("is", (), Clause(never=True), Clause())
    for form, kind in _FORMS:
        found = re.fullmatch(form, text)
        if found:
            return _said(kind, (found[1],))
    for form, kind in _NOT_FORMS:
        found = re.fullmatch(form, text)
        if found:
            return negated(_said(kind, (found[1],)))
    several = re.fullmatch(r"\[([^\]]*)\]\.(?:indexOf|includes)\((action\.id|subject\.user)\)(>=0|>-1|!==?-1|)", text)
    if several:
        return _said("action" if several[2] == "action.id" else "user", tuple(re.findall(_STRING, several[1])))
    pattern = re.fullmatch(r"(?:action\.id\.match\(/(.+)/\)|/(.+)/\.test\(action\.id\))(?:!==?null|!=null)?", text)
    if pattern:
        return _said("action", (_glob(pattern[1] or pattern[2]),))
    if re.match(r"!?action\.lookup\(", text):
        return Term("is", (), Clause(limited=True), Clause(limited=True))
    console = re.fullmatch(r"subject\.(local|active|session|seat)(===?true|!==?null|!==?\"\"|===?\"[^\"]*\")?", text)
    if console:
        return Term("is", (), Clause(console=True), Clause())
    if re.fullmatch(r"subject\.(local|active)(===?false|!==?true)", text):
        return Term("is", (), Clause(), Clause(console=True))
    return Term("is", (), Clause(unknown=True), Clause(unknown=True))


def _said(kind: str, values: tuple[str, ...]) -> Term:
    """A term of one statement. Its opposite leaves everybody and every action but a few: as good as all."""
    if kind == "group":
        return Term("is", (), Clause(groups=frozenset(values)))
    if kind == "user":
        if len(values) == 1:
            return Term("is", (), Clause(users=frozenset(values)))
        return Term("or", tuple(Term("is", (), Clause(users=frozenset({v}))) for v in values))
    if kind == "regex":
        return _said("action", tuple(_glob(value) for value in values))
    form = {"action": "{}", "prefix": "{}*", "within": "*{}*", "suffix": "*{}"}[kind]
    return Term("is", (), Clause(actions=(frozenset(form.format(v) for v in values),)))


def _glob(pattern: str) -> str:
    """A simple regular expression as a pattern with `*`."""
    text = re.sub(r"\\(.)", r"\1", pattern.removeprefix("^").removesuffix("$").replace(".*", "*").replace(".+", "*"))
    if re.search(r"[()|\[\]+?{}]", text):
        text = re.split(r"[()|\[\]+?{}]", text)[0] + "*"
    return ("" if pattern.startswith("^") else "*") + text + ("" if pattern.endswith("$") else "*")
