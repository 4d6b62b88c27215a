"""Every adapter, against a server that speaks its protocol, or lies, breaks off, stalls: each ends in a clear Reply."""

import json

import pytest

from adapters.providers.server import SPEECHES, Server, http
from adapters.providers.support import KEY, PROMPT, TOOL, exchange
from casemate.evidence.redact import PLACEHOLDER
from casemate.governance.spending import most, sent
from casemate.model.dialogue import Answer, Call, Message, NoAnswer, Prompt, Role, Silence, Usage

NO_JSON = [
    b"<html><body>It works!</body></html>",
    b"",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"choices": [',
    b"1" * 5_000,
    b"data: {}\n\n",
]


@pytest.fixture(params=sorted(SPEECHES))
def speech(request):
    return SPEECHES[request.param]


def test_an_answer(speech):
    """Text and usage come as they were said, and one request was made."""
    reply, requests = exchange(speech, http(200, speech.answer("fine", usage=(700, 300))))
    assert reply.stated == Usage(sent=700, received=300)
    assert reply.charged == Usage(sent=max(700, sent(PROMPT)), received=300)
    assert (reply.text, reply.cut, reply.calls) == ("fine", False, ())
    (request,) = requests
    assert request.path == speech.path
    assert speech.key(request.headers) == KEY
    assert speech.limit(request.body) == 50
    assert request.body["model"] == "m"
    assert not request.body.get("stream")
    assert request.headers["accept-encoding"] == "identity"


def test_all_of_a_prompt_is_sent(speech):
    """System, user, the model's own call, and the tool's answer to it, in the protocol's own form."""
    _, (request,) = exchange(speech, http(200, speech.answer()))
    body, text = request.body, json.dumps(request.body)
    for piece in ("You look for weaknesses.", "Look at a.py.", "1: import os", "Read lines."):
        assert text.count(piece) == 1
    if speech.path == "/v1/messages":
        assert body["system"] == "You look for weaknesses."
        assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]
        assert body["messages"][1]["content"] == [
            {"type": "tool_use", "id": "c1", "name": "read", "input": {"path": "a.py"}}
        ]
        assert body["messages"][2]["content"] == [
            {"type": "tool_result", "tool_use_id": "c1", "content": "1: import os"}
        ]
        assert body["tools"][0]["input_schema"] == json.loads(TOOL.schema)
    else:
        assert [turn["role"] for turn in body["messages"]] == ["system", "user", "assistant", "tool"]
        assert body["messages"][2]["content"] is None
        assert body["messages"][2]["tool_calls"][0]["function"] == {"name": "read", "arguments": '{"path":"a.py"}'}
        assert body["messages"][3] == {"role": "tool", "tool_call_id": "c1", "content": "1: import os"}
        assert body["tools"][0]["function"]["parameters"] == json.loads(TOOL.schema)
        assert body["seed"] == 3


def test_calls_of_tools(speech):
    """Several calls, with their ids; arguments are a text that nobody has checked."""
    said = speech.answer("", calls=[("c7", "read", {"path": "b.py"}), ("c8", "erase", {})])
    reply, _ = exchange(speech, http(200, said))
    assert reply.calls == (
        Call(id="c7", tool="read", arguments='{"path": "b.py"}'),
        Call(id="c8", tool="erase", arguments="{}"),
    )
    assert reply.text == ""


def test_malformed_arguments_are_handed_on():
    """Arguments that are no JSON are the tool's to refuse; an object in the place of a text is taken as one."""
    for name in ("openai", "compatible"):
        reply, _ = exchange(SPEECHES[name], http(200, SPEECHES[name].answer("", calls=[("c", "read", '{"path": ')])))
        assert reply.calls == (Call(id="c", tool="read", arguments='{"path": '),)
        body = SPEECHES[name].answer("", calls=[("c", "read", "")])
        body["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] = {"path": "a"}
        assert exchange(SPEECHES[name], http(200, body))[0].calls[0].arguments == '{"path": "a"}'


def test_what_a_model_called_wrongly_can_be_said_again():
    """Anthropic's protocol wants an object of each call: what was none stands in one."""
    calls = tuple(Call(id=f"c{n}", tool="read", arguments=text) for n, text in enumerate(("", "[1]", '{"a', '{"a":1}')))
    prompt = Prompt(messages=(Message(role=Role.ASSISTANT, text=" ", calls=calls),), limit=5)
    _, (request,) = exchange(SPEECHES["anthropic"], http(200, SPEECHES["anthropic"].answer()), prompt=prompt)
    given = [block["input"] for block in request.body["messages"][0]["content"]]
    assert given == [{}, {"arguments": "[1]"}, {"arguments": '{"a'}, {"a": 1}]


def test_a_truncated_answer(speech):
    """It says that it was cut."""
    reply, _ = exchange(speech, http(200, speech.answer("fin", cut=True)))
    assert (reply.text, reply.cut) == ("fin", True)


def test_a_refusal(speech):
    """A model that would not is no answer, and asking again does not help."""
    reply, _ = exchange(speech, http(200, speech.answer(None, refusal="I cannot help with that.")))
    assert (reply.why, reply.again) == (Silence.REFUSED, False)
    assert reply.detail == "the model would not: I cannot help with that."


def test_a_filter_of_the_provider():
    """Of OpenAI's protocol: what a filter stopped is a refusal, whatever text there is."""
    body = SPEECHES["openai"].answer("half of")
    body["choices"][0]["finish_reason"] = "content_filter"
    reply, _ = exchange(SPEECHES["openai"], http(200, body))
    assert (reply.why, reply.detail) == (Silence.REFUSED, "the model would not: stopped by a filter of its provider")


EXPECTED = {
    400: (Silence.REFUSED, False, "the request was refused: HTTP 400: no such thing"),
    401: (Silence.REFUSED, False, "the key is not accepted: HTTP 401: no such thing"),
    403: (Silence.REFUSED, False, "the key is not accepted: HTTP 403: no such thing"),
    404: (Silence.REFUSED, False, "the request was refused: HTTP 404: no such thing"),
    408: (Silence.OUTAGE, True, "the server failed: HTTP 408: no such thing"),
    413: (Silence.REFUSED, False, "the request was refused: HTTP 413: no such thing"),
    429: (Silence.RATE, True, "too many requests: HTTP 429: no such thing"),
    500: (Silence.OUTAGE, True, "the server failed: HTTP 500: no such thing"),
    529: (Silence.OUTAGE, True, "the server failed: HTTP 529: no such thing"),
    204: (Silence.MALFORMED, False, "no answer of the protocol: HTTP 204"),
    201: (Silence.MALFORMED, False, "no answer of the protocol: HTTP 201: no such thing"),
}


@pytest.mark.parametrize("status", sorted(EXPECTED))
def test_errors(speech, status):
    """Each is one step's outcome, charged as what was sent; nothing is tried again by itself."""
    reply, requests = exchange(speech, http(status, speech.error("no such thing")))
    assert (reply.why, reply.again, reply.detail) == EXPECTED[status]
    assert reply.charged == Usage(sent=sent(PROMPT), received=0)
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("after", "said"),
    [("20", "; it asks to wait 20 s"), ("Wed, 21 Oct 2026 07:28:00 GMT", ""), ("-1", ""), ("9" * 50, "")],
)
def test_rate_limits(speech, after, said):
    """How long to wait is handed on where it is a number of seconds."""
    reply, _ = exchange(speech, http(429, {}, Retry_After=after))
    assert (reply.why, reply.again, reply.detail) == (Silence.RATE, True, f"too many requests{said}: HTTP 429")


@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
@pytest.mark.parametrize("status", [200, 500])
def test_what_is_no_json(speech, body, status):
    """A page, nothing, a stream that was not asked for: no answer of the protocol."""
    reply, _ = exchange(speech, http(status, body, kind="text/html"))
    expected = (Silence.MALFORMED, False) if status == 200 else (Silence.OUTAGE, True)
    assert (reply.why, reply.again) == expected
    assert reply.charged == (most(PROMPT) if status == 200 else Usage(sent=sent(PROMPT), received=0))


def mutations(value):
    """The value with one part of another type, each part once."""
    others = (None, 5, "text", [], {}, [5], {"a": 5}, True)
    yield from others
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {k: v for k, v in value.items() if k != name}
            yield from ({**value, name: other} for other in mutations(inner))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in mutations(inner))


def test_wrong_types(speech):
    """Whatever part of an answer is missing or of another type, a Reply comes, and never an exception."""
    said = speech.answer("fine", calls=[("c", "read", {"path": "a"})])
    outcomes = set()
    bodies = iter(list(mutations(said)))
    with Server(lambda _: [http(200, next(bodies))]) as server:
        model = speech.make("m", endpoint=server.url, patience=5)
        for _ in range(len(list(mutations(said)))):
            reply = model.reply(PROMPT)
            outcomes.add(type(reply) if isinstance(reply, Answer) else reply.why)
            if isinstance(reply, Answer):
                assert isinstance(reply.text, str)
                assert all(
                    isinstance(part, str) for call in reply.calls for part in (call.id, call.tool, call.arguments)
                )
    assert {Answer, Silence.MALFORMED} <= outcomes <= {Answer, Silence.MALFORMED, Silence.REFUSED}


@pytest.mark.parametrize("body", [{"error": "out of memory"}, {"error": {"message": "out of memory", "code": 5}}])
def test_an_error_with_a_good_status(speech, body):
    """As gateways have it."""
    reply, _ = exchange(speech, http(200, body))
    assert (reply.why, reply.again, reply.detail) == (Silence.OUTAGE, True, "the server failed: out of memory")


@pytest.mark.parametrize(
    "usage", [None, {}, 5, (-5, -5), (True, True), (1.5, 2.5), ("7", "3"), (10**400, 10**400), (0, 0), [], "none"]
)
def test_lies_about_usage_make_nothing_cheaper(speech, usage):
    """What is no count is none; too low a count does not go below ours."""
    reply, _ = exchange(speech, http(200, speech.answer("word " * 30, usage=usage)))
    assert reply.charged == Usage(sent=sent(PROMPT), received=50)
    assert reply.stated in (None, Usage(sent=0, received=0))


def test_usage_beyond_what_we_count_is_believed(speech):
    """Reasoning that is not shown is in it."""
    reply, _ = exchange(speech, http(200, speech.answer(usage=(5000, 4000))))
    assert reply.charged == reply.stated == Usage(sent=5000, received=4000)


def test_tokens_of_a_cache_were_sent():
    """Anthropic states them apart."""
    usage = {
        "input_tokens": 1000,
        "cache_creation_input_tokens": 500,
        "cache_read_input_tokens": 70,
        "output_tokens": 9,
    }
    reply, _ = exchange(SPEECHES["anthropic"], http(200, SPEECHES["anthropic"].answer(usage=usage)))
    assert reply.stated == Usage(sent=1570, received=9)


def test_thinking_is_not_an_answer():
    """Blocks that we do not know are left out."""
    body = SPEECHES["anthropic"].answer("fine")
    body["content"].insert(0, {"type": "thinking", "thinking": "hm", "signature": "x"})
    assert exchange(SPEECHES["anthropic"], http(200, body))[0].text == "fine"


def test_text_in_parts():
    """As some servers of OpenAI's protocol give it."""
    body = SPEECHES["compatible"].answer(
        [{"type": "text", "text": "fi"}, {"type": "image"}, {"type": "text", "text": "ne"}]
    )
    assert exchange(SPEECHES["compatible"], http(200, body))[0].text == "fine"


def test_secrets_do_not_leave(speech):
    """Neither a secret of the target, in a text, a tool's answer or a call, nor the operator's key outside of its header."""
    secret, token = "hunter2hunter2", "ghp_" + "a1B2" * 9
    prompt = Prompt(
        messages=(
            Message(role=Role.USER, text=f'DB_PASSWORD = "{secret}"\nkey {KEY} and {token}\nplain = 5'),
            Message(
                role=Role.ASSISTANT, text="", calls=(Call(id="c", tool="read", arguments=f'{{"token": "{secret}"}}'),)
            ),
            Message(role=Role.TOOL, text=f"--password {secret}x=1\npassword: '{secret}'", answers="c"),
        ),
        limit=10,
    )
    _, (request,) = exchange(speech, http(200, speech.answer()), prompt=prompt)
    body = json.dumps(request.body, ensure_ascii=False)
    assert secret not in body.replace(f"--password {secret}x=1", "")
    assert token not in body
    assert KEY not in body
    assert "plain = 5" in body
    assert body.count(PLACEHOLDER) >= 5


def test_a_key_that_a_server_says_back(speech):
    """It stands in no reply: not in an answer, a call, or an error."""
    said = speech.answer(f"your key is {KEY}", calls=[("c", "read", {"path": KEY})])
    reply, _ = exchange(speech, http(200, said))
    assert KEY not in repr(reply)
    reply, _ = exchange(speech, http(401, speech.error(f"Incorrect key {KEY}\n\x1b[2Jpassword='hunter2hunter2'")))
    assert KEY not in reply.detail
    assert "hunter2" not in reply.detail
    assert reply.detail.isprintable()
    assert reply.detail.startswith(f"the key is not accepted: HTTP 401: Incorrect key {PLACEHOLDER} ")


def test_details_are_one_short_line(speech):
    """Whatever a server writes."""
    reply, _ = exchange(speech, http(500, speech.error("x\n" * 10_000)))
    assert len(reply.detail) <= 160
    assert "\n" not in reply.detail


def test_texts_that_utf8_cannot_carry(speech):
    """Half a character is replaced, both ways."""
    prompt = Prompt(messages=(Message(role=Role.USER, text="caf\udce9"),), limit=5)
    reply, (request,) = exchange(speech, http(200, speech.answer("\ud800!")), prompt=prompt)
    assert reply.text == "?!"
    assert "caf?" in json.dumps(request.body)


def test_a_key_that_is_none_hides_nothing(speech):
    """Servers without keys are often given a word."""
    _, (request,) = exchange(speech, http(200, speech.answer()), key="Look")
    assert "Look at a.py." in json.dumps(request.body)


def test_without_a_key_no_header(speech):
    """A local server needs none."""
    _, (request,) = exchange(speech, http(200, speech.answer()), key="")
    assert not {"authorization", "x-api-key"} & request.headers.keys()


def test_no_reply_raises(speech):
    """A prompt with nothing in it is an exchange like any other."""
    reply, _ = exchange(speech, http(200, speech.answer("")), prompt=Prompt(messages=(), limit=1))
    assert isinstance(reply, Answer | NoAnswer)
    assert reply.text == ""
