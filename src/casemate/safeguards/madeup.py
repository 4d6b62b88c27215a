"""Secrets that are made up, in the forms that their issuers document and in the ways that programs write passwords."""

from __future__ import annotations

import string
from base64 import b64encode
from collections.abc import Callable

from casemate.safeguards.attack import Ground

ALNUM = string.ascii_letters + string.digits


def some(ground: Ground, length: int, alphabet: str = ALNUM) -> str:
    """Random text that no dictionary holds, with a digit in it."""
    return "".join(ground.random.choices(alphabet, k=length - 1)) + ground.random.choice("23456789")


def token(ground: Ground) -> tuple[str, str]:
    """What must not be seen, and a line that holds it: a secret of a form that its issuer documents."""
    upper, lower = string.ascii_uppercase + string.digits, string.digits + "abcdef"
    jwt = ".".join(b64encode(part.encode()).decode().rstrip("=") for part in ('{"alg":"HS256"}', '{"sub":"1"}'))
    forms: list[Callable[[], str]] = [
        lambda: f"AKIA{some(ground, 16, upper)}",
        lambda: f"ghp_{some(ground, 36)}",
        lambda: f"github_pat_{some(ground, 22)}_{some(ground, 59)}",
        lambda: f"glpat-{some(ground, 20)}",
        lambda: f"xoxb-{some(ground, 12, string.digits)}-{some(ground, 24)}",
        lambda: f"sk_live_{some(ground, 24)}",
        lambda: f"AIza{some(ground, 35)}",
        lambda: f"sk-ant-api03-{some(ground, 60)}",
        lambda: f"npm_{some(ground, 36)}",
        lambda: f"pypi-AgEIcHlwaS5vcmc{some(ground, 60)}",
        lambda: f"hf_{some(ground, 34)}",
        lambda: f"SG.{some(ground, 22)}.{some(ground, 43)}",
        lambda: f"SK{some(ground, 32, lower)}",
        lambda: f"hvs.{some(ground, 24)}",
        lambda: f"{jwt}.{some(ground, 43)}",
    ]
    secret = ground.random.choice(forms)()
    line = ground.random.choice(
        [
            'client = Client("{}")',
            "call(key='{}')",
            'x = ["{}", 1]',
            "# rotate {} soon",
            'run(f"login {} now")',
            'URL = "https://api/?t={}"',
            "return '{}'.strip()",
            'h = {{"X-Key": "{}"}}',
            '"""{}"""',
            "{}",
        ]
    )
    return secret, line.format(secret)


def named(ground: Ground) -> tuple[str, str]:
    """A password that only its name tells."""
    secret = some(ground, ground.random.randint(12, 24))
    name = ground.random.choice(
        [
            "password",
            "DB_PASSWORD",
            "passwd",
            "api_key",
            "apiKey",
            "API_KEY",
            "client_secret",
            "auth_token",
            "pwd",
            "SECRET_KEY",
            "aws_secret_access_key",
            "private_key",
            "user_password",
            "smtp_pass",
            "encryption_key",
        ]
    )
    line = ground.random.choice(
        [
            '{n} = "{s}"',
            "{n} = '{s}'",
            "self.{n}='{s}'",
            'login({n}="{s}")',
            '{{"{n}": "{s}"}}',
            "cfg['{n}'] = '{s}'",
            '{n}: str = "{s}"',
            'if {n} == "{s}":',
            'os.environ.get("{n}", "{s}")',
            '{n} = r"{s}"',
            '{n} = b"{s}"',
            'run("tool --{n} {s} x")',
            'connect("host=db {n}={s} port=1")',
            '{n} = ("{s}"',
        ]
    )
    return secret, line.format(n=name, s=secret)


def in_url(ground: Ground) -> tuple[str, str]:
    """A password in an address, or behind a word of a header."""
    secret = some(ground, ground.random.randint(10, 30))
    line = ground.random.choice(
        [
            'DSN = "postgres://app:{}@db/bank"',
            "connect('amqp://u:{}@mq')",
            'git("clone https://x:{}@git/y")',
            'h = {{"Authorization": "Bearer {}"}}',
            "call('curl -u admin:{} http://x')",
            'sh("mysql -uroot -p{} bank")',
        ]
    )
    return secret, line.format(secret)


SECRETS: dict[str, Callable[[Ground], tuple[str, str]]] = {
    "a token": token,
    "a password by its name": named,
    "a password in an address": in_url,
}
"""Each gives what must not be seen, and a line that holds it."""
