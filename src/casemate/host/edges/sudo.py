"""sudo and doas: whom their rules turn into root or another account, and what root runs by them (sudoers(5), doas.conf(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from casemate.host.edges.sudo_environment import environment
from casemate.host.edges.sudo_escape import SENSITIVE, danger
from casemate.host.facts.sudo_rights import Right, rights
from casemate.host.facts.sudoers import sudoers
from casemate.host.facts.sudoers_lines import Line
from casemate.host.host import Host
from casemate.host.programs import SHELL, WRITE, escapes, identify
from casemate.host.relation import Grant, Relation, Trust
from casemate.host.running import ran
from casemate.model.host import ANYONE, ROOT, Actor, Confidence, Fact, named
from casemate.model.host_fix import Fix, SetLine

TECHNIQUE = "T1548.003"


def edges(host: Host) -> Iterator[Relation]:
    """Every right of every holder, and the folders in which sudo looks for programs."""
    for right in host.once(rights):
        yield from _of_right(host, right)
    yield from environment(host)
    yield from _secure_path(host)


def who(holder: Actor) -> str:
    """A holder in words."""
    if holder == ANYONE:
        return "everybody"
    return f"group {named(holder)}" if holder.startswith("group:") else named(holder)


def allowed(right: Right, to: Actor) -> str:
    """What a right allows, as the end of a sentence about the file that grants it."""
    asked = "" if right.password else " without a password"
    as_whom = f"group {named(to)}" if to.startswith("group:") else named(to)
    command = "every command" if right.command.path == "ALL" else right.command.text
    return f"lets {who(right.holder)} run {command} as {as_whom}{asked}"


def commented(line: Line) -> tuple[Fix, ...]:
    """The change that takes a rule out of force and leaves it to be read; none for a rule of several lines."""
    if line.joined > 1:
        return ()
    return (SetLine(line.path, line.line, line.raw, f"# {line.raw}"),)


def asked(line: Line) -> tuple[Fix, ...]:
    """The change that makes a rule ask for a password."""
    if line.joined > 1:
        return ()
    to = re.sub(r"\bNOPASSWD\s*:", "PASSWD:", line.raw) if "NOPASSWD" in line.raw else line.raw
    to = re.sub(r"^(\s*permit\b.*?)\s+nopass\b", r"\1", to)
    return (SetLine(line.path, line.line, line.raw, to),) if to != line.raw else commented(line)


def administrators(host: Host) -> frozenset[Actor]:
    """Who may run everything as root: the administrators by design."""
    return frozenset(right.holder for right in host.once(rights) if right.administrator)


def _of_right(host: Host, right: Right) -> Iterator[Relation]:
    command = right.command
    for to in right.becomes:
        if command.path == "ALL" and command.args is None:
            yield from _everything(right, to)
            continue
        if command.path == "sudoedit":
            yield from _edited(host, right, to)
            continue
        if command.path == "list":
            continue
        found = danger(host, command, excepted=right.excepted)
        if found and not right.password and _counts(host, right, to):
            yield Grant(
                holders=(right.holder,),
                becomes=to,
                kind="sudo-escape",
                technique=TECHNIQUE,
                via=(Fact(right.line.path, f"{allowed(right, to)}, which {found.says}", right.line.line),),
                says=f"{found.says} as {named(to)}",
                confidence=found.confidence if right.sure else Confidence.UNKNOWN,
                fixes=commented(right.line),
            )
        yield from _programs(host, right, to)


def _counts(host: Host, right: Right, to: Actor) -> bool:
    """Reading any file as root comes to root; as another account it does not make one that account."""
    if to == ROOT or right.command.path.endswith("/") or not right.command.path.startswith("/"):
        return True
    name = identify(host, right.command.path)
    return name is None or bool(escapes(name) & {SHELL, WRITE})


def _everything(right: Right, to: Actor) -> Iterator[Grant]:
    natural = right.password and (right.holder != ANYONE or right.other)
    if right.other:
        return  # another's password is asked for: nobody gets further by their own
    yield Grant(
        holders=(right.holder,),
        becomes=to,
        kind="sudo-all" if to == ROOT else "sudo-as-other",
        technique=TECHNIQUE,
        via=(Fact(right.line.path, allowed(right, to), right.line.line),),
        says=f"may run everything as {named(to)}",
        natural=natural,
        confidence=Confidence.UNKNOWN if not right.sure else Confidence.LIKELY if right.password else Confidence.PROVED,
        fixes=asked(right.line) if not right.password else commented(right.line),
    )


def _programs(host: Host, right: Right, to: Actor) -> Iterator[Trust]:
    """The program of a rule, and what it acts on: who can change that becomes whom it runs as."""
    command = right.command
    if command.path.startswith("^") or command.path in ("ALL", "*"):
        return
    via = (Fact(right.line.path, allowed(right, to), right.line.line),)
    says = f"is run by {right.tool} as {named(to)}"
    if command.path.endswith("/"):
        yield Trust(
            runner=to, path=command.path.rstrip("/") or "/", kind="sudo-program", technique=TECHNIQUE, via=via,
            says=f"holds programs that {right.tool} runs as {named(to)}", folder=True,
            confidence=_sure(host, right, command.path),
        )  # fmt: skip
        return
    paths = host.fs.glob(command.path) if re.search(r"[*?\[]", command.path) else [command.path]
    args = command.args or ""
    fixed = (
        args if not re.search(r"[*?\[^]", args) else " ".join(w for w in args.split() if not re.search(r"[*?\[^]", w))
    )
    if command.path not in paths:  # a file of one's own that fits the pattern
        folder = command.path.rpartition("/")[0]
        if not re.search(r"[*?\[]", folder) and re.search(r"[*?\[]", command.path.rpartition("/")[2]):
            yield Trust(
                runner=to, path=folder or "/", kind="sudo-program", technique=TECHNIQUE, via=via, folder=True,
                says=f"holds programs that {right.tool} runs as {named(to)}", confidence=_sure(host, right, folder),
            )  # fmt: skip
    for path in host.first((*paths, *_made(host, command.path)), 200, command.path, "programs"):
        if not path.startswith("/"):
            continue
        for trust in ran(
            host,
            f"{path} {fixed}".strip(),
            runner=to,
            via=via,
            kind="sudo-program",
            technique=TECHNIQUE,
            says=says,
            shell=False,
        ):
            if trust.kind == "sudo-program" and trust.confidence is Confidence.PROVED:
                sure = _sure(host, right, trust.path)
                yield trust if sure is Confidence.PROVED else replace(trust, confidence=Confidence.LIKELY)
            else:
                yield trust


def _made(host: Host, pattern: str) -> list[str]:
    """Paths that a pattern with a wildcard for a folder would fit, were they made."""
    parts = pattern.split("/")
    first = next((i for i, part in enumerate(parts) if re.search(r"[*?\[]", part)), len(parts))
    rest = "/".join(parts[first + 1 :])
    if not rest or re.search(r"[*?\[]", rest):
        return []
    made = [f"{place}/{rest}" for place in host.fs.glob("/".join(parts[: first + 1]))]
    return [path for path in made if host.fs.node(path) is None]


def _sure(host: Host, right: Right, path: str) -> Confidence:
    """Whoever may call it need not wait; others wait until somebody does."""
    own = host.access.change(right.holder, path) or host.access.change(right.holder, path, folder=True)
    return Confidence.PROVED if own and not right.password else Confidence.LIKELY


def _edited(host: Host, right: Right, to: Actor) -> Iterator[Grant]:
    """sudoedit: the editor runs as the holder, so only the file matters (sudoers(5), "Secure editing")."""
    why, sure = _reached(host, right)
    if not why or right.password or to.startswith("group:"):
        return
    yield Grant(
        holders=(right.holder,),
        becomes=to,
        kind="sudo-edit",
        technique=TECHNIQUE,
        via=(
            Fact(
                right.line.path,
                f"lets {who(right.holder)} edit {right.command.args or 'any file'}: {why}",
                right.line.line,
            ),
        ),
        says=f"may edit {right.command.args or 'any file'} as {named(to)}",
        confidence=sure if right.sure else Confidence.UNKNOWN,
        fixes=commented(right.line),
    )


def _reached(host: Host, right: Right) -> tuple[str, Confidence]:
    args = right.command.args
    if args is None or args in ("*", "/*") or args.startswith("^"):
        return "every file is within reach", Confidence.PROVED
    for path in args.split():
        folder = path.rpartition("/")[0]
        if SENSITIVE.fullmatch(path.replace("*", "x")):
            return f"who can write to {path} is root", Confidence.PROVED
        fixed = re.split(r"[*?\[]", path)[0].rpartition("/")[0] or "/"
        if re.search(r"[*?\[]", folder):
            return "a wildcard stands for a folder, in which the holder may have put a link", Confidence.LIKELY
        for place in (folder, fixed):
            if host.access.change(right.holder, place, folder=True):
                return f"the holder can put a link into {place}", Confidence.LIKELY
    return "", Confidence.UNKNOWN


def _secure_path(host: Host) -> Iterator[Trust]:
    for setting in host.once(sudoers).settings:
        if setting.name != "secure_path" or setting.op == "!":
            continue
        for folder in setting.value.split(":"):
            if folder.startswith("/") and host.fs.is_folder(folder):
                yield Trust(
                    runner=ROOT,
                    path=folder,
                    kind="sudo-path",
                    technique="T1574.007",
                    via=(Fact(setting.line.path, "makes sudo look for programs there", setting.line.line),),
                    says="is on the path of what sudo runs",
                    folder=True,
                    confidence=Confidence.LIKELY,
                )
