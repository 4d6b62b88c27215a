"""What the name of a parameter says of who gives it: a stranger, or whoever calls and sets things up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

SETTINGS: Final = frozenset({"settings", "setting", "config", "configuration", "conf", "cfg", "vars", "variables"})
OPTIONS: Final = frozenset({"options", "opts", "settings", "config"})
CHOICES: Final = frozenset({"options", "opts", "preferences", "prefs"})  # settings, where one of them is meant
BOUND: Final = frozenset(
    {"table", "tables", "tablename", "keyspace", "schema", "database", "collection", "namespace", "prefix"}
)
# What somebody outside fills: an attribute of it is data.
SPEAKERS: Final = frozenset(
    {
        "request", "req", "response", "resp", "message", "messages", "msg", "mail", "email", "event", "environ", "packet",
        "member", "members", "info", "entry", "entries", "upload", "uploaded", "uploads", "file", "files", "attachment",
        "part", "parts", "record", "row", "item", "items", "node", "element", "elem", "data", "payload", "body", "form",
        "doc", "document", "feed", "link", "header", "headers", "cookie", "cookies", "result", "user", "input",
        "url", "uri", "conn", "peer", "channel", "sock", "socket", "tag", "token", "archive", "tar", "package", "metadata",
    }
)  # fmt: skip
PLACES: Final = frozenset(
    {
        "path",
        "paths",
        "filepath",
        "dir",
        "dirs",
        "directory",
        "folder",
        "folders",
        "home",
        "root",
        "uri",
        "uris",
        "location",
    }
)
# What a parameter is called whose value somebody sent, or chose who sent something: not what merely may come from outside, as an
# address, a document or a user may.
SENT: Final = frozenset(
    {
        "request", "req", "response", "resp", "message", "messages", "msg", "mail", "email", "environ", "packet", "upload",
        "uploaded", "uploads", "attachment", "body", "form", "data", "header", "headers", "cookie", "cookies",
        "input", "filename", "filenames",
    }
)  # fmt: skip
NAMES: Final = frozenset({"filename", "filenames"})  # sent, where put below something; all of a place is one's own
UPLOADED: Final = frozenset({"attachment", "upload", "uploaded", "uploads"})  # it says so wherever it stands
# What may stand behind such a word, and says no more of it.
TAILS: Final = frozenset({"bytes", "id", "line", "path", "prefix", "str", "string", "suffix", "text", "value"})
# What is no command, program or statement, but something to put into one.
NO_COMMAND: Final = frozenset({"address", "host", "hostname", "key", "line", "name", "text", "username", "value"})


def sent(name: Sequence[str]) -> bool:
    """Whether the words of a name say that somebody sent the value."""
    last = next((word for word in reversed(name) if word not in TAILS), "")
    return last in SENT or bool(UPLOADED & set(name))


def set_up(words: Collection[str], path: Sequence[object], *, kept: bool) -> bool:
    """Whether they say that whoever calls sets something up. path: of the part that is meant. kept: a constructor keeps it, and
    so binds its object to a table or the like."""
    return bool(
        SETTINGS.intersection(words) or (path and CHOICES.intersection(words)) or (kept and BOUND.intersection(words))
    )
