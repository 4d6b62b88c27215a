"""Programs for which the name of a file can be an option that runs a command, or gives a file away.

Whoever can make files in the folder chooses the names (Leon Juranic, "Back to the future: Unix wildcards gone wild", 2014).
"""

from __future__ import annotations

import posixpath
from typing import Final

from casemate.host.wrapped import Words
from casemate.model.host import Confidence

_SPREADS: Final = {
    "tar": Confidence.PROVED,  # --checkpoint-action
    "rsync": Confidence.PROVED,  # -e
    "zip": Confidence.PROVED,  # -TT
    "chown": Confidence.LIKELY,  # --reference, and a link
    "chgrp": Confidence.LIKELY,
    "chmod": Confidence.LIKELY,
    "7z": Confidence.LIKELY,  # @list, which reads what root can
    "7za": Confidence.LIKELY,
    "7zr": Confidence.LIKELY,
    "rar": Confidence.LIKELY,
    "scp": Confidence.LIKELY,  # -S
}


def spread(words: Words) -> tuple[str, Confidence] | None:
    """The program's name, when a pattern in its words gives it names as they are: no folder before them, no `--`."""
    name = posixpath.basename(words[0].text or "")
    if name not in _SPREADS:
        return None
    for word in words[1:]:
        if word.text == "--":
            return None
        if word.glob and (word.text or "").startswith(("*", "?", "[")):
            return name, _SPREADS[name]
    return None
