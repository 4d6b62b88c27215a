"""Sources that are broken, hostile or deeply nested: each is examined, or counted as not examined; the rest is."""

from robustness.conftest import WEAK

DEEP = 20_000


def test_sources_that_do_not_parse(scan, put, target):
    """Broken syntax costs the statement, another encoding or a NUL byte the file; a finding beside it is found."""
    put(
        **{
            "broken.py": WEAK + "\n\ndef broken(:\n    x = = 1\n\n\ndef sound():\n    pass\n",
            "noise.py": "%%% ??? (((\n" * 20,
            "latin.py": "s = 'é'\n".encode("latin-1"),
            "declared.py": b"# coding: latin-1\n" + ("# é\n" + WEAK).encode("latin-1"),
            "unknown.py": "# coding: klingon\n",
            "utf16.py": WEAK.encode("utf-16"),
            "nul.py": WEAK.encode() + b"\0",
            "bom.py": b"\xef\xbb\xbf" + WEAK.encode(),
            "carriage.py": WEAK.replace("\n", "\r\n"),
            "empty.py": "",
        }
    )
    result = scan("target", "--strict", "--fail-on", "never")
    assert result.missed == [
        ("broken.py:11", "syntax"),
        ("latin.py", "encoding"),
        ("noise.py", "syntax"),
        ("nul.py", "not-text"),
        ("unknown.py", "encoding"),
        ("utf16.py", "not-text"),
    ]
    assert sorted(result.found) == ["bom.py:5", "broken.py:5", "carriage.py:5", "declared.py:7", "weak.py:5"]
    assert (result.code, result.said) == (3, [])


NESTED = {
    "brackets": "x = " + "(" * DEEP + "1" + ")" * DEEP,
    "lists": "x = " + "[" * DEEP + "]" * DEEP,
    "signs": "x = " + "-" * DEEP + "1",
    "negations": "x = " + "not " * DEEP + "1",
    "attributes": "x = a" + ".b" * DEEP,
    "calls": "x = a" + "()" * DEEP,
    "lambdas": "x = " + "lambda: " * DEEP + "1",
    "choices": "x = " + "1 if a else " * DEEP + "2",
    "patterns": "match x:\n  case " + "[" * DEEP + "]" * DEEP + ": pass",
    "blocks": "".join(" " * depth + "if x:\n" for depth in range(500)) + " " * 500 + "pass",
    "unclosed": "x = " + "(" * DEEP,
}


def test_nesting_is_a_loss_of_its_part(scan, put, target):
    """What nests 20,000 deep is lost, by place; what stands before it in the file, and the other files, are not."""
    put(**{f"{form}.py": f"{WEAK}\n{source}\n" for form, source in NESTED.items()})
    result = scan("target", "--strict", "--fail-on", "never")
    assert {what.partition(".")[0] for what, _ in result.missed} == set(NESTED)
    assert {reason for _, reason in result.missed} <= {"too-deep", "syntax"}
    assert (result.code, result.said) == (3, [])
    assert set(result.found) >= {"weak.py:5", *(f"{form}.py:5" for form in NESTED if form != "unclosed")}


def test_long_chains_are_no_nesting(scan, put, target):
    """20,000 operands in a row are examined: generated code has them."""
    chains = {"sum": " + ", "all": " and ", "order": " < ", "text": " "}
    put(**{f"{name}.py": "x = " + operator.join(["'a'"] * DEEP) + "\n" + WEAK for name, operator in chains.items()})
    result = scan("target", "--strict")
    assert result.found == ["all.py:6", "order.py:6", "sum.py:6", "text.py:6", "weak.py:5"]
    assert result.missed == []
