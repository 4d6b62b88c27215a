"""polkit's rules (polkit(8)): read, never run. Who gets which answer for which action, as far as the text can be followed.

Rules are JavaScript. What is understood is what rules are made of: `if`, `else`, `return`, comparisons of action.id,
subject.user, subject.isInGroup and the like, joined by && and ||. Anything else makes a branch unknown, and it is said that it
was not examined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from casemate.host.facts.polkit_terms import Clause, Token, Unclear, clauses, negated, parsed, tokens
from casemate.host.host import Host

FOLDERS = (
    "/etc/polkit-1/rules.d",
    "/run/polkit-1/rules.d",
    "/usr/local/share/polkit-1/rules.d",
    "/usr/share/polkit-1/rules.d",
)
MAX_PATHS = 64  # ways through one rule
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule says `result` ("YES", "AUTH_SELF") when one of the clauses holds. line: of the `return`; start: of the rule."""

    path: str
    line: int
    start: int
    result: str
    clause: Clause


def polkit_rules(host: Host) -> tuple[Answer, ...]:
    """Every answer that every rule may give."""
    out: list[Answer] = []
    for folder in FOLDERS:
        for name in host.fs.names(folder):
            if name.endswith(".rules"):
                out += _file(host, f"{folder}/{name}")
    return tuple(out)


def _file(host: Host, path: str) -> Iterator[Answer]:
    text = host.fs.text(path)
    if text is None:
        return
    words = tokens("\n".join(text.lines))
    at = 0
    while at < len(words):
        if words[at].text == "addRule" and at + 1 < len(words) and words[at + 1].text == "(":
            start = words[at].line
            try:
                reader = _Reader(words, at + 2)
                for answer in reader.rule():
                    yield replace(answer, path=text.path, start=start)
            except Unclear as unclear:
                host.odd(text.path, unclear.line or start, "a rule of polkit that is not understood")
            at = max(at + 1, reader.at)
        else:
            at += 1


class _Reader:
    """The statements of one rule's function."""

    def __init__(self, words: list[Token], at: int) -> None:
        self.words, self.at = words, at
        self.names: dict[str, list[Token]] = {}

    def text(self, ahead: int = 0) -> str:
        return self.words[self.at + ahead].text if self.at + ahead < len(self.words) else ""

    def line(self) -> int:
        return self.words[min(self.at, len(self.words) - 1)].line

    def rule(self) -> list[Answer]:
        start = self.at
        while self.text() not in ("{", ""):
            self.at += 1
        self.renamed(
            [t.text for t in self.words[start : self.at] if t.kind == "name" and t.text not in ("function", "async")]
        )
        found: list[Answer] = []
        self.block([Clause()], found, 0)
        return found

    def renamed(self, parameters: list[str]) -> None:
        """A rule may call its parameters what it likes; here they are action and subject."""
        meant = dict(zip(parameters[-2:], ("action", "subject"), strict=False))
        if len(parameters) < 2 or all(old == new for old, new in meant.items()):
            return
        depth, at = 0, self.at
        while at < len(self.words):
            word = self.words[at]
            depth += {"{": 1, "}": -1}.get(word.text, 0) if word.kind == "sign" else 0
            if word.kind == "name" and word.text in meant and self.words[at - 1].text != ".":
                self.words[at] = word._replace(text=meant[word.text])
            at += 1
            if not depth:
                return

    def block(self, ways: list[Clause], found: list[Answer], depth: int) -> list[Clause]:
        """A statement or a block: what holds after it on the ways that go on."""
        if depth > MAX_DEPTH or len(ways) > MAX_PATHS:
            raise Unclear(self.line())
        if self.text() == "{":
            self.at += 1
            while self.text() not in ("}", ""):
                ways = self.block(ways, found, depth + 1)
            self.at += 1
            return ways
        if self.text() == "if":
            return self.branch(ways, found, depth)
        if self.text() == "return":
            self.give(ways, found)
            return []
        if self.text() in ("for", "while", "switch", "try", "do", "function"):
            raise Unclear(self.line())
        self.plain()
        return ways

    def branch(self, ways: list[Clause], found: list[Answer], depth: int) -> list[Clause]:
        self.at += 1
        condition = self.parenthesis()
        term = parsed(condition, self.names)
        yes = [way & clause for way in ways for clause in clauses(term)]
        no = [way & clause for way in ways for clause in clauses(negated(term))]
        after = self.block(yes, found, depth + 1)
        if self.text() == "else":
            self.at += 1
            return after + self.block(no, found, depth + 1)
        return after + no

    def parenthesis(self) -> list[Token]:
        if self.text() != "(":
            raise Unclear(self.line())
        depth, start = 0, self.at + 1
        while self.at < len(self.words):
            depth += {"(": 1, ")": -1}.get(self.text(), 0)
            self.at += 1
            if not depth:
                return self.words[start : self.at - 1]
        raise Unclear(self.line())

    def give(self, ways: list[Clause], found: list[Answer]) -> None:
        line = self.line()
        said: list[Token] = []
        self.at += 1
        while self.text() not in (";", "}", ""):
            said.append(self.words[self.at])
            self.at += 1
        if self.text() == ";":
            self.at += 1
        result = said[-1].text if said else ""
        condition: list[Clause] = list(ways)
        text = "".join(t.text for t in said)
        chosen = next((i for i, t in enumerate(said) if t.text == "?"), -1)
        if chosen > 0:  # return condition ? polkit.Result.YES : …
            term = parsed(said[:chosen], self.names)
            first = re.search(r"\?polkit\.Result\.(\w+)", text)
            result = first[1] if first else ""
            condition = [way & clause for way in ways for clause in clauses(term)]
        result = {"yes": "YES", "auth_self": "AUTH_SELF", "auth_self_keep": "AUTH_SELF"}.get(result, result)
        for way in condition[:MAX_PATHS]:
            if result in ("YES", "AUTH_SELF", "AUTH_SELF_KEEP"):
                found.append(Answer("", line, line, result, way))

    def plain(self) -> None:
        """A declaration is kept for the conditions that name it; other statements change nothing here."""
        if self.text() in ("var", "let", "const") and self.text(2) == "=":
            name = self.text(1)
            self.at += 3
            start = self.at
            self.skip()
            self.names[name] = self.words[start : self.at]
        else:
            self.skip()
        if self.text() == ";":
            self.at += 1

    def skip(self) -> None:
        depth = 0
        while self.at < len(self.words) and not (depth == 0 and self.text() in (";", "}")):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self.text(), 0)
            self.at += 1
