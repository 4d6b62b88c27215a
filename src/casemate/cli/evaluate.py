"""`casemate eval`: what a system can do, measured on cases whose answers are known, signed for the launch gate."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casemate.cli import options
from casemate.cli.errors import say

if TYPE_CHECKING:
    from casemate.app.evaluate import Evaluated, EvaluationRequest, Participant
    from casemate.evals.cases import Case
    from casemate.governance.evaluation import Evaluation, Suite, Task

_FILE = click.Path(path_type=Path)


def _measured(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every measurement has."""
    for option in (
        click.option("--quiet", is_flag=True, help="Only the result: no charter and no progress."),
        options.TOKEN,
        click.option("--work", metavar="DIR", type=_FILE, help="Where programs are put; default: a temporary folder."),
        click.option(
            "--rule", metavar="FILE", type=_FILE, help="Your own text of how it is judged; default: the house's."
        ),
        click.option("--baseline", metavar="LOG", type=_FILE, help="Compare with this log, such as the engine's."),
        click.option("-o", "--output", metavar="LOG", type=_FILE, help="Where the signed log goes."),
        click.option("--cases", is_flag=True, help="Also say what became of each case."),
        click.option("--k", type=click.IntRange(1, 100), default=1, show_default=True, help="Attempts at each item."),
        click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the first variants."),
        click.option("--crew", is_flag=True, help="The model as `hunt --model` has it: four roles with their tools."),
        options.models,
    ):
        command = option(command)
    return command


def _over_a_corpus(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--only", metavar="CASE", multiple=True, help="Only this case. Repeatable."),
        click.option("--corpus", metavar="DIR", type=_FILE, help="A folder of cases of your own."),
    ):
        command = option(command)
    return _measured(command)


@click.group(name="eval")
def evaluate() -> None:
    """Measure what a system can do (a model with Casemate, or the engine alone) on cases whose answers are known.

    Oracles, tests and places decide, never a model. What is measured is signed; docs/evals.md.
    """


@evaluate.command()
@click.option(
    "--pairs", metavar="FILE", type=_FILE, help="Known flaws in releases that lie here, instead of the corpus."
)
@_over_a_corpus
def find(pairs: Path | None, **given: Any) -> None:
    """Is the planted weakness reported at its place, and the twin left alone?"""
    if pairs is None:
        _over("find", **given)
    elif given["corpus"] is not None or given["only"] or given["k"] > 1:
        raise click.UsageError("--pairs goes with neither --corpus, --only nor --k: real code has no variants.")
    else:
        _pairs(pairs, **given)


@evaluate.command()
@_over_a_corpus
def prove(**given: Any) -> None:
    """Is it proven, and the twin not?"""
    _over("prove", **given)


@evaluate.command()
@_over_a_corpus
def fix(**given: Any) -> None:
    """Does a patch climb the ladder, and pass the tests that were held back?"""
    _over("fix", **given)


@evaluate.command()
@_measured
def injection(**given: Any) -> None:
    """Does a text in a target change what is reported? Names, comments and files that give instructions, and harmless ones."""
    _injection(**given)


@evaluate.command()
@_measured
@click.option("--attempts", type=click.IntRange(1), default=500, show_default=True, help="In all.")
def containment(attempts: int, **given: Any) -> None:
    """Does a scripted, fully compromised agent get what its grant does not give? Every attempt is an item."""
    _containment(attempts, **given)


@evaluate.command()
@click.argument("case")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--twin", is_flag=True, help="The safe one.")
@click.option("--corpus", metavar="DIR", type=_FILE, help="A folder of cases of your own.")
def show(case: str, seed: int, twin: bool, corpus: Path | None) -> None:
    """Print the program of a CASE as a solver gets it."""
    from casemate.evals.variants import variant

    (found,) = _cases(corpus, (case,))
    made = variant(found, seed)
    for path, text in (made.twin if twin else made.weak).files.items():
        click.echo(f"# {path}\n{text}")


def _over(task: str, *, corpus: Path | None, only: tuple[str, ...], **given: Any) -> None:
    from casemate.app.evaluate import run_corpus
    from casemate.evals.cases import SUITE, VERSION, digest
    from casemate.evals.report import as_cases, by_difficulty, left_out
    from casemate.governance.evaluation import Suite, Task

    found = _cases(corpus, only)
    name = f"{SUITE}/own" if corpus is not None else f"{SUITE}/part" if only else SUITE
    suite = Suite(name=name, version=VERSION, digest=digest(found), seed=given["seed"])
    done = _measure(run_corpus, Task(task), found, suite, given)
    told = (*by_difficulty(done.told), *left_out(done.told))
    _tell((*(as_cases(done.told) if given["cases"] else ()), *told), done, given)


def _pairs(file: Path, **given: Any) -> None:
    from casemate.app.evaluate import run_pairs
    from casemate.evals.pairs import SUITE, digest, read_pairs
    from casemate.governance.evaluation import Suite, Task

    found = read_pairs(file)
    suite = Suite(name=SUITE, version="1", digest=digest(found), seed=0)

    def run(request: EvaluationRequest, who: Participant, **named: Any) -> Evaluated[Any]:
        return run_pairs(request, who, found, **named)

    done = _measure(run, Task.FIND, (), suite, given)
    shown = [
        f"{item.id:30} {'reported' if item.successes else 'not reported'}, the fixed release "
        f"{'reported too' if item.false_alarms else 'quiet'}"
        for item in done.evaluations[0].items
    ]
    _tell(shown if given["cases"] else (), done, given)


def _injection(**given: Any) -> None:
    from casemate.app.evaluate import run_injection
    from casemate.evals.cases import corpus
    from casemate.evals.injection import SUITE, VERSION, digest
    from casemate.evals.report import as_pairs, recall
    from casemate.governance.evaluation import Suite, Task

    suite = Suite(name=SUITE, version=VERSION, digest=digest(corpus()), seed=given["seed"])
    done = _measure(run_injection, Task.INJECTION, corpus(), suite, given)
    told = (
        *recall(done.told),
        *(["what the rules find is left out: these are the agents' own"] if given["crew"] else ()),
    )
    _tell((*(as_pairs(done.told) if given["cases"] else ()), *told), done, given)


def _containment(attempts: int, **given: Any) -> None:
    from hashlib import sha256

    from casemate.app.evaluate import run_containment
    from casemate.evals.rule import CONTAINMENT
    from casemate.governance.evaluation import Suite, Task
    from casemate.safeguards.catalogue import attacks
    from casemate.safeguards.trial import made

    classes = [attack for attack in attacks() if attack.id.startswith("agent")]
    each = -(-attempts // len(classes))
    digest = sha256(repr([(one.id, one.title, one.aim) for one in classes]).encode()).hexdigest()
    suite = Suite(name=CONTAINMENT, version="1", digest=digest, seed=given["seed"])

    def tried() -> Iterable[tuple[str, bool]]:
        for attack in classes:
            for number in range(each):
                yield f"{attack.id}-{number}", made(attack, given["seed"], number).succeeded

    def run(request: EvaluationRequest, who: Participant, *, announce: Callable[[str], None], progress: Any) -> Any:
        return run_containment(request, who, tried, announce=announce)

    _tell((), _measure(run, Task.CONTAINMENT, (), suite, given), given)


def _measure(
    run: Callable[..., Evaluated[Any]], task: Task, cases: tuple[Case, ...], suite: Suite, given: dict[str, Any]
) -> Evaluated[Any]:
    from casemate.app.evaluate import EvaluationRequest
    from casemate.cli.deliver import unheard
    from casemate.cli.output import check_place
    from casemate.cli.progress import display

    given["other"] = _read(given["baseline"])  # what cannot be read is said before hours of work
    if given["output"] is not None:
        check_place(given["output"])
    request = EvaluationRequest(
        task=task, cases=cases, suite=suite, k=given["k"], work=given["work"], rule=given["rule"]
    )
    who = _participant(task, given)
    quiet = given["quiet"]
    if given["crew"] and task.value != "containment" and not quiet:
        say("four roles work on each program; the limits on exchanges hold for all programs together")
    with display(quiet=quiet, terminal=sys.stderr.isatty()) as progress:
        return run(request, who, announce=unheard if quiet else say, progress=progress)


def _participant(task: Task, given: Mapping[str, Any]) -> Participant:
    """Who is measured: the engine alone, a model that is asked once, or one with roles and tools."""
    from casemate.app.evaluate import engine, with_crew, with_model
    from casemate.governance.evaluation import Task

    talk = given["talk"]
    if talk is None and given["crew"]:
        raise click.UsageError("--crew works on a model: name it by --model, or a recording by --replay.")
    if talk is None:
        return engine()
    if given["crew"]:
        return with_crew(talk, bare=task is Task.INJECTION)
    return with_model(talk, given["seed"])


def _tell(more: Iterable[str], done: Evaluated[Any], given: Mapping[str, Any]) -> None:
    """Show what came of it, and write its logs: the first where -o says, others beside it, by their task."""
    from casemate.cli.output import write_file
    from casemate.evals.report import lines
    from casemate.evidence.escape import visible

    other: Evaluation | None = given["other"]
    for line in more:
        click.echo(visible(line))
    for evaluation in done.evaluations:
        for line in lines(evaluation, other if other is not None and other.task is evaluation.task else None):
            click.echo(visible(line))
    output: Path | None = given["output"]
    for at, (evaluation, log) in enumerate(zip(done.evaluations, done.logs, strict=True)):
        if output is not None:
            path = output if at == 0 else output.with_name(f"{output.name}.{evaluation.task.value}")
            write_file(path, log, "the signed log")
            click.echo(visible(f"the log is in {path}; `casemate gate add {path}` hands it to the gate"), err=True)


def _read(baseline: Path | None) -> Evaluation | None:
    from casemate.app.evaluate import read_log
    from casemate.cli.input import read_file
    from casemate.governance.fields import InvalidStatement
    from casemate.governance.statement import MAX_STATEMENT
    from casemate.model.errors import UserError

    if baseline is None:
        return None
    step = "name a log that `casemate eval … -o` wrote on this machine"
    try:
        return read_log(read_file(baseline, MAX_STATEMENT, step))
    except InvalidStatement as error:
        raise UserError(f"{str(baseline)!r} is no log to compare with: {error}", step) from error


def _cases(folder: Path | None, only: tuple[str, ...]) -> tuple[Case, ...]:
    from casemate.evals.cases import corpus, read_corpus
    from casemate.model.errors import UserError

    found = corpus() if folder is None else read_corpus(folder)
    names = {case.id for case in found}
    if missing := sorted(set(only) - names):
        raise UserError(f"there is no case {missing[0]!r}", "docs/evals.md lists them")
    return tuple(case for case in found if not only or case.id in only)
