"""Scripted models: what they say is written down before, and what they get back is kept."""

import json
from contextlib import ExitStack

from targetpython import target_python

from casemate.agents.loop import Limits
from casemate.app.agents import crew
from casemate.app.models import Limits as Most
from casemate.app.models import Talk
from casemate.app.scan import ScanRequest, Scene
from casemate.governance.charter import Tier
from casemate.governance.spending import Terms
from casemate.model.dialogue import Answer, Call, Role, Usage

NOTHING = Usage(sent=0, received=0)
LIMITS = Limits()
NO_TERMS = Terms()


def says(*calls, text=""):
    """An answer with calls: (tool, arguments)."""
    made = tuple(
        Call(id=f"c{number}", tool=tool, arguments=given if isinstance(given, str) else json.dumps(given))
        for number, (tool, given) in enumerate(calls)
    )
    return Answer(text=text, calls=made, charged=NOTHING)


class Scripted:
    """A LanguageModel. scripts: by role, answers in order, or a list of them for each session; when they end, it is done. An
    item may be a function of the prompt."""

    name = "scripted:known"
    endpoint = ""

    def __init__(self, **scripts):
        self.scripts = scripts
        self.prompts = []
        self.at = {}

    def role(self, prompt):
        """Whose prompt it is."""
        first = prompt.messages[0].text
        words = {
            "You look for": "scout",
            "You try to refute": "adversary",
            "You show that": "prover",
            "You mend": "mender",
        }
        return next(role for start, role in words.items() if first.startswith(start))

    def reply(self, prompt):
        """The next of the session's answers."""
        role = self.role(prompt)
        self.prompts.append((role, prompt))
        turns = sum(message.role is Role.ASSISTANT for message in prompt.messages)
        if not turns:
            self.at[role] = self.at.get(role, -1) + 1
        script = self.scripts.get(role, ())
        if script and isinstance(script[0], list):
            script = script[self.at[role]] if self.at[role] < len(script) else []
        told = script[turns] if turns < len(script) else says(("done", {"why": "nothing is left"}))
        return told(prompt) if callable(told) else told


def work(place, model, *, limits=LIMITS, fix=True, record=None, terms=NO_TERMS, **most):
    """Scan a target and let agents work on it, for real: what they made of it. record: a file; then the model
    stands behind the wall. terms: what tokens cost. most: the budget."""
    talk = Talk(model=model, terms=terms, limits=Most(**most), record=record)
    quiet = lambda stage, done, total: None  # noqa: E731
    with ExitStack() as held:
        request = ScanRequest(paths=(place,), cache=False)
        scene = Scene(request, Tier.FIX if fix else Tier.PROVE, lambda line: None, held, talk)
        report = scene.scan(quiet)
        return crew(scene, report, talk, interpreter=target_python(), limits=limits, fix=fix, progress=quiet)
