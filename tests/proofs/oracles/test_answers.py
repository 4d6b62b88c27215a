"""Cookies, sessions, headers and templates: what an answer says."""

import pytest

from casemate.model.proof import ProofKind
from casemate.proofs.oracles.cookie import ORACLE as COOKIE
from casemate.proofs.oracles.header import ORACLE as HEADER
from casemate.proofs.oracles.template import ORACLE as TEMPLATE
from casemate.proofs.oracles.token import ORACLE as TOKEN
from casemate.proofs.oracles.trust import ORACLE as TRUST
from proofs.oracles.table import NOTHING, WORDS, apart, judged, page, seen, sink

C, K = WORDS.canary, WORDS.calm


def cookie(*values, line="'ticket'", **more):
    return seen(
        headers=[("set-cookie", value) for value in values],
        probes={"0 0 response.set_cookie 0": line.strip("'")},
        **more,
    )


def session(**held):
    return seen(session=held)


QUIET = {
    "a cookie with both flags": (COOKIE, cookie("ticket=1; Secure; HttpOnly; Path=/"), NOTHING),
    "a cookie that the framework set, not this line": (COOKIE, cookie("session=1; Path=/"), NOTHING),
    "a cookie that is taken back": (
        COOKIE,
        cookie("ticket=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/"),
        NOTHING,
    ),
    "a cookie without a content": (COOKIE, cookie('ticket=""; Path=/'), NOTHING),
    "a cookie, and the line did not run": (COOKIE, cookie("ticket=1", passed=0), NOTHING),
    "a flag in other letters": (COOKIE, cookie("ticket=1; secure; httponly"), NOTHING),
    "the session holds what was looked up": (TRUST, session(user="17"), session(user="17")),
    "the session held it by itself": (TRUST, session(last=f"/{C}!~"), session(other=K)),
    "an entry is called so in one run only": (TRUST, session(**{f"{C}!~": "1"}), session(user="1")),
    "the session holds a plain name": (TRUST, session(user=C), session(user=K)),
    "the session holds what became of it": (TRUST, session(user=f"{C}%21~"), session(user=K)),
    "an entry is called by a plain name": (TRUST, session(**{C: "1"}), session(**{K: "1"})),
    "the session is empty": (TRUST, session(), session()),
    "a new line became a space": (HEADER, seen(headers=(("x-name", f"{K} {C}: {K}"),)), NOTHING),
    "a new line stayed encoded": (HEADER, seen(headers=(("location", f"/{K}%0d%0a{C}:%20{K}"),)), NOTHING),
    "it stands in the body": (HEADER, page(f"{K}\r\n{C}: {K}"), NOTHING),
    "a message's body has the line": (
        HEADER,
        seen(sink("smtplib.send", f"Subject: a\r\n\r\n{K}\r\n{C}: {K}")),
        NOTHING,
    ),
    "a message was sent elsewhere": (HEADER, seen(apart("smtplib.send", f"Subject: a\r\n{C}: b\r\n\r\n")), NOTHING),
    "a header that the line did not make": (HEADER, seen(headers=((C, "1"),), passed=0), NOTHING),
    "the expression came out as it went in": (TEMPLATE, page('{{"' + C + '"[::-1]}} ' + C), NOTHING),
    "the target turns every value round": (TEMPLATE, page(C[::-1]), page(K[::-1])),
    "the target writes every value in capitals": (TEMPLATE, page(C.upper()), page(f"HELLO {K.upper()}")),
    "the marks were taken away": (TEMPLATE, page(f"{C}1 {C}upper"), NOTHING),
    "it was worked out in the engine's sandbox": (
        TEMPLATE,
        seen(sink("template.read", C, "sandbox"), returned=C.upper()),
        page(K),
    ),
    "the function was called elsewhere": (TEMPLATE, seen(apart("canary.called", C)), NOTHING),
    "the token was refused": (TOKEN, seen(body=f"no such user {C}", status=401), NOTHING),
    "the token made it raise": (TOKEN, seen(error="InvalidSignatureError: " + C, returned=""), NOTHING),
    "the token came back encoded": (TOKEN, seen(returned="eyJhbGciOiJub25lIn0"), NOTHING),
    "the token's line did not run": (TOKEN, seen(returned=f"{{'sub': '{C}'}}", passed=0), NOTHING),
}
FIRES = {
    "sent in the clear": (
        COOKIE,
        cookie("ticket=1; HttpOnly"),
        NOTHING,
        "a cookie was set that the browser also sends in the clear",
    ),
    "read by scripts": (
        COOKIE,
        cookie("other=1", "ticket=1; Secure"),
        NOTHING,
        "a cookie was set that scripts can read",
    ),
    "as a header of its own": (
        COOKIE,
        cookie("ticket=1; Path=/", line="ticket=1; Path=/"),
        NOTHING,
        "a cookie was set that the browser also sends in the clear",
    ),
    "the session's value": (TRUST, session(user=f"{C}!~"), session(user=K), "the session holds the input unchecked"),
    "the session's name": (
        TRUST,
        session(**{f"{C}!~": "1"}),
        session(**{K: "1"}),
        "the input named an entry of the session",
    ),
    "a header": (
        HEADER,
        seen(headers=(("x-name", K), (C, K))),
        NOTHING,
        "the input made a header of its own in the answer",
    ),
    "a new line in a value": (
        HEADER,
        seen(headers=(("x-name", f"{K}\r\n{C}: {K}"),)),
        NOTHING,
        "the input made a header of its own in the answer",
    ),
    "a line feed alone": (
        HEADER,
        seen(headers=(("x-name", f"{K}\n{C}: {K}"),)),
        NOTHING,
        "the input made a header of its own in the answer",
    ),
    "a message": (
        HEADER,
        seen(sink("smtplib.send", f"Subject: {K}\n{C}: {K}\r\n\r\nbody")),
        NOTHING,
        "the input made a header of its own in a message",
    ),
    "turned round": (
        TEMPLATE,
        page(f"Hello {C[::-1]}"),
        page(f"Hello {K}"),
        "an expression in the input was worked out by a template",
    ),
    "in capitals": (
        TEMPLATE,
        seen(returned=C.upper()),
        seen(returned=K),
        "an expression in the input was worked out by a template",
    ),
    "in capitals, in a sandbox and outside of it": (
        TEMPLATE,
        seen(sink("template.read", f"{C} 1", "sandbox"), sink("template.read", f"{C} 2", "open"), returned=C.upper()),
        seen(returned=K),
        "an expression in the input was worked out by a template",
    ),
    "in capitals, and the sandbox read something else": (
        TEMPLATE,
        seen(sink("template.read", "{{ who }}", "sandbox"), returned=C.upper()),
        seen(returned=K),
        "an expression in the input was worked out by a template",
    ),
    "called in a sandbox": (
        TEMPLATE,
        seen(sink("template.read", C, "sandbox"), sink("canary.called", C)),
        NOTHING,
        "an expression in the input was worked out by a template",
    ),
    "called": (
        TEMPLATE,
        seen(sink("canary.called", C)),
        NOTHING,
        "an expression in the input was worked out by a template",
    ),
    "a claim came back": (
        TOKEN,
        seen(returned=f"{{'sub': '{C}'}}"),
        NOTHING,
        "the claims of a token that nobody signed were believed",
    ),
    "a claim came out": (TOKEN, page(f"Hello {C}"), NOTHING, "the claims of a token that nobody signed were believed"),
    "a claim is in the session": (
        TOKEN,
        session(user=C),
        NOTHING,
        "the claims of a token that nobody signed were believed",
    ),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(*QUIET[name]) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    oracle, observation, calm, said = FIRES[name]
    assert judged(oracle, observation, calm) == said
    if oracle.kind is ProofKind.OBSERVATION:
        assert judged(oracle, observation, None) == ""  # the control itself, on which the same primitive runs
