"""The door before the HTTP transport: names, token, size."""

import asyncio

import pytest

from casemate.mcp.door import MAX_BODY, Door

TOKEN = "t" * 43
HOST = "127.0.0.1:8000"


async def inner(scope, receive, send):
    """Says how long the body was."""
    body = b""
    while True:
        event = await receive()
        body += event["body"]
        if not event["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % len(body)})


def asked(*headers, chunks=(b"{}",), kind="http"):
    """(status, body, headers) of a request."""
    events = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]
    sent = []

    async def receive():
        return events.pop(0)

    async def send(event):
        sent.append(event)

    scope = {"type": kind, "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers]}
    asyncio.run(Door(inner, token=TOKEN, hosts=[HOST, "localhost:8000"])(scope, receive, send))
    return sent[0]["status"], sent[1]["body"], dict(sent[0]["headers"])


GOOD = (("host", HOST), ("authorization", f"Bearer {TOKEN}"))


@pytest.mark.parametrize(
    "headers",
    [
        GOOD,
        (("host", "LOCALHOST:8000"), GOOD[1]),
        (*GOOD, ("origin", "http://127.0.0.1:8000")),
        (GOOD[0], ("authorization", f"bearer {TOKEN}")),
    ],
)
def test_who_may_come_in(headers):
    """With the token, under a known name; a page only of the same origin."""
    assert asked(*headers, chunks=(b"12", b"345"))[:2] == (200, b"5")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ((GOOD[1],), 421),
        ((("host", "evil.example"), GOOD[1]), 421),
        ((("host", "evil.example:8000"), GOOD[1]), 421),
        ((("host", "127.0.0.1"), GOOD[1]), 421),
        ((("host", "127.0.0.1:8001"), GOOD[1]), 421),
        ((("host", "127.0.0.1:8000.evil.example"), GOOD[1]), 421),
        ((GOOD[0], ("host", "evil.example"), GOOD[1]), 421),
        ((*GOOD, ("origin", "http://evil.example")), 403),
        ((*GOOD, ("origin", "null")), 403),
        ((*GOOD, ("origin", "https://127.0.0.1:8000")), 403),
        ((*GOOD, ("origin", "")), 403),
        ((GOOD[0],), 401),
        ((GOOD[0], ("authorization", "")), 401),
        ((GOOD[0], ("authorization", "Bearer ")), 401),
        ((GOOD[0], ("authorization", f"Bearer {TOKEN[:-1]}")), 401),
        ((GOOD[0], ("authorization", f"Bearer {TOKEN}t")), 401),
        ((GOOD[0], ("authorization", f"Bearer  {TOKEN}")), 401),
        ((GOOD[0], ("authorization", f"Basic {TOKEN}")), 401),
        ((GOOD[0], ("authorization", TOKEN)), 401),
        ((*GOOD, GOOD[1]), 401),
        ((*GOOD, ("content-length", str(MAX_BODY + 1))), 413),
        ((*GOOD, ("content-length", "9" * 5000)), 413),
        ((*GOOD, ("content-length", "-1")), 413),
    ],
)
def test_who_may_not(headers, status):
    """One line, which says nothing of the token."""
    given, body, sent = asked(*headers)
    assert given == status
    assert body.endswith(b"\n") and b"ttt" not in body
    assert (b"www-authenticate" in sent) == (status == 401)


def test_a_body_without_a_stated_size_is_counted():
    """As it comes: no more is held than is allowed."""
    chunk = b"x" * (MAX_BODY // 4)
    assert asked(*GOOD, chunks=(chunk,) * 4)[:2] == (200, b"%d" % MAX_BODY)
    assert asked(*GOOD, chunks=(*(chunk,) * 4, b"x"))[0] == 413


def test_only_http():
    """No WebSocket."""
    assert asked(*GOOD, kind="websocket")[0] == 400
