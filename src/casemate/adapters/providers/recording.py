"""The file that every exchange of a run is written to: JSON lines, appended, each on disk before the run goes on.

The first line names form, model and address. Then for each exchange one line before it is sent, with the prompt and what was
reserved, and one after it, with the reply and what was charged; a run that goes on says which it passed over. Prompts are kept
as they were sent, secrets replaced. From this file a run is replayed without a model, and one that was killed goes on.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from io import BufferedRandom
from pathlib import Path
from threading import Lock
from typing import Any

from casemate.adapters.providers.secrets import redacted
from casemate.governance.budget import OF_MODELS, Counts
from casemate.governance.spending import Terms, cost
from casemate.model.dialogue import NoAnswer, Prompt, Reply, Silence
from casemate.model.errors import UserError
from casemate.model.exchange import prompt_digest, prompt_fields, read_reply, reply_fields
from casemate.ports import LanguageModel

VERSION = 1
FORM = "casemate/exchanges"
LARGEST = 1 << 30  # bytes of a file that is read

_FREE = Counts()
_ANEW = (Silence.BUDGET, Silence.DENIED)  # what another run may be allowed


@dataclass(slots=True)
class Exchange:
    """One exchange of a file. reply: None when none was written. used: what was charged; without a reply, what was reserved."""

    number: int
    digest: str
    used: Counts
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a file holds. size: bytes of its whole lines. exchanges: by number; one that was made in the place of an earlier one
    has its place."""

    model: str
    endpoint: str
    size: int
    exchanges: tuple[Exchange, ...]
    spent: Counts
    last: int

    def by_digest(self) -> dict[str, deque[Exchange]]:
        """The exchanges of each prompt, in order."""
        found: dict[str, deque[Exchange]] = defaultdict(deque)
        for exchange in self.exchanges:
            found[exchange.digest].append(exchange)
        return found


def read_recording(path: Path) -> Recorded:
    """What a file holds; a last line that is not whole, as when its writer was killed, does not count. Raises UserError."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UserError(f"the recording {str(path)!r} cannot be read: {error.strerror}", "name another file") from error
    return _recorded(data, path)


def _recorded(data: bytes, path: Path) -> Recorded:
    if len(data) > LARGEST:
        raise UserError(f"the recording {str(path)!r} is larger than 1 GiB", "name another file")
    whole = data[: data.rfind(b"\n") + 1]
    number = 1  # of the line that is read
    try:
        lines = [json.loads(line) for line in whole.splitlines()]
        head = lines[0]
        if head["form"] != FORM or head["v"] != VERSION:
            raise ValueError("another form")
        made: dict[int, Exchange] = {}
        order: dict[int, int] = {}  # the exchange that stands in each place
        for line in lines[1:]:
            number += 1
            if "dropped" in line:
                order = {place: one for place, one in order.items() if one != line["dropped"]}
            elif "reply" in line:
                exchange = made[line["n"]]
                exchange.reply, exchange.used = read_reply(line["reply"]), _counts(line["used"])
            else:
                exchange = Exchange(line["n"], str(line["digest"]), _counts(line["reserved"]))
                made[exchange.number] = exchange
                order[line.get("instead_of", exchange.number)] = exchange.number
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise UserError(
            f"{str(path)!r} is no recording of exchanges that this version knows (line {number})",
            "name a file that --model-record wrote",
        ) from error
    spent = {name: sum(getattr(one.used, name) for one in made.values()) for name in OF_MODELS}
    return Recorded(
        model=str(head["model"]),
        endpoint=str(head["endpoint"]),
        size=len(whole),
        exchanges=tuple(made[one] for _, one in sorted(order.items())),
        spent=Counts(**spent),
        last=max(made, default=0),
    )


class Replay:
    """A `ports.LanguageModel` that says what a recording says, in order for each prompt. Nothing leaves the process."""

    def __init__(self, path: Path) -> None:
        recorded = read_recording(path)
        self._model = recorded.model
        self._left = recorded.by_digest()
        self._one = Lock()

    @property
    def name(self) -> str:
        """The model that was recorded."""
        return self._model

    @property
    def endpoint(self) -> str:
        """None."""
        return ""

    def reply(self, prompt: Prompt) -> Reply:
        """The next reply to this prompt that was recorded."""
        digest = prompt_digest(redacted(prompt))
        with self._one:
            left = self._left[digest]
            while left:
                if (reply := left.popleft().reply) is not None:
                    return reply
        return NoAnswer(why=Silence.OUTAGE, detail="the recording has no (further) reply to this prompt")


class Recording:
    """A file of exchanges that is being written: by one run at a time, with any number of threads.

    keys: the operator's own, which no line holds. spent: what earlier runs of the same work have spent, by the file. Raises
    UserError when the file is of another model or address, in use, or cannot be written.
    """

    def __init__(self, path: Path, *, model: str, endpoint: str, terms: Terms, keys: tuple[str, ...] = ()) -> None:
        self._path = path
        self._keys = keys
        self._terms = terms
        self._one = Lock()
        try:
            self._file = _opened(path)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            self._left, self.spent, self._number = self._begin(model, endpoint)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Let another run have the file."""
        self._file.close()

    def digest(self) -> str:
        """SHA-256 of the file so far, in hex."""
        with self._one:
            return sha256(self._path.read_bytes()).hexdigest()

    def around(self, model: LanguageModel, monotonic: Callable[[], float]) -> Recorder:
        """The model with every exchange written to this file. model: guarded. monotonic: seconds."""
        return Recorder(model, self, monotonic)

    def earlier(self, digest: str) -> Exchange | None:
        """What an earlier run has of this prompt, each once. What had to be asked once more for an answer is passed over, and
        that is written: else a run that goes on would ask again, and be told something else from then on. Raises UserError."""
        with self._one:
            left = self._left.get(digest)
            one = left.popleft() if left else None
            while left and one is not None and _final(one.reply) is None and any(_final(e.reply) for e in left):
                self._append({"dropped": one.number})
                one = left.popleft()
            return one

    def sending(self, prompt: Prompt, digest: str, instead_of: int | None) -> int:
        """Write that a prompt is about to be sent; the exchange's number. Raises UserError."""
        with self._one:
            self._number += 1
            reserved = _spelled(Counts(**self._terms.reservation(prompt)))
            place = {} if instead_of is None else {"instead_of": instead_of}
            shown = prompt_fields(redacted(prompt, self._keys))
            line = {"n": self._number, "digest": digest, **place, "reserved": reserved, "prompt": shown}
            self._append(line)
            return self._number

    def answered(self, number: int, reply: Reply, waited_ms: int) -> None:
        """Write what came. Raises UserError."""
        nothing_sent = isinstance(reply, NoAnswer) and reply.why in _ANEW
        used = _FREE if nothing_sent or reply.charged is None else Counts(**cost(self._terms, reply.charged, waited_ms))
        with self._one:
            self._append({"n": number, "reply": reply_fields(reply), "used": _spelled(used)})

    def _begin(self, model: str, endpoint: str) -> tuple[dict[str, deque[Exchange]], Counts, int]:
        data = self._file.read(LARGEST + 1)
        if b"\n" not in data:
            self._file.seek(0)
            self._file.truncate()
            self._append({"form": FORM, "v": VERSION, "model": model, "endpoint": endpoint})
            return {}, _FREE, 0
        recorded = _recorded(data, self._path)
        if (recorded.model, recorded.endpoint) != (model, endpoint):
            raise UserError(
                f"the recording {str(self._path)!r} is of {recorded.model} at {recorded.endpoint}",
                "name another file, or the same model",
            )
        self._file.seek(recorded.size)
        self._file.truncate()
        return recorded.by_digest(), recorded.spent, recorded.last

    def _append(self, line: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> UserError:
        used = isinstance(error, BlockingIOError)
        what = "is in use by another run" if used else f"cannot be written: {error.strerror}"
        return UserError(f"the recording {str(self._path)!r} {what}", "name another file")


class Recorder:
    """A `ports.LanguageModel` that writes down every exchange, and that answers from the file what an earlier run has of it.

    What an earlier run was answered is not asked again. What failed for a time, or was refused for the budget or by the charter
    of then, is asked anew; so is what was sent and not answered, which stays charged as it was reserved.
    """

    def __init__(self, model: LanguageModel, recording: Recording, monotonic: Callable[[], float]) -> None:
        self._model = model
        self._recording = recording
        self._monotonic = monotonic

    @property
    def name(self) -> str:
        """Of the model."""
        return self._model.name

    @property
    def endpoint(self) -> str:
        """Of the model."""
        return self._model.endpoint

    def reply(self, prompt: Prompt) -> Reply:
        """One exchange, or its record. Raises UserError when it cannot be recorded."""
        prompt = redacted(prompt)
        digest = prompt_digest(prompt)
        earlier = self._recording.earlier(digest)
        if earlier is not None and (reply := _final(earlier.reply)) is not None:
            return reply
        number = self._recording.sending(prompt, digest, None if earlier is None else earlier.number)
        started = self._monotonic()
        reply = self._model.reply(prompt)
        self._recording.answered(number, reply, round((self._monotonic() - started) * 1000))
        return reply


def _final(reply: Reply | None) -> Reply | None:
    """A reply that another run would not change."""
    return None if isinstance(reply, NoAnswer) and (reply.again or reply.why in _ANEW) else reply


def _opened(path: Path) -> BufferedRandom:
    """The file, made readable by its owner alone, and held against other runs. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    file = os.fdopen(handle, "r+b")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        file.close()
        raise
    return file


def _spelled(counts: Counts) -> dict[str, int]:
    return {name: amount for name, amount in asdict(counts).items() if name in OF_MODELS}


def _counts(fields: dict[str, int]) -> Counts:
    if any(type(amount) is not int for amount in fields.values()):
        raise TypeError("amounts are integers")
    return replace(_FREE, **fields)
