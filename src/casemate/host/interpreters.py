"""Programs that read code from a file: which word of a command line names it, as each one's manual page says."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from casemate.host.readers import APPLICATIONS, COPIES, FIRST, OPTIONS, RUN_FROM, VERBS
from casemate.host.shell_words import Word
from casemate.host.wrapped import Words, operands

SHELLS: Final = ("sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh", "rbash", "posh", "yash", "busybox-sh")
# name: (language, options that take a value in the next word, options that give code in a word)
_READERS: Final[dict[str, tuple[str, str, str]]] = {
    "perl": ("perl", "I", "e E"),
    "ruby": ("ruby", "I r C E K", "e"),
    "node": ("node", "r --require --import --loader", "e p --eval --print"),
    "nodejs": ("node", "r --require --import --loader", "e p --eval --print"),
    "php": ("php", "c d z", "r R B E"),
    "lua": ("lua", "l", "e"),
    "tclsh": ("other", "", ""),
    "expect": ("other", "f", "c"),
    "Rscript": ("other", "", "e"),
    "ansible-playbook": ("other", "i e l t u", ""),
    "crontab": ("other", "u", "l e r"),
    "logrotate": ("other", "s m l --state --mail --log", ""),
    "insmod": ("other", "", ""),
}
# name: options whose value is a file of code or of commands
_GIVEN: Final[dict[str, tuple[str, ...]]] = {
    "awk": ("-f", "--file"),
    "gawk": ("-f", "--file"),
    "mawk": ("-f",),
    "make": ("-f", "--file", "--makefile"),
    "gmake": ("-f", "--file", "--makefile"),
    "monit": ("-c",),
    "supervisord": ("-c", "--configuration"),
    "incrond": ("-f", "--config"),
    "docker-compose": ("-f", "--file"),
    "nginx": ("-c",),
    "apache2": ("-f",),
    "httpd": ("-f",),
    "haproxy": ("-f",),
    "sshd": ("-f",),
    "openvpn": ("--config",),
    "dnsmasq": ("-C", "--conf-file"),
    "uwsgi": ("--ini", "--yaml", "--xml"),
    "gunicorn": ("-c", "--config"),
    "supervisorctl": ("-c", "--configuration"),
    "pip": ("-r", "--requirement"),
    "pip3": ("-r", "--requirement"),
    "psql": ("-f", "--file"),
    **OPTIONS,
}
_PACKAGES: Final = {"dpkg": ("-i", "--install"), "rpm": ("-i", "-U", "-F", "-ivh", "-Uvh", "--install", "--upgrade")}


@dataclass(frozen=True, slots=True)
class Code:
    """What an interpreter is given. file: to be read, text: in the line itself, module: looked up as `python -m` does.

    folders: put in front of where it imports from. own: the script's folder is one. site: the folders of packages are, too.
    beside: the program is itself a script, to be followed, too.
    """

    language: str
    files: tuple[Word, ...] = ()
    text: str = ""
    module: str = ""
    folders: tuple[str, ...] = ()
    own: bool = True
    site: bool = True
    environment: bool = True
    beside: bool = False


def code(words: Words) -> Code | None:
    """What the program reads and acts on; None for one that is no interpreter."""
    name = posixpath.basename(words[0].text or "")
    if name in SHELLS:
        return _shell(words)
    if re.fullmatch(r"python(2|3)?(\.\d+)?|pypy3?", name):
        return _python(words)
    if name in APPLICATIONS:
        return _application(words, name)
    if name in _GIVEN:
        found = _given(words, name)
        if found is not None or name not in FIRST:
            return found
    if name in FIRST:
        rest = operands(words[1:], FIRST[name])
        return Code("other", (rest[0],)) if rest and "/" in (rest[0].text or "") else None
    if name in VERBS:
        return _after_verb(words, VERBS[name])
    if name in ("docker", "podman"):
        return _containers(words)
    if name in COPIES:
        return _copied(words)
    if name == "java":
        return _java(words)
    if name in _PACKAGES:
        if any(word.text in _PACKAGES[name] for word in words[1:]):
            return Code("other", tuple(w for w in words[1:] if not (w.text or "-").startswith("-")))
        return None
    known = _READERS.get(name) or _READERS.get(re.sub(r"[\d.]+$", "", name))
    return _reader(words, *known) if known else None


def _shell(words: Words) -> Code | None:
    """sh(1p): `-c TEXT`, else the first operand is the script."""
    index = 1
    while index < len(words):
        text = words[index].text
        if text is None or text[:1] not in ("-", "+") or len(text) < 2:
            break
        if text in ("--rcfile", "--init-file"):
            return Code("shell", (words[index + 1],)) if index + 1 < len(words) else None
        if text == "--":
            index += 1
            break
        if not text.startswith("--") and "c" in text[1:]:
            rest = [w for w in words[index + 1 :] if w.text is None or not re.fullmatch(r"[-+]\w+", w.text)]
            return Code("shell", text=rest[0].text or "") if rest else None
        index += 2 if not text.startswith("--") and text[-1] in "oO" else 1
    return Code("shell", (words[index],)) if index < len(words) and words[index].text != "-" else None


def _python(words: Words) -> Code | None:
    """python(1), command line: options up to -c, -m or the script."""
    own = site = environment = True
    index = 1
    while index < len(words):
        text = words[index].text
        if text is None or not text.startswith("-") or text == "-":
            break
        index += 1
        if text.startswith("--"):
            index += text == "--check-hash-based-pycs"
            continue
        for at, letter in enumerate(text[1:], 2):
            rest = text[at:]
            following = words[index].text if index < len(words) else None
            if letter == "c":
                return Code("python", text=rest or following or "", own=False, site=site, environment=environment)
            if letter == "m":
                module = rest or following or ""
                return Code("python", module=module, own=own, site=site, environment=environment)
            if letter in "WX":
                index += not rest
                break
            own = own and letter not in "IP"
            site = site and letter != "S"
            environment = environment and letter not in "IE"
    if index >= len(words) or words[index].text == "-":
        return Code("python", own=False, site=site, environment=environment)
    return Code("python", (words[index],), own=own, site=site, environment=environment)


def _given(words: Words, name: str) -> Code | None:
    """The value of an option; without one, make reads a file of the folder where it runs (make(1))."""
    found: list[Word] = []
    folder = ""
    for index, word in enumerate(words[1:], 1):
        text = word.text or ""
        for flag in _GIVEN[name]:
            if text == flag and index + 1 < len(words):
                found += [words[index + 1]] if words[index + 1].text not in ("-", "NONE", "NORC") else []
            elif text.startswith(flag + "=") or (len(flag) == 2 and text.startswith(flag) and len(text) > 2):
                found.append(Word(text.removeprefix(flag).removeprefix("=")))
        if text in ("-C", "--directory") and index + 1 < len(words):
            folder = words[index + 1].text or ""
        elif text.startswith(("-C", "--directory=")) and len(text) > 2:
            folder = text.removeprefix("--directory=").removeprefix("-C")
    if name in ("make", "gmake"):
        base = folder.rstrip("/") + "/" if folder else ""
        named = found or [Word(base + each) for each in ("GNUmakefile", "makefile", "Makefile")]
        return Code("make", tuple(Word(base + w.text) if found and w.text and w.text[0] != "/" else w for w in named))
    return Code("other", tuple(found)) if found else None


def _after_verb(words: Words, verbs: tuple[str, ...]) -> Code | None:
    """Files after a verb, told by their slash; and the list that `-r` names (pip(1))."""
    places = [index for index, word in enumerate(words[:6]) if index and word.text in verbs]
    rest = words[places[0] + 1 :] if places else ()
    files = tuple(w for w in rest if w.text and "/" in w.text and ":" not in w.text and not w.text.startswith("-"))
    return Code("other", files) if files else None


def _containers(words: Words) -> Code | None:
    """`docker compose -f FILE up`, `docker stack deploy -c FILE`, `podman play kube FILE`: they may ask for all of the host."""
    texts = [word.text or "" for word in words[1:]]
    if "compose" in texts[:2] or texts[:2] == ["stack", "deploy"]:
        flags = ("-f", "--file") if "compose" in texts[:2] else ("-c", "--compose-file")
        files = [Word(after) for before, after in pairwise(texts) if before in flags]
        files += [Word(text.partition("=")[2]) for text in texts if text.startswith(f"{flags[1]}=")]
        return Code("other", tuple(files)) if files else None
    if texts[:2] in (["play", "kube"], ["kube", "play"]):
        return Code("other", tuple(Word(text) for text in texts[2:] if "/" in text and not text.startswith("-")))
    return None


def _copied(words: Words) -> Code | None:
    """cp(1), install(1), ln(1), mv(1), rsync(1): what is put where root runs it, or follows it."""
    rest = [w for w in words[1:] if not (w.text or "-").startswith("-")]
    to = next((a for b, a in pairwise(words) if b.text in ("-t", "--target-directory")), rest[-1] if rest else None)
    if to is None or to.text is None or not to.text.startswith(RUN_FROM):
        return None
    return Code("copied", tuple(w for w in rest if w is not to and "/" in (w.text or "")))


def _application(words: Words, name: str) -> Code | None:
    """Servers and workers that import an application from where they are started: `gunicorn --chdir DIR MODULE:NAME`."""
    texts = [word.text or "" for word in words]
    given = dict(pairwise(texts)) | {
        t.partition("=")[0]: t.partition("=")[2] for t in texts if t.startswith("--") and "=" in t
    }
    folder = given.get("--chdir") or given.get("--app-dir") or given.get("--workdir")
    module = given.get("-A") or given.get("--app") if name in ("celery", "flask") else None
    module = module or next((t for t in texts[1:] if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(?:\(\))?", t)), None)
    settings = given.get("-c") or given.get("--config") if name.startswith("gunicorn") else None
    files = [Word(settings)] if settings else []
    if module is not None:
        module = module.partition(":")[0].removesuffix(".py")
        if folder is None and not files:
            return Code("python", module=module, beside=True)
        files.append(Word(posixpath.join(folder or "", module.replace(".", "/") + ".py")))
    return Code("python", tuple(files), beside=True) if files else None


def _java(words: Words) -> Code | None:
    """java(1): the archive of -jar, the entries of the class path."""
    found: list[Word] = []
    for index, word in enumerate(words[1:], 1):
        following = words[index + 1].text if index + 1 < len(words) else None
        if word.text == "-jar" and following:
            found.append(Word(following))
        elif word.text in ("-cp", "-classpath", "--class-path") and following:
            found += [Word(part) for part in following.split(":") if part]
        elif word.text is not None and word.text.startswith("-javaagent:"):
            found.append(Word(word.text.removeprefix("-javaagent:").partition("=")[0]))
    return Code("java", tuple(found)) if found else None


def _reader(words: Words, language: str, takes: str, inline: str) -> Code | None:
    folders: list[str] = []
    flags = inline.split()
    for index, word in enumerate(words[1:], 1):
        text = word.text
        if text is None or not text.startswith("-") or text == "--":
            break
        if text.startswith("-I"):
            value = text[2:] or (words[index + 1].text if index + 1 < len(words) else None)
            folders += [value] if value else []
        if text in flags or (not text.startswith("--") and text[-1] in flags):
            given = words[index + 1].text if index + 1 < len(words) else None
            return Code(language, text=given or "", folders=tuple(folders), own=False)
    rest = operands(words[1:], takes)
    if not rest or rest[0].text == "-":
        return None
    files = tuple(rest) if language == "other" else (rest[0],)
    return Code(language, files, folders=tuple(folders))
