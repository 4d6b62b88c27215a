"""Which parts of a command are options, as far as it can be told without the program: whether the part after one is its value.

An option that is not known here may take a value, so what stands behind it is not judged.
"""

from __future__ import annotations

_ALONE = {
    "": "hqv",
    "cat": "bnsuvAET",
    "chmod": "Rcfv",
    "chown": "Rcfhv",
    "convert": "",
    "cp": "LPRafinprsuvx",
    "curl": "0123456BGIJLMNOSafgijklnpqsv",
    "ffmpeg": "yn",
    "git": "pP",
    "grep": "EFGHILPRUVWZabchilnoqrsvwxyz",
    "gzip": "acdfhklnqrtv123456789",
    "hg": "qvy",
    "less": "NRSX",
    "ls": "1ACFGHLRSUXacdfghiklmnopqrstux",
    "mv": "bfinuv",
    "ping": "46ADLOQRUbdfnqrv",
    "rm": "Rdfirv",
    "rsync": "0AHIKLOPRSWXabcdgiklnopqrtuvxyz",
    "scp": "346ABCOTRpqrv",
    "sed": "Enrsuz",
    "ssh": "1246AaCfGgKkMNnqsTtVvXxYy",
    "svn": "qv",
    "tar": "ajcdhklmoprtuvxzJSZ",
    "unzip": "LVZaCfjlnopqtuvxXz",
    "wget": "46ELNSbckmpqrvx",
    "zip": "9jmqrvy",
}
"""Letters of options that take no value, by program; "" stands for every one."""

_WORDS = frozenset(
    (
        *(
            "all",
            "bare",
            "batch",
            "brief",
            "cached",
            "color",
            "compressed",
            "debug",
            "detach",
            "dry-run",
            "fail",
            "follow",
        ),
        *(
            "force",
            "fork",
            "hard",
            "heads",
            "help",
            "ignore-case",
            "insecure",
            "interactive",
            "keep-going",
            "list",
            "location",
        ),
        *(
            "long",
            "mirror",
            "null",
            "porcelain",
            "progress",
            "prune",
            "quiet",
            "raw",
            "recurse-submodules",
            "recursive",
        ),
        *(
            "remotes",
            "shallow-submodules",
            "short",
            "silent",
            "single-branch",
            "soft",
            "stat",
            "stdin",
            "symref",
            "tags",
        ),
        *("text", "update", "verbose", "version", "yes"),
    )
)


def alone(option: str, program: str) -> bool:
    """Whether an option is known to take no value of its own, so that what follows stands by itself."""
    name = program.rpartition("/")[2]
    if option.startswith("--"):
        return "=" in option or option[2:] in _WORDS or option.startswith("--no-")
    letters = _ALONE.get(name, "") + _ALONE[""]
    return len(option) > 1 and all(letter in letters for letter in option[1:])


def holds_value(before: str, program: str) -> bool:
    """Whether the part after this one may be its value."""
    return before.startswith("-") and before != "-" and not alone(before, program)
