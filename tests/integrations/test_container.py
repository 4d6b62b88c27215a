"""The Containerfile: what must hold of it, by its text, since a suite has no engine to build it with."""

import re

from integrations.conftest import ROOT

FILE = ROOT / "Containerfile"
JOINED = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.MULTILINE))
INSTRUCTIONS = [tuple(line.split(None, 1)) for line in JOINED.splitlines() if line.strip()]
LAST = max(n for n, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM")


def of(name, start=0):
    return [words.strip() for found, words in INSTRUCTIONS[start:] if found == name]


def test_instructions_are_known():
    """Nothing was mistyped, and nothing runs at build time in whoever builds on it."""
    assert {name for name, _ in INSTRUCTIONS} <= {"FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "ENTRYPOINT", "CMD"}


def test_the_base_is_debian_by_a_release():
    """A tag that names a release, in its slim form; never `latest`, no digest that nobody checked."""
    assert [words.split()[0] for words in of("FROM")] == ["debian:bookworm-slim"] * 2


def test_it_runs_as_nobody_special():
    """A user by number, set in the last stage and by nothing after it."""
    (user,) = of("USER", LAST)
    uid, gid = map(int, user.split(":"))
    assert min(uid, gid) >= 1000
    assert f"--uid {uid}" in of("RUN", LAST)[0]
    after = [name for name, _ in INSTRUCTIONS[LAST:]]
    assert "RUN" not in after[after.index("USER") :]


def test_every_source_of_a_copy_exists():
    """And lies in the repository or in an earlier stage."""
    for words in of("COPY"):
        *sources, _ = words.split()
        if sources[0].startswith("--from="):
            assert sources[0] == "--from=build"
            assert sources[1:] == ["/opt/casemate"]
        else:
            assert all((ROOT / source).exists() for source in sources)


def test_packages_come_from_the_lock_by_hash():
    """pip installs the lock, wheels only, and then the project without looking further."""
    installs = [line for run in of("RUN") for line in run.split("&&") if "pip install" in line]
    lock, project = installs
    assert {"--require-hashes", "--only-binary :all:", "--requirement requirements/run.txt"} <= {
        *re.findall(r"--[\w-]+(?: [^-\s]\S*)?", lock)
    }
    assert "--no-deps --no-build-isolation ." in project


def test_nothing_is_fetched_by_hand():
    """No download but by apt and pip, and none when it runs."""
    assert not re.search(r"\b(ADD|curl|wget|git clone)\b|https?://", JOINED)
    assert of("ENTRYPOINT") == ['["casemate"]']
