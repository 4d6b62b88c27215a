"""Accounts of a bank's clients."""

_KEPT = {
    "a1": {"owner": "ann", "balance": 5},
    "b1": {"owner": "bob", "balance": 7},
}


def show(user, account):
    """An account, to its owner alone."""
    return _KEPT[account]


def accounts(user):
    """A user's own accounts."""
    return [name for name, one in _KEPT.items() if one["owner"] == user]
