"""A scan of what was scanned before: the report that was kept, and when it is not given."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from governance.support import MemoryCache, MemoryTree

from casemate.adapters.inprocess import InProcess
from casemate.evidence import jsonreport
from casemate.knowledge.loader import load
from casemate.model.finding import Report
from casemate.model.lead import Doubt, Severity
from casemate.model.outcome import NotExamined, Reason
from casemate.model.plain import Codec
from casemate.pipeline import scan as pipeline
from casemate.pipeline.knowing import known
from casemate.pipeline.recall import Recall
from casemate.pipeline.scan import ScanOptions
from casemate.taint import explain, interpreter

SHOP = {
    "shop/__init__.py": b"",
    "shop/views.py": b"import os\n\n\ndef show(name):\n    os.system('ls ' + name)\n",
    "shop/notes.txt": b"",
}
WEAK = b"import os\n\n\ndef drop(name):\n    os.system('rm ' + name)\n"


class Work:
    """Counts how often the engine is set to work."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._analyse = pipeline.analyse
        monkeypatch.setattr(pipeline, "analyse", self)

    def __call__(self, *arguments, **options):
        self.count += 1
        return self._analyse(*arguments, **options)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def scanned(files: dict[str, bytes | NotExamined], store: MemoryCache, **options) -> tuple[Report, MemoryTree]:
    tree = MemoryTree(files)
    report = pipeline.scan(
        [tree],
        store=store,
        executor=InProcess(),
        options=ScanOptions(**{"code": "one", **options}),
        progress=lambda stage, done, total: None,
    )
    return report, tree


def test_nothing_changed_is_a_lookup(work: Work):
    """The same report to the byte, without the engine, and every file still read: once."""
    store = MemoryCache()
    first, read = scanned(SHOP, store)
    again, read_again = scanned(SHOP, store)
    assert again == first
    assert jsonreport.render(again) == jsonreport.render(first)
    assert [finding.lead.location.line for finding in again.findings] == [5]
    assert work.count == 1
    assert read.effects.count("read shop/views.py") == 2  # once more for its lines
    assert read_again.effects.count("read shop/views.py") == 1


CHANGES: dict[str, Callable[[dict[str, bytes]], tuple[dict[str, bytes], dict[str, object]]]] = {
    "a file's text": lambda files: ({**files, "shop/views.py": WEAK}, {}),
    "the last file's text": lambda files: ({**files, "shop/zoo.py": WEAK}, {}),
    "a file less": lambda files: ({name: of for name, of in files.items() if "views" not in name}, {}),
    "a file's name": lambda files: ({"shop/other.py" if "views" in n else n: of for n, of in files.items()}, {}),
    "the target's configuration": lambda files: ({**files, "casemate.toml": b"exclude = ['views.py']\n"}, {}),
    "which rules": lambda files: (files, {"rules": ("xss",)}),
    "the persona": lambda files: (files, {"pedantic": True}),
    "what is left out": lambda files: (files, {"exclude": ("views.py",)}),
    "the program": lambda files: (files, {"code": "two"}),
    "what is known": lambda files: (files, {"knowledge": replace(load(), fingerprint="other")}),
}


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_whatever_a_report_rests_on_makes_it_another_question(change: str, work: Work):
    """And what was before is still known when it is asked for again."""
    store = MemoryCache()
    first, _ = scanned(SHOP, store)
    files, options = CHANGES[change](SHOP)
    other, _ = scanned(files, store, **options)
    assert work.count == 2
    assert other == scanned(files, MemoryCache(), **options)[0]
    assert scanned(SHOP, store)[0] == first


def test_each_file_is_read_once_when_one_has_changed(work: Work):
    """What was read to see whether all is as it was is not read again; `views` is, for the lines that the report shows."""
    files = {f"shop/m{number}.py": b"x = %d\n" % number for number in range(8)} | SHOP
    store = MemoryCache()
    scanned(files, store)
    for changed in ("shop/m0.py", "shop/m4.py", "shop/m7.py"):
        files = {**files, changed: files[changed] + b"y = 1\n"}
        report, tree = scanned(files, store)
        for name in files:
            if name.endswith(".py"):
                assert tree.effects.count(f"read {name}") == (2 if "views" in name else 1)
        assert report == scanned(files, MemoryCache())[0]


@pytest.mark.parametrize("reason", [Reason.VANISHED, Reason.UNREADABLE])
def test_what_chance_had_a_part_in_is_not_kept(reason: Reason, work: Work):
    """A file that could not be read may be read the next time."""
    store = MemoryCache()
    files = {**SHOP, "shop/gone.py": NotExamined(what="shop/gone.py", reason=reason)}
    assert scanned(files, store)[0].not_examined
    scanned(files, store)
    assert work.count == 2


def test_without_a_fingerprint_of_the_program_nothing_is_kept(work: Work):
    """A scan of whatever calls the pipeline itself."""
    store = MemoryCache()
    scanned(SHOP, store, code="")
    scanned(SHOP, store, code="")
    assert work.count == 2


@pytest.mark.parametrize("damaged", [b"", b"N", b"\xe9\x01\x00\x00\x00", b")\x02\xe9\x63\x00\x00\x00N"], ids=repr)
@pytest.mark.parametrize("which", [-1, -2])
def test_a_damaged_entry_is_a_scan_from_nothing(which: int, damaged: bytes, work: Work):
    """Of the two entries that are kept either may be the one that is lost."""
    store = MemoryCache()
    first, _ = scanned(SHOP, store)
    lost = store.effects[which].removeprefix("put ")
    store.data[lost] = damaged
    assert scanned(SHOP, store)[0] == first
    assert work.count == 2


def test_what_was_explained_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch):
    """After an edit elsewhere every step is as it was found; after one of the function itself it is found anew."""
    explained: list[str] = []

    def run(frame):
        explained.append(frame.fn.name)
        interpreter.run(frame)

    monkeypatch.setattr(explain, "interpreter", SimpleNamespace(run=run))
    store, files = MemoryCache(), {**SHOP, "shop/zoo.py": b"x = 1\n"}
    scanned(files, store)
    assert explained == ["show"]
    files["shop/zoo.py"] = b"# moved\nx = 2\n"
    assert scanned(files, store)[0] == scanned(files, MemoryCache())[0]
    assert explained == ["show", "show"]  # the second is of the scan from nothing
    files["shop/views.py"] = files["shop/views.py"].replace(b"'ls ' + name", b"'ls ' + name.strip()")
    assert scanned(files, store)[0] == scanned(files, MemoryCache())[0]
    assert explained == ["show"] * 4


def test_whether_something_was_asked_rests_on_the_helpers_that_ask():
    """What a helper in another file decides by is found again when that file changes."""
    view = b"import os\nfrom shop import lib\n\n\ndef show(name):\n    if lib.known(name):\n        os.system('ls ' + name)\n"
    lib = b"import far\n\n\ndef known(name):\n    return far.known(name)\n"
    store, files = MemoryCache(), {**SHOP, "shop/views.py": view, "shop/lib.py": lib}
    asked, _ = scanned(files, store)
    assert [finding.lead.doubt for finding in asked.findings] == [Doubt.CHECK]
    files["shop/lib.py"] = lib.replace(b"far.known(name)", b"len(name) > 3")
    again, _ = scanned(files, store)
    assert again == scanned(files, MemoryCache())[0]
    assert [finding.lead.doubt for finding in again.findings] == [None]


def test_the_solution_is_written_anew_when_much_was_edited(monkeypatch: pytest.MonkeyPatch):
    """Until then what was edited since is looked at again each time, and each report is that of a scan from nothing."""
    went: list[int] = []
    resumed = Recall.resumed

    def told(self, program):
        solver = resumed(self, program)
        went.append(0 if solver is None else len(solver.learned()))
        return solver

    monkeypatch.setattr(Recall, "resumed", told)
    files = {f"shop/m{number}.py": b"x = %d\n" % number for number in range(10)} | SHOP
    store = MemoryCache()
    scanned(files, store)
    for number in range(10):
        files[f"shop/m{number}.py"] += b"\n\ndef brought_%d(value):\n    return value\n" % number
        assert scanned(files, store)[0] == scanned(files, MemoryCache())[0]
    assert went == [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 1, 0, 2, 0]


def test_knowledge_read_back_is_what_was_compiled():
    """In the same order too, for what is decided by the first that fits."""
    store = MemoryCache()
    compiled, back = known(store, "one"), known(store, "one")
    assert compiled == back == load()
    for name in ("kinds", "acts", "calls", "values", "bases", "aliases"):
        assert list(getattr(back, name)) == list(getattr(compiled, name))
    assert known(MemoryCache(), "") == compiled


def test_what_is_in_doubt_is_kept_as_it_was(work: Work):
    """A path that a caller may have of their own."""
    store, files = MemoryCache(), SHOP | {"shop/store.py": b"def read(key):\n    return open('/srv/' + key)\n"}
    first, second = scanned(files, store)[0], scanned(files, store)[0]
    assert [finding.lead.doubt for finding in second.findings] == [None, Doubt.CALLER]
    assert (second, work.count) == (first, 1)


def test_a_codec_reads_its_own_types_only():
    """Another list of types is another shape, and what is not listed cannot be written."""
    one, other = Codec((Severity, Reason)), Codec((Reason,))
    assert one.load(one.dump((Severity.HIGH, {"a": (Reason.SYNTAX, None, 1.5)}))) == (
        Severity.HIGH,
        {"a": (Reason.SYNTAX, None, 1.5)},
    )
    assert one.shape != other.shape
    with pytest.raises(KeyError):
        other.dump(Severity.HIGH)
    with pytest.raises(ValueError, match="no such type"):
        other.load(one.dump(Reason.SYNTAX))


def test_a_copy_of_the_tree_elsewhere_is_the_same_question(tmp_path: Path, work: Work):
    """Reports hold no absolute path, so neither does the question."""
    from casemate.adapters.filesystem import FileTree

    store = MemoryCache()
    for name, content in SHOP.items():
        place = tmp_path / "one" / "site" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    for root in ("one", "two"):
        with FileTree(tmp_path / root / "site") as tree:
            pipeline.scan(
                [tree],
                store=store,
                executor=InProcess(),
                options=ScanOptions(code="one"),
                progress=lambda stage, done, total: None,
            )
    assert work.count == 1
