"""Requests, options, logs, modes, temporary names, comparisons and growth: what the target asked of the system."""

import pytest

from casemate.model.proof import ProofKind
from casemate.proofs.observation import Event
from casemate.proofs.oracles.argument import ORACLE as ARGUMENT
from casemate.proofs.oracles.certificate import ORACLE as CERTIFICATE
from casemate.proofs.oracles.log import ORACLE as LOG
from casemate.proofs.oracles.mode import ORACLE as MODE
from casemate.proofs.oracles.redos import ORACLE as REDOS
from casemate.proofs.oracles.ssrf import ORACLE as SSRF
from casemate.proofs.oracles.temporary import ORACLE as TEMPORARY
from casemate.proofs.oracles.timing import ORACLE as TIMING
from proofs.oracles.table import NOTHING, WORDS, apart, judged, seen, sink

C, K = WORDS.canary, WORDS.calm
H = f"{C}.invalid"
SLOW = sink("slow.here", 1000)


def thread(name, *args):
    return Event(name=name, args=args, stack=("thread.py run", "base_events.py run"))


def popen(*argv):
    return seen(sink("subprocess.Popen", argv[0], list(argv), None))


def system(line):
    return seen(sink("os.system", line))


def grown(*rows, events=(SLOW,), **more):
    """rows: size, seconds, done."""
    sizes, seconds, done = zip(*rows, strict=True)
    return seen(*events, measures={"sizes": sizes, "seconds": seconds, "done": done}, **more)


SQUARE = ((1000, 0.001, 1.0), (2000, 0.011, 1.0), (4000, 0.041, 1.0), (8000, 0.161, 1.0), (16000, 0.5, 0.0))
DOUBLING = ((8, 0.001, 1.0), (16, 0.002, 1.0), (24, 0.06, 1.0), (26, 0.24, 1.0), (28, 0.5, 0.0), (32, 0.5, 0.0))
EVEN = ((16000, 0.02, 1.0), (32000, 0.04, 1.0), (64000, 0.08, 1.0), (128000, 0.16, 1.0), (256000, 0.5, 0.0))

QUIET = {
    "a connection that asks": (CERTIFICATE, seen(sink("tls.wrap", 1, True, True)), NOTHING),
    "a connection that asks nobody, elsewhere": (CERTIFICATE, seen(apart("tls.wrap", 1, False, False)), NOTHING),
    "a context that was opened and not used": (CERTIFICATE, seen(sink("tls.open", 1)), NOTHING),
    "another context than the one that was opened here": (
        CERTIFICATE,
        seen(sink("tls.open", 1), apart("tls.wrap", 2, False, False)),
        NOTHING,
    ),
    "a context that was closed again": (
        CERTIFICATE,
        seen(sink("tls.open", 1), apart("tls.wrap", 1, True, True)),
        NOTHING,
    ),
    "the request was made ready and not sent": (SSRF, seen(sink("urllib.Request", f"http://{H}/", None)), NOTHING),
    "another host was asked": (SSRF, seen(sink("socket.getaddrinfo", "localhost", 80)), NOTHING),
    "a host that only begins so": (SSRF, seen(sink("socket.getaddrinfo", f"{H}.example.com", 80)), NOTHING),
    "a host that only ends so": (SSRF, seen(sink("socket.getaddrinfo", f"not{H}", 80)), NOTHING),
    "it was looked up elsewhere, to be checked": (SSRF, seen(apart("socket.getaddrinfo", H, 80)), NOTHING),
    "it is the port": (SSRF, seen(sink("socket.getaddrinfo", "localhost", H)), NOTHING),
    "a value behind two hyphens": (ARGUMENT, popen("git", "show", "--", f"--{C}"), popen("git", "show", "--", K)),
    "a value of an option": (ARGUMENT, popen("git", "log", "--author", f"--{C}"), popen("git", "log", "--author", K)),
    "a value in front of which something stands": (
        ARGUMENT,
        popen("git", "show", f"./--{C}"),
        popen("git", "show", f"./{K}"),
    ),
    "what may be the value of an option of a program": (ARGUMENT, popen("ssh", "-p", f"--{C}"), popen("ssh", "-p", K)),
    "what may be the value of the last of several letters": (
        ARGUMENT,
        popen("ssh", "-xp", f"-{C}"),
        popen("ssh", "-xp", K),
    ),
    "the value of a long option": (ARGUMENT, popen("git", f"--grep=--{C}"), popen("git", f"--grep={K}")),
    "an option that the target made of every value": (ARGUMENT, popen("git", f"--{C}"), popen("git", f"--{K}")),
    "the program itself": (ARGUMENT, popen(f"--{C}", "a"), popen(K, "a")),
    "another command than the control's": (ARGUMENT, popen("git", "show", f"--{C}", "a"), popen("git", "show", K)),
    "quoted for a shell, within a word": (ARGUMENT, system(f"grep 'a --{C}' file"), system(f"grep 'a {K}' file")),
    "a new line was written as two characters": (
        LOG,
        seen(sink("log.written", f"INFO {K}\\n{C} INFO signed in")),
        NOTHING,
    ),
    "a new line became a space": (LOG, seen(sink("log.written", f"INFO {K} {C} INFO signed in")), NOTHING),
    "the line is indented": (LOG, seen(sink("log.written", f"INFO {K}\n\t{C} INFO signed in")), NOTHING),
    "it begins the record itself": (LOG, seen(sink("log.written", f"{C} INFO signed in")), NOTHING),
    "another line logs it": (LOG, seen(apart("log.written", f"INFO {K}\n{C} INFO")), NOTHING),
    "for the group": (MODE, seen(sink("file.mode", "chmod", "/a", 0o664, 0o644, True)), NOTHING),
    "to be read by all": (MODE, seen(sink("file.mode", "chmod", "/a", 0o755, 0o644, True)), NOTHING),
    "a folder that is shared on purpose": (MODE, seen(sink("file.mode", "chmod", "/a", 0o1777, 0o755, False)), NOTHING),
    "changed elsewhere": (MODE, seen(apart("file.mode", "chmod", "/a", 0o777, 0o644, True)), NOTHING),
    "closed from the start": (MODE, seen(sink("file.mode", "chmod", "/a", 0o600, 0o600, True)), NOTHING),
    "closed, and of an earlier run": (MODE, seen(sink("file.mode", "chmod", "/a", 0o600, 0o644, False)), NOTHING),
    "left to the group": (MODE, seen(sink("file.mode", "chmod", "/a", 0o640, 0o644, True)), NOTHING),
    "a temporary file of another name each time": (
        TEMPORARY,
        seen(sink("temp.open", "open", "/tmp/a1")),
        seen(sink("temp.open", "open", "/tmp/a2")),
    ),
    "a temporary file opened elsewhere": (
        TEMPORARY,
        seen(apart("temp.open", "open", "/tmp/a")),
        seen(apart("temp.open", "open", "/tmp/a")),
    ),
    "a name given elsewhere": (TEMPORARY, seen(apart("temp.name", "mktemp", "/tmp")), NOTHING),
    "a name, in the control itself": (TEMPORARY, seen(sink("temp.name", "mktemp", "/tmp")), None),
    "compared elsewhere": (TIMING, seen(apart("compared.eq", "==", C)), NOTHING),
    "another text was compared": (TIMING, seen(sink("compared.eq", "==", K)), NOTHING),
    "nothing was compared": (TIMING, seen(returned="False"), NOTHING),
    "compared, in the control itself": (TIMING, seen(sink("compared.eq", "==", C)), None),
    "time in proportion": (REDOS, grown(*EVEN), NOTHING),
    "time spent elsewhere": (REDOS, grown(*SQUARE, events=(apart("slow.here", 1000),)), NOTHING),
    "always in time": (REDOS, grown(*SQUARE[:-1], events=()), NOTHING),
    "slow from the start, so nothing grows": (REDOS, grown((8, 0.5, 0.0), (16, 0.5, 0.0)), NOTHING),
    "one slow run among quick ones": (REDOS, grown((8, 0.0, 1.0), (16, 0.001, 1.0), (32, 0.5, 0.0)), NOTHING),
    "as slow for the control": (REDOS, grown(*SQUARE), seen(SLOW)),
    "no measures": (REDOS, seen(SLOW), NOTHING),
}
FIRES = {
    "a connection that asks nobody": (CERTIFICATE, seen(sink("tls.wrap", 1, False, False)), NOTHING),
    "one that takes any host's": (CERTIFICATE, seen(sink("tls.wrap", 1, True, False)), NOTHING),
    "a context that was opened here and used elsewhere": (
        CERTIFICATE,
        seen(sink("tls.open", 1), apart("tls.wrap", 1, False, False)),
        NOTHING,
    ),
    "looked up": (SSRF, seen(sink("socket.getaddrinfo", H, 80)), NOTHING),
    "looked up below it": (SSRF, seen(sink("socket.gethostbyname", f"www.{H.upper()}.")), NOTHING),
    "connected to": (SSRF, seen(sink("socket.connect", "<socket>", [H, 80])), NOTHING),
    "looked up by a thread that asks for others": (SSRF, seen(thread("socket.getaddrinfo", H, 443)), NOTHING),
    "an option": (ARGUMENT, popen("git", "show", f"--{C}"), popen("git", "show", K)),
    "an option behind one that takes no value": (ARGUMENT, popen("ssh", "-xq", f"--{C}"), popen("ssh", "-xq", K)),
    "an option behind a long one that takes none": (
        ARGUMENT,
        popen("git", "ls-remote", "--heads", f"--{C}"),
        popen("git", "ls-remote", "--heads", K),
    ),
    "an option for a shell": (ARGUMENT, system(f"tar cf out '--{C}'"), system(f"tar cf out {K}")),
    "an option for the shell of a process": (
        ARGUMENT,
        popen("/bin/sh", "-c", f"tar cf out -{C}"),
        popen("/bin/sh", "-c", f"tar cf out {K}"),
    ),
    "a line of the log": (LOG, seen(sink("log.written", f"INFO:root:{K}\n{C} INFO signed in")), NOTHING),
    "a line of the log by the other character": (LOG, seen(sink("log.written", f"INFO {K}\r{C} INFO")), NOTHING),
    "for everybody": (MODE, seen(sink("file.mode", "chmod", "/a", 0o777, 0o644, False)), NOTHING),
    "to be written by everybody": (MODE, seen(sink("file.mode", "fchmod", 3, 0o666, 0o644, False)), NOTHING),
    "closed after it was written": (MODE, seen(sink("file.mode", "chmod", "/a", 0o600, 0o644, True)), NOTHING),
    "a name": (TEMPORARY, seen(sink("temp.name", "mktemp", "/tmp")), NOTHING),
    "the same name each time": (
        TEMPORARY,
        seen(sink("temp.open", "open", "/tmp/a")),
        seen(sink("temp.open", "open", "/tmp/a")),
    ),
    "compared": (TIMING, seen(sink("compared.eq", "==", C)), NOTHING),
    "a square": (REDOS, grown(*SQUARE), NOTHING),
    "what doubles": (REDOS, grown(*DOUBLING), NOTHING),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(*QUIET[name]) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    oracle, observation, calm = FIRES[name]
    assert judged(oracle, observation, calm) != ""
    if oracle.kind is ProofKind.OBSERVATION:
        assert judged(oracle, observation, None) == ""  # the control itself, on which the same primitive runs
