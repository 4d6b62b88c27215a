"""Programs that get mail: aliases(5), local(8), .forward, procmailrc(5). What an alias of root or of the system names runs as the
mail system's user; what stands in a user's own file runs as that user."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from casemate.host.facts.job import Entry, Job, table
from casemate.host.host import Host
from casemate.model.host import ROOT, Fact

KIND, TECHNIQUE = "mail-program", "T1546"
_PIPE: Final = re.compile(r"""["']?\|\s*["']?([^"'\n]{1,1000})""")


def mail(host: Host) -> tuple[Entry, ...]:
    """The programs that mail is given to."""
    return (*_aliases(host), *_users(host))


def _aliases(host: Host) -> Iterator[Entry]:
    for path in ("/etc/aliases", "/etc/mail/aliases", "/etc/postfix/aliases", "/etc/exim4/aliases"):
        text = host.fs.text(path)
        if text is None:
            continue
        agent = next((name for name in ("nobody", "mail", "mailnull") if host.accounts.named(name)), "nobody")
        for number, line in text.numbered():
            if line.lstrip().startswith("#") or len(line) > 4000:
                continue
            for match in _PIPE.finditer(line):
                yield Job(
                    line=match[1],
                    kind=KIND,
                    technique=TECHNIQUE,
                    says=f"is run by the mail system as {agent}",
                    via=(Fact(path, "has mail given to it", number),),
                    runner=host.accounts.actor(agent),
                )


def _users(host: Host) -> Iterator[Entry]:
    places = [(ROOT, "root", "/etc/procmailrc")]
    for who in host.accounts.accounts:
        if who.home not in ("", "/") and (who.person or not who.uid):
            places += [(who.actor, who.name, posixpath.join(who.home, name)) for name in (".forward", ".procmailrc")]
    for runner, name, path in places:
        text = host.fs.text(path)
        if text is None:
            continue
        yield table(path, KIND, TECHNIQUE, f"names what the mail system runs as {name}", runner=runner)
        for number, line in text.numbered():
            found = _PIPE.search(line) if len(line) < 2000 and not line.lstrip().startswith("#") else None
            if found:
                via = (Fact(path, f"has mail given to it as {name}", number),)
                says = f"is run by the mail system as {name}"
                yield Job(line=found[1], kind=KIND, technique=TECHNIQUE, says=says, via=via, runner=runner)
