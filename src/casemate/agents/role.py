"""The roles, as the launch gate is shown them: which prompt each has, in which version, and which tools."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources

from casemate.agents.tools import SPECS

NAMES = ("adversary", "mender", "prover", "scout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompted:
    """A role's prompt. version: that its first line states. digest: SHA-256 of the whole file in hex."""

    text: str
    version: int
    digest: str


@cache
def prompt(name: str) -> Prompted:
    """The prompt of a role."""
    whole = (resources.files("casemate.agents") / "prompts" / f"{name}.txt").read_text("utf-8")
    head, _, text = whole.partition("\n")
    return Prompted(
        text=text.strip(), version=int(head.removeprefix("version: ")), digest=sha256(whole.encode()).hexdigest()
    )


def prompts() -> tuple[tuple[str, str], ...]:
    """Name with version, and digest, of every prompt: part of what is assessed."""
    return tuple((f"{name}@{prompt(name).version}", prompt(name).digest) for name in NAMES)


def tools() -> tuple[tuple[str, str], ...]:
    """Name and digest of every tool: part of what is assessed."""
    out = []
    for spec in SPECS:
        tool = spec.tool
        told = "\0".join((tool.name, tool.description, tool.schema))
        out.append((tool.name, sha256(told.encode()).hexdigest()))
    return tuple(sorted(out))
