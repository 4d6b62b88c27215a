"""A git repository that a test commits to with the real git."""

import os
import subprocess
from pathlib import Path

IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "a"), ("EMAIL", "a@example.org"), ("DATE", "2026-01-02T03:04:05Z"))
}


class Repository:
    """A clone below a folder. Nothing of the operator's own configuration counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str | Path, cwd: Path | None = None) -> str:
        """Run git; its output."""
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *map(str, words)],
            cwd=cwd or self.folder, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def write(self, **contents: str | bytes) -> None:
        """Write files by path."""
        for path, content in contents.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, **contents: str | bytes) -> str:
        """Write files and commit everything; the commit's id."""
        self.write(**contents)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD")
