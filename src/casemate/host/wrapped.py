"""Commands that run another command: what is run, by whom, where. Each as its own manual page says (section 1 or 8)."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from casemate.host.shell_words import UNKNOWN, Word, joined
from casemate.host.wrappers import PLAIN


@dataclass(frozen=True, slots=True)
class Inner:
    """A command that a command runs. words: its arguments; text: a shell reads it instead. user: "" for the same one.

    cwd: None for the same. folder: all programs in it are run, as run-parts(8) does. root: of its file system. assigned: of
    its environment. file: the shell sources it.
    """

    words: tuple[Word, ...] = ()
    text: str = ""
    user: str = ""
    cwd: str | None = None
    folder: str = ""
    root: str = ""
    assigned: tuple[tuple[str, str], ...] = ()


Words = Sequence[Word]

_USER_FIRST: Final = ("gosu", "su-exec", "setuidgid", "s6-setuidgid")
_QUESTIONS: Final = ("-v", "-V")  # of `command`: where it is, not run


def inner(words: Words) -> tuple[Inner, ...]:
    """What a command runs beside itself; nothing for one that runs no other, or whose form is not understood."""
    name = posixpath.basename(words[0].text or "")
    special = _SPECIAL.get(name)
    if special is not None:
        return special(words)
    if name not in PLAIN:
        return ()
    takes, before = PLAIN[name]
    if name == "command" and any(w.text in _QUESTIONS for w in words[1:2]):
        return ()
    rest = operands(words[1:], takes)
    if len(rest) <= before:
        return ()
    user = (rest[0].text or "").split(":")[0] if name in _USER_FIRST else ""
    if name == "chpst":
        user = (option(words, "u") or "").split(":")[0]
    return (Inner(tuple(rest[before:]), user=user),)


def operands(words: Words, takes: str) -> Words:
    """The words after the options. takes: the options whose value is the next word: letters, long ones with their dashes."""
    names = takes.split()
    index = 0
    while index < len(words):
        text = words[index].text
        if text is None or not text.startswith("-") or text == "-":
            break
        index += 1
        if text == "--":
            break
        last = text[-1] in names and (len(text) == 2 or text[1] not in names) and not text.startswith("--")
        index += text in names or last
    return words[index:]


def option(words: Words, *names: str) -> str | None:
    """The value of the first option of these names that is there: `-u x`, `-ux`, `--user x`, `--user=x`."""
    for index, word in enumerate(words[1:], 1):
        text = word.text
        if text is None or not text.startswith("-"):
            continue
        for name in names:
            flag = f"--{name}" if len(name) > 1 else f"-{name}"
            if text == flag:
                return words[index + 1].text if index + 1 < len(words) else None
            if len(name) > 1 and text.startswith(flag + "="):
                return text[len(flag) + 1 :]
            if len(name) == 1 and text.startswith(flag) and not text.startswith("--") and len(text) > 2:
                return text[2:]
    return None


def _env(words: Words, depth: int = 0) -> tuple[Inner, ...]:
    """env(1): options, NAME=VALUE, the command. `-S` splits one word, as in a script's first line."""
    rest = list(words[1:])
    cwd = option(words, "C", "chdir")
    for index, word in enumerate(rest):
        for flag in ("-S", "-vS", "--split-string="):
            if word.text is not None and word.text.startswith(flag):
                first, end = word.text[len(flag) :], index + 1
                if not first and end < len(rest):
                    first, end = rest[end].text or "", end + 1
                split = [Word(part) for part in split_words(first)]
                rest[index:end] = split
                if depth > 4 or not (split or len(rest) > index):
                    return ()
                return _env((Word("env"), *rest), depth + 1)
    after = list(operands(rest, "u C S --unset --chdir"))
    assigned = []
    while after and after[0].text is not None and "=" in after[0].text:
        name, _, value = (after.pop(0).text or "").partition("=")
        assigned.append((name, value))
    return (Inner(tuple(after), cwd=cwd, assigned=tuple(assigned)),) if after else ()


def _flock(words: Words) -> tuple[Inner, ...]:
    """flock(1): a file or number, then a command, or -c and a text."""
    rest = operands(words[1:], "w E --wait --timeout --conflict-exit-code")
    if len(rest) > 2 and rest[1].text in ("-c", "--command"):
        return (Inner(text=rest[2].text or ""),)
    return (Inner(tuple(rest[1:])),) if len(rest) > 1 else ()


def _chroot(words: Words) -> tuple[Inner, ...]:
    rest = operands(words[1:], "--userspec --groups")
    root = rest[0].text if rest else None
    if root is None or len(rest) < 2:
        return ()
    return (Inner(tuple(rest[1:]), root=root, user=(option(words, "userspec") or "").split(":")[0]),)


def _sudo(words: Words) -> tuple[Inner, ...]:
    rest = list(operands(words[1:], "u g h p C r t T U D R --user --group --chdir --chroot --host --prompt"))
    assigned = []
    while rest and rest[0].text is not None and "=" in rest[0].text and "/" not in rest[0].text.partition("=")[0]:
        name, _, value = (rest.pop(0).text or "").partition("=")
        assigned.append((name, value))
    user = option(words[: len(words) - len(rest)], "u", "user") or "root"
    cwd = option(words[: len(words) - len(rest)], "D", "chdir")
    return (Inner(tuple(rest), user=user, cwd=cwd, assigned=tuple(assigned)),) if rest else ()


def _su(words: Words) -> tuple[Inner, ...]:
    """su(1) and runuser(1): `-c TEXT` for a user, root when none is named; `runuser -u USER COMMAND`."""
    user = option(words, "u", "user") if posixpath.basename(words[0].text or "") == "runuser" else None
    if user is not None:
        rest = operands(words[1:], "u g G --user --group --supp-group")
        return (Inner(tuple(rest), user=user),) if rest else ()
    text, names, skip = None, [], False
    for index, word in enumerate(words[1:], 1):
        if skip:
            skip = False
        elif word.text in ("-c", "--command", "-lc", "--session-command"):
            text, skip = words[index + 1] if index + 1 < len(words) else None, True
        elif word.text is not None and word.text.startswith("--command="):
            text = Word(word.text.partition("=")[2])
        elif word.text in ("-s", "--shell", "-g", "-G", "--group", "-w"):
            skip = True
        elif word.text is None or not word.text.startswith("-"):
            names.append(word.text)
    if text is None or text.text is None or None in names:
        return ()
    return (Inner(text=text.text, user=names[0] or "root" if names else "root"),)


def _setpriv(words: Words) -> tuple[Inner, ...]:
    takes = "--reuid --regid --ruid --euid --rgid --egid --groups --securebits --inh-caps --bounding-set --ambient-caps"
    rest = operands(words[1:], takes)
    user = option(words[: len(words) - len(rest)], "reuid", "euid")
    return (Inner(tuple(rest), user=user or ""),) if rest else ()


def _start_stop(words: Words) -> tuple[Inner, ...]:
    """start-stop-daemon(8): only --start runs something."""
    own: list[Word] = []
    after: tuple[Word, ...] = ()
    for index, word in enumerate(words):
        if word.text == "--":
            after = tuple(words[index + 1 :])
            break
        own.append(word)
    program = option(own, "startas", "a") or option(own, "exec", "x")
    if program is None or any(word.text in ("--stop", "-K", "--status", "-T") for word in own):
        return ()
    user = (option(own, "chuid", "c") or "").split(":")[0]
    return (Inner((Word(program), *after), user=user, cwd=option(own, "chdir", "d")),)


def _run_parts(words: Words) -> tuple[Inner, ...]:
    """run-parts(8): the last word is the folder; with --test or --list nothing is run."""
    if any(word.text in ("--test", "--list", "-t") for word in words[1:]):
        return ()
    rest = [w.text for w in operands(words[1:], "a u --arg --umask --regex")]
    return (Inner(folder=rest[0]),) if rest and rest[0] else ()


def _find(words: Words) -> tuple[Inner, ...]:
    """find(1): -exec, -execdir, -ok, -okdir up to `;` or `+`."""
    out: list[Inner] = []
    each = _found(words)
    for index, word in enumerate(words):
        if word.text in ("-exec", "-execdir", "-ok", "-okdir"):
            own = []
            for other in words[index + 1 :]:
                if other.text in (";", "+"):
                    break
                if other.text is not None and "{}" in other.text:
                    own.append(each if other.text == "{}" else UNKNOWN)
                else:
                    own.append(other)
            if own and own[0].text is not None:
                out.append(Inner(tuple(own)))
    return tuple(out)


def _found(words: Words) -> Word:
    """The files that find(1) gives for `{}`: those right in its only starting point, of the names that -name asks for."""
    starts: list[Word] = []
    for word in words[1:]:
        if word.text is None or word.text[:1] in ("-", "(", "!", "\\"):
            break
        starts.append(word)
    names = [after.text for before, after in pairwise(words) if before.text == "-name"]
    if len(starts) != 1 or len(names) > 1 or None in names or starts[0].glob or not (starts[0].text or "").strip("/"):
        return UNKNOWN
    return Word(f"{(starts[0].text or '').rstrip('/')}/{names[0] if names else '*'}", glob=True, each=True)


def _busybox(words: Words) -> tuple[Inner, ...]:
    return (Inner(tuple(words[1:])),) if len(words) > 1 and not (words[1].text or "-").startswith("-") else ()


def _eval(words: Words) -> tuple[Inner, ...]:
    texts = [w.text for w in words[1:]]
    return (Inner(text=" ".join(t or "" for t in texts)),) if texts and None not in texts else ()


def _trap(words: Words) -> tuple[Inner, ...]:
    text = words[1].text if len(words) > 2 else None
    return (Inner(text=text),) if text and not text.startswith("-") else ()


def _script(words: Words) -> tuple[Inner, ...]:
    text = option(words, "c", "command")
    return (Inner(text=text),) if text else ()


def _start_unit(words: Words) -> tuple[Inner, ...]:
    """nsenter(1): its options take values only behind `=`, but -t and -S."""
    rest = operands(words[1:], "t S G --target --setuid --setgid")
    return (Inner(tuple(rest)),) if rest else ()


def _setarch(words: Words) -> tuple[Inner, ...]:
    """setarch(8): the architecture may be left out."""
    rest = operands(words[1:], "")
    named = bool(rest) and re.fullmatch(
        r"i[3-6]86|x86_64|linux(?:32|64)|aarch64|arm\w*|ppc\w*|s390x?|uname26", rest[0].text or ""
    )
    rest = operands(rest[1:], "") if named else rest
    return (Inner(tuple(rest)),) if rest else ()


def _ip(words: Words) -> tuple[Inner, ...]:
    """ip-netns(8), ip-vrf(8): `ip netns exec NAME COMMAND`."""
    texts = [word.text for word in words]
    for index in range(1, min(len(texts), 4)):
        if texts[index] in ("netns", "vrf") and texts[index + 1 : index + 2] == ["exec"] and len(words) > index + 3:
            return (Inner(tuple(words[index + 3 :])),)
    return ()


def _sg(words: Words) -> tuple[Inner, ...]:
    """sg(1): a group, then the command as one word."""
    texts = [word.text for word in words[1:] if word.text not in ("-", "-c")]
    return (Inner(text=texts[1]),) if len(texts) > 1 and texts[1] else ()


def _run_verb(words: Words) -> tuple[Inner, ...]:
    """`uv run`, `poetry run`, `pipenv run`: what follows."""
    if len(words) < 3 or words[1].text not in ("run", "exec"):
        return ()
    rest = operands(words[2:], "--with --python -p")
    return (Inner(tuple(rest)),) if rest else ()


def _perf(words: Words) -> tuple[Inner, ...]:
    rest = operands(words[2:], "e F o c g") if len(words) > 2 and words[1].text in ("record", "stat", "trace") else ()
    return (Inner(tuple(rest)),) if rest else ()


def _socat(words: Words) -> tuple[Inner, ...]:
    """socat(1): EXEC and SYSTEM addresses; a comma begins their options."""
    found = [re.match(r"(?i)(?:exec|system|shell):([^,]{1,1000})", word.text or "") for word in words[1:]]
    return tuple(Inner(text=match[1].strip("\"'")) for match in found if match)


def _netcat(words: Words) -> tuple[Inner, ...]:
    given = option(words, "e", "exec", "sh-exec")
    return (Inner(text=given),) if given else ()


def _rsync(words: Words) -> tuple[Inner, ...]:
    """rsync(1): the program that connects."""
    given = next((a.text for b, a in pairwise(words) if b.text in ("-e", "--rsh")), None) or option(words, "rsh")
    return (Inner(text=given),) if given else ()


def split_words(line: str) -> list[str]:
    """As a shell splits a line into words, without any expansion; on blanks when its quotes do not match."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def under(root: str, path: str) -> str:
    """A path of a command that was given another root."""
    return joined("/", root.rstrip("/") + "/" + path.lstrip("/")) or path


_SPECIAL: Final[dict[str, Callable[[Words], tuple[Inner, ...]]]] = {
    "env": _env,
    "flock": _flock,
    "chroot": _chroot,
    "sudo": _sudo,
    "doas": _sudo,
    "pkexec": _sudo,
    "su": _su,
    "runuser": _su,
    "setpriv": _setpriv,
    "start-stop-daemon": _start_stop,
    "run-parts": _run_parts,
    "find": _find,
    "busybox": _busybox,
    "toybox": _busybox,
    "eval": _eval,
    "trap": _trap,
    "script": _script,
    "nsenter": _start_unit,
    "setarch": _setarch,
    "ip": _ip,
    "sg": _sg,
    "uv": _run_verb,
    "poetry": _run_verb,
    "pipenv": _run_verb,
    "bundle": _run_verb,
    "perf": _perf,
    "socat": _socat,
    "nc": _netcat,
    "ncat": _netcat,
    "netcat": _netcat,
    "rsync": _rsync,
}
