"""A violated property seen again: what an evidence bundle says must never happen, put to the test on the target as it is here.

Whoever made the bundle is not believed: its programs are checked as those of any agent, and nothing is run of what they must not
be. Whether the property must hold, and who says so, is no part of the answer.
"""

from __future__ import annotations

from casemate.evidence.bundle import Bundle
from casemate.model.fix import Climb, Rung, Step
from casemate.model.proof import Result
from casemate.model.sandbox import Profile
from casemate.model.verification import Answer, Verification
from casemate.pipeline.properties import held, placed
from casemate.pipeline.property_ladder import Trying, driven
from casemate.pipeline.study import Study
from casemate.pipeline.verify import Ended, Replay
from casemate.pipeline.verify_fix import patch_of
from casemate.ports import Sandbox, SourceTree
from casemate.proofs.campaign import Bench


def verify_property(
    bundle: Bundle, *, study: Study, tree: SourceTree, sandbox: Sandbox, profile: Profile, bench: Bench
) -> Verification:
    """Put the property to the test. study: the index of the target. tree: the target, to compare its files. bench: to run in."""
    replay = _Property(bundle, sandbox, profile)
    try:
        replay.compare(tree)
        replay.examine()
        replay.run(study, bench)
    except Ended as ended:
        return replay.outcome(ended.answer, ended.why)
    return replay.outcome(Answer.HOLDS, "")


class _Property(Replay):
    """Of a property."""

    def run(self, study: Study, bench: Bench) -> None:
        """It is violated in every run, and holds in ordinary use and in the target's own tests; then its patch is tried."""
        whole = self._bundle.stated
        assert whole is not None
        claimed = placed(whole, study)
        one = held(claimed, study, bench, self._bundle.finding.lead)
        self._seen, self._quiet = one.seen, one.quiet
        if one.shown is None or one.stated is None:
            driven_ = one.result in (Result.NOT_TRIGGERED, Result.NOT_REACHED)
            raise Ended(Answer.FAILS if driven_ else Answer.UNCHECKED, one.why)
        if one.stated.digest != whole.digest:
            self._notes.append(
                "the code that the property is about is not as it was: a decision about it does not count"
            )
        if self._bundle.fix is not None:
            patch = patch_of(self._bundle.fix, bench.source)
            if isinstance(patch, str):
                self.heed((Climb(rung=Rung.APPLIES, step=Step.UNTRIED, detail=patch),))
            else:
                trying = Trying(one.stated, bench, patch)
                self.heed((Climb(rung=Rung.APPLIES, step=Step.HOLDS), *driven(trying)))
