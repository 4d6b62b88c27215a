"""A bank that shows any account to anybody: what no oracle decides; the lead, and the property that a model states of it."""

BANK = '''"""Accounts of a bank's clients."""

_KEPT = {"a1": {"owner": "ann", "balance": 5}, "b1": {"owner": "bob", "balance": 7}}


def show(user, account):
    """An account, to its owner alone."""
    return _KEPT[account]


def accounts(user):
    """A user's own accounts."""
    return [name for name, one in _KEPT.items() if one["owner"] == user]
'''
BANK_TESTS = """from bank import accounts, show


def test_show():
    assert show("ann", "a1")["balance"] == 5
"""
LEAD = {
    "path": "bank.py",
    "line": 8,
    "cwe": 639,
    "source_path": "bank.py",
    "source_line": 6,
    "parameter": "account",
    "statement": "Any account is shown to anybody.",
}
PROPERTY = {
    "statement": "Nobody sees an account of another.",
    "rests_path": "bank.py",
    "rests_line": 7,
    "watched_path": "bank.py",
    "watched_line": 6,
    "never": 'result is not None and result["owner"] != args["user"]',
    "violates": 'from bank import show\nshow("ann", "b1")\n',
    "ordinary": 'from bank import accounts, show\nfor name in accounts("ann"):\n    show("ann", name)\n',
}
