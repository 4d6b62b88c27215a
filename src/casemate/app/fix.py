"""The composition root of fixing: what is proven is given a patch that was itself put to the proof, behind the wall; several of
them become a series, of which the same holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from casemate.app.agents import Stage
    from casemate.app.scan import Scene
    from casemate.governance.wall import Operation
    from casemate.model.finding import FindingId, Report
    from casemate.model.fix import Fix, Mending, Patch
    from casemate.model.proof import Exhibit
    from casemate.pipeline.combine import Series
    from casemate.pipeline.regress import Checked
    from casemate.pipeline.scan import Progress
    from casemate.pipeline.validate import Grounds
    from casemate.ports import SourceTree, Store


class Fixed(NamedTuple):
    """What became of each finding that is proven; the patches as one series, None when nobody wants one; the target's folder in
    its repository; and regression tests, when these are wanted."""

    mendings: dict[FindingId, Mending]
    series: Series | None = None
    prefix: str = ""
    tests: tuple[Checked, ...] = ()


def fixed(
    scene: Scene,
    report: Report,
    exhibits: Mapping[FindingId, Exhibit],
    interpreter: str,
    jobs: int,
    progress: Progress,
    *,
    series: bool = False,
    tests: bool = False,
) -> Fixed:
    """The operation that fixes: what became of each finding that is proven. exhibits: what shows the proofs. series: the patches
    are wanted as one. tests: and regression tests with them."""
    from casemate.adapters.working_tree import WorkingFolder
    from casemate.app.ground import home
    from casemate.pipeline.bench import sources
    from casemate.pipeline.combine import combined
    from casemate.pipeline.mend import climber, mended
    from casemate.pipeline.mendings import Mendings
    from casemate.pipeline.regress import checked

    with scene.wall.operation("fix", subject=scene.subject) as operation:
        ground = ladder(scene, operation, report, interpreter)
        grounds, store = ground.grounds, ground.store
        memory = Mendings(store, sources(ground.target), interpreter)
        mendings = mended(exhibits, grounds, memory=memory, jobs=jobs, progress=progress)
        if not series:
            return Fixed(mendings)
        offers = [(identity, mending.fix) for identity, mending in mendings.items() if mending.fix is not None]
        climb, climbed = climber(exhibits, grounds), count(1)

        def told(identity: FindingId, patch: Patch) -> Fix:
            progress("joining", next(climbed), 0)
            return climb(identity, patch)

        together = combined(offers, told)
        found = checked(together, exhibits, grounds) if tests else ()
        return Fixed(mendings, together, operation.working(WorkingFolder(scene.trees[0].place, home())).prefix, found)


class Ladder(NamedTuple):
    """What patches are put to the proof on, behind the wall. target: read once. store: keeps derived facts."""

    grounds: Grounds
    target: SourceTree
    store: Store


def ladder(scene: Stage, operation: Operation, report: Report, interpreter: str) -> Ladder:
    """The ladder of an operation that fixes. report: of the unpatched target."""
    from casemate.adapters.inprocess import InProcess
    from casemate.app.prove import sandbox
    from casemate.pipeline.bench import bench
    from casemate.pipeline.patched import Patched, Recollected
    from casemate.pipeline.scan import scan
    from casemate.pipeline.suite import LIMITS, Suite
    from casemate.pipeline.validate import Grounds
    from casemate.ports import SourceFile

    tree = scene.trees[0]
    target = Recollected(operation.tree(tree))
    held = operation.sandbox(sandbox())
    store, executor, options = operation.store(scene.store), operation.executor(InProcess()), scene.options()
    made = bench(target, held, tree.place, interpreter)
    one_at_a_time = Lock()

    def rescan(patch: Patch) -> Report:
        with one_at_a_time:
            return scan(
                [Patched(target, patch.changes)],
                store=store,
                executor=executor,
                options=replace(options, ahead=0),
                progress=lambda stage, done, total: None,
            )

    suite = Suite(
        held=held,
        profile=replace(made.profile, limits=LIMITS),
        files=[seen.path for seen in target.walk() if isinstance(seen, SourceFile)],
        source=made.source,
        paths=made.paths,
    )
    return Ladder(Grounds(bench=made, suite=suite, report=report, rescan=rescan), target, store)
