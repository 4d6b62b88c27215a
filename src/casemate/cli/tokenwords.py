"""What a token says, and what was checked of it, in words. Every character beyond ASCII is spelled out: look-alikes show."""

from __future__ import annotations

from casemate.governance.charter import Target
from casemate.governance.fields import time_text
from casemate.governance.limits import Limits
from casemate.governance.possession import Accepted
from casemate.governance.token import Chain, Token


def chain_lines(chain: Chain) -> list[str]:
    """The blocks of a token of which nothing was verified."""
    count = len(chain.blocks)
    lines = [f"A token of {count} block{'s' * (count > 1)}. Nothing of it was verified: this is what it says."]
    for number, block in enumerate(chain.blocks, 1):
        lines += ["", f"block {number}    {block.id}"]
        if number == 1:
            lines += [f"  issuer   {ascii(block.signer.name)[1:-1]}", f"  charter  {chain.charter}"]
        else:
            lines += [f"  made by  {block.signer.name}, the holder of block {number - 1}"]
        lines += [f"  holder   {block.holder.name}", *limit_lines(block.limits)]
    return [*lines, "", "Whether it holds is said by: casemate token verify TOKEN"]


def checked_lines(token: Token, accepted: Accepted | None, operation: str) -> list[str]:
    """What a token that holds allows, and what was checked. accepted: when its holder has presented it for an operation."""
    chain, charter = token.chain, token.installed.charter
    count = len(chain.blocks)
    lines = [f"holder     {chain.holder.name}", f"charter    {charter.id}"]
    lines += [line.removeprefix("  ").replace("  ", "    ", 1) for line in limit_lines(token.limits)]
    lines += [
        f"checked    {count} signature{'s' * (count > 1)}, order, issuer, charter, time, revocations of this machine",
    ]
    if accepted is None:
        return [
            *lines,
            "open       whether whoever presents it is its holder: give --proof; without that it gives nothing",
        ]
    return [*lines, f"possession shown for {operation}, now and once; {operation} is permitted"]


def limit_lines(limits: Limits) -> list[str]:
    """What limits say, a line for each; nothing for what they say nothing of."""
    lines = []
    if limits.tier is not None:
        lines.append(f"  tier     {limits.tier.value}")
    if limits.targets is not None:
        lines += [f"  target   {_place(target)}" for target in limits.targets] or ["  target   none"]
    if limits.ports is not None:
        lines.append(f"  ports    {', '.join(sorted(limits.ports)) or 'none'}")
    if limits.operations is not None:
        lines.append(f"  may do   {', '.join(sorted(limits.operations)) or 'nothing'}")
    if limits.models is not None:
        lines.append(f"  models   {', '.join(sorted(limits.models)) or 'none'}")
    for what, amount in (("executions", limits.executions), ("releases", limits.releases)):
        if amount is not None:
            lines.append(f"  quota    {amount} {what} a day")
    if limits.begins is not None:
        lines.append(f"  from     {time_text(limits.begins)}")
    if limits.ends is not None:
        lines.append(f"  until    {time_text(limits.ends)}")
    return lines


def _place(target: Target) -> str:
    text = target.path or ", ".join(sorted(target.marks))
    return text if text.isascii() and text.isprintable() else f"{text!a} (holds characters beyond ASCII)"
