"""Attacks on charters, scope, agreement, incidents and the sandbox of agents: each class notices when its safeguard is taken
out, and when it refuses everything. That none gets through is in `test_safeguards`."""

import pytest

from casemate.app import authority
from casemate.app.ground import home
from casemate.governance.charter import Charter, Target
from casemate.governance.note import VerifierKey
from casemate.model.sandbox import Finished, Refused, Seen
from casemate.safeguards.attack import NOON
from casemate.safeguards.attacks import (
    agent_harness,
    approval,
    authorisation_forged,
    charter_forged,
    charter_undone,
    endpoints,
    incident_closing,
    scope,
)
from casemate.safeguards.crew import MARK, Noticing
from casemate.safeguards.trial import made


def tried(module, cases, seed=3):
    """So many attempts, each made when it is asked for."""
    return (made(module.ATTACK, seed, number) for number in range(cases))


def any_signature(patch):
    patch.setattr(VerifierKey, "verifies", lambda self, message, signature: True)


def any_list(patch):
    """A list of revocations counts, whoever signed it."""
    patch.setattr(charter_forged, "open_revocations", lambda data, keys: None)


def no_faults(patch):
    """What is missing of what was installed is not missed."""
    kept = authority.installed

    def installed(own):
        found = kept(own)
        return None if found is None else found._replace(faults=())

    patch.setattr(authority, "installed", installed)


def any_history(patch):
    """A commit is part of every repository."""
    kept = authorisation_forged.authorisation_refusal
    patch.setattr(
        authorisation_forged,
        "authorisation_refusal",
        lambda data, **given: kept(data, **{**given, "contains": lambda commit: True}),
    )


def first_letters(patch):
    """A place is inside when its name begins alike."""
    patch.setattr(Target, "covers", lambda self, other: other.path.casefold().startswith(self.path.casefold()))


def unbounded(patch):
    """A walk goes into repositories within."""
    patch.setattr(scope.FileTree, "bound", lambda self: None)


def prefixes(patch):
    """An address is named when it begins with one that is."""
    patch.setattr(
        Charter, "model_refusal", lambda self, asked: None if any(map(asked.startswith, self.models)) else "no"
    )


def timeless(patch):
    """An agreement holds for ever."""
    kept = approval.release_refusal
    patch.setattr(approval, "release_refusal", lambda charter, **given: kept(charter, **{**given, "now": NOON}))


def any_bundles(patch):
    """What was agreed to is not compared."""
    kept, agreed = approval.release_refusal, []

    def refusal(charter, **given):
        agreed[:] = agreed if charter.id in agreed else [charter.id, given["bundles"]]
        return kept(charter, **{**given, "bundles": agreed[1]})

    patch.setattr(approval, "release_refusal", refusal)


def by_files(patch):
    """Which incidents are open is told by the files that lie there."""
    kept = incident_closing.operators

    def own():
        found, folder = kept(), home() / "incidents"
        there = {path.stem for path in folder.glob("*.incident")} - {path.stem for path in folder.glob("*.closing")}
        found.standing.incidents = {id: one for id, one in found.standing.incidents.items() if id in there}
        return found

    patch.setattr(incident_closing, "operators", own)


def answering(patch, run):
    """A sandbox in the place of this machine's."""
    box = Noticing()
    box.run = lambda profile, job: run
    patch.setattr(agent_harness, "Chosen", lambda: box)


def leaking(patch):
    answering(patch, Finished(exit_code=0, seen=Seen(stdout=f"{agent_harness._BEGUN}\n{MARK}\n".encode())))


@pytest.mark.parametrize(
    ("module", "without"),
    [
        (charter_forged, any_signature),
        (charter_forged, any_list),
        (charter_undone, no_faults),
        (authorisation_forged, any_signature),
        (authorisation_forged, any_history),
        (scope, first_letters),
        (scope, unbounded),
        (endpoints, prefixes),
        (approval, any_signature),
        (approval, timeless),
        (approval, any_bundles),
        (incident_closing, by_files),
        (agent_harness, leaking),
    ],
    ids=lambda value: value.ATTACK.id if hasattr(value, "ATTACK") else value.__name__,
)
def test_a_safeguard_that_is_taken_out_is_noticed(module, without, monkeypatch):
    """An attempt gets what it must not; what merely breaks is left out."""
    without(monkeypatch)
    cases = 5 if module is agent_harness else 40 if module.ATTACK.files else 120
    broken = ("broke", "refused what is honest")
    assert any(one.succeeded and one.what not in broken for one in tried(module, cases))


def nothing_runs(patch):
    answering(patch, Finished(exit_code=0, seen=Seen()))


@pytest.mark.parametrize(
    ("module", "refuses"),
    [
        (charter_forged, lambda patch: patch.setattr(VerifierKey, "verifies", lambda *given: False)),
        (charter_undone, lambda patch: patch.setattr(Charter, "refusal", lambda *given, **named: "no")),
        (authorisation_forged, lambda patch: patch.setattr(VerifierKey, "verifies", lambda *given: False)),
        (scope, lambda patch: patch.setattr(Target, "covers", lambda *given: False)),
        (approval, lambda patch: patch.setattr(VerifierKey, "verifies", lambda *given: False)),
        (incident_closing, lambda patch: patch.setattr(incident_closing.incident, "SHORTEST_REASON", 10**6)),
        (agent_harness, nothing_runs),
    ],
    ids=lambda value: value.ATTACK.id if hasattr(value, "ATTACK") else "",
)
def test_a_safeguard_that_refuses_everything_is_noticed(module, refuses, monkeypatch):
    """The honest act within each attempt must be accepted."""
    refuses(monkeypatch)
    assert all(one.succeeded for one in tried(module, 2))


def test_what_no_sandbox_ran_is_counted_apart(monkeypatch):
    """An attempt that nothing ran of says nothing of a sandbox."""
    answering(monkeypatch, Refused(why="none holds"))
    one = made(agent_harness.ATTACK, 3, 0)
    assert not one.succeeded and one.what.endswith(", where no sandbox holds")
