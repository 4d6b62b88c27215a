"""Small stand-ins with the command lines of the real things: a scanner, two scorers, two corpora. All of them really run."""

import json
import sys
from pathlib import Path

from scanners import Tool

PROGRAM = """#!{python} -S
import json, pathlib, sys
source, out, *more = sys.argv[1:]
if "{behaviour}" == "crash":
    sys.exit("Error: it broke")
results = []
for path in sorted(pathlib.Path(source).rglob("*.py")):
    for number, line in enumerate(path.read_text().split("\\n"), 1):
        if "eval(" in line or ("--all" in more and "exec" in line):
            place = dict(artifactLocation=dict(uri=str(path)), region=dict(startLine=number))
            results.append(dict(ruleId="eval", message=dict(text="eval"), locations=[dict(physicalLocation=place)],
                                properties=dict(tags=["external/cwe/cwe-95"], evidence="traced")))
runs = [dict(tool=dict(driver=dict(name="small")), results=results)]
if "{behaviour}" != "silent":
    pathlib.Path(out).write_text(json.dumps(dict(version="2.1.0", runs=runs)))
sys.exit(1 if results else 0)
"""


def scanner(folder: Path, name: str = "casemate", behaviour: str = "works") -> Tool:
    """The small scanner, installed in the folder under a tool's name."""
    program = folder / f"{name}-{behaviour}"
    program.write_text(PROGRAM.format(python=sys.executable, behaviour=behaviour))
    program.chmod(0o755)
    return Tool(name=name, program=program, arguments=("{src}", "{out}", "{jobs}"), version="1.0")


def owasp_scorer(path: Path) -> Path:
    """A scorer with the command line of the real one: a case is flagged when any result lies in its file."""
    path.write_text(
        """
import collections, csv, json, pathlib, sys
_, _, labels, sarif, *more = sys.argv
options = dict(zip(more[::2], more[1::2]))
results = json.load(open(sarif))["runs"][0]["results"]
uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results]
flagged = {pathlib.Path(uri).stem for uri in uris}
cases = {name: (kind, real == "true", name in flagged) for name, kind, real, _ in csv.reader(open(labels)) if name[0] != "#"}
def rates(chosen):
    share = lambda real: sum(f for _, r, f in chosen if r is real) / max(1, sum(r is real for _, r, f in chosen))
    return dict(tpr=share(True), fpr=share(False), youden=share(True) - share(False))
kinds = sorted({kind for kind, _, _ in cases.values()})
scores = {kind: rates([case for case in cases.values() if case[0] == kind]) for kind in kinds}
mean = {key: sum(s[key] for s in scores.values()) / len(scores) for key in ("tpr", "fpr", "youden")}
json.dump(dict(categories=scores, avg=mean), open(options["--json"], "w"))
if "--cases" in options:
    json.dump(cases, open(options["--cases"], "w"))
"""
    )
    return path


def pairs_scorer(path: Path) -> Path:
    """A scorer with the command line of the real one: a hit is any result in the labelled file at a labelled line."""
    path.write_text(
        """
import json, os, pathlib, shlex, subprocess, sys, tempfile
_, action, labels, folder, *more = sys.argv
flow = "--flow" in more
words = [word for word in more if word != "--flow"]
options = dict(zip(words[::2], words[1::2]))
rows = []
for pair in json.load(open(labels)):
    if pair["ecosystem"] != options["--ecosystem"]:
        continue
    seen = {}
    for side in ("vulnerable", "fixed"):
        source = os.path.join(folder, pair["ecosystem"], pair["package"], pair[side + "_version"])
        with tempfile.TemporaryDirectory() as scratch:
            out = os.path.join(scratch, "o.sarif")
            command = options["--sarif-cmd"].replace("{src}", shlex.quote(source)).replace("{out}", out)
            subprocess.run(command, shell=True, stderr=subprocess.DEVNULL)
            results = json.load(open(out))["runs"][0]["results"] if os.path.exists(out) else []
        places = [r["locations"][0]["physicalLocation"] for r in results]
        at = [(p["artifactLocation"]["uri"], p["region"]["startLine"]) for p in places]
        first, last = pair[side + "_lines"]
        seen[side] = [line for uri, line in at if uri.endswith("/" + pair["file"]) and first <= line <= last]
    hit = bool(seen["vulnerable"]) or flow
    rows.append(dict(id=pair["id"], hit=hit, discriminates=hit and not seen["fixed"], findings=1, kloc=2.0))
json.dump(dict(pairs=rows), open(options["--json"], "w"))
"""
    )
    return path


def owasp_corpus(folder: Path) -> Path:
    """Two cases of one category, one of another; only lines with eval are flagged by the small scanner."""
    cases = {
        "Case1": "def f(x):\n    return eval(x)\n",
        "Case2": "# licence\ndef g(x):\n    return x\n",
        "Case3": "eval('1')\n",
    }
    (folder / "testcode").mkdir(parents=True)
    for name, source in cases.items():
        (folder / "testcode" / f"{name}.py").write_text(source)
    labels = "# name, category, real, cwe\nCase1,codeinj,true,95\nCase2,sqli,true,89\nCase3,codeinj,false,95\n"
    (folder / "expectedresults-0.1.csv").write_text(labels)
    return folder


def pair(number: int, *, fix_shape: str = "sink-changed", ecosystem: str = "pypi") -> dict[str, object]:
    """A label: line 2 of a.py."""
    return {
        "id": f"CVE-2000-{number}",
        "ecosystem": ecosystem,
        "package": f"package {number}",  # a blank: paths are quoted on their way to the scorer
        "vulnerable_version": "1",
        "fixed_version": "2",
        "class": "codei",
        "file": "a.py",
        "function": "f",
        "vulnerable_lines": [2, 2],
        "fixed_lines": [2, 2],
        "function_lines_vulnerable": [1, 2],
        "function_lines_fixed": [1, 2],
        "fix_shape": fix_shape,
        "description": "evaluates its argument",
    }


def pairs_corpus(folder: Path) -> Path:
    """Pair 1 is fixed, in pair 2 the flawed line still stands, pair 3 is of another ecosystem."""
    labels = [pair(1), pair(2, fix_shape="guard-added"), pair(3, ecosystem="npm")]
    flawed, fixed = "def f(x):\n    eval(x)\n", "def f(x):\n    int(x)\n"
    for number, version, source in ((1, "1", flawed), (1, "2", fixed), (2, "1", flawed), (2, "2", flawed)):
        release = folder / "pypi" / f"package {number}" / version
        release.mkdir(parents=True)
        (release / "a.py").write_text(source)
    (folder / "labels.json").write_text(json.dumps(labels))
    return folder
