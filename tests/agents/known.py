"""Ten small programs with a weakness that the rules miss, because the value takes a way that the solver does not follow; and what
a model that knows the answers would say of each."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Case:
    """name: of the file. code: of it. tests: the target's own. sink, source: texts of the lines. text, control: what a prover
    tries, "" where the oracle's own inputs do. old, new: what a mender changes, "" where a rewrite of ours does."""

    name: str
    cwe: int
    code: str
    tests: str
    sink: str
    source: str
    parameter: str
    text: str = ""
    control: str = ""
    old: str = ""
    new: str = ""

    def line(self, text):
        """The number of the one line that holds a text."""
        (number,) = [number for number, line in enumerate(self.code.splitlines(), 1) if text in line]
        return number

    @property
    def proposal(self):
        """The scout's call."""
        return {
            "path": f"{self.name}.py",
            "line": self.line(self.sink),
            "cwe": self.cwe,
            "source_path": f"{self.name}.py",
            "source_line": self.line(self.source),
            "parameter": self.parameter,
            "statement": f"What is given as {self.parameter} takes effect at line {self.line(self.sink)}.",
        }


CASES = (
    Case(
        name="parcels",
        cwe=78,
        code='''"""Labels for parcels."""

import subprocess


class _Printer:
    def do_shell(self, line):
        return subprocess.run(line, shell=True, capture_output=True, text=True).stdout


def parcel(name):
    """The label of a parcel, whose name comes as `v1:name`."""
    version, _, rest = name.partition(":")
    if version != "v1":
        raise ValueError("not a name")
    return getattr(_Printer(), "_".join(("do", "shell")))("echo " + rest)
''',
        tests="from parcels import parcel\n\n\ndef test_parcel():\n    assert parcel('v1:box') == 'box\\n'\n",
        sink="subprocess.run",
        source="def parcel",
        parameter="name",
        text="v1:x; {canary}",
        control="v1:{calm}",
        old="subprocess.run(line, shell=True, capture_output=True, text=True)",
        new='subprocess.run(["echo", line.removeprefix("echo ")], capture_output=True, text=True)',
    ),
    Case(
        name="accounts",
        cwe=89,
        code='''"""Accounts by name."""

import sqlite3

_BASE = sqlite3.connect(":memory:", check_same_thread=False)
_BASE.execute("CREATE TABLE accounts (name TEXT, balance INTEGER)")
_BASE.execute("INSERT INTO accounts VALUES ('ann', 3)")


def _ask_balance(name):
    return _BASE.execute("SELECT balance FROM accounts WHERE name = '" + name + "'").fetchall()


def ask(name):
    """What an account holds."""
    return globals()["_ask_" + "balance".lower()](name)
''',
        tests="from accounts import ask\n\n\ndef test_ask():\n    assert ask('ann') == [(3,)]\n",
        sink="SELECT",
        source="def ask(",
        parameter="name",
    ),
    Case(
        name="papers",
        cwe=22,
        code='''"""Papers of a folder, asked for by a line such as `paper=today`."""

import os
from operator import methodcaller

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "papers_kept")


class _Shelf:
    def take(self, name):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as paper:
            return paper.read()


def paper(asked):
    """The paper that a line asks for."""
    key, _, name = asked.partition("=")
    if key != "paper":
        raise ValueError("not a paper")
    return methodcaller("take", name)(_Shelf())
''',
        tests="""import pytest
from papers import paper


def test_paper():
    with pytest.raises(ValueError):
        paper("book=today")
""",
        sink="with open",
        source="def paper(",
        parameter="asked",
        text="paper={file}",
        control="paper={calm}",
    ),
    Case(
        name="sums",
        cwe=95,
        code='''"""Values that are typed."""

import ast
import builtins


class _Desk:
    def __getattr__(self, name):
        return getattr(builtins, name[3:])


def value(text):
    """The value in a text such as `value: [1, 2]`."""
    head, _, rest = text.partition(":")
    if head != "value":
        raise ValueError("no value")
    found = getattr(_Desk(), "my_eval")
    return found(rest.strip(), {})


def shown(found):
    """A value as a text that gives it again."""
    return "value: " + repr(found if found is None else ast.literal_eval(repr(found)))
''',
        tests="from sums import shown, value\n\n\ndef test_value():\n    assert value(shown([1, 2])) == [1, 2]\n",
        sink="return found(",
        source="def value",
        parameter="text",
        text="value: {canary}()",
        control="value: '{calm}'",
        old="return found(rest.strip(), {})",
        new="return ast.literal_eval(rest.strip())",
    ),
    Case(
        name="pages",
        cwe=1336,
        code='''"""Greetings by a template."""

from importlib import import_module


def greeting(name):
    """A page that greets somebody."""
    made = import_module("jin" + "ja2").Environment(autoescape=True)
    return made.from_string("Hello " + name + "!").render()
''',
        tests="from pages import greeting\n\n\ndef test_greeting():\n    assert greeting('Ann') == 'Hello Ann!'\n",
        sink="from_string",
        source="def greeting",
        parameter="name",
    ),
    Case(
        name="drawers",
        cwe=502,
        code='''"""What was kept in a drawer."""

from importlib import import_module


def kept(data):
    """What somebody has kept."""
    return import_module("pic" + "kle").loads(data)
''',
        tests="import pickle\n\nfrom drawers import kept\n\n\ndef test_kept():\n    assert kept(pickle.dumps([1])) == [1]\n",
        sink="loads(data)",
        source="def kept",
        parameter="data",
        old="""    return import_module("pic" + "kle").loads(data)""",
        new='''    pickle, io = import_module("pic" + "kle"), import_module("io")

    class Plain(pickle.Unpickler):
        """Plain values alone."""

        def find_class(self, module, name):
            raise pickle.UnpicklingError(f"{module}.{name} is not kept in a drawer")

    return Plain(io.BytesIO(data)).load()''',
    ),
    Case(
        name="ledgers",
        cwe=89,
        code='''"""Entries of a ledger, by a filter such as `owner:ann`."""

import sqlite3
from functools import reduce

_BASE = sqlite3.connect(":memory:", check_same_thread=False)
_BASE.execute("CREATE TABLE entries (owner TEXT, amount INTEGER)")
_BASE.execute("INSERT INTO entries VALUES ('ann', 5)")
_STEPS = []


def _step(function):
    _STEPS.append(function)
    return function


@_step
def _condition(value):
    return "owner = '" + value + "'"


@_step
def _query(value):
    return _BASE.execute("SELECT amount FROM entries WHERE " + value).fetchall()


def entries(wanted):
    """The entries of an owner."""
    kind, _, owner = wanted.partition(":")
    if kind != "owner":
        raise ValueError("by owner only")
    return reduce(lambda value, step: step(value), _STEPS, owner)
''',
        tests="from ledgers import entries\n\n\ndef test_entries():\n    assert entries('owner:ann') == [(5,)]\n",
        sink="SELECT amount",
        source="def entries",
        parameter="wanted",
        text="owner:x' OR {canary} --",
        control="owner:{calm}",
        old="""    return _BASE.execute("SELECT amount FROM entries WHERE " + value).fetchall()
""",
        new="""    owner = value.removeprefix("owner = '").removesuffix("'")
    return _BASE.execute("SELECT amount FROM entries WHERE owner = ?", (owner,)).fetchall()
""",
    ),
    Case(
        name="jobs",
        cwe=78,
        code='''"""Jobs that are run later."""

import os
from collections import deque

_WAITING = deque()


class _Job:
    pass


def _run(job):
    return os.popen("echo job " + vars(job)["title"]).read()


def run(title):
    """Run a job with a title."""
    job = _Job()
    vars(job).update([("title", title)])
    _WAITING.append((_run, job))
    todo, what = _WAITING.popleft()
    return todo(what)
''',
        tests="from jobs import run\n\n\ndef test_run():\n    assert run('tidy') == 'job tidy\\n'\n",
        sink="os.popen",
        source="def run(",
        parameter="title",
    ),
    Case(
        name="notes",
        cwe=22,
        code='''"""Notes of people."""

import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent / "kept"


class _Box:
    def __init__(self):
        self.table = {}

    def put(self, key, value):
        self.table[key] = value

    def use(self, how):
        return how(**self.table)


def _read(name):
    return (FOLDER / name).read_text("utf-8")


def note(asked):
    """A note, asked for by JSON such as `{"name": "today"}`."""
    box = _Box()
    for key, value in json.loads(asked).items():
        box.put(key, value)
    return box.use(_read)
''',
        tests="""import pytest
from notes import note


def test_note():
    with pytest.raises(TypeError):
        note('{"title": "today"}')
""",
        sink="read_text",
        source="def note",
        parameter="asked",
        text='{"name": "{file}"}',
        control='{"name": "{calm}"}',
    ),
    Case(
        name="rates",
        cwe=95,
        code='''"""Rates by a number that is kept as text, such as `rate=2`."""

import ast


class _Rate:
    def __init__(self, text):
        self.__dict__.update(zip(("text",), (text,)))

    def __call__(self, amount):
        return amount, eval(self.__dict__["text"])


def same(one, other):
    """Whether two texts are the same number."""
    return ast.literal_eval(one) == ast.literal_eval(other)


def rate(text):
    """A hundred, and its rate."""
    key, _, number = text.partition("=")
    if key != "rate":
        raise ValueError("no rate")
    (made,) = map(_Rate, [number])
    return made(100)
''',
        tests="from rates import rate, same\n\n\ndef test_rate():\n    assert rate('rate=2') == (100, 2) and same('2', '2.0')\n",
        sink="return amount",
        source="def rate",
        parameter="text",
        text="rate={canary}()",
        control="rate='{calm}'",
        old='eval(self.__dict__["text"])',
        new='ast.literal_eval(self.__dict__["text"])',
    ),
)
