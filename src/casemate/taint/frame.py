"""One run of the solver over one function: its state, its labels, and what it has found so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casemate.languages import ir
from casemate.taint import declared, provisos, sequences
from casemate.taint.state import ANY, INEXACT, KEYS, MAX_FIELDS, TAIL, UNMEASURED, Fields, State, field_of, forget
from casemate.taint.summary import PATH, TEXT, Deed, Label, SinkHit, Site
from casemate.taint.values import (
    BELOW,
    CLEAN,
    CROSSED,
    DATA,
    FIELD,
    INNER,
    NO,
    SEEN,
    WHOLE,
    WIDTH,
    Ref,
    Value,
    fields,
    guessed,
    join,
    keep,
    label_mask,
    told,
    value,
)

if TYPE_CHECKING:
    from casemate.knowledge.entries import Entry, Knowledge, Source
    from casemate.taint.program import Program
    from casemate.taint.solver import Solver

Unit = tuple[str, int]
MAX_PATH = 3  # fields of fields of a parameter told apart
MAX_SITES = 6  # sinks of one kind remembered per label
MAX_SOURCES = 24  # sources told apart in one function
TYPE_OF = {str: "str", bytes: "bytes", int: "int", float: "float", bool: "bool", tuple: "tuple"}
LOCAL_OBJECTS = frozenset("op")
ELEMENTS = (ANY, TAIL, INEXACT, "[")  # how the names of fields begin that are elements, not attributes


def is_attribute(name: Any) -> bool:
    """Whether this is the name of an attribute, not of an element."""
    return type(name) is str and name[:1] not in ELEMENTS and name != KEYS


def constant(const: Any) -> Value:
    """The value of a literal."""
    name = TYPE_OF.get(type(const))
    return value(0, const, (("i", name),) if name else ())


class Frame:
    """The solver's view of one function while it runs."""

    def __init__(self, solver: Solver, unit: Unit) -> None:
        self.solver = solver
        self.program: Program = solver.program
        self.knowledge: Knowledge = solver.knowledge
        self.unit = unit
        self.module: ir.Module = self.program.modules[unit[0]]
        self.fn: ir.Function = self.module.functions[unit[1]]
        self.env: State = {}
        # Temporaries, and below zero the constants.
        self.temps: dict[int, Value] = {-1 - n: constant(c) for n, c in enumerate(self.fn.consts)}
        self.origin: dict[int, Any] = {}
        self.iterated: set[Any] = set()
        self.filled: set[Any] = set()  # of these, elements of what is never empty
        self.labels: list[Label] = []
        self.numbers: dict[Label, int] = {}
        self.harmless: dict[Any, int] = {}  # parameters, with the kinds by which what they are given does no harm
        self.entered: dict[Label, provisos.Provisos] = {}  # sources, with the provisos under which alone they come in
        self.reads: dict[Any, int] = {}  # facts, with the digest of what they were when first read
        self.asked: dict[Any, Any] = {}
        self.hits: dict[tuple[Label, int, Site], SinkHit] = {}
        self.hit_count: dict[tuple[Label, int], int] = {}
        self.sinks: set[Site] = set()
        self.acts: set[Deed] = set()
        self.sources = 0
        self.returned: Value | None = None
        self.returned_behind: dict[provisos.Provisos, int] = {}  # its taint, by the provisos under which it is returned
        self.blocks: tuple[ir.Block, ...] = ()
        self.block = 0  # in which it is
        self.returned_fields: Fields = {}
        self.exits: list[State] = []
        self.written: dict[Any, Value] = {}  # contributions to cells
        self.registered: set[tuple[Unit, int, tuple[str, ...]]] = set()
        self.entry: Entry | None = None
        self.dead = False  # the block cannot go on: a call that never returns
        # A condition and its answer, by which alone this block is reached.
        self.answered: tuple[Any, bool] | None = None
        self.lost = ""
        self.log: list[tuple[Any, ...]] | None = None
        self.met: dict[int, set[Unit | str]] | None = None  # what calls mean, by their places, where that is asked
        self.ended: set[int] = set()  # blocks that a call ended
        self.run: set[int] = set()  # blocks that were reached
        self.truth: dict[str, State | None] = {}
        self.parts: set[str] = set()  # variables of which something was put together
        self.unsure: set[str] = set()  # objects in a state that hangs on what is not known
        self.chosen: set[int] = set()  # parameters on which a state of the method's own object hangs
        self.called: dict[Any, str] = {}  # what operands are called, once asked for
        self.defined: dict[Any, Any] = {}  # what makes operands, once asked for
        self.makers: dict[Any, list[ir.Instruction]] = {}  # all that makes each, and is asked of it, once asked for
        self._fields: dict[tuple[Ref, Any], Value] = {}  # of what the caller gave, as it was given
        self._plain: dict[Ref, bool] = {}
        self._behind: dict[int, provisos.Provisos] | None = None

    # --- operands

    def get(self, operand: Any) -> Value:
        """The value of an operand."""
        found: Value = (self.temps if type(operand) is int else self.env).get(operand, CLEAN)
        return found

    def put(self, dst: Any, val: Value) -> None:
        """Assign."""
        if type(dst) is int:
            self.temps[dst] = val
        elif dst is not None:
            self.env[dst] = val
            if dst in self.parts:
                forget(self.env, dst)

    def keys(self, operand: Any, val: Value) -> list[Any]:
        """The variables and fields that a check of this operand checks."""
        out: list[Any] = []
        if type(operand) is str:
            out.append(operand)
        elif operand in self.origin:
            out.append(self.origin[operand])
        out += [r[1] for r in val.refs if r[0] == "d"]
        return out

    # --- labels

    def label(self, key: Label, behind: provisos.Provisos = ()) -> int:
        """The taint of a label, alive for every kind. behind: the provisos under which a source comes in here."""
        number = self.numbers.get(key)
        if number is None:
            if key[0] == "s":
                if self.sources >= MAX_SOURCES:
                    other = next((k for k in self.numbers if k[0] == "s" and k[1] == key[1]), None)
                    return self.label(other, behind) if other is not None else 0
                self.sources += 1
                self.entered[key] = behind
            number = self.numbers[key] = len(self.labels)
            self.labels.append(key)
        elif key[0] == "s" and self.entered[key]:
            self.entered[key] = provisos.both(self.entered[key], behind)
        if self.harmless and key[0] == "p":
            return label_mask(number, WHOLE & ~self.harmless.get(key[1], 0))
        return label_mask(number)

    def spread(self, taint: int) -> list[tuple[Label, int]]:
        """(label, mask) of each label in a taint."""
        if not taint:
            return []
        return [(self.labels[shift >> 5], told(bits)) for shift, bits in fields(taint)]

    def gather(self, pairs: Any, *, sources_only: bool = False) -> int:
        """The inverse of `spread`, for labels of this or any function."""
        out = 0
        for label, mask in pairs:
            if not sources_only or label[0] == "s":
                out |= keep(self.label(label), mask)
        return out

    # --- sources and sinks; positions leave the function relative to its start, so that they survive edits above it

    def source(self, source: Source, pos: int) -> int:
        """The taint of data that enters here."""
        taint = self.label(("s", source.boundary.value, source.what, *self.unit, pos - self.fn.pos))
        return taint if source.kinds == ("*",) else keep(taint, self.knowledge.mask(source.kinds) | SEEN)

    def sink(self, pos: int, what: str) -> Site:
        """A dangerous call here, counted."""
        site = (*self.unit, pos - self.fn.pos, what)
        self.sinks.add(site)
        return site

    def act(self, pos: int, what: str, name: str) -> None:
        """Something here is weak as it stands."""
        self.acts.add(((*self.unit, pos - self.fn.pos, what), name))

    def reach(
        self,
        taint: int,
        kind: int,
        site: Site,
        pos: int,
        *,
        crossed: int = 0,
        callee: Unit | None = None,
        inner: Label | None = None,
        behind: provisos.Provisos = (),
        seen: bool = True,
    ) -> None:
        """A value arrives at a sink of the kind (bit number), here or inside a callee. seen: it was seen to get there."""
        whole, part = kind, self.solver.parts.get(kind, kind)
        for shift, bits in fields(taint):
            kind = whole if bits & 1 << whole else part
            if not bits & 1 << kind:
                continue
            label = self.labels[shift >> 5]
            key = (label, kind, site)
            behind = provisos.together(self.behind().get(self.block, ()), behind)
            is_crossed = max(crossed, TEXT if bits & CROSSED else PATH if told(bits) & BELOW else 0)
            followed = seen and bool(bits & SEEN)
            had = self.hits.get(key)
            if had is None:
                counted = label, self.solver.wholes.get(kind, kind)
                count = self.hit_count.get(counted, 0)
                if count >= MAX_SITES:
                    continue
                self.hit_count[counted] = count + 1
            else:
                behind = provisos.both(had.behind, behind)
                if (had.crossed, had.seen) >= (is_crossed, followed):
                    if behind != had.behind:
                        self.hits[key] = had._replace(behind=behind)
                    continue
            self.hits[key] = SinkHit(label, kind, is_crossed, site, pos - self.fn.pos, callee, inner, behind, followed)

    def behind(self) -> dict[int, provisos.Provisos]:
        """The provisos of each block that has any."""
        got = self._behind
        if got is None:
            got = self._behind = provisos.behind(self.fn, self.blocks, self.solver.captured(self.unit))
        return got

    def give(self, val: Value) -> None:
        """Something is returned from here."""
        self.returned = val if self.returned is None else join(self.returned, val)
        if val.taint:
            behind = self.behind().get(self.block, ())
            self.returned_behind[behind] = self.returned_behind.get(behind, 0) | val.taint

    # --- objects

    def new_object(self, pos: int, kind: Ref, content: Fields | None = None) -> Ref:
        """The object made at this place."""
        ref = ("o", pos, kind)
        self.env[ref] = content if content is not None else {}
        return ref

    def default_field(self, ref: Ref, name: Any) -> Value:
        """A field of what the caller gave, as the caller gave it."""
        got = self._fields.get((ref, name))
        if got is None:
            far = len(ref[2]) >= MAX_PATH  # there one reference stands for whatever is inside, and nobody saw which
            inner = ref if far else ("p", ref[1], (*ref[2], name))
            taint = self.label(("p", ref[1], inner[2]))
            got = self._fields[ref, name] = value(guessed(taint) if far else taint, NO, (inner,))
        return got

    def read_field(self, ref: Ref, name: Any) -> Value | None:
        """A field of an object reference ("o" or "p"); None when an exactly known object does not have it."""
        content: Fields = self.env.get(ref) or {}
        found = content.get(name)
        if ref[0] == "p":
            if found is not None:
                return found
            got = self.default_field(ref, name)
            rest = content.get(ANY) if type(name) is int or name[:1] == "[" else None
            return join(got, rest) if rest is not None else got
        if type(name) is int and name >= 0 and ANY not in content:  # nothing was put before the numbered elements
            if found is not None:
                return found
            if TAIL in content:
                return self.elements({k: v for k, v in content.items() if type(k) is not int})
        if type(name) is int and name < 0 and not content.keys() & UNMEASURED:
            return content.get(sum(1 for k in content if type(k) is int) + name)
        if name == ANY or type(name) is int:
            return self.elements(content)
        rest = content.get(ANY) if name[:1] == "[" else None
        if found is None:
            return rest
        return join(found, rest) if rest is not None else found

    @staticmethod
    def elements(content: Fields) -> Value | None:
        """The join of everything that is inside; a mapping's keys are not."""
        out: Value | None = None
        for name, val in content.items():
            if name not in (INEXACT, KEYS):
                out = val if out is None else join(out, val)
        return out

    def write_field(self, ref: Ref, name: Any, val: Value, *, weak: bool = False) -> None:
        """Store into a field. weak: it may also keep what it had."""
        content: Fields = self.env.get(ref) or {}
        if weak or name == ANY:
            had = content.get(name)
            if had is None and ref[0] == "p" and name != KEYS:
                had = self.default_field(ref, name)
            val = join(had, val) if had is not None else val
        if name not in content and len(content) >= MAX_FIELDS:
            name = ANY
            had = content.get(ANY)
            val = join(had, val) if had is not None else val
        self.env[ref] = {**content, name: val}

    def deep(self, val: Value, depth: int = 2) -> int:
        """The taint of a value and of what is inside it."""
        taint = val[0]
        if depth:
            for ref in val[2]:
                if ref[0] in LOCAL_OBJECTS:
                    content = self.env.get(ref)
                    if content:
                        for inner in content.values():
                            taint |= self.deep(inner, depth - 1) if inner[2] else inner[0]
        return taint

    def text(self, val: Value) -> int:
        """The taint of a value where it is used whole, as text or by somebody unknown: of an object of ours only what it
        is itself, not what its attributes hold."""
        if not val[2]:
            return val[0]
        return self.own(val) if self.is_object(val) else self.deep(val)

    def is_object(self, val: Value) -> bool:
        """Whether the value is an object that is nothing but its attributes, which tell what they hold by themselves."""
        for ref in val[2]:  # noqa: SIM110  # asked for every value: a generator costs as much as the answer
            if ref[0] in "ot" and self.is_plain(ref):
                return True
        return False

    def is_plain(self, ref: Ref) -> bool:
        """Whether an object reference ("o" or "t") is to an object that is nothing but its attributes."""
        klass = ref if ref[0] == "t" else ref[2]
        if klass[0] not in "ct":
            return False
        got = self._plain.get(klass)
        if got is None:
            got = self._plain[klass] = self.program.plain(klass[1:])
        return got

    def element(self, val: Value, key: Value) -> Value:
        """`val[key]`."""
        name = field_of(key.const) if key.const is not NO else ANY
        return self.inside(val, name)

    def inside(self, val: Value, name: Any) -> Value:
        """What a field of a value is: its own taint, and what its objects hold."""
        if not val[2]:
            return value(val[0]) if val[0] else CLEAN
        if val[0] and declared.harmless(self, val, name):
            return CLEAN
        out: Value | None = None
        for ref in val[2]:
            if ref[0] in LOCAL_OBJECTS:
                got = self.read_field(ref, name)
                if got is not None:
                    out = got if out is None else join(out, got)
        taint = self.outer(val)
        if taint:
            looked = [ref for ref in val.refs if ref[0] == "#"]
            if is_attribute(name):
                for ref in looked:
                    taint &= ref[1]
                if not self.tells(val, name):
                    taint = guessed(taint)
            elif looked and out is None:
                return value(taint, NO, tuple(looked))  # of several that were looked up one
        if out is None:
            return value(taint, NO, (DATA,) if DATA in val[2] else ()) if taint else CLEAN
        if not taint and out[3] is None:
            return out
        refs = (*out[2], DATA) if taint and DATA in val[2] and DATA not in out[2] else out[2]
        return value(out[0] | taint, out[1] if not taint else NO, refs, None)

    def tells(self, val: Value, name: str) -> bool:
        """Whether it is known what this attribute of the value is: by its type, or because the value itself came from outside."""
        values, calls = self.knowledge.values, self.knowledge.calls
        if f"*.{name}" in values:
            return True
        for ref in val.refs:
            if ref == DATA or (ref[0] == "x" and ref[1] in values):
                return True
            if ref[0] == "i":
                for base in self.program.external_lineage(ref[1]):
                    if f"{base}.{name}" in values or f"{base}.{name}" in calls:
                        return True
        return False

    def outer(self, val: Value) -> int:
        """The taint that a value gives to everything inside it: none, where attributes hold only what we see stored."""
        return self.own(val) if val[0] and not self.is_object(val) else 0

    def own(self, val: Value) -> int:
        """The taint of a value apart from what is inside it; a parameter's fields have labels of their own."""
        taint = val[0]
        if taint:
            for ref in val[2]:
                if ref[0] == "p" and len(ref[2]) < MAX_PATH:
                    number = self.numbers.get(ref)
                    if number is not None:
                        taint &= ~(FIELD << WIDTH * number)
        return taint

    # --- crossing the function's border

    def externalise(self, ref: Ref) -> Ref | None:
        """A reference as others can understand it."""
        if ref[0] == "o":
            return ("t", *ref[2][1:]) if ref[2][0] == "c" else ref[2]
        return None if ref[0] in INNER else ref

    def publish(self, key: Any, val: Value) -> None:
        """Contribute to a cell: a module's variable, a class's attribute, a captured variable."""
        had = self.written.get(key)
        self.written[key] = val if had is None else join(had, val)

    def plain(self, val: Value) -> tuple[Any, ...]:
        """A value as facts for others: (sources with masks, constant, references)."""
        if not val[2] and not val[0]:
            return (), (val[1],) if val[1] is not NO else (), ()
        refs = tuple(dict.fromkeys(r for r in map(self.externalise, val.refs) if r))
        begins = sequences.told(self, val) if val.refs and val.refs[0][0] == "o" and not val.taint else None
        if begins is not None:
            refs = (*refs, begins)
        marks = tuple((label, mask) for label, mask in self.spread(self._told(val)) if label[0] == "s")
        return marks, (val.const,) if val.const is not NO else (), refs

    def _told(self, val: Value) -> int:
        """The taint of a value and of what is inside it, where what is inside is told apart no more: nobody sees then that what
        is read by one name is what was put there by another."""
        taint = guessed(self.deep(val)) | val.taint
        for ref in val.refs:
            for name, inner in ((self.env.get(ref) or {}) if ref[0] == "o" else {}).items():
                taint |= self.deep(inner, 1) if type(name) is int or name in UNMEASURED else 0
        return taint

    def from_plain(self, plain: tuple[Any, ...] | None) -> Value:
        """A value read from a cell."""
        if plain is None:
            return CLEAN
        marks, const, refs = plain
        return value(self.gather(marks), const[0] if const else NO, refs)


def no_pred(val: Value) -> Value:
    """The value without what a branch on it would establish."""
    return val if val.pred is None else value(val.taint, val.const, val.refs)
