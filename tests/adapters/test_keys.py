"""The operator's keys: made once, kept to their owner, refused when others could have them."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from casemate.adapters.keys import FileSigner, data_home, load_or_create_digest_key
from casemate.governance.errors import LedgerMissing, LedgerUnavailable
from casemate.governance.note import VerifierKey

# RFC 8410 §10.3, whose key bytes are those of its example.
RFC8410 = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
"""
RFC8410_PUBLIC = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "data" / "casemate"


def put(home: Path, data: bytes, name: str = "operator.pem", permissions: int = 0o600) -> Path:
    path = home / "keys" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(permissions)
    return path


def test_made_on_first_use(home):
    """The first use makes both keys, for their owner only, in a folder of the same kind; the second finds them."""
    first, digest = FileSigner.load_or_create(home), load_or_create_digest_key(home)
    assert sorted(path.name for path in (home / "keys").iterdir()) == ["digest.key", "operator.pem"]
    assert [mode(home / "keys" / name) for name in ("", "digest.key", "operator.pem")] == [0o700, 0o600, 0o600]
    assert FileSigner.load_or_create(home).public_key == FileSigner.load(home).public_key == first.public_key
    assert load_or_create_digest_key(home) == digest
    assert len(digest) == 32


def test_umask_does_not_open_them(home):
    """Whatever the umask, the files are 0600 and the folder 0700."""
    before = os.umask(0)
    try:
        FileSigner.load_or_create(home)
    finally:
        os.umask(before)
    assert [mode(home / "keys"), mode(home / "keys" / "operator.pem")] == [0o700, 0o600]


def test_every_key_is_another(tmp_path):
    """Keys are random."""
    assert FileSigner.load_or_create(tmp_path / "a").public_key != FileSigner.load_or_create(tmp_path / "b").public_key


def test_standard_form(home):
    """The file is a PKCS#8 key that other tools read, and signatures verify under its public key."""
    signer = FileSigner.load_or_create(home)
    other = load_pem_private_key((home / "keys" / "operator.pem").read_bytes(), None)
    assert other.public_key().public_bytes_raw() == signer.public_key
    assert VerifierKey(name="x", key=signer.public_key).verifies(b"message", signer.sign(b"message"))
    assert other.sign(b"message") == signer.sign(b"message")


def test_a_key_made_elsewhere(home):
    """The example key of RFC 8410 is read."""
    put(home, RFC8410)
    assert FileSigner.load(home).public_key.hex() == RFC8410_PUBLIC


def test_loading_makes_nothing(home):
    """A command that only reads finds no key and leaves nothing behind."""
    with pytest.raises(LedgerMissing, match="nothing was recorded yet; run a scan first, or set CASEMATE_HOME"):
        FileSigner.load(home)
    assert not home.exists()


@pytest.mark.parametrize("permissions", [0o640, 0o604, 0o660, 0o601, 0o777])
def test_a_key_that_others_can_read(home, permissions):
    """It is refused, with the command that closes it."""
    path = put(home, RFC8410, permissions=permissions)
    with pytest.raises(LedgerUnavailable, match="is open to others") as raised:
        FileSigner.load_or_create(home)
    assert f"mode 0{permissions:o}" in str(raised.value)
    assert f"chmod 600 {str(path)!r}" in str(raised.value)
    assert path.read_bytes() == RFC8410


@pytest.mark.parametrize("permissions", [0o720, 0o702, 0o777])
def test_a_folder_that_others_can_write(home, permissions):
    """Others could have replaced the key."""
    put(home, RFC8410).parent.chmod(permissions)
    with pytest.raises(LedgerUnavailable, match=r"can be written by others; .*chmod 700"):
        FileSigner.load(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_of_somebody_else(home):
    """A key that another user owns is known to that user."""
    os.chown(put(home, RFC8410), 12345, 12345)
    with pytest.raises(LedgerUnavailable, match="belongs to user 12345, not to 0; set CASEMATE_HOME"):
        FileSigner.load(home)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        RFC8410[:-1],
        RFC8410 + b"\n",
        RFC8410.replace(b"MC4C", b"MC5C"),
        RFC8410.replace(b"PRIVATE", b"PUBLIC"),
        b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n",
        b"\xff" * 5000,
    ],
)
def test_a_damaged_signing_key(home, data):
    """It is named and kept, not replaced by a new one."""
    path = put(home, data)
    with pytest.raises(LedgerUnavailable, match="is damaged; restore it from a backup"):
        FileSigner.load_or_create(home)
    assert path.read_bytes() == data


@pytest.mark.parametrize("data", [b"", bytes(31), bytes(33)])
def test_a_damaged_digest_key(home, data):
    """The digest key has exactly 32 bytes."""
    put(home, data, "digest.key")
    with pytest.raises(LedgerUnavailable, match="is damaged"):
        load_or_create_digest_key(home)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/etc/hostname")])
def test_no_regular_file(home, make):
    """A folder, a FIFO or a link in the key's place is refused at once; nothing waits, nothing is followed."""
    path = home / "keys" / "operator.pem"
    path.parent.mkdir(mode=0o700, parents=True)
    make(path)
    with pytest.raises(LedgerUnavailable, match=r"operator\.pem"):
        FileSigner.load_or_create(home)


def test_a_home_that_cannot_be_written(tmp_path):
    """Where no folder can be made, the error names the place and CASEMATE_HOME."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(LedgerUnavailable, match=r"cannot (make|read) the key") as raised:
        FileSigner.load_or_create(tmp_path / "file" / "home")
    assert str(tmp_path / "file" / "home" / "keys" / "operator.pem") in str(raised.value)
    assert "set CASEMATE_HOME" in str(raised.value)


def test_first_uses_at_once(home):
    """Processes that make the key at the same time end up with the same one."""
    code = (
        "import sys; from pathlib import Path; from casemate.adapters.keys import FileSigner\n"
        "sys.stdin.read(); print(FileSigner.load_or_create(Path(sys.argv[1])).public_key.hex())"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        process.stdin.close()
    outputs = {process.stdout.read() for process in processes}
    assert [process.wait() for process in processes] == [0] * 4
    for process in processes:
        process.stdout.close()
    assert outputs == {FileSigner.load(home).public_key.hex() + "\n"}
    assert [path.name for path in (home / "keys").iterdir()] == ["operator.pem"]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"CASEMATE_HOME": "/own", "XDG_DATA_HOME": "/data", "HOME": "/home/a"}, "/own"),
        ({"XDG_DATA_HOME": "/data", "HOME": "/home/a"}, "/data/casemate"),
        ({"XDG_DATA_HOME": "relative", "HOME": "/home/a"}, "/home/a/.local/share/casemate"),
        ({"XDG_DATA_HOME": "", "CASEMATE_HOME": "", "HOME": "/home/a"}, "/home/a/.local/share/casemate"),
    ],
)
def test_data_home(environ, expected):
    """CASEMATE_HOME, else the XDG folder where it is absolute, else the usual place."""
    assert data_home(environ) == Path(expected)


def test_a_relative_casemate_home(tmp_path, monkeypatch):
    """A relative CASEMATE_HOME is meant from the working folder."""
    monkeypatch.chdir(tmp_path)
    assert data_home({"CASEMATE_HOME": "here"}) == tmp_path / "here"


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "relative"}])
def test_no_home(environ):
    """Without a home there is an error with the next step."""
    with pytest.raises(LedgerUnavailable, match="set CASEMATE_HOME"):
        data_home(environ)
