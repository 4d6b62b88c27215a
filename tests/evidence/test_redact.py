"""Redaction: secrets in source lines reach no output, and the rest of the line does."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.evidence import redact as module
from casemate.evidence.redact import FORMATS, PLACEHOLDER, Format, excerpt, redact

# Joined at run time, so that no scanner takes this file for a leak.
KNOWN = {
    "AWS access key id": "AKIA" + "IOSFODNN7EXAMPLE",
    "GitHub token": "ghp" + "_" + "a1B2" * 9,
    "GitLab token": "glpat" + "-" + "x1Y2z3W4" * 3,
    "Slack token": "xoxb" + "-1234567890-" + "abcdefABCDEF",
    "Slack webhook": "https://hooks.slack.com/services/" + "T000/B000/XXXX",
    "Stripe key": "sk" + "_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "Google API key": "AIza" + "SyA-1234567890_abcdefghijklmnopqrs",
    "OpenAI or Anthropic key": "sk" + "-ant-api03-" + "abcDEF123456" * 3,
    "npm token": "npm" + "_" + "a1B2c3" * 6,
    "PyPI token": "pypi" + "-" + "AgEIcHlwaS5vcmc" * 2,
    "Hugging Face token": "hf" + "_" + "aBcDeF" * 6,
    "SendGrid key": "SG" + "." + "a1B2" * 6 + "." + "c3D4" * 6,
    "Twilio key": "SK" + "0123456789abcdef" * 2,
    "Vault token": "hvs" + "." + "CAESI" * 6,
    "DigitalOcean token": "dop" + "_v1_" + "0123456789abcdef" * 4,
    "Azure storage key": "AccountKey=" + "Zm9vYmFy" * 8 + "==",
    "Telegram bot token": "110201543" + ":" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "hash of a password": "$y$j9T$" + "F5Jx5fExrKuPp53xLKQ..1" + "$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
    "JSON Web Token": "eyJhbGciOiJIUzI1NiJ9" + "." + "eyJzdWIiOiIxIn0" + "." + "c2lnbmF0dXJl",
    "private key in PEM": "-----BEGIN RSA PRIVATE KEY-----" + "MIIEow" + "-----END RSA PRIVATE KEY-----",
    "line of key material": "MIIEowIBAAKCAQEA" * 4,
    "password in a URL": "postgresql://app:" + "hun/ter2"[:3] + "ter2@db/x",
    "credentials of an Authorization header": "'Bearer " + "abc123def456'",
    "password of a command line": "mysql -u root -p" + "hunter2",
}


def test_every_format_has_a_sample():
    """The documented list and these tests speak of the same formats, and each names its source."""
    assert [known.name for known in FORMATS] == list(KNOWN)
    assert all(known.source.startswith("https://") for known in FORMATS)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_a_secret_of_a_known_format_is_replaced_wherever_it_stands(known):
    """Not its first characters only: of what the format calls secret nothing is left."""
    sample = KNOWN[known.name]
    match = known.pattern.search(sample)
    secret = match["secret"] if known.pattern.groups else match[0]
    line = f"run({sample!r}, x)  # see docs" if "'" not in sample else f"run({sample}, x)  # see docs"
    shown = redact(line)
    assert secret not in shown
    assert PLACEHOLDER in shown
    assert shown.startswith("run(")
    assert shown.endswith("# see docs")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('password = "hunter2"', 'password = "‹redacted›"'),
        ("DB_PASSWD: str = 'hunter2'", "DB_PASSWD: str = '‹redacted›'"),
        ('self.api_key = b"abc"  # old', 'self.api_key = b"‹redacted›"  # old'),
        ('connect(host="db", password="x y", port=1)', 'connect(host="db", password="‹redacted›", port=1)'),
        ('secret = "a" "b" + "c"', 'secret = "‹redacted›" "‹redacted›" + "‹redacted›"'),
        ('{"token": "x\\"y", "z": "q"}', '{"token": "‹redacted›", "z": "q"}'),
        ("d['client_secret'] = 'x'", "d['client_secret'] = '‹redacted›'"),
        ('os.environ.get("SECRET_KEY", "dev")', 'os.environ.get("SECRET_KEY", "‹redacted›")'),
        ('if password == "letmein":', 'if password == "‹redacted›":'),
        ('run(["tool", "--password", "x"])', 'run(["tool", "--password", "‹redacted›"])'),
        ('system("tool --token abc " + f)', 'system("tool --token ‹redacted› " + f)'),
        ('system("tool --password=\\"abc\\" x")', 'system("tool --password=\\"‹redacted›\\" x")'),
        ('db("host=a password=b user=c")', 'db("host=a password=‹redacted› user=c")'),
        ("e(\"UPDATE u SET password = 'x' WHERE i=\" + i)", "e(\"UPDATE u SET password = '‹redacted›' WHERE i=\" + i)"),
        ("e(\"CREATE USER a IDENTIFIED BY 'x'\")", "e(\"CREATE USER a IDENTIFIED BY '‹redacted›'\")"),
        ('get("https://bob:p@ss@host/a")', 'get("https://bob:‹redacted›@host/a")'),
        ('e("UPDATE u SET token = \'x\' " + more, "y")', 'e("UPDATE u SET token = \'‹redacted›\' " + more, "y")'),
        ('key = "-----BEGIN PRIVATE KEY-----\\nMIIE', 'key = "-----BEGIN PRIVATE KEY-----‹redacted›'),
        ('password = "unfinished', 'password = "‹redacted›'),
    ],
)
def test_what_is_given_to_a_telling_name_is_replaced(line, shown):
    """The literal goes, its quotes and all around it stay."""
    assert redact(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        "connect(password=self.password, host='db')",
        'password = "%s"',
        'password = ""',
        'f"{password}"',
        'cursor.execute("SELECT id FROM user WHERE name = \'" + name + "\'")',
        'cursor.execute("UPDATE user SET password = ? WHERE id = " + number)',
        "except ValueError: pass",
        'passengers = "Ann"',
        'url = "https://example.org:8080/a@b"',
        'render("page.html", user="x")',
    ],
)
def test_what_is_no_secret_stays(line):
    """Variables, places for values, empty texts, and words that only resemble a telling name."""
    assert redact(line) == line


names = st.sampled_from(["password", "DB_PASSWORD", "api_key", "authToken", "client_secret", "passphrase"])
values = st.text(string.ascii_letters + string.digits + "!#*+,.-_äß名 ", min_size=1, max_size=30).filter(str.strip)


@given(
    names, values, st.sampled_from(["{0} = {1}", "f(a, {0}={1})", "x[{0!r}] = {1}", "{{{0!r}: {1}}}", "{0}: str = {1}"])
)
def test_no_given_value_survives(name, value, form):
    """Whatever the value, after redaction the line is the same line with the placeholder in its place."""
    assert redact(form.format(name, f'"{value}"')) == form.format(name, f'"{PLACEHOLDER}"')


@given(st.text() | st.text(st.sampled_from("pasword=:'\"(), \\{}%-token@/"), max_size=60))
def test_redacting_again_changes_nothing(line):
    """What was written as redacted is not taken for something else."""
    assert redact(redact(line)) == redact(line)


def test_an_excerpt_of_a_long_line_shows_the_place_and_no_part_of_a_secret():
    """A secret that the cut goes through is replaced whole."""
    line = "a" * 100_000 + f"; token = '{'S3cret' * 30}'; eval(x)" + "; b" * 100_000
    column = line.index("eval") + 1
    shown = excerpt(line, column)
    assert "eval(x)" in shown
    assert "S3cret" not in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 300


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 900))
def test_no_cut_shows_a_part_of_a_secret(before, after, column):
    """Wherever the excerpt begins and ends."""
    line = " " * before + "password='Hunter2Hunter2Hunter2'" + "." * after
    assert "unter" not in excerpt(line, column, width=20)


def test_an_excerpt_of_a_short_line_is_the_line():
    """Without its indentation."""
    assert excerpt("    eval(x)\n", 5) == "eval(x)"


@pytest.mark.parametrize(
    "part", ["a", "password", '"', "eyJ", "://:", "-", "mysql ", 'token "', "curl -u ", "--token-", 'a" "']
)
def test_the_work_on_a_hostile_line_is_bounded(part):
    """Megabytes of what starts a pattern and never ends it: only the neighbourhood of the place is looked at."""
    assert len(excerpt(part * (5_000_000 // len(part)), 2_000_000)) < 400


@pytest.mark.parametrize("seam", ['" "', '" + "', "'  '", '"+"'])
def test_a_key_in_pieces_is_redacted_whole(seam):
    """Adjacent literals are one text: none of its pieces is shown."""
    quote = seam[0]
    shown = redact(f"client({quote}AKIA{seam}Q7ZL4MN2PX8RTB5W{quote}, {quote}eu{seam}west{quote})")
    assert "AKIA" not in shown
    assert "Q7ZL" not in shown
    assert shown.endswith(f", {quote}eu{seam}west{quote})")
    assert redact(shown) == shown


@pytest.mark.parametrize("known", [known for known in FORMATS if known.pieces], ids=lambda known: known.name)
@given(data=st.data())
def test_every_match_of_a_form_holds_a_piece_of_it(known: Format, data: st.DataObject):
    """Texts without these pieces are not searched, so that none may be left out."""
    text = data.draw(st.from_regex(known.pattern))
    assert any(piece in text for piece in known.pieces)


@given(text=st.from_regex(module._BY_NAME) | st.from_regex(module._AS_ARGUMENT) | st.from_regex(module._INSIDE))
def test_every_name_of_a_secret_holds_a_word_of_it(text: str):
    """Likewise for what is searched by name."""
    assert module._ANY_WORD.search(text)
