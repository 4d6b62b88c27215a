"""What governance refuses or cannot do, sorted by who must act.

UserError
└── Denied             no permission: policy, charter or grant
EnvironmentFault
├── LedgerMissing      nothing was recorded yet, or its key is gone
├── LedgerUnavailable  the ledger or its key cannot be read, written or locked: the operation is refused
└── LedgerDamaged      what is on disk is not what was signed
"""

from __future__ import annotations

from casemate.model.errors import EnvironmentFault, UserError


class Denied(UserError):
    """An operation that policy, charter or grant does not permit."""


class TokenRefused(Denied):
    """A token, or a proof that somebody holds it, which is not accepted; or one that cannot be made as asked."""


class LedgerMissing(UserError):
    """There is no ledger to read: no scan has run yet, or CASEMATE_HOME names another place than it ran with."""


class LedgerUnavailable(EnvironmentFault):
    """The ledger cannot be read, written or locked: without it no operation starts."""


class LedgerDamaged(EnvironmentFault):
    """The ledger's files contradict its signed checkpoint."""
