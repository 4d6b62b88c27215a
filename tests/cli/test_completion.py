"""`casemate completion`: the script works in a real shell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BASH = """
eval "$(casemate completion bash)"
COMP_WORDS=({words})
COMP_CWORD=$(({number} - 1))
_casemate_completion casemate
printf '%s\\n' "${{COMPREPLY[@]}}"
complete -p casemate
"""
ZSH = 'autoload -U compinit; compinit -u -d "$HOME/dump"; eval "$(casemate completion zsh)"; print -r -- "${_comps[casemate]}"'
FISH = "casemate completion fish | source; complete --do-complete 'casemate explain sq'"


def run(program, *words, home):
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run([program, *words], env=environment, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["casemate", "exp"], ["export", "explain"]),
        (["casemate", "explain", "sq"], ["sql-injection"]),
        (["casemate", "explain", "xx"], ["xxe"]),
        (["casemate", "explain", "nothing"], []),
        (["casemate", "scan", "--rule", "path-t"], ["path-traversal"]),
        (["casemate", "scan", "--rule", "xss", "--rule", "ss"], ["ssrf"]),
        (["casemate", "scan", "--fail-on", "t"], ["traced"]),
        (["casemate", "scan", "--sin"], ["--since"]),
        (["casemate", "completion", "b"], ["bash"]),
    ],
)
def test_bash_completes(tmp_path, words, offered):
    """Commands, options, choices and rules."""
    script = BASH.format(words=" ".join(words), number=len(words))
    *replies, registered = run("bash", "--norc", "--noprofile", "-c", script, home=tmp_path).splitlines()
    assert [reply for reply in replies if reply] == offered
    assert registered == "complete -o nosort -F _casemate_completion casemate"


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_takes_the_script(tmp_path):
    """And completes by its function."""
    assert run("zsh", "-f", "-c", ZSH, home=tmp_path) == "_casemate_completion\n"


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(tmp_path):
    """Rules with their titles."""
    assert run("fish", "--no-config", "-c", FISH, home=tmp_path).startswith("sql-injection\t")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_script_for_each_shell(casemate, shell):
    """Made for that shell, whether it is installed or not."""
    script = casemate("completion", shell).stdout
    assert f"_CASEMATE_COMPLETE={shell}_complete" in script


def test_another_shell(casemate):
    """Wrong use names the shells that there are."""
    result = casemate("completion", "tcsh")
    assert result.exit_code == 2
    assert "'bash', 'zsh', 'fish'" in result.stderr
