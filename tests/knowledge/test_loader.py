"""Loading: what the files say arrives, and what cannot be meant is refused with place and next step."""

from __future__ import annotations

import gc
import time
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from casemate.knowledge.entries import Call, Condition, Entry, Guard, Hint, Knowledge, Narrowing, Sink, Source, Value
from casemate.knowledge.loader import compile_files, load, packaged
from casemate.knowledge.schema import INTRINSICS
from casemate.knowledge.table import KnowledgeError
from casemate.model.trace import Boundary

KINDS = b"""
[[kind]]
name = "shell"
title = "a command line"
words = ["run"]
[[kind]]
name = "path"
title = "a path"
pinned_by = ["a+"]
dangers = ["../a"]
whole_is_use = true
"""
HEAD = 'library = "lib"\ndocs = "https://lib.example/"\n'


def compiled(*bodies: str, kinds: bytes = KINDS) -> Knowledge:
    return compile_files("python", kinds, {f"{'abc'[n]}.toml": (HEAD + body).encode() for n, body in enumerate(bodies)})


def refusal(*bodies: str, kinds: bytes = KINDS) -> str:
    with pytest.raises(KnowledgeError) as caught:
        compiled(*bodies, kinds=kinds)
    return str(caught.value)


def test_a_call_is_compiled_field_by_field():
    """Every key of a call arrives in its field, with selectors written short or in full."""
    got = compiled("""
[call."lib.run"]
sinks = [{ arg = [0, "line"], item = 1, kind = "shell", when = [{ arg = "shell", is = [true] }, { arg = 2, absent = true }] }]
source = "remote"
what = "a message"
source_kinds = ["path"]
passes = [0, ["@receiver"]]
into = [{ from = 0, to = "@receiver" }]
clears = ["path"]
splices = ["path"]
normalises = ["*"]
returns = "lib.Result"
invokes = [{ callback = "then", given = [0, [1, "x"]] }]
guards = [{ arg = 0, when = "true", clears = ["*"], check = "prefix", other = 1 }]
noreturn = true
intrinsic = "append"
fold = true
clean_when = [{ arg = "type", is-not = ["builtins.str"] }]
narrows = [{ type = "lib.Result.good", of = "@receiver", when = [{ arg = "good", present = true }] }]
""").calls["lib.run"]
    assert got == Call(
        name="lib.run",
        sinks=(
            Sink(
                arg=(0, "line"),
                kind="shell",
                item=1,
                when=(Condition(arg=("shell",), test="is", values=(True,)), Condition(arg=(2,), test="absent")),
            ),
        ),
        source=Source(boundary=Boundary.REMOTE, what="a message", kinds=("path",)),
        passes=((0,), ("@receiver",)),
        into=(((0,), ("@receiver",)),),
        clears=("path",),
        splices=("path",),
        normalises=("*",),
        returns="lib.Result",
        invokes=((("then",), ((0,), (1, "x"))),),
        guards=(Guard(arg=(0,), when="true", clears=("*",), check="prefix", other=(1,)),),
        noreturn=True,
        intrinsic="append",
        fold=True,
        clean_when=(Condition(arg=("type",), test="is-not", values=("builtins.str",)),),
        narrows=(
            Narrowing(type="lib.Result.good", of=("@receiver",), when=(Condition(arg=("good",), test="present"),)),
        ),
    )


def test_passing_nothing_is_not_the_same_as_passing_all():
    """`passes = []` means a clean result; leaving it out means that everything goes through."""
    got = compiled('[call."lib.a"]\npasses = []\n[call."lib.b"]\n').calls
    assert (got["lib.a"].passes, got["lib.b"].passes) == ((), None)


def test_what_is_said_of_several_is_said_of_each():
    """A `same` group gives every name its own call."""
    got = compiled('[[same]]\ncalls = ["lib.a", "lib.b"]\nclears = ["shell"]\n').calls
    assert got == {name: Call(name=name, clears=("shell",)) for name in ("lib.a", "lib.b")}


def test_values_types_aliases_entries_and_hints_arrive():
    """The other sections arrive; an entry that lists several decorators becomes several entries."""
    got = compiled("""
[value."lib.request"]
type = "lib.Request"
[value."lib.Request.args"]
source = "remote"
what = "query string"
[type."lib.Request"]
bases = ["lib.Base"]
[alias]
"lib.api" = "lib"
[[entry]]
decorator = ["lib.route", "*.route"]
boundary = "remote"
what = "URL path"
params = ["name"]
types = { 0 = "lib.Request" }
models = ["lib.Model"]
result = "shell"
harmless = '<int:{param}>'
fixed = ["lib.Request.path"]
placeholder = "<"
[[hint]]
parameter = "request"
type = "lib.Request"
imports = "lib"
""")
    assert got.values == {
        "lib.Request.args": Value(
            name="lib.Request.args", source=Source(boundary=Boundary.REMOTE, what="query string")
        ),
        "lib.request": Value(name="lib.request", type="lib.Request"),
    }
    assert got.bases == {"lib.Request": ("lib.Base",)}
    assert got.canonical("lib.api.run") == "lib.run"
    assert got.entries == tuple(
        Entry(
            decorator=name,
            boundary=Boundary.REMOTE,
            what="URL path",
            params=("name",),
            types=(("0", "lib.Request"),),
            models=("lib.Model",),
            result="shell",
            harmless="<int:{param}>",
            fixed=("lib.Request.path",),
            placeholder="<",
        )
        for name in ("lib.route", "*.route")
    )
    assert got.hints == (Hint(parameter="request", type="lib.Request", imports="lib"),)


def test_what_a_key_is_called():
    """Keys are found whatever their case."""
    part = '[[part]]\nof = ["header"]\nkeys = ["Host", "HTTP_HOST"]\nwhat = "Host header"\n'
    assert compiled(part).parts == {"host": {"header": "Host header"}, "http_host": {"header": "Host header"}}
    with pytest.raises(KnowledgeError, match="names nothing"):
        compiled('[[part]]\nof = ["header"]\nwhat = "Host header"\n')


def test_calling_a_class_makes_an_instance():
    """A type needs no call of its own, and a call of a type needs no `returns`."""
    got = compiled('[type."lib.A"]\n[type."lib.B"]\n[call."lib.B"]\npasses = []\n').calls
    assert got == {
        "lib.A": Call(name="lib.A", returns="lib.A"),
        "lib.B": Call(name="lib.B", returns="lib.B", passes=()),
    }


def test_kinds_keep_their_order():
    """A kind's bit is its place in the file."""
    kinds = compiled().kinds
    assert [(k.name, k.bit, k.mask, k.whole_is_use) for k in kinds.values()] == [
        ("shell", 0, 1, False),
        ("path", 1, 2, True),
    ]


def test_the_order_of_files_does_not_matter():
    """The same files give the same knowledge and fingerprint, however the folder lists them; another byte another one."""
    files = {name: (HEAD + f'[call."{name[0]}.f"]\n').encode() for name in ("x.toml", "y.toml")}
    one = compile_files("python", KINDS, files)
    two = compile_files("python", KINDS, dict(reversed(files.items())))
    assert one == two
    assert list(one.calls) == ["x.f", "y.f"]
    assert compile_files("python", KINDS, {**files, "x.toml": files["x.toml"] + b"\n"}).fingerprint != one.fingerprint


REFUSED = {
    "unknown kind of a sink": (
        '[call."lib.f"]\nsinks = [{ arg = 0, kind = "shel" }]\n',
        "a.toml: call.\"lib.f\".sinks[0].kind: unknown value 'shel'; use one of shell, path",
    ),
    "unknown kind cleared": (
        '[call."lib.f"]\nclears = ["shell", "pth"]\n',
        'a.toml: call."lib.f".clears: unknown kind \'pth\'; use some of shell, path, or ["*"] alone',
    ),
    "all kinds and one more": (
        '[call."lib.f"]\nclears = ["*", "path"]\n',
        'a.toml: call."lib.f".clears: unknown kind \'*\'; use some of shell, path, or ["*"] alone',
    ),
    "unknown key of a guard": (
        '[call."lib.f"]\nguards = [{ argument = 0, when = "true", clears = ["*"] }]\n',
        "a.toml: call.\"lib.f\".guards[0]: unknown key 'argument'; use one of alone, arg, check, clears, other, when",
    ),
    "unknown section": (
        '[calls."lib.f"]\n',
        "a.toml: unknown key 'calls'; "
        "use one of alias, answer, call, docs, entry, hint, library, part, same, type, unchecked, value",
    ),
    "no dotted name": (
        '[call."lib f"]\n',
        'a.toml: call."lib f": not a dotted name: \'lib f\'; write it as a program imports it, like "os.path.join"',
    ),
    "a wrong selector": (
        '[call."lib.f"]\npasses = [-1]\n',
        'a.toml: call."lib.f".passes[0]: not a place of an argument: -1; '
        "write a position, a keyword, or one of @receiver, @all, @keys",
    ),
    "the receiver beside a position": (
        '[call."lib.f"]\npasses = [["@receiver", 0]]\n',
        "a.toml: call.\"lib.f\".passes[0]: not a place of an argument: ['@receiver', 0]; "
        "write positions and keywords, like [0, \"path\"]",
    ),
    "a condition with two tests": (
        '[call."lib.f"]\nsinks = [{ arg = 0, kind = "path", when = [{ arg = 1, is = [1], absent = true }] }]\n',
        "a.toml: call.\"lib.f\".sinks[0].when[0]: a condition has one test, not ['is', 'absent']; "
        "give one of is, is-not, any-case, words, no-words, begins, ends, bits, below, absent, present, slow, slow-whole",
    ),
    "a source without words": (
        '[call."lib.f"]\nsource = "remote"\n',
        "a.toml: call.\"lib.f\": 'source' and 'what' go together; give the boundary and a few words for the trace",
    ),
    "an unknown boundary": (
        '[value."lib.v"]\nsource = "net"\nwhat = "x"\n',
        "a.toml: value.\"lib.v\".source: unknown value 'net'; use one of remote, local, file, api",
    ),
    "an unknown operation": (
        '[call."lib.f"]\nintrinsic = "apend"\n',
        "a.toml: call.\"lib.f\".intrinsic: unknown value 'apend'; use one of " + ", ".join(INTRINSICS),
    ),
    "an entry by two ways": (
        '[[entry]]\nboundary = "remote"\nwhat = "x"\ndecorator = "lib.d"\nbase = "lib.B"\nmethods = ["run"]\n',
        "a.toml.entry[0]: an entry is found by one way, not by ['decorator', 'base']; "
        "give decorator, or base and methods, or imports and methods, or call and arg, or signature",
    ),
    "a pattern that is none": (
        '[[entry]]\nboundary = "remote"\nwhat = "x"\ndecorator = "lib.d"\nharmless = "("\n',
        "a.toml.entry[0].harmless: no regular expression: '(' (missing ), unterminated subpattern at position 0); "
        "mend the pattern",
    ),
    "a check against nothing": (
        '[call."lib.f"]\nguards = [{ arg = 0, when = "true", clears = ["*"], check = "prefix" }]\n',
        "a.toml: call.\"lib.f\".guards[0]: 'prefix' compares with nothing; add 'other', the argument checked against",
    ),
    "a name said twice": (
        '[call."lib.f"]\n[[same]]\ncalls = ["lib.f"]\n',
        "a.toml.same[0].\"lib.f\": 'lib.f' is spoken of twice; it stands already at a.toml: call.\"lib.f\": keep one",
    ),
    "a name that goes by an alias": (
        '[alias]\n"lib.api" = "lib.core"\n[call."lib.api.f"]\n',
        "a.toml: call.\"lib.api.f\": 'lib.api.f' goes by an alias; say it of 'lib.core.f'",
    ),
    "an alias of an alias": (
        '[alias]\na = "b"\nb = "c"\n',
        "a.toml: alias.\"a\": 'b' goes by an alias; say it of 'c'",
    ),
    "no flag": (
        '[call."lib.f"]\nfold = 1\n',
        "a.toml: call.\"lib.f\".fold: neither true nor false: 1; write true, or leave it out",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused(body: str, message: str):
    """Each mistake ends in one line that names the file, the key and the next step."""
    assert refusal(body) == message


def test_two_files_may_not_speak_of_one_name():
    """The error names both places."""
    assert refusal('[call."lib.f"]\n', '[call."lib.f"]\n') == (
        'b.toml: call."lib.f": \'lib.f\' is spoken of twice; it stands already at a.toml: call."lib.f": keep one'
    )


def test_a_file_says_what_it_is_about():
    """Library and documentation are required."""
    with pytest.raises(KnowledgeError) as caught:
        compile_files("python", KINDS, {"x.toml": b""})
    assert str(caught.value) == "x.toml: 'library' is missing; add it"
    with pytest.raises(KnowledgeError) as caught:
        compile_files("python", KINDS, {"x.toml": b'library = "x"\ndocs = "http://x"\n'})
    assert str(caught.value) == "x.toml.docs: not an address: 'http://x'; give the https:// page it was read from"


def test_a_broken_file_is_named():
    """TOML that does not parse, and bytes that are no UTF-8."""
    with pytest.raises(KnowledgeError, match=r"^x\.toml: not TOML: .*; mend the file$"):
        compile_files("python", KINDS, {"x.toml": b"= 1"})
    with pytest.raises(KnowledgeError, match=r"^x\.toml: not TOML: .*; mend the file$"):
        compile_files("python", KINDS, {"x.toml": b"\xff"})


def test_kinds_are_checked_too():
    """Repeated kinds, broken patterns, and more than the masks have room for."""
    twice = KINDS + b'[[kind]]\nname = "path"\ntitle = "x"\n'
    assert (
        refusal(kinds=twice) == "kinds.toml.kind[2].name: repeated or not one word: 'path'; give each kind its own word"
    )
    pattern = b'[[kind]]\nname = "path"\ntitle = "x"\npinned_by = ["["]\n'
    assert refusal(kinds=pattern).startswith("kinds.toml.kind[0].pinned_by: no regular expression: '['")
    many = b"".join(b'[[kind]]\nname = "k%d"\ntitle = "x"\n' % n for n in range(30))
    assert refusal(kinds=many) == "kinds.toml: 30 kinds; masks have room for 28: merge some"


def test_an_unknown_language_is_refused():
    """There is no empty knowledge: silence would read as safety."""
    with pytest.raises(KnowledgeError) as caught:
        load("cobol")
    assert str(caught.value) == "cobol: no knowledge of the language 'cobol'; add a folder of TOML files of that name"


def test_loading_is_cheap():
    """Compiling the packaged knowledge costs less than three times what parsing its files does, at best of five."""
    texts = [f.read_text() for f in Path(str(resources.files("casemate.knowledge"))).rglob("*.toml")]

    def cost(act):
        gc.disable()  # what other tests left in this process is looked through as well
        start = time.process_time()
        act()
        took = time.process_time() - start
        gc.enable()
        return took

    parsing = min(cost(lambda: [tomllib.loads(text) for text in texts]) for _ in range(5))
    assert min(cost(lambda: compile_files("python", *packaged())) for _ in range(5)) < 3 * parsing
