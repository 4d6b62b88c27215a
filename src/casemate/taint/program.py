"""The program: all lowered modules as one, with names resolved across files.

Knows names, classes and their order of method resolution; knows nothing of values. Every answer is a pure function of the
modules, so the solver can record which answers a result rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casemate.knowledge.entries import Knowledge
from casemate.languages import ir
from casemate.taint import attributes
from casemate.taint.memory import Answered
from casemate.taint.values import Ref

Question = tuple[Any, ...]
MAX_HOPS = 20  # re-exports followed before a name counts as unresolvable
MAX_OVERRIDES = 8  # of one method that are told apart
MAX_OWNERS = 64  # of methods of one name that are looked at
# Bases that add no content of their own, and methods by which an object is more than its attributes.
ROOTS = frozenset({"builtins.object", "object", "abc.ABC", "typing.Generic", "typing.Protocol"})
AS_TEXT = ("__str__", "__repr__", "__format__", "__bytes__", "__fspath__", "__html__", "__iter__", "__getattr__")


class Program:
    """Modules by name, with name and class resolution. aliases: other absolute names of modules.

    A name from outside the program resolves to ("x", canonical dotted name).
    """

    def __init__(
        self, modules: Iterable[ir.Module], knowledge: Knowledge, aliases: Mapping[str, str] | None = None
    ) -> None:
        self.modules = {m.name: m for m in modules}
        self._aliases = aliases or {}
        # Packages without a file of their own: `import tools.text` binds `tools`, which holds `text` all the same.
        parts = [m.split(".") for m in self.modules]
        self._namespaces = {".".join(p[:n]) for p in parts for n in range(1, len(p))} - self.modules.keys()
        self.knowledge = knowledge
        self._names = {name: dict(m.names) for name, m in self.modules.items()}
        self._class_names = {(m.name, c.number): dict(c.names) for m in self.modules.values() for c in m.classes}
        self._class_of_body = {(m.name, c.body): c.number for m in self.modules.values() for c in m.classes}
        self._methods: dict[str, list[tuple[str, int]]] = {}
        for m in self.modules.values():
            for f in m.functions:
                if f.owner >= 0 and f.kind == "function":
                    self._methods.setdefault(f.name, []).append((m.name, f.number))
        self._stored: dict[str, frozenset[str]] = {}
        self._subclasses: dict[tuple[str, int], list[tuple[str, int]]] | None = None
        # By whoever runs now, with the answers; the solver swaps it. One (question, answer) for all who ask.
        self.asked: dict[Question, Answered] = {}
        self._answers: dict[Question, Answered] = {}

    def function(self, unit: tuple[str, int]) -> ir.Function:
        """The function of a unit."""
        return self.modules[unit[0]].functions[unit[1]]

    def has(self, unit: tuple[str, int]) -> bool:
        """Whether there is such a function."""
        return unit[0] in self.modules and unit[1] < len(self.modules[unit[0]].functions)

    def absolute(self, unit: tuple[str, int], pos: int) -> int:
        """The byte offset in the file of a position relative to a function's start."""
        return self.function(unit).pos + pos

    def klass(self, key: tuple[str, int]) -> ir.Class:
        """The class of a key."""
        return self.modules[key[0]].classes[key[1]]

    # --- questions: their answers are kept, and noted for whoever asks

    def ask(self, question: Question) -> Any:
        """The answer to (method, arguments…); a pure function of the modules' names and headers."""
        known = self._answers.get(question)
        if known is None:
            known = self._answers[question] = question, getattr(self, "_" + question[0])(*question[1:])
        self.asked[question] = known
        return known[1]

    def holds(self, question: Question, answer: Any) -> bool:
        """Whether a question still has this answer; it is not noted as asked."""
        known = self._answers.get(question)
        if known is None:
            try:
                known = self._answers[question] = question, getattr(self, "_" + question[0])(*question[1:])
            except (KeyError, IndexError):  # about a module or class that is gone
                return False
        return bool(known[1] == answer)

    def questions(self) -> tuple[Question, ...]:
        """Whatever was asked so far."""
        return tuple(self._answers)

    def resolve(self, dotted: str) -> Ref:
        """What an absolute dotted name stands for: ("f" | "c", module, number), ("g", module, name), ("M", module) or
        ("x", dotted)."""
        return self.ask(("resolve", dotted))  # type: ignore[no-any-return]

    def member(self, module: str, name: str) -> Ref | None:
        """What a name at a module's top level stands for, or None when the module binds no such name."""
        return self.ask(("member", module, name))  # type: ignore[no-any-return]

    def dotted(self, module: str, text: str) -> Ref:
        """What dotted text written in a module (a base class, an annotation) stands for; local scopes are not seen."""
        return self.ask(("dotted", module, text))  # type: ignore[no-any-return]

    def ancestors(self, key: tuple[str, int]) -> tuple[Ref, ...]:
        """The class and its bases, nearest first: ("c", …) of the program and ("x", …) from outside. Depth first, each once:
        Python's C3 order differs only where bases conflict."""
        return self.ask(("ancestors", key))  # type: ignore[no-any-return]

    def method(self, key: tuple[str, int], name: str, above: bool = False) -> Ref | None:
        """Where a class finds a member: ("f" | "c", …), ("v", module, class number) for a class variable, or ("x", dotted) of an
        external base that knowledge has; None when nobody has it. above: skip the class itself (super())."""
        return self.ask(("method", key, name, above))  # type: ignore[no-any-return]

    def overrides(self, key: tuple[str, int], name: str) -> tuple[Ref, ...]:
        """The functions by which subclasses of the class replace a method, at most `MAX_OVERRIDES`."""
        return self.ask(("overrides", key, name))  # type: ignore[no-any-return]

    def methods_named(self, name: str) -> tuple[tuple[str, int], ...]:
        """Methods of that name in the whole program, for receivers of unknown type; at most two, which is one too many."""
        return self.ask(("methods_named", name))  # type: ignore[no-any-return]

    def owners_of(self, name: str) -> tuple[tuple[tuple[str, int], str], ...]:
        """Methods of that name, each with the name of its class; at most `MAX_OWNERS`."""
        return self.ask(("owners_of", name))  # type: ignore[no-any-return]

    def class_wide(self, key: tuple[str, int], name: str) -> bool:
        """Whether classes alone set an attribute: this class, a base or a subclass in its body, and no function of theirs."""
        return self.ask(("class_wide", key, name))  # type: ignore[no-any-return]

    def callee(self, unit: tuple[str, int]) -> ir.Function:
        """A function about to be called; its header counts as asked for."""
        self.header(unit)
        return self.function(unit)

    def header(self, unit: tuple[str, int]) -> tuple[Any, ...]:
        """How a function is called: parameters, decorators' names, owner, parent."""
        return self.ask(("header", unit))  # type: ignore[no-any-return]

    # --- names

    def _resolve(self, dotted: str, hops: int = 0) -> Ref:
        if hops > MAX_HOPS:
            return ("x", dotted)
        head, tail = dotted, ""
        while head not in self.modules:
            if head in self._aliases and self._aliases[head] in self.modules:
                head = self._aliases[head]
                break
            head, _, last = head.rpartition(".")
            if not head:
                if dotted in self._namespaces:
                    return ("M", dotted)
                return ("x", self.knowledge.canonical(dotted))
            tail = f"{last}.{tail}" if tail else last
        if not tail:
            return ("M", head)
        first, _, rest = tail.partition(".")
        found = self._member(head, first, hops + 1)
        if found is None:
            return ("x", self.knowledge.canonical(dotted))
        return self._descend(found, rest, hops) if rest else found

    def _descend(self, found: Ref, rest: str, hops: int) -> Ref:
        if found[0] == "M":
            return self._resolve(f"{found[1]}.{rest}", hops + 1)
        if found[0] == "x":
            return ("x", self.knowledge.canonical(f"{found[1]}.{rest}"))
        if found[0] == "c":
            name, _, more = rest.partition(".")
            binding = self._class_names[found[1], found[2]].get(name)
            if binding is not None and binding[0] in (ir.BOUND_FUNCTION, ir.BOUND_CLASS):
                inner: Ref = ("f" if binding[0] == ir.BOUND_FUNCTION else "c", found[1], binding[1])
                return self._descend(inner, more, hops + 1) if more else inner
        return ("?", rest)

    def _member(self, module: str, name: str, hops: int = 0) -> Ref | None:
        if hops > MAX_HOPS:
            return None
        sub = f"{module}.{name}"
        if module not in self.modules:
            return (
                ("M", sub) if sub in self.modules or sub in self._namespaces else ("x", self.knowledge.canonical(sub))
            )
        binding = self._names[module].get(name)
        if binding is None:
            if sub in self.modules:
                return ("M", sub)
            for star in self.modules[module].stars:
                if star in self.modules:
                    found = self._member(star, name, hops + 1)
                    if found is not None:
                        return found
            for star in self.modules[module].stars:
                if star not in self.modules and self._known(f"{star}.{name}"):
                    return ("x", self.knowledge.canonical(f"{star}.{name}"))
            return None
        what = binding[0]
        if what == ir.BOUND_FUNCTION:
            return ("f", module, binding[1])
        if what == ir.BOUND_CLASS:
            return ("c", module, binding[1])
        if what == ir.BOUND_IMPORT:
            return (
                self._resolve(binding[1], hops + 1) if binding[1] != f"{module}.{name}" else self._submodule(binding[1])
            )
        return ("g", module, name)

    def _submodule(self, dotted: str) -> Ref:
        return ("M", dotted) if dotted in self.modules else ("x", self.knowledge.canonical(dotted))

    def _known(self, dotted: str) -> bool:
        name = self.knowledge.canonical(dotted)
        return name in self.knowledge.calls or name in self.knowledge.values or name in self.knowledge.bases

    def _dotted(self, module: str, text: str) -> Ref:
        if not text:
            return ("?", text)
        first, _, rest = text.partition(".")
        found = self._member(module, first)
        if found is None:
            return ("x", self.knowledge.canonical(f"builtins.{text}"))
        return self._descend(found, rest, 0) if rest else found

    # --- classes

    def class_of_body(self, unit: tuple[str, int]) -> int:
        """The number of the class whose body this function is, or -1."""
        return self._class_of_body.get(unit, -1)

    def _lineage(self, key: tuple[str, int]) -> tuple[Ref, ...]:
        """Ancestors, kept but not noted as asked."""
        question = ("ancestors", key)
        if question not in self._answers:
            self._answers[question] = question, self._ancestors(key)
        return self._answers[question][1]  # type: ignore[no-any-return]

    def _ancestors(self, key: tuple[str, int]) -> tuple[Ref, ...]:
        out: list[Ref] = []
        stack: list[Ref] = [("c", *key)]
        while stack and len(out) < 64:
            ref = stack.pop(0)
            if ref in out:
                continue
            out.append(ref)
            if ref[0] == "c":
                bases = [self._dotted(ref[1], b) for b in self.klass((ref[1], ref[2])).bases]
                stack[:0] = [b for b in bases if b[0] in "cx"]
            elif ref[0] == "x":
                stack[:0] = [("x", b) for b in self.knowledge.bases.get(ref[1], ())]
        return tuple(out)

    def external_lineage(self, dotted: str) -> tuple[str, ...]:
        """A class from outside and its known bases, nearest first."""
        bases = self.knowledge.bases
        if dotted not in bases:
            return (dotted,)
        out = [dotted]
        for name in out:
            out += [b for b in bases.get(name, ()) if b not in out]
        return tuple(out)

    def _method(self, key: tuple[str, int], name: str, above: bool) -> Ref | None:
        for ref in self._lineage(key)[1 if above else 0 :]:
            if ref[0] == "c":
                binding = self._class_names[ref[1], ref[2]].get(name)
                if binding is not None:
                    if binding[0] == ir.BOUND_FUNCTION:
                        return ("f", ref[1], binding[1])
                    if binding[0] == ir.BOUND_CLASS:
                        return ("c", ref[1], binding[1])
                    if binding[0] == ir.BOUND_IMPORT:
                        return self._resolve(binding[1])
                    return ("v", ref[1], ref[2])
            else:
                dotted = f"{ref[1]}.{name}"
                if dotted in self.knowledge.calls or dotted in self.knowledge.values:
                    return ("x", dotted)
        return None

    def external_bases(self, key: tuple[str, int]) -> tuple[str, ...]:
        """Dotted names of all bases from outside the program."""
        return tuple(r[1] for r in self.ancestors(key) if r[0] == "x")

    def plain(self, key: tuple[str, int]) -> bool:
        """Whether an object of the class is nothing but the attributes that this program gives it: no text, no container,
        nothing that a base from outside fills."""
        return self.ask(("plain", key))  # type: ignore[no-any-return]

    def _plain(self, key: tuple[str, int]) -> bool:
        for ref in self._lineage(key):
            if ref[0] == "x" and ref[1] not in ROOTS:
                return False
            if ref[0] == "c" and any(self._dotted(ref[1], b)[0] not in "cx" for b in self.klass(ref[1:]).bases):
                return False
        return not any(self._method(key, name, False) for name in AS_TEXT)

    def _below(self, key: tuple[str, int]) -> list[tuple[str, int]]:
        """The subclasses of a class."""
        if self._subclasses is None:
            table: dict[tuple[str, int], list[tuple[str, int]]] = {}
            for module in self.modules.values():
                for c in module.classes:
                    for ref in self._lineage((module.name, c.number))[1:]:
                        if ref[0] == "c":
                            table.setdefault((ref[1], ref[2]), []).append((module.name, c.number))
            self._subclasses = table
        return self._subclasses.get(key, [])

    def _class_wide(self, key: tuple[str, int], name: str) -> bool:
        family = [(ref[1], ref[2]) for ref in self._lineage(key) if ref[0] == "c"] + self._below(key)
        bound = [self._class_names[one].get(name) for one in family]
        if not any(bound) or any(b is not None and b[0] != ir.BOUND_VALUE for b in bound):
            return False
        for one in family:
            klass = self.klass(one)
            if klass.decorators or (klass.bases and name in dict(klass.annotations)):
                return False
        for module in {one[0] for one in family}:
            if module not in self._stored:
                self._stored[module] = attributes.stored(self.modules[module])
        return not any(name in self._stored[module] for module, _ in family)

    def _overrides(self, key: tuple[str, int], name: str) -> tuple[Ref, ...]:
        out: list[Ref] = []
        for sub in self._below(key):
            binding = self._class_names[sub].get(name)
            if binding is not None and binding[0] == ir.BOUND_FUNCTION:
                out.append(("f", sub[0], binding[1]))
        return tuple(out[:MAX_OVERRIDES])

    def _methods_named(self, name: str) -> tuple[tuple[str, int], ...]:
        return tuple(self._methods.get(name, ())[:4])

    def _owners_of(self, name: str) -> tuple[tuple[tuple[str, int], str], ...]:
        found = self._methods.get(name, ())[:MAX_OWNERS]
        return tuple([(unit, self.klass((unit[0], self.function(unit).owner)).qualname) for unit in found])

    def _header(self, unit: tuple[str, int]) -> tuple[Any, ...]:
        fn = self.function(unit)
        # A default as text: 1 and True are equal, and not the same.
        return (
            tuple([(*p[:4], repr(p.default)) for p in fn.params]),
            tuple(d.dotted for d in fn.decorators),
            fn.owner,
            fn.parent,
            fn.name,
        )
