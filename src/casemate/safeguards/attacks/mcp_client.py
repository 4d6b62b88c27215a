"""A client of `casemate mcp` that means harm: out of its roots, beyond its level, any arguments, through the door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, NoReturn

from casemate.governance.errors import Denied
from casemate.mcp.catalogue import BY_NAME, MAX_BUDGET, MAX_LINES, Level
from casemate.mcp.desk import MAX_RECORDED, Desk
from casemate.mcp.door import MAX_BODY, Door
from casemate.mcp.roots import Roots
from casemate.model.errors import UserError
from casemate.safeguards.attack import Attack, Attempt, Ground

_PLACED = {"scan": "paths", "slice": "path", "prove": "target", "fix": "target", "verify": "target", "host": "root"}
_NEEDED: Mapping[str, Mapping[str, Any]] = {"verify": {"bundle": "some-bundle"}}
_HOST = "127.0.0.1:8000"
_TOKEN = "Zm9yIHRoZSBzYWZlZ3VhcmRzIG9mIHRoaXMgaG91c2U"


class _Scene:
    """A root with files, links that lead out of it, and what lies beside it. recorded: how many refusals reached the ledger."""

    def __init__(self, ground: Ground, level: Level) -> None:
        self.random: Random = ground.random
        self.root = ground.folder / "root"
        self.beside = ground.folder / "root-beside"
        self.home = self.root / "home"
        for folder in (self.root / "a" / "b", self.beside, self.home):
            folder.mkdir(parents=True)
        for place in (self.root / "a" / "f.py", self.beside / "f.py", self.home / "key"):
            place.write_text("x = 1\n")
        (self.root / "link").symlink_to(self.beside)
        (self.root / "a" / "up").symlink_to("../..")
        (self.root / "a" / "chain").symlink_to("../link")
        (self.root / "a" / "loop").symlink_to("loop")
        self.recorded = 0
        self.desk = Desk(Roots([self.root]), level, record=self._record, closed=(self.home,))

    def _record(self, operation: str, name: str, place: Path, level: Level, why: str, next_step: str) -> NoReturn:
        self.recorded += 1
        raise Denied(f"{operation} is not permitted: {why}", next_step)

    def honest(self) -> None:
        """What anybody may ask is admitted. Raises AssertionError."""
        call = self.desk.admit("slice", {"path": "a/f.py", "start": 1, "end": 1})
        if call.given["path"] != str(self.root / "a" / "f.py"):
            raise AssertionError(f"an honest call leads to {call.given['path']!r}")
        self.desk.admit("scan", {"paths": ["a", str(self.root / "a" / "b")]})

    def tried(self, what: str, name: str, given: Mapping[str, Any]) -> Attempt:
        """A call that must not be admitted."""
        try:
            call = self.desk.admit(name, given)
        except UserError as error:
            return Attempt(what=what, succeeded=False, answer=str(error)[:300])
        return Attempt(what=what, succeeded=True, answer=repr(call.given)[:300])


def _outside(scene: _Scene) -> Attempt:
    forms = {
        "dots": "../" * scene.random.randint(1, 12) + scene.random.choice(("", "etc/passwd", "root-beside/f.py")),
        "dots behind a folder": "a/b/" + "../" * scene.random.randint(3, 9) + "root-beside",
        "a link out": scene.random.choice(
            ("link", "link/f.py", "a/chain", "a/chain/f.py", "a/up", "a/up/root-beside/f.py")
        ),
        "a link in a circle": "a/loop",
        "an absolute path": scene.random.choice(
            ("/", "/etc/passwd", "/proc/self/environ", str(scene.beside), "//etc/passwd")
        ),
        "through /proc": f"/proc/self/root{scene.beside}/f.py",
        "a name that begins alike": f"{scene.root}-beside/f.py",
        "a name too long": "a/" * 1000 + "../" * 1010,
        "the operator's own records": scene.random.choice(
            ("home", "home/key", "a/../home/key", str(scene.home / "key"))
        ),
        "what does not exist": scene.random.choice(("../none", "/none", "link/none")),
    }
    form = scene.random.choice(sorted(forms))
    name = scene.random.choice(sorted(_PLACED))
    place: Any = forms[form]
    if name == "scan":
        place = [*["a"] * scene.random.randint(0, 3), place]
    return scene.tried(f"a place outside: {form}", name, {**_NEEDED.get(name, {}), _PLACED[name]: place})


def _beyond(scene: _Scene) -> Attempt:
    name = scene.random.choice(("prove", "fix", "apply", "undo", "verify"))
    given: dict[str, Any] = {"bundle": "b"} if name == "verify" else {"claims": ["abcdef12"]} if name == "apply" else {}
    return scene.tried("a tool beyond the level", name, given)


def _value(random: Random) -> Any:
    """No value of any argument."""
    return random.choice(
        (
            None,
            -1,
            1.5,
            2**70,
            "",
            "x" * random.choice((5000, 100_000)),
            "a\0b",
            "a\nb",
            "\u202ea",
            [],
            [[]],
            ["a"] * 10_000,
            {"$ref": "/etc/passwd"},
            {},
        )
    )


def _arguments(scene: _Scene) -> Attempt:
    random = scene.random
    name = random.choice(("scan", "slice", "prove", "fix", "findings", "explain", "ledger_prove"))
    kinds = BY_NAME[name].takes
    if random.random() < 0.3:
        unknown = random.choice(("python", "jobs", "token", "own", "apply", "bundles", "__class__", "x" * 100_000))
        return scene.tried("an argument that there is not", name, {"path": "a/f.py", unknown: 1})
    if random.random() < 0.3:
        given = random.choice(
            (
                ("prove", {"budget": MAX_BUDGET + random.randint(1, 10**12)}),
                ("fix", {"budget": random.choice((0, True, "1"))}),
                ("slice", {"path": "a/f.py", "start": 1, "end": MAX_LINES + random.randint(1, 10**6)}),
                ("slice", {"path": "a/f.py", "start": 9, "end": random.randint(-5, 8)}),
                ("scan", {"since": random.choice(("-x", "--upload-pack=touch x", "--"))}),
                ("scan", {"rules": ["x"] * 65}),
                ("verify", {"bundle": random.choice(("../key", "a/b", "a.casemate", "/etc/passwd", "A"))}),
                ("host", {"root": "a", "image": "a/f.py"}),
                ("explain", {"rule": "../x"}),
            )
        )
        return scene.tried("an argument beyond its bounds", *given)
    argument, value = random.choice(sorted(kinds)), _value(random)
    while argument in ("rules", "exclude", "claims") and value == []:  # an empty list is one
        value = _value(random)
    return scene.tried("an argument of the wrong kind", name, {argument: value})


def _unknown(scene: _Scene) -> Attempt:
    names = ("release", "charter", "token", "rm", "scan ", "SCAN", "scan\0", "", "../scan", "__init__", "x" * 10_000)
    return scene.tried("a tool that there is not", scene.random.choice(names), {})


def _noise(scene: _Scene) -> Attempt:
    for number in range(MAX_RECORDED + scene.random.randint(1, 50)):
        scene.tried("", "slice", {"path": f"../{number}"})
    return Attempt(
        what="noise in the ledger", succeeded=scene.recorded > MAX_RECORDED, answer=f"{scene.recorded} recorded"
    )


async def _nowhere(*asked: Any) -> None:
    raise AssertionError("nothing is let through")


def _through_the_door(scene: _Scene) -> Attempt:
    door, random = Door(_nowhere, token=_TOKEN, hosts=[_HOST]), scene.random
    host, bearer = (b"host", _HOST.encode()), (b"authorization", f"Bearer {_TOKEN}".encode())
    if door.refusal({"type": "http", "headers": [host, bearer]})[0]:
        raise AssertionError("an honest request is refused")
    cut = random.randrange(len(_TOKEN))
    tokens = (
        b"",
        b"Bearer ",
        f"Bearer {_TOKEN[:cut]}".encode(),
        f"Bearer {_TOKEN[:cut]}{chr(ord(_TOKEN[cut]) ^ 1)}{_TOKEN[cut + 1 :]}".encode(),
        f"Bearer {_TOKEN}{random.choice('=A x')}".encode(),
        f"Bearer {_TOKEN.swapcase()}".encode(),
        f"Basic {_TOKEN}".encode(),
        _TOKEN.encode(),
        b"Bearer \xff\xfe",
    )
    names = (
        b"evil.example",
        b"evil.example:8000",
        b"127.0.0.1",
        b"127.0.0.1:80",
        b"127.0.0.1:8000.evil.example",
        b"",
        b"[::1]:8000",
    )
    ways: dict[str, list[tuple[bytes, bytes]]] = {
        "another token": [host, (b"authorization", random.choice(tokens))],
        "no token": [host],
        "two tokens": [host, (b"authorization", b"Bearer x"), bearer],
        "another name (DNS rebinding)": [(b"host", random.choice(names)), bearer],
        "two names": [host, (b"host", random.choice(names)), bearer],
        "a page of another origin": [
            host,
            bearer,
            (b"origin", random.choice((b"http://evil.example", b"null", b"", b"file://"))),
        ],
        "a body too large": [
            host,
            bearer,
            (b"content-length", random.choice((b"%d" % (MAX_BODY + 1), b"9" * 400, b"-1", b"1e9"))),
        ],
    }
    way = random.choice(sorted(ways))
    status, why = door.refusal({"type": "http", "headers": ways[way]})
    return Attempt(what=f"through the door: {way}", succeeded=not status or _TOKEN in why, answer=f"{status} {why}")


def _attempt(ground: Ground) -> Attempt:
    kinds = (
        _outside,
        _outside,
        _outside,
        _arguments,
        _arguments,
        _beyond,
        _unknown,
        _noise,
        _through_the_door,
        _through_the_door,
    )
    kind = ground.random.choice(kinds)
    scene = _Scene(ground, Level.FIND if kind is _beyond else Level.FIX)
    scene.honest()
    return kind(scene)


ATTACK = Attack(
    id="mcp-client",
    title="a client of the tool server means harm",
    aim="a place outside of the roots, a tool beyond the level, a bound that does not hold, or a way in without the token",
    attempt=_attempt,
    files=True,
)
