"""The walk through what a job runs: command lines, wrappers, interpreters, scripts, each looked at once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Final

from casemate.host.facts.scripts import Script, included, script, spawned
from casemate.host.host import Host
from casemate.host.imports import imports
from casemate.host.interpreters import Code, code
from casemate.host.relation import Trust
from casemate.host.shell import MAX_TEXT, Call, TooDeep, calls
from casemate.host.shell_words import UNSET, State, Word, joined
from casemate.host.steps import MAX_NESTED, At, Steps
from casemate.host.wildcards import spread
from casemate.host.wrapped import Inner, Words, inner, split_words, under
from casemate.model.host import ROOT, Actor, Confidence, Fact, NodeKind

MAX_CALLS: Final = 20_000  # of one job, in all its scripts
_OWN = (
    ": . source [ [[ test echo printf cd pwd exit return set unset export readonly local declare typeset shift read eval exec "
    "trap wait kill true false umask ulimit getopts break continue alias unalias type command builtin hash let times jobs bg "
    "fg pushd popd dirs shopt enable mapfile readarray compgen complete suspend disown help history fc bind caller"
)
BUILTINS: Final = frozenset(_OWN.split())
_RUN_PARTS: Final = re.compile(r"[A-Za-z0-9_-]+")


class Walk(Steps):
    """One job's. writes: files that were written to by redirection."""

    def __init__(self, host: Host, kind: str, technique: str, says: str) -> None:
        super().__init__(host, kind, technique, says)
        self.writes: list[tuple[Actor, str, tuple[Fact, ...]]] = []
        self._left = MAX_CALLS
        self._later: list[tuple[Call, At]] = []

    def line(self, line: str, at: At, *, shell: bool) -> Iterator[Trust]:
        """A job's command line."""
        if shell:
            yield from self._text(line, at, self._state(at))
        else:
            yield from self._argv([Word(part) for part in split_words(line)], at)

    def _state(self, at: At) -> State:
        owner = next((a for a in self.host.accounts.accounts if a.actor == at.runner), None)
        variables: dict[str, tuple[Word, ...]] = {name: (Word(value),) for name, value in at.environment}
        variables.setdefault("HOME", (Word(owner.home if owner else None),))
        variables.setdefault("SHELL", (Word("/bin/sh"),))  # crontab(5); a unit's is its user's (systemd.exec(5))
        variables["PATH"] = (Word(":".join(at.path)),)
        return State(at.cwd, at.script, variables)

    def _text(self, text: str, at: At, state: State) -> Iterator[Trust]:
        """A text and what it sources; then what its functions call by variables that are set behind them."""
        waiting, self._later = self._later, []
        yield from self._followed(text, at, state)
        later, self._later = self._later, waiting
        for call, here in later:
            known = [word.text for word in state.variables.get(call.variable, ()) if word.text]
            for each in known:
                yield from self._argv([*(Word(part) for part in each.split()), *call.words[1:]], here)
            if not known:
                self._odd(here, here.before + 1, "the program's name comes from elsewhere")

    def _followed(self, text: str, at: At, state: State) -> Iterator[Trust]:
        if len(text) > MAX_TEXT:
            self._odd(at, 1, "a script too long to be followed")
            return
        try:
            for call in calls(text, state):
                self._left -= 1
                if self._left <= 0:
                    raise TooDeep
                line = call.line + at.before
                here = replace(at, before=line - 1)
                if at.script:
                    here = replace(here, via=(Fact(at.script, "calls it", line), *at.via[1:]))
                search = state.value("PATH")
                here = replace(
                    here,
                    cwd=call.cwd,
                    path=tuple(search.split(":")) if search else at.path,
                    environment=(*at.environment, *self._set(state), *call.assigned),
                )
                self._writing(call.writes, here)
                name, given = call.words[0].text, call.words[1:]
                if name in ("exec", "command", "builtin") and given:
                    name, given = given[0].text, given[1:]
                if name in state.functions:
                    if name in state.runners and given:
                        yield from self._argv(given, here)
                    continue
                if name in (".", "source") and given:
                    yield from self._source(given[0], here, state)
                elif name is None and call.words[0].text is None and not call.passed and call.variable:
                    self._later.append((call, here))
                elif name is None and call.words[0].text is None and not call.passed:
                    self._odd(here, line, "the program's name comes from elsewhere")
                elif name is not None:
                    yield from self._argv(call.words, here)
        except TooDeep:
            self._odd(at, 1, "too long or too deeply nested to be followed")

    def _set(self, state: State) -> list[tuple[str, str]]:
        """The variables that make programs load something, where the shell has set them."""
        found = [(name, state.value(name)) for name in (*UNSET, "BASH_ENV") if name in state.variables]
        return [(name, value) for name, value in found if value]

    def _writing(self, words: tuple[Word, ...], at: At) -> None:
        for word in words:
            place = joined(at.cwd, word.text)
            if place is not None and word.text and not word.glob:
                self.writes.append((at.runner, self._rooted(place, at), at.via))

    def _source(self, word: Word, at: At, state: State) -> Iterator[Trust]:
        """`. FILE`: its variables and functions are the shell's from then on. A bare name is looked up in PATH."""
        yield from self._pattern(word, at)
        for place in self._files(word, at, bare=True):
            yield from self._trust(place, at, "is sourced by")
            read = self._enter(place, at)
            if read is not None:
                inside = self._within(read.path, at, "sources it")
                yield from self._followed(read.text, inside, state)

    def _argv(self, words: Words, at: At) -> Iterator[Trust]:
        """A command: its program, what this runs or reads, and so on."""
        if not words or words[0].text is None or at.depth > MAX_NESTED:
            return
        name = words[0].text
        if "/" in name and words[0].glob:
            yield from self._pattern(words[0], at)
            for each in self._files(words[0], at):
                yield from self._argv([Word(each), *words[1:]], replace(at, depth=at.depth + 1, root=""))
            return
        if "/" in name:
            place = joined(at.cwd, name)
            place = self._rooted(place, at) if place is not None else None
            if place is not None:
                yield from self._trust(place, at, "is called by")
        elif name not in BUILTINS:
            place = yield from self._searched(name, at)
            if place is not None:
                yield from self._trust(place, at, "is called by")
        else:
            place = None
        yield from self._spread(words, at)
        yield from self._variables(at)
        for wrapped in inner(words):
            yield from self._inner(wrapped, at)
        given = code(words)
        if given is not None:
            yield from self._interpreted(given, at, place or "")
        if place is not None and (given is None or given.beside):
            yield from self._script(place, words, at)

    def _searched(self, name: str, at: At) -> Generator[Trust, None, str | None]:
        """A bare name, looked up in PATH: the folders before the one where it is."""
        for part in at.path:
            place = joined(at.cwd, part or ".")
            if place is None:
                continue
            place = self._rooted(place, at)
            whole = posixpath.join(place, name)
            if self.host.fs.is_file(whole):
                return whole
            says = f"is searched for {name} before the folder where it is"
            yield from self._folder(place, at, "program-search-path", says, "T1574.007", Confidence.PROVED)
        return None

    def _spread(self, words: Words, at: At) -> Iterator[Trust]:
        """Names of files as arguments."""
        found = spread(words)
        if found is not None and at.cwd is not None:
            says = f"has its names given to {found[0]} as arguments, where one can be an option"
            place = self._rooted(at.cwd, at)
            yield from self._folder(place, at, "wildcard-argument", says, "T1202", found[1])

    def _variables(self, at: At) -> Iterator[Trust]:
        """Variables of a command that make any program load something (ld.so(8), bash(1), perlrun(1))."""
        for name, value in at.environment:
            if name == "LD_PRELOAD":
                for part in re.split(r"[:\s]+", value):
                    if part.startswith("/"):
                        yield from self._trust(self._rooted(part, at), at, "is preloaded by")
            elif name in ("BASH_ENV", "ENV", "PYTHONSTARTUP") and value.startswith("/"):
                yield from self._trust(self._rooted(value, at), at, "is sourced by")
            elif name == "LD_LIBRARY_PATH":
                for part in value.split(":"):
                    place = joined(at.cwd, part or ".")
                    if place is not None:
                        says = "is searched for libraries first, by LD_LIBRARY_PATH"
                        place = self._rooted(place, at)
                        yield from self._folder(place, at, "library-search-path", says, "T1574.006", Confidence.PROVED)

    def _inner(self, each: Inner, at: At) -> Iterator[Trust]:
        """The command that a wrapper runs."""
        if at.depth >= MAX_NESTED:
            return
        runner = at.runner
        if each.user:
            if at.runner != ROOT:
                return  # it needs a permission of its own
            runner = self.host.accounts.actor(each.user)
        cwd = joined(at.cwd, each.cwd) if each.cwd is not None else at.cwd
        here = replace(at, runner=runner, cwd=cwd, depth=at.depth + 1, environment=(*at.environment, *each.assigned))
        search = next((value for name, value in reversed(each.assigned) if name == "PATH"), None)
        if search is not None:
            here = replace(here, path=tuple(search.split(":")))
        if each.root:
            place = joined(at.cwd, each.root)
            if place is None:
                return
            here = replace(here, root=under(at.root, place), cwd="/")
        if each.folder:
            yield from self._parts(each.folder, here)
        elif each.text:
            yield from self._text(each.text, here, self._state(here))
        else:
            yield from self._argv(each.words, here)

    def _parts(self, folder: str, at: At) -> Iterator[Trust]:
        """run-parts(8): the programs of a folder whose names have no dot, and whatever else is put there."""
        place = joined(at.cwd, folder)
        if place is None:
            return
        place = self._rooted(place, at)
        inside = bool(at.script)
        kind, technique = ("called-script", "T1574") if inside else (self.kind, self.technique)
        says = "has all its programs run by run-parts"
        yield from self._folder(place, at, kind, says, technique, Confidence.PROVED)
        for name in self.host.fs.names(place):
            node = self.host.fs.node(posixpath.join(place, name))
            if _RUN_PARTS.fullmatch(name) and node is not None and node.kind is NodeKind.FILE and node.mode & 0o111:
                whole = posixpath.join(place, name)
                yield from self._trust(whole, at, "is called by")
                yield from self._script(whole, [Word(whole)], at)

    def _script(self, place: str, words: Words, at: At) -> Iterator[Trust]:
        """A program that may be a script: by whatever its first line names."""
        found = script(self.host, place)
        if found is None or at.depth >= MAX_NESTED:
            return
        by = [Word(part) for part in found.by] or [Word("sh")]
        if not found.by:
            yield from self._interpreted(Code("shell", (Word(place),)), at, "")
            return
        here = replace(at, depth=at.depth + 1, root="")
        yield from self._argv([*by, Word(place), *words[1:]], here)

    def _interpreted(self, given: Code, at: At, program: str) -> Iterator[Trust]:
        """What an interpreter reads."""
        if given.language == "shell" and given.text:
            yield from self._text(given.text, at, self._state(at))
            return
        if not given.files:
            yield from self._imports(given, None, at, program)
            if given.text and len(given.text) < MAX_TEXT:
                yield from self._inline(given, at)
        for word in given.files:
            yield from self._pattern(word, at)
            for place in self._files(word, at):
                if given.language == "copied":
                    yield from self._copied(place, at)
                    continue
                yield from self._trust(place, at, "is run by")
                found = self._enter(place, at)
                if found is None:
                    continue
                if given.language == "shell":
                    inside = self._within(found.path, at, "calls others")
                    yield from self._text(found.text, inside, self._state(inside))
                else:
                    yield from self._other(given, found, at, program)

    def _copied(self, place: str, at: At) -> Iterator[Trust]:
        """A file, or a folder's files, that the job puts where they are run."""
        by = f"is copied by {at.script or 'the job'} to where it is run"
        if self.host.fs.is_folder(place):
            yield from self._folder(place.rstrip("/") or "/", at, "called-script", by, "T1574", Confidence.PROVED)
        yield from (replace(trust, kind="called-script", says=by) for trust in self._trust(place, at, ""))

    def _inline(self, given: Code, at: At) -> Iterator[Trust]:
        """A text of the command line in another language than the shell's."""
        text = Script(posixpath.join(at.cwd or "/", "-"), (), tuple(given.text.split("\n")))
        here = replace(at, depth=at.depth + 1)
        for _, place in included(self.host, text, given.language):
            yield from self._trust(place, here, "is read as code by")
        for each in spawned(text, given.language):
            if each.text:
                yield from self._text(each.text, here, self._state(here))
            else:
                yield from self._argv([Word(part) for part in each.words], here)

    def _other(self, given: Code, found: Script, at: At, program: str) -> Iterator[Trust]:
        """A script in another language than the shell's."""
        for number, place in included(self.host, found, given.language):
            here = self._within(found.path, at, "reads it as code", number)
            yield from self._trust(place, here, "is read as code by")
            deeper = (
                self._enter(place, here)
                if place.rpartition(".")[2] in ("pl", "pm", "py", "rb", "js", "php", "mk")
                else None
            )
            if deeper is not None:
                yield from self._other(given, deeper, here, program)
        for each in spawned(found, given.language):
            here = self._within(found.path, at, "calls it", each.line)
            if each.text:
                yield from self._text(each.text, here, self._state(here))
            else:
                yield from self._argv([Word(part) for part in each.words], here)
        yield from self._imports(given, found, at, program)

    def _imports(self, given: Code, found: Script | None, at: At, program: str) -> Iterator[Trust]:
        state = self._state(at)
        variables = {name: state.value(name) or "" for name in ("HOME", "PYTHONPATH", "PERL5LIB", "NODE_PATH")}
        for each in imports(self.host, given, found, variables, program=program, cwd=at.cwd):
            here = self._within(found.path, at, "imports modules", max(each.line, 1)) if found else at
            if each.folder:
                yield from self._folder(each.path, here, each.kind, each.says, "T1574", Confidence.PROVED)
                continue
            by = f"is imported by {found.path}" if found else each.says
            yield from self._imported(each, here, by)
            deeper = self._enter(each.path, here) if each.kind == "called-script" and _ours(each.path) else None
            if deeper is not None:
                yield from self._other(given, deeper, here, program)


def _ours(path: str) -> bool:
    """Whether a module is no part of what the distribution ships."""
    return not path.startswith(("/usr/lib/", "/usr/share/", "/lib/", "/usr/lib64/"))
