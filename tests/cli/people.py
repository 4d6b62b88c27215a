"""People with homes of their own, and the charter that one of them is named by."""

import json
from datetime import UTC, datetime, timedelta

from casemate.adapters.keys import FileSigner
from casemate.app.ground import recorded_ledger
from casemate.governance.audit import audit

TODAY = datetime.now(UTC).date()
LATER = (TODAY + timedelta(days=30)).isoformat()


class Person:
    """Somebody with a home of their own."""

    def __init__(self, home, run, patch):
        self.home, self._run, self._patch = home, run, patch

    def __call__(self, *arguments):
        self._patch.setenv("CASEMATE_HOME", str(self.home))
        return self._run(*arguments)

    @property
    def key(self):
        return json.loads(self("charter", "show", "--json").stdout)["key"]

    @property
    def shown(self):
        return json.loads(self("charter", "show", "--json").stdout)

    def operations(self):
        self._patch.setenv("CASEMATE_HOME", str(self.home))
        return [
            (one.before.operation, one.after.outcome, one.after.reason) for one in audit(recorded_ledger()).operations
        ]

    def signer(self):
        return FileSigner.load(self.home)


def chartered(issuer, alice, file, *options, until=LATER):
    """A charter for Alice, installed."""
    made = issuer(
        *("charter", "new", "--issuer", "Bank", "--purpose", "review", "--holder", f"Alice={alice.key}"),
        *("--until", until, "-o", file, *options),
    )
    assert made.exit_code == 0, made.output
    added = alice("charter", "add", file, "--key", issuer.key)
    assert added.exit_code == 0, added.output
