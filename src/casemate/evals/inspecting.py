"""Asking a language model through Inspect (inspect-ai, the extra `evals`): it holds samples and a log of every exchange.

Our port speaks to the model, our count is its count of tokens, and nothing of Inspect decides what an answer is worth.
Nothing is downloaded: Inspect's own count of tokens would fetch a tokenizer, ours computes. Its log stays in a folder of ours.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casemate.evals.answers import Answer, Posed
from casemate.evals.asking import prompt, read
from casemate.governance.spending import Terms, sent
from casemate.model.dialogue import Message, NoAnswer, Prompt, Reply, Role, Silence
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.ports import LanguageModel


def ask(posed: Sequence[Posed], model: LanguageModel, terms: Terms, logs: Path, seed: int) -> Mapping[str, Answer]:
    """What a model answers about each program, by name, in one exchange each. logs: the folder for Inspect's own log.

    Raises UserError when the extra is not installed.
    """
    try:
        inspect = import_module("inspect_ai")
        models = import_module("inspect_ai.model")
        datasets = import_module("inspect_ai.dataset")
        solvers = import_module("inspect_ai.solver")
    except ImportError as error:
        raise UserError("evaluations with a model need inspect-ai", "pip install 'casemate[evals]'") from error
    asked = {one.name: one for one in posed}
    replies: dict[str, tuple[Reply, int]] = {}

    @models.modelapi(name="casemate")
    class Port(models.ModelAPI):  # type: ignore[misc, name-defined]
        """`ports.LanguageModel` as Inspect's provider of models."""

        async def generate(self, input: list[Any], tools: list[Any], tool_choice: Any, config: Any) -> Any:
            """One exchange; the reply is kept whole for our own reading."""
            name = str(input[-1].metadata["name"])
            started = time.monotonic()
            reply = model.reply(prompt(asked[name], seed))
            replies[name] = reply, round((time.monotonic() - started) * 1000)
            if isinstance(reply, NoAnswer):
                return models.ModelOutput(model=model.name, error=f"{reply.why.value}: {reply.detail}")
            return models.ModelOutput.from_content(model.name, reply.text)

        async def count_text_tokens(self, text: str) -> int:
            """Our count, without a tokenizer."""
            return sent(Prompt(messages=(Message(role=Role.USER, text=text),), limit=1))

        def max_connections(self) -> int:
            """One exchange after the other, so that a run is the same twice."""
            return 1

    def sample(one: Posed) -> Any:
        texts = prompt(one, seed).messages
        said = [
            models.ChatMessageSystem(content=texts[0].text),
            models.ChatMessageUser(content=texts[1].text, metadata={"name": one.name}),
        ]
        return datasets.Sample(id=one.name, input=said)

    task = inspect.Task(
        dataset=datasets.MemoryDataset([sample(one) for one in posed]), solver=solvers.generate(), name="casemate"
    )
    inspect.eval(
        task,
        model=models.get_model(f"casemate/{model.name}", config=models.GenerateConfig(max_retries=0), memoize=False),
        log_dir=str(logs),
        log_format="json",
        display="none",
        score=False,
        fail_on_error=False,
        max_samples=1,
        acp_server=False,
        ctl_server=False,
    )
    lost = NoAnswer(why=Silence.OUTAGE, detail="its sample came to no exchange")
    return {
        name: read(one, reply, terms, milliseconds)
        for name, one in asked.items()
        for reply, milliseconds in [replies.get(name, (lost, 0))]
    }
