"""What a library's functions do, in kinds: the compiled form that the engine reads.

Knowledge is data: `knowledge/<language>/<library>.toml`, read by `knowledge.loader` into these types. The engine knows
no library and no rule; rules speak only of kinds; knowledge speaks of both in words only. Names are absolute dotted
names as a program would import them (`os.path.join`, `sqlite3.Cursor.execute`: class and method). `*.execute` is a method
on a receiver of unknown type.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from casemate.model.trace import Boundary

# Where an argument is found in a call: a position (receiver not counted), a keyword, or one of these.
RECEIVER: Final = "@receiver"
ALL: Final = "@all"  # every argument, positional and keyword
KEYS: Final = "@keys"  # what is laid out by `**`, when others choose its keys
Selector = tuple[int | str, ...]  # alternatives for one parameter: (0, "command")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way in which untrusted data does harm: `shell`, `path`, `sql` …

    bit: its place in masks. words: names of an API, or of a parameter, that announce this act, so that handing a whole
    value on is by design in library mode. pinned_by: regular expressions; a constant prefix that fully matches one of
    them makes what is appended harmless for this kind (`https://host/` for url); U+FFFC stands in it for text that is not
    known. dangers: sample values that a check must refuse to count as a check for this kind; a pattern or set that refuses
    them all clears it. dangers_below: the same for a value that will stand below a fixed text ending in a separator.
    everything: texts which, compared with a base, say that it holds everything, so that nothing is outside of it (`/`).
    whole_is_use: an API that hands on a whole value is simply used (a path is opened); only splicing makes a weakness in
    library mode. text_is_program: a parameter named for it is by design even when spliced (`command + " " + args`).
    tidied: a check of a copy from which marks were taken, or exchanged for others, is a check of the text.
    adds_up: checks that refuse some dangers each clear the kind once they refuse all of them together. quotes: within one of
    these marks in a fixed text, a value that lacks the mark is harmless; so is a text that begins and ends with one and has
    none between. doubled: within one of these marks a value is harmless in which that mark is doubled. of_objects: objects do
    the harm, texts do none. of_right: whoever sits at the machine may do so anyway. composed: words of a function's
    name that say that it composes such a text of all that it is given (`pragma(key, value)`). loads: words of a function's or
    class's name that say that it runs what it finds where it is told to look (`load_plugin(path)`); several joined by "_" stand
    in the function's own name. clients: words of a class whose methods do it for whoever asks, who is to be told.
    callers_own: who calls an API gives it such a thing of their own as often as a stranger's, so that a flow from there is
    suspected unless the parameter's name says otherwise, or has one of the words `foreign`. whole_own: so is what such a caller
    gives as the whole of it. in_files: it is kept in files; so is a flow from who names its place.
    owned: words of a parameter's name that say so of this thing alone (a column of a table that they have made). installs: words
    of a function's name that say that it sets up what is theirs. reflected: it harms whoever is made to send it.
    part_of: the kind whose harm is left in a text to which some more was put; part: the bit of the kind that is this for it.
    segments: one name without a separator does no harm.
    """

    name: str
    bit: int
    title: str
    words: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    pinned_by: tuple[str, ...] = ()
    dangers: tuple[str, ...] = ()
    dangers_below: tuple[str, ...] = ()
    everything: tuple[str, ...] = ()
    whole_is_use: bool = False
    text_is_program: bool = False
    adds_up: bool = False
    quotes: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    composed: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    tells: str = ""
    of_objects: bool = False
    of_right: bool = False
    reflected: bool = False
    owned: tuple[str, ...] = ()
    installs: tuple[str, ...] = ()
    tidied: bool = False
    callers_own: bool = False
    foreign: tuple[str, ...] = ()
    whole_own: bool = False
    in_files: bool = False
    part_of: str = ""
    segments: bool = False
    part: int = -1

    @property
    def mask(self) -> int:
        """The kind as a bit mask."""
        return 1 << self.bit if self.part < 0 else 1 << self.bit | 1 << self.part


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition on one argument of a call. test: "is" / "is-not" a constant among `values`, "absent", "present";
    "any-case" the same as "is" for texts, whatever their case; "words" an identifier with one of these lower-case words
    (`session_id` has "session"), "no-words" one that is not known to have any; "begins" and "ends" a text of
    which the part at that end is known; "bits" a number with one of the bits of `values`; "below" a number less than the one in
    `values`; "slow" a pattern that some text keeps a matcher busy with for very long, "slow-whole" one that does so when the
    text must match to its end.

    An argument that is not a known constant satisfies neither "is" nor, for "is-not", refutes it; one that is absent the
    same. A value may be the dotted name of what the argument refers to, or of its type or a base of that
    (`yaml.SafeLoader`, `lxml.etree.XMLParser.safe`); "@given" is whatever the caller of the function around gave. item: as
    in Sink.
    """

    arg: Selector
    test: str
    values: tuple[object, ...] = ()
    item: int | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A call, or an assignment, that is weak as it stands, whatever the data: a fact to be read in the code.

    name: as declared in `kinds.toml`. when: all conditions must hold; of an assignment the value is argument 0.
    """

    name: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A call does something dangerous with an argument. All conditions must hold. arg may be (RECEIVER,) or (ALL,).

    item: only this element (constant index or key) of the argument when it is a container (the program in an argument
    list); an argument that is no container is meant whole. "@options" what a program may take for an option, out of an
    argument list. "@format" the text that a format and the arguments after it make. probe: it only tells what is there: to a
    stranger that is something, to whoever calls an API it is what they ask. place: what is given is where the program text
    lies, not the text. own: what it is done to belongs to whoever runs the program (a data base that is a file). refusing: of a
    constructor, the method by which a class derived from it may refuse what is dangerous.
    unless_said: of a response, attributes (and, in brackets, keys) by which it is said later to be of a type that no browser
    renders (`headers[Content-Type]`). used: only where the function does something with the result.
    """

    arg: Selector
    kind: str
    when: tuple[Condition, ...] = ()
    item: int | str | None = None
    probe: bool = False
    place: bool = False
    own: bool = False
    refusing: str = ""
    unless_said: tuple[str, ...] = ()
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Data from outside enters here. what: a few words for the trace ("query string").

    kinds: what the data may do harm by; ("*",) is all. (A line of a file may hold a quote for SQL; that it names another
    file is what files are for.)
    """

    boundary: Boundary
    what: str
    kinds: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A call that checks one of its arguments.

    arg: what is checked. alone: only where nothing else is given. when: what establishes the fact: the answer ("true", "false"),
    an answer "equal" to a value of our own, one "bounded" by such a value, or that it "returns" (it raises otherwise).
    clears: kinds, or ("*",). check: name of a built-in test of the engine that decides ("prefix", "pattern", "suffix",
    "containment", "subset" (of keys), "instance" (`Kind.tells`), "common" (characters in common), "membership",
    "rooted": it begins with what holds everything), or "" when the call alone suffices. "opens" and "closes" say
    that a text begins or ends with a quote, which clears only together (`Kind.quotes`). "absolute": the path is taken as it is
    (see `taint/values.py`).
    "fixpoint" is about the argument as a base: an answer "equal" to the argument itself says that it holds everything
    (`dirname("/")`).
    """

    arg: Selector
    when: str
    clears: tuple[str, ...]
    check: str = ""
    other: Selector = ()  # the argument checked against: prefix, base, pattern
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """After the call, something is of a narrower type when all conditions hold: a state of an object, as a type.

    type: by convention a name below the class (`lxml.etree.XMLParser.safe`), with the class among its bases; or the class, once
    the state is left. of: the receiver, or () for the result. always: methods that run for every object of the class: what one
    of them says of its own object holds in all methods.
    """

    type: str
    of: Selector = ()
    when: tuple[Condition, ...] = ()
    always: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """All that is known of one function or method. What is left out has the default of an unknown function.

    passes: selectors whose taint the result carries; None: receiver and all arguments. into: (from, to) selector pairs
    where the call moves taint into its receiver or another argument (`list.append`). clears: kinds that the result no
    longer carries, ("*",) for all. splices: kinds for which the result is below or inside a syntax fixed by others
    (`os.path.join`). normalises: kinds for which the result is in canonical form, so that a check on it counts. returns:
    dotted type of the result; "@0" an instance of the class given as argument 0, or the function given; "@receiver" the
    receiver's own. invokes: (callback selector, selectors of what it is given). noreturn: never returns (`sys.exit`).
    intrinsic: name of a container operation of the engine ("append", "pop", "get", "update" …). fold: pure, may be computed
    on constants. clean_when: when not empty and all hold, the result carries nothing (`request.args.get("page", type=int)`).
    narrows: in order, the last that holds counts. tidies: the argument of which the result is a copy less some marks, or with
    others for them. wraps: of a single argument the result is that argument in other clothes. acts: how the call is weak as
    it stands. decodes: kinds that a check of what is given has not refused in its encoded form (`unquote` makes a path of it).
    """

    name: str
    sinks: tuple[Sink, ...] = ()
    source: Source | None = None
    passes: tuple[Selector, ...] | None = None
    into: tuple[tuple[Selector, Selector], ...] = ()
    clears: tuple[str, ...] = ()
    splices: tuple[str, ...] = ()
    normalises: tuple[str, ...] = ()
    returns: str = ""
    invokes: tuple[tuple[Selector, tuple[Selector, ...]], ...] = ()
    guards: tuple[Guard, ...] = ()
    noreturn: bool = False
    intrinsic: str = ""
    fold: bool = False
    clean_when: tuple[Condition, ...] = ()
    narrows: tuple[Narrowing, ...] = ()
    tidies: Selector = ()
    wraps: bool = False
    acts: tuple[Act, ...] = ()
    decodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A module-level value or an attribute: its type and whether data from outside enters with it.

    constant: what it always is (`os.sep`), "" when that is not so. writes: kind of the sink that assigning to it is.
    acts: how assigning to it is weak as it stands. equal: of an attribute that tells the essence of its object (`netloc`):
    kinds that the object's origin is cleared of once the attribute equals a value of our own. shared: a namespace whose
    attributes the program sets in one place and reads in another (`flask.g`). when_true, when_false: kinds that the origin is
    cleared of by that answer (`is_private`). filled: regular expression for how texts begin of which it is something: that it
    is empty refuses dangers that begin so (`not urlsplit(x).netloc`). clears: kinds that it carries no more than what it is an
    attribute of.
    """

    name: str
    source: Source | None = None
    type: str = ""
    writes: str = ""
    constant: str = ""
    acts: tuple[Act, ...] = ()
    equal: tuple[str, ...] = ()
    shared: bool = False
    when_true: tuple[str, ...] = ()
    when_false: tuple[str, ...] = ()
    filled: str = ""
    clears: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Functions that are called from outside, by one of: decorator, base class and methods, registering call, or methods of
    any class alone, in modules that import `imports` (Falcon's resources have no base class), where the parameters that `types`
    names are there. Or by the names of all its parameters (`signature`), as a protocol without a library has them.

    decorator: dotted name (`flask.Flask.route`, or `*.route` on an unknown receiver). base, methods: methods of
    subclasses ("*" all public). call, arg: a call that registers the function given as that argument.

    params: names that carry outside data, ("*",) all but self, () none. types: (parameter name or position as text, dotted
    type) when not annotated: such a parameter is an object of the framework, no data. models: of parameters annotated with
    classes of the program only those derived from one of these carry data (the rest is made by the framework). harmless:
    regular expression with `{param}` for a parameter's name; where it is found in a constant argument of the decorator or
    registering call, that parameter carries nothing (`<int:{param}>` in a route). segment: likewise, of a parameter that is one
    name without a separator (`<{param}>`), if it matches wherever the parameter stands. fixed: values that are constant in such a
    function when the decorator's texts hold no `placeholder` (the request's path below a route without `<`).

    elements: regular expression for the keys of a mapping; what stands under others comes from nobody outside (WSGI's `environ`
    holds what the server set up, too).

    sent_by: methods of the function by which the program has it run elsewhere (`delay`). Where the program calls or sends it,
    these calls tell what it is given. laid_out_by: those of them that are given the arguments as a list and a dict.

    clears: kinds that do no harm by what is sent, as long as the class names what it takes. names_by: the attribute by which it
    does (`Meta.fields`), a list; a text there takes everything, and so does an inner class that lacks it.

    routed: its parameters are what the program's routes let through by their names; registering calls of such an entry are
    given the route's text first.

    result: kind of the sink that the returned value reaches ("" none); a dict or list returned is data, of a tuple the first
    item counts.
    """

    boundary: Boundary
    what: str
    decorator: str = ""
    base: str = ""
    methods: tuple[str, ...] = ()
    call: str = ""
    arg: Selector = ()
    imports: str = ""
    params: tuple[str, ...] = ("*",)
    models: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    result: str = ""
    harmless: str = ""
    segment: str = ""
    fixed: tuple[str, ...] = ()
    placeholder: str = ""
    signature: tuple[str, ...] = ()
    elements: str = ""
    sent_by: tuple[str, ...] = ()
    laid_out_by: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    names_by: str = ""
    routed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A parameter of this name has this type, in modules that import `imports` (Django's `request`)."""

    parameter: str
    type: str
    imports: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What anything gives that is asked by one of these methods, whoever wrote it: `predict` of a language model. of: words of
    which the name of what is asked must have one (`llm.run`); empty: anything. "__call__" stands for calling the thing."""

    methods: tuple[str, ...]
    source: Source
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything known for one language. fingerprint: hex digest of the files it was read from. replaced: names of which
    a user's own file says something else than the packaged one."""

    language: str
    kinds: dict[str, Kind]
    acts: dict[str, str] = field(default_factory=dict)  # name → what it is, in a few words
    calls: dict[str, Call] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)  # dotted class → its bases
    aliases: dict[str, str] = field(default_factory=dict)  # another importable name → the canonical one
    entries: tuple[Entry, ...] = ()
    hints: tuple[Hint, ...] = ()
    answers: tuple[Answer, ...] = ()
    # key in lower case → what is called so → what is read by the key out of it is called (of the headers the `Host` header)
    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    fingerprint: str = ""
    replaced: tuple[str, ...] = ()

    def mask(self, kinds: tuple[str, ...]) -> int:
        """The bit mask of kinds; ("*",) is all of them."""
        if kinds == ("*",):
            return (1 << len(self.kinds)) - 1
        mask = 0
        for name in kinds:
            mask |= self.kinds[name].mask
        return mask

    def canonical(self, dotted: str) -> str:
        """The name under which knowledge is kept, following aliases of the name or of a leading part."""
        if dotted in self.aliases:
            return self.aliases[dotted]
        head, _, tail = dotted.rpartition(".")
        while head:
            if head in self.aliases:
                return f"{self.aliases[head]}.{tail}"
            head, _, part = head.rpartition(".")
            tail = f"{part}.{tail}"
        return dotted
