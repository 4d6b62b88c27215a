"""The command line, as `make bench` calls it."""

import subprocess
import sys

import pytest
from table import BEGIN, END

from .conftest import BENCHMARKS
from .helpers import owasp_corpus, owasp_scorer, scanner


@pytest.fixture
def bench(tmp_path):
    """Runs the benchmark with an environment of peers that has a stand-in for bandit."""
    peers = tmp_path / "peers" / "bin"
    peers.mkdir(parents=True)
    (peers / "bandit").write_text("#!/bin/sh\necho no such option >&2\nexit 2\n")
    (peers / "bandit").chmod(0o755)

    def call(*words):
        fixed = ("--peers-venv", str(tmp_path / "peers"), "--casemate", str(tmp_path / "none"))
        command = [sys.executable, str(BENCHMARKS / "run.py"), *fixed, *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    return call


def test_nothing_given_measures_nothing_and_says_so(bench, tmp_path):
    """Every tool and every measure is listed with its reason; there is no zero anywhere."""
    done = bench()
    assert done.returncode == 0
    assert done.stdout.partition("Not measured:")[2].strip().split("\n") == [
        f"- casemate: no program {str(tmp_path / 'none')!r}",
        "- bandit: bandit --version ended with 2: no such option",
        "- semgrep: not given (--semgrep PROGRAM and --semgrep-rules DIR)",
        "- owasp: --owasp was not given",
        "- pairs: --pairs was not given",
        "- speed: --django was not given",
        "- rescan: --django was not given",
        "- growth: --django was not given",
    ]


def test_a_corpus_that_does_not_exist_is_named(bench):
    """A mistyped path is told apart from one not given, and so is a corpus without its scorer."""
    assert "- speed: --django '/does/not/exist' does not exist" in bench("--django", "/does/not/exist").stdout
    assert "- owasp: --owasp-scorer was not given" in bench("--owasp", ".", "--only", "owasp").stdout


def test_the_table_goes_into_the_page(bench, tmp_path):
    """Parsers need no tool: their speed is measured, printed, and put between the marks of the page."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("x = [1, 2, 3]\n" * 500)
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n{BEGIN}\nold\n{END}\nend\n")
    done = bench("--django", package, "--only", "speed", "--repeat", 1, "--out", page)
    assert "|  | tree-sitter | ast | casemate against bandit |" in done.stdout
    assert done.stdout.strip() in page.read_text()
    assert page.read_text().startswith("# Page\n")
    assert page.read_text().endswith("\nend\n")
    assert "\nold\n" not in page.read_text()


def test_results_are_kept_for_reading(bench, tmp_path):
    """With --work the SARIF files stay, where misses.py finds them."""
    tool = scanner(tmp_path)
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo 1.0 && exit\nexec {tool.program} "$2" "$6"\n')
    wrapper.chmod(0o755)
    given = ("--owasp", owasp_corpus(tmp_path / "corpus"), "--owasp-scorer", owasp_scorer(tmp_path / "scorer.py"))
    done = bench(*given, "--casemate", wrapper, "--only", "owasp", "--work", tmp_path / "kept")
    assert "| mean of the categories | 0.0 (50 − 50) |  |" in done.stdout
    assert (tmp_path / "kept" / "owasp" / "casemate.sarif").is_file()


@pytest.mark.parametrize("words", [("--repeat", "0"), ("--only", "nothing"), ("--jobs", "-1")])
def test_wrong_use_ends_with_code_2(bench, words):
    """A usage error, in one line, before anything runs."""
    done = bench(*words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
