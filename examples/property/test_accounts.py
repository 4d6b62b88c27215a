from accounts import accounts, show


def test_show():
    assert show("ann", "a1")["balance"] == 5


def test_accounts():
    assert accounts("bob") == ["b1"]
