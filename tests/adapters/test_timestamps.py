"""Times by an authority that the openssl command of this machine plays: asked for, checked, and refused when anything differs."""

import shutil
import subprocess

import pytest
from click.testing import CliRunner
from governance.support import NOON

from casemate.adapters import timestamps
from casemate.app.authority import ground
from casemate.cli.main import main
from casemate.governance.charter import Target, single_operator
from casemate.model.errors import EnvironmentFault, UserError

DATA = b"the bytes of a checkpoint"
CONFIG = """
[tsa]
default_tsa = t
[t]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """A root, and a certificate for time stamps under it."""

    def __init__(self, folder, purpose="critical,timeStamping"):
        self.folder = folder
        folder.mkdir()
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self._run(
            "req", "-x509", *key, "-days", "3650", "-subj", "/CN=A Root", "-keyout", "root.key", "-out", "root.pem"
        )
        self._run("req", *key, "-subj", "/CN=An Authority\x1b", "-keyout", "tsa.key", "-out", "tsa.csr")
        (folder / "ext").write_text(f"extendedKeyUsage={purpose}\nkeyUsage=critical,digitalSignature\n")
        signing = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "3650", "-extfile", "ext")
        self._run("x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.pem")
        (folder / "config").write_text(CONFIG)
        (folder / "serial").write_text("01\n")
        self.root = (folder / "root.pem").read_bytes()

    def _run(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def answer(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        self._run("ts", "-reply", "-config", "config", "-queryfile", "query", "-out", "answer")
        return (self.folder / "answer").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl command to play the authority")
    return Authority(tmp_path_factory.mktemp("tsa") / "tsa")


def test_a_time_holds(authority):
    """Under its root, for these bytes, with the authority's name made safe."""
    answer = authority.answer(timestamps.make_request(DATA))
    stamp = timestamps.check(answer, DATA, authority.root)
    assert stamp.authority == "An Authority"
    assert stamp.time.microsecond == 0
    assert timestamps.make_request(DATA) == timestamps.make_request(DATA)
    with pytest.raises(UserError, match="does not hold"):
        timestamps.check(answer, DATA + b".", authority.root)
    with pytest.raises(UserError, match="no certificate in PEM"):
        timestamps.check(answer, DATA, b"root")


def test_another_root(authority, tmp_path):
    """One of the same name does not do."""
    answer = authority.answer(timestamps.make_request(DATA))
    with pytest.raises(UserError, match="not signed under that root"):
        timestamps.check(answer, DATA, Authority(tmp_path / "other").root)


def test_changed_answers(authority):
    """Whatever byte of it is changed, nothing else than that very time is ever read from it."""
    answer = authority.answer(timestamps.make_request(DATA))
    stamp = timestamps.check(answer, DATA, authority.root)
    for at in range(0, len(answer), 5):
        changed = answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :]
        try:
            assert timestamps.check(changed, DATA, authority.root).time == stamp.time
        except UserError:
            continue


def test_no_answer(authority):
    """A request is none, nor is noise."""
    for noise in (b"", b"noise", timestamps.make_request(DATA)):
        with pytest.raises(UserError, match="cannot be read as an answer"):
            timestamps.imprint(noise)


def test_without_the_library(monkeypatch):
    """One line with what to install."""
    monkeypatch.setitem(__import__("sys").modules, "rfc3161_client", None)
    assert not timestamps.available()
    with pytest.raises(EnvironmentFault, match=r"pip install 'casemate\[timestamp\]'"):
        timestamps.make_request(DATA)


def test_the_commands(authority, tmp_path, monkeypatch):
    """Asked for, added, shown by verify, exported; and missed when it is gone."""
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    place = Target(name="./src", path="/home/alice/src")
    with (
        ground()
        .wall(single_operator([place], NOON.replace(year=2100), who="alice"))
        .operation("scan", subject=(place,))
    ):
        pass

    def ledger(*words, code=0):
        result = CliRunner().invoke(main, ["ledger", *map(str, words)])
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 else result.stderr

    ledger("timestamp", "request", tmp_path / "q.tsq")
    (tmp_path / "r.tsr").write_bytes(authority.answer((tmp_path / "q.tsq").read_bytes()))
    (tmp_path / "other.tsr").write_bytes(authority.answer(timestamps.make_request(DATA)))
    root = authority.folder / "root.pem"
    assert "answers no request of this ledger" in ledger(
        "timestamp", "add", tmp_path / "other.tsr", "--root", root, code=2
    )
    assert "An Authority saw the checkpoint on " in ledger("timestamp", "add", tmp_path / "r.tsr", "--root", root)
    assert "held        2 entries by An Authority (RFC 3161, root " in ledger("verify")
    ledger("export", tmp_path / "export")
    shown = ledger("verify", "--from", tmp_path / "export", "--key", ledger("key").strip())
    assert "held        2 entries by An Authority" in shown
    with monkeypatch.context() as patch:
        patch.setitem(__import__("sys").modules, "rfc3161_client", None)
        assert "note        time stamps that were not checked: 1" in ledger("verify")
    (stamp,) = (tmp_path / "home" / "timestamps").glob("*.tsr")
    stamp.unlink()
    ledger("verify", code=1)
