"""Compact JWS: one spelling, one algorithm; and what we sign is what others verify."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.adapters.keys import FileSigner
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.jws import Kind, Signed, decode64url, encode64url, jwk, parse, read_jwk, sign, sound_key
from casemate.governance.statement import person_key
from governance.support import SIGNER

KEY = person_key(SIGNER.public_key)
WHOLE = st.integers(-(1 << 53), 1 << 53)
TEXT = st.text(st.characters(exclude_categories=("Cs",)))
PAYLOADS = st.dictionaries(
    st.text("abcxyz", min_size=1),
    st.recursive(TEXT | WHOLE | st.booleans(), lambda v: st.lists(v) | st.dictionaries(st.text("ab"), v), max_leaves=8),
)


def test_the_example_of_the_standard():
    """RFC 8037, appendix A.4 and A.5: key, message and signature."""
    text = (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt"
        "9g7sVvpAr_MuM0KAg"
    )
    key = read_jwk(Fields({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}, "key"))
    assert Signed(kind=Kind.TOKEN, text=text, payload={}).verifies(key)
    assert not Signed(kind=Kind.TOKEN, text=text, payload={}).verifies(KEY)
    seed = decode64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    assert encode64url(FileSigner(seed).sign(text.rpartition(".")[0].encode())) == text.rpartition(".")[2]


@settings(max_examples=40)
@given(PAYLOADS, st.sampled_from(Kind))
def test_what_is_signed_is_read_again(payload, kind):
    """Whatever it says; and only under its key and as its kind."""
    text = sign(kind, payload, SIGNER)
    read = parse(text, kind)
    assert read.payload == payload
    assert read.verifies(KEY)
    assert not read.verifies(person_key(FileSigner(bytes(32)).public_key))
    for other in set(Kind) - {kind}:
        with pytest.raises(InvalidStatement, match="header"):
            parse(text, other)


def test_its_form():
    """Header, payload and signature, as any library for JOSE has them."""
    head, body, signature = sign(Kind.TOKEN, {"b": 1, "a": "é"}, SIGNER).split(".")
    assert decode64url(head) == b'{"alg":"Ed25519","typ":"casemate-token+jwt"}'
    assert decode64url(body) == '{"a":"é","b":1}'.encode()
    assert len(decode64url(signature)) == 64


def test_a_library_for_jose_verifies_it():
    """joserfc, which nobody of us wrote, with nothing but the key as RFC 8037 has it."""
    jws = pytest.importorskip("joserfc.jws", reason="joserfc is not installed")
    key = pytest.importorskip("joserfc.jwk").OKPKey.import_key(dict(jwk(KEY)))
    text = sign(Kind.TOKEN, {"v": 1, "who": "é"}, SIGNER)
    assert json.loads(jws.deserialize_compact(text, key, algorithms=["Ed25519"]).payload) == {"v": 1, "who": "é"}
    altered = f"{text[:-4]}AAAA"
    with pytest.raises(Exception, match="bad_signature"):
        jws.deserialize_compact(altered, key, algorithms=["Ed25519"])


@pytest.mark.parametrize(
    "text",
    ["", "a", "a.b", "a.b.c.d", "..", "é.é.é"],
)
def test_what_is_none(text):
    """It is refused, and nothing breaks."""
    with pytest.raises(InvalidStatement):
        parse(text, Kind.TOKEN)


@pytest.mark.parametrize(
    "payload",
    [
        '{"b":1,"a":1}',
        '{"a": 1}',
        '{"a":1,"a":1}',
        '{"a":1.0}',
        '{"a":-0}',
        '{"a":"\\u0061"}',
        '{"a":NaN}',
        "[1]",
        "1",
        "null",
        "",
        "{}\n",
    ],
)
def test_payloads_have_one_spelling(payload):
    """Signed or not: another one is refused."""
    good = sign(Kind.TOKEN, {}, SIGNER)
    assert parse(good, Kind.TOKEN).payload == {}
    head = good.split(".")[0]
    content = f"{head}.{encode64url(payload.encode())}"
    with pytest.raises(InvalidStatement):
        parse(f"{content}.{encode64url(SIGNER.sign(content.encode()))}", Kind.TOKEN)


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_has_its_length(size):
    """Said before anything is verified."""
    content = sign(Kind.TOKEN, {}, SIGNER).rpartition(".")[0]
    with pytest.raises(InvalidStatement, match="has not 64 bytes"):
        parse(f"{content}.{encode64url(bytes(size))}", Kind.TOKEN)


@pytest.mark.parametrize("text", ["QQ==", "QQ=", "QR", "Q", "Q Q", "Q+", "Q/", "QQ\n", "ＱＱ"])
def test_base64url_has_one_spelling(text):
    """No padding, no loose bits, no other alphabet, no white space."""
    assert decode64url("QQ") == b"A"
    with pytest.raises(ValueError, match=r"no base64url|spelling|padding|1 more"):
        decode64url(text)


@given(st.binary())
def test_base64url(data):
    """Every byte string has its one text."""
    assert decode64url(encode64url(data)) == data


def test_keys_that_nobody_can_have_alone():
    """The points of small order, in each of their encodings: (y, -y) on the curve times eight is the neutral element."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p

    def double(x, y):
        slope = d * x * x * y * y % p
        return (2 * x * y * pow(1 + slope, -1, p) % p, (y * y + x * x) * pow(1 - slope, -1, p) % p)

    def root(y):
        square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        x = pow(square, (p + 3) // 8, p)
        return x if x * x % p == square else x * pow(2, (p - 1) // 4, p) % p

    from casemate.governance.jws import _SMALL_ORDER

    for y in _SMALL_ORDER:
        point = (root(y), y)
        for _ in range(3):
            point = double(*point)
        assert point == (0, 1)
        for sign_bit in (0, 1 << 255):
            assert not sound_key((y | sign_bit).to_bytes(32, "little"))
    assert len(_SMALL_ORDER) == 5  # 0 and the two of order eight with both x each, 1 and -1 with one
    assert not sound_key((p + 2).to_bytes(32, "little"))
    assert not sound_key(KEY.key[:31])
    assert not sound_key(KEY.key + b"\0")
    assert sound_key(KEY.key)


@pytest.mark.parametrize(
    "change",
    [{"kty": "EC"}, {"crv": "X25519"}, {"x": "AA"}, {"x": encode64url(bytes(32))}, {"x": "?"}, {"d": "AA"}],
)
def test_a_key_of_another_kind(change):
    """It is refused: another type, curve, length, a key under which all can sign, a private one."""
    assert read_jwk(Fields(jwk(KEY), "key")) == KEY
    with pytest.raises(InvalidStatement):
        read_jwk(Fields({**jwk(KEY), **change}, "key"))
