"""What the tests of adapters share: a prompt, a key, and one exchange with a server."""

from adapters.providers.server import Server
from casemate.model.dialogue import Call, Message, Prompt, Role, Tool

KEY = "k3y-" + "0123456789abcdef"
TOOL = Tool(name="read", description="Read lines.", schema='{"type":"object","properties":{"path":{"type":"string"}}}')
PROMPT = Prompt(
    messages=(
        Message(role=Role.SYSTEM, text="You look for weaknesses."),
        Message(role=Role.USER, text="Look at a.py."),
        Message(role=Role.ASSISTANT, text="", calls=(Call(id="c1", tool="read", arguments='{"path":"a.py"}'),)),
        Message(role=Role.TOOL, text="1: import os", answers="c1"),
    ),
    tools=(TOOL,),
    limit=50,
    seed=3,
)


def exchange(speech, *steps, prompt=PROMPT, patience=5.0, key=KEY):
    """The reply of an adapter to a server that takes these steps; and the requests that the server had."""
    with Server(lambda _: steps) as server:
        reply = speech.make("m", endpoint=server.url, key=key, patience=patience).reply(prompt)
        return reply, server.requests
