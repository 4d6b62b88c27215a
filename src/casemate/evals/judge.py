"""What decides about a program of the corpus: its check and its tests, run in a sandbox. Nobody's word is taken for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from casemate.evals.cases import CHECK, HELD
from casemate.evals.variants import Variant
from casemate.model.sandbox import Finished, Job, Limits, PlacedFile, Profile, Program, Refused
from casemate.ports import Sandbox
from casemate.proofs.replay import RUNS

LIMITS: Final = Limits(memory=1 << 30, processes=64, tmp=256 << 20, inodes=40_000, cpu=120, wall=180.0)
_INSIDE: Final = "inside.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What running a program showed. violated: in every run of the check; None when the check gave no answer, or not always the
    same. tests, held: whether all of them passed. why: of what went wrong, "" otherwise."""

    violated: bool | None
    tests: bool
    held: bool
    why: str = ""

    @property
    def planted(self) -> bool:
        """Whether it is what a weak program has to be."""
        return self.violated is True and self.tests and self.held

    @property
    def safe(self) -> bool:
        """Whether it is what its twin, or the weak program with a patch, has to be."""
        return self.violated is False and self.tests and self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A program that is to be run: its files, beside the held tests and the check of its variant."""

    files: Mapping[str, str]
    of: Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Runs programs. runs: of the check of each."""

    sandbox: Sandbox
    interpreter: str
    runs: int = RUNS

    def tried(self, asked: Sequence[Asked]) -> list[Tried]:
        """What each showed; all in one sandbox, each part in a process of its own. For programs that we wrote."""
        if not asked:
            return []
        placed = [PlacedFile(at=_INSIDE, content=_inside())]
        words: list[str] = []
        for at, one in enumerate(asked):
            hidden = {HELD: one.of.held, CHECK: one.of.check}
            for path, text in {**one.files, **hidden}.items():
                placed.append(PlacedFile(at=f"p{at}/{path}", content=text.encode()))
            modules = sorted(path.removesuffix(".py") for path in one.files if path.startswith("test_"))
            words += [f"p{at}:{name}:tests" for name in (*modules, "held")]
            words += [f"p{at}:check:violated"] * self.runs
        profile = Profile(interpreter=self.interpreter, limits=LIMITS)
        job = Job(what=Program(argv=(self.interpreter, "-I", _INSIDE, *words)), files=tuple(placed))
        run = self.sandbox.run(profile, job)
        if not isinstance(run, Finished):
            why = run.why if isinstance(run, Refused) else type(run).__name__
            return [Tried(violated=None, tests=False, held=False, why=why)] * len(asked)
        told: dict[str, list[tuple[str, str]]] = {}
        try:
            for line in run.seen.stdout.decode("utf-8", "replace").splitlines():
                folder, module, how = map(str, json.loads(line))
                told.setdefault(folder, []).append((module, how))
        except (ValueError, TypeError, RecursionError):  # who is measured must not be able to end the measurement
            why = "something else wrote into what the tests say"
            return [Tried(violated=None, tests=False, held=False, why=why)] * len(asked)
        return [_tried(told.get(f"p{at}", []), self.runs) for at in range(len(asked))]

    def one(self, files: Mapping[str, str], of: Variant) -> Tried:
        """What one program showed, in a sandbox of its own. For programs that somebody changed."""
        return self.tried([Asked(files=files, of=of)])[0]


@cache
def _inside() -> bytes:
    return (resources.files("casemate.evals") / _INSIDE).read_bytes()


def _tried(told: Sequence[tuple[str, str]], runs: int) -> Tried:
    checks = [how for module, how in told if module == "check"]
    held = [how for module, how in told if module == "held"]
    tests = [how for module, how in told if module.startswith("test_")]
    same = len(checks) == runs and len(set(checks)) == 1
    wrong = [f"{module}: {how}" for module, how in told if how not in ("violated", "holds", "passed")]
    return Tried(
        violated={"violated": True, "holds": False}.get(checks[0]) if same else None,
        tests=bool(tests) and set(tests) == {"passed"},
        held=set(held) == {"passed"},
        why="; ".join(wrong)[:500] or ("" if same else "the check does not always say the same"),
    )
