"""The language of properties: what drives a target is taken, what could bend it is not."""

import pytest

from casemate.proofs.scenario import condition_refusal, scenario_refusal

OFFERED = {"shop": frozenset({"buy", "Basket"}), "shop.tills": frozenset({"open_till"})}

DRIVES = (
    "from shop import buy\nbuy('ann', 3)\n",
    "from shop import Basket\nbasket = Basket(owner='ann')\nbasket.add('tea', 2)\nfor a in basket.items():\n    basket.drop(a)\n",
    "from shop.tills import open_till as till\nfrom decimal import Decimal\nwith till('a') as b:\n    b.pay(Decimal('2.5'))\n",
    "from shop import buy\ntry:\n    buy('ann', -1)\nexcept ValueError as error:\n    print_ = str(error)\n",
    "from threading import Thread\nfrom shop import buy\na = Thread(target=buy, args=('ann', 1))\na.start()\na.join()\n",
    "from shop import buy\nif buy('ann', 1) and not buy('bob', 2):\n    buy('eve', {'a': [1, 2][0], **{'b': 2}}['b'])\n",
)
BENDS = (
    (f"from shop import buy\nbuy('{'x' * 20_000}')\n", "it is too long"),
    (f"from shop import buy\nbuy('ann', {'-' * 700}3)\n", "it is nested too deep"),
    (
        f"from shop import buy\nbuy('ann', 0x{'f' * 3900})\n",
        "it is nested too deep, or holds a number that is too long",
    ),
    ("", "it does not drive the target"),
    ("from shop import buy", "it does not drive the target"),
    ("buy(", "it is no Python"),
    ("buy('ann')", "it does not drive the target"),
    ("import shop\nshop.buy(1)", "it does not drive the target"),
    ("from shop import buy\nimport os\nbuy(1)", "it has Import"),
    ("from shop import STOCK\nSTOCK.clear()", "it imports what is neither"),
    ("from shop import *\nbuy(1)", "it imports what is neither"),
    ("from .shop import buy\nbuy(1)", "it imports what is neither"),
    ("from os import system\nfrom shop import buy\nbuy(system('id'))", "it imports what is neither"),
    ("from json import codecs\nfrom shop import buy\nbuy(1)", "it imports what is neither"),
    ("from shop import buy\nbuy.rate = 0\nbuy(1)", "it reaches into an object"),
    ("from shop import buy\nbuy(1)\nbuy.__globals__['x']", "it reaches into an object"),
    ("from shop import buy\nbuy(1)['owner'] = 'eve'", "it changes an object"),
    ("from shop import buy\nbuy = print\nbuy(1)", "it gives buy another meaning"),
    ("from shop import buy\nlen = 3\nbuy(1)", "it gives len another meaning"),
    ("from shop import buy\nsetattr(buy, 'a', 1)", "it names setattr"),
    ("from shop import buy\nexec('1')\nbuy(1)", "it names exec"),
    ("from shop import buy\nopen('/x')\nbuy(1)", "it names open"),
    ("from shop import buy\ndef other():\n    pass\nbuy(1)", "it has FunctionDef"),
    ("from shop import buy\n(lambda: buy(1))()", "it has Lambda"),
    ("from shop import buy\nwhile True:\n    buy(1)", "it has While"),
    ("from shop import buy\ndel buy", "it does not drive the target"),
    ("from shop import buy\nbuy(1)\nraise ValueError", "it has Raise"),
    ("from shop import buy\nbuy(1)\nassert False", "it has Assert"),
    ("from shop import buy\nglobal buy\nbuy(1)", "it has Global"),
    ("from shop import buy\nbuy('__class__')", "it names what is inside"),
    ("from shop import buy\nbuy(" + ", ".join(["1"] * 2000) + ")", "it is too long"),
)


@pytest.mark.parametrize("text", DRIVES)
def test_what_drives(text):
    """Calls, values, and what comes back."""
    assert scenario_refusal(text, OFFERED) == ""


@pytest.mark.parametrize(("text", "why"), BENDS)
def test_what_bends(text, why):
    """Each is refused, for its own reason."""
    assert scenario_refusal(text, OFFERED).startswith(why)


@pytest.mark.parametrize(
    "text",
    [
        "result is not None and result['owner'] != args['user']",
        "args['amount'] < 0 and result",
        "len(result) > 3 or any(one['owner'] != args['user'] for one in result)",
        "result.get('total', 0) != sum(args['prices'])",
    ],
)
def test_conditions(text):
    """They ask."""
    assert condition_refusal(text) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("True", "it speaks neither of `args` nor of `result`"),
        (f"result == '{'x' * 20_000}'", "it is too long"),
        ("result =", "it is no Python expression"),
        ("result.clear()", "it calls something that a question does not need"),
        ("exec('1') or result", "it calls something that a question does not need"),
        ("(lambda: result)()", "it calls something that a question does not need"),
        ("result.__class__", "it reaches into an object, or changes one"),
        ("(result := 1)", "it has NamedExpr, which it must not"),
        ("other or result", "it names other, which nothing gave it"),
    ],
)
def test_no_conditions(text, why):
    """They do something, or ask about something else."""
    assert condition_refusal(text) == why
