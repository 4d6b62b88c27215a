"""Root can log in over SSH with a password

## What it is

`PermitRootLogin yes` stands where it counts, and passwords are accepted: by `PasswordAuthentication` or
`KbdInteractiveAuthentication`, both on by default. Lines that an earlier one overrules, lists of users that leave root
out, and `AuthenticationMethods` that ask for a key are taken into account.

## Why it matters

The name is known and never locked, so the password can be guessed as long as it takes, and with it goes everything; who
it was cannot be told from the log (ATT&CK T1110, T1021.004). CIS Debian Benchmark, 5.1.20.

## How to fix it

`PermitRootLogin no`, or `prohibit-password` where scripts log in with keys. See sshd_config(5).
"""

from collections.abc import Iterator

from casemate.host.facts.settings import plain
from casemate.host.facts.sshd import Block, Setting, Sshd, sshd
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

LOOPBACK = ("127.", "::1", "localhost")


def find(host: Host) -> Iterator[Seen]:
    """The line that permits it, in each case that differs."""
    told = host.once(sshd)
    root = host.accounts.of_uid(0)
    if root is None:
        return
    done: set[tuple[str, int]] = set()
    for active in told.cases(host, root):
        permit = told.first("permitrootlogin", active)
        word = _password(told, active)
        if permit.value.lower() != "yes" or word is None or not told.admits(host, root, active) or _local(active):
            continue
        place = next((s for s in (permit, word) if s.blocks), permit)
        if (place.path, place.line) in done:
            continue
        done.add((place.path, place.line))
        locked = root.password is not None and root.password.startswith(("!", "*"))
        where = f" ({_when(place)})" if place.blocks else ""
        yield Seen(
            path=place.path,
            line=place.line,
            what=f"PermitRootLogin yes lets root log in with a password{where}"
            + (", once root has one" if locked else ""),
            related=tuple(s.fact for s in (permit, word) if s.path and s != place),
            severity=Severity.MEDIUM if locked else None,
        )


def _password(told: Sshd, active: frozenset[Block]) -> Setting | None:
    """The setting by which a password is enough, or None."""
    methods = told.first("authenticationmethods", active).words
    for keyword, method in (
        ("passwordauthentication", "password"),
        ("kbdinteractiveauthentication", "keyboard-interactive"),
    ):
        setting = told.first(keyword, active)
        enough = not methods or methods == ("any",) or any(_only(m, method) for m in methods)
        if setting.value.lower() == "yes" and enough:
            return setting
    return None


def _only(methods: str, method: str) -> bool:
    return all(m.split(":")[0] == method for m in methods.split(","))


def _local(active: frozenset[Block]) -> bool:
    """Whether a condition leaves only this machine's own addresses."""
    return any(
        name in ("address", "host") and all(p.startswith(LOOPBACK) for p in pattern.split(","))
        for block in active
        for name, pattern in block.criteria
    )


def _when(setting: Setting) -> str:
    return plain("Match " + " ".join(f"{n} {p}".strip() for b in setting.blocks for n, p in b.criteria), 120)


RULE = FactRule(
    id=RuleId("ssh-root-login"),
    title="Root can log in over SSH with a password",
    cwe=250,
    owasp="A05:2021",
    severity=Severity.HIGH,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="passwords by default",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitRootLogin yes  # finding\n",
        ),
        Example(
            name="in a file that is included first",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nInclude /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n"
            "# file: /etc/ssh/sshd_config.d/10-x.conf 0644\npermitrootlogin=yes  # finding\n",
        ),
        Example(
            name="in a Match block that overrules the rest",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitRootLogin no\nMatch Address 10.0.0.0/8\n"
            "  PermitRootLogin yes  # finding\n",
        ),
        Example(
            name="near-miss: an earlier line counts",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitRootLogin prohibit-password\nPermitRootLogin yes\n",
        ),
        Example(
            name="near-miss: keys only",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitRootLogin yes\nPasswordAuthentication no\n"
            "ChallengeResponseAuthentication no\n",
        ),
        Example(
            name="near-miss: a key is asked for as well",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitRootLogin yes\nAuthenticationMethods publickey,password\n",
        ),
        Example(
            name="near-miss: root is not on the list",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nPermitRootLogin yes\nAllowUsers alice bob@10.*\n",
        ),
        Example(
            name="near-miss: for another account",
            language="host",
            code="# file: /etc/ssh/sshd_config 0644\nMatch User alice\nPermitRootLogin yes\n",
        ),
    ),
)
