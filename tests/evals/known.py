"""Two small cases that the rules miss, and a model that knows them: what it proposes depends on the lines that it reads, so that
of a twin it says nothing."""

import json

from casemate.evals.cases import read_case
from casemate.model.dialogue import Answer, Call, Usage

PARCELS = '''difficulty = "hard"
cwe = 78
decided = "command"
what = "What is given as a name is never read as a command."
names = ["unused spare"]
=== parcels.py
"""Labels for parcels."""

import subprocess


class _Printer:
    def do_shell(self, line):
-|        return subprocess.run(line, shell=True, capture_output=True, text=True).stdout #!
+|        return subprocess.run(["echo", line.removeprefix("echo ")], capture_output=True, text=True).stdout #!


def parcel(name):
    """The label of a parcel, whose name comes as `v1:name`."""
    version, _, rest = name.partition(":")
    if version != "v1":
        raise ValueError("not a name")
    return getattr(_Printer(), "_".join(("do", "shell")))("echo " + rest)
=== test_parcels.py
from parcels import parcel


def test_parcel():
    assert parcel("v1:box") == "box\\n"
=== held.py
from parcels import parcel


def test_two_words():
    assert parcel("v1:red box") == "red box\\n"
=== check.py
from parcels import parcel


def violated():
    return parcel("v1:x; echo y") == "x\\ny\\n"
'''
BANK = '''difficulty = "medium"
cwe = 639
decided = "property"
what = "An account is shown to its owner alone."
names = ["unused spare"]
=== bank.py
"""Accounts of a bank's clients."""

_KEPT = {"a1": {"owner": "ann", "balance": 5}, "b1": {"owner": "bob", "balance": 7}}


def show(user, account):
    """An account, to its owner alone."""
-|    return _KEPT[account] #!
+|    return _KEPT[account] if _KEPT[account]["owner"] == user else None #!
=== test_bank.py
from bank import show


def test_show():
    assert show("ann", "a1")["balance"] == 5
=== held.py
from bank import show


def test_bob():
    assert show("bob", "b1")["balance"] == 7
=== check.py
from bank import show


def violated():
    return show("ann", "b1") is not None
'''
CASES = (read_case("bank", BANK), read_case("parcels", PARCELS))
TEXTS = {"bank": BANK, "parcels": PARCELS}

WEAK = {
    "return subprocess.run(line, shell=True, capture_output=True, text=True).stdout": {
        **{"path": "parcels.py", "line": 8, "cwe": 78, "source_path": "parcels.py", "source_line": 11},
        **{"parameter": "name", "statement": "A name is read as a command."},
    },
    "return _KEPT[account]": {
        **{"path": "bank.py", "line": 8, "cwe": 639, "source_path": "bank.py", "source_line": 6},
        **{"parameter": "account", "statement": "Any account is shown to anybody."},
    },
}
"""What is proposed of a program that has this line."""

PROPERTY = {
    "statement": "Nobody sees an account of another.",
    "rests_path": "bank.py",
    "rests_line": 7,
    "watched_path": "bank.py",
    "watched_line": 6,
    "never": 'result is not None and result["owner"] != args["user"]',
    "violates": 'from bank import show\nshow("ann", "b1")\n',
    "ordinary": 'from bank import show\nshow("ann", "a1")\n',
}
PATCH = {
    "path": "parcels.py",
    "old": "subprocess.run(line, shell=True, capture_output=True, text=True)",
    "new": 'subprocess.run(["echo", line.removeprefix("echo ")], capture_output=True, text=True)',
    "what": "hand the name on as an argument",
}
STARTS = {"You look for": "scout", "You try to": "adversary", "You show that": "prover", "You mend": "mender"}
MORE = {
    "path": "bank.py",
    "old": "    return _KEPT[account]",
    "new": '    return _KEPT[account] if _KEPT[account]["owner"] == user else None',
    "what": "show it to its owner alone",
}
DONE = ("done", {"why": "nothing is left"})


def spoken(messages):
    """The calls that come next. messages: role and text of each."""
    role = next(role for start, role in STARTS.items() if messages[0][1].startswith(start))
    turn = sum(who == "assistant" for who, _ in messages)
    about = messages[1][1]
    if role == "scout":
        if turn == 0:
            return [("read", {"path": f"{name}.py", "first": 1, "last": 60}) for name in TEXTS]
        lines = [line.split(maxsplit=1) for who, text in messages if who == "tool" for line in text.splitlines()]
        read = {
            text.rstrip(): int(number)
            for number, text in (line for line in lines if len(line) == 2)
            if number.isdigit()
        }
        found = [{**told, "line": read[text]} for text, told in WEAK.items() if text in read]
        return [("propose", found[0])] if turn == 1 and found else [DONE]
    if turn:
        return [DONE]
    if role == "adversary":
        return [("stand", {"stand": "stands", "reason": "nothing checks it"})]
    if role == "prover":
        return [
            ("hold", PROPERTY)
            if "bank.py" in about
            else ("attempt", {"text": "v1:x; {canary}", "control": "v1:{calm}"})
        ]
    return [("patch", MORE if "bank.py" in about else PATCH)]


def asked(calls):
    """The calls as a model makes them."""
    return tuple(Call(id=f"c{at}", tool=tool, arguments=json.dumps(told)) for at, (tool, told) in enumerate(calls))


class Known:
    """`ports.LanguageModel` that knows the cases. changed: what it says instead, None for what it knows; it is given the prompt
    and the calls that it would make."""

    name = "scripted:known"
    endpoint = ""

    def __init__(self, changed=None):
        self.changed = changed or (lambda prompt, calls: calls)
        self.prompts = []

    def reply(self, prompt):
        self.prompts.append(prompt)
        calls = spoken([(message.role.value, message.text) for message in prompt.messages])
        given = self.changed(prompt, calls)
        if not isinstance(given, list):
            return given
        return Answer(text="", calls=asked(given), charged=Usage(sent=300, received=50))


def served(body):
    """The calls that a server answers to a request of OpenAI's protocol with, each with an id."""
    messages = [(message["role"], str(message.get("content") or "")) for message in body["messages"]]
    return [(f"c{at}", tool, told) for at, (tool, told) in enumerate(spoken(messages))]
