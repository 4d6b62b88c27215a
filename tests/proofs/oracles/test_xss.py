"""The XSS oracle fires where the parsed page has an element, attribute or link of the input's making."""

import pytest

from casemate.proofs.oracles.xss import ORACLE
from proofs.oracles.table import NOTHING, WORDS, judged, page, seen

C, K = WORDS.canary, WORDS.calm

QUIET = {
    "escaped": page(f"<p>&lt;{C}&gt;</p>"),
    "a value in double quotes": page(f"<input value='&quot;&gt;<{C}>'>".replace("<cm", "&lt;cm")),
    "within a quoted attribute": page(f'<a title="<{C}>">x</a>'),
    "within a comment": page(f"<!-- <{C}> -->"),
    "a string of a script": page(f'<script>var a = "<{C}>";</script>'),
    "within a textarea": page(f"<textarea><{C}></textarea>"),
    "within a title": page(f"<title><{C}></title>"),
    "the word is text": page(f"<p>{C}</p>"),
    "an element whose name only begins so": page(f"<{C}more>"),
    "a link to a search": page(f'<a href="/search?q=javascript:{C}()">x</a>'),
    "JSON": seen(body=f'{{"a": "<{C}>"}}', headers=(("content-type", "application/json"),)),
    "plain text": seen(body=f"<{C}>", headers=(("content-type", "text/plain; charset=utf-8"),)),
    "no type at all": seen(body=f"<{C}>", headers=(("x", "y"),)),
    "the finding's line did not run": page(f"<{C}>", passed=0),
    "it was escaped on the finding's line: something else made it": page(
        f"<{C}>", probes={"0 0 render 0": f"&lt;{C}&gt;"}
    ),
    "a function gave back what is no markup": seen(returned=f'{{"name": "<{C}>"}}'),
}
FIRES = {
    "an element": page(f"<p><{C}></p>"),
    "an element, not closed": page(f"<p><{C} x=1 <b>y</b></p>"),
    "an element in capitals": page(f"<P><{C.upper()}></P>"),
    "an attribute": page(f'<input value="" {C}="">'),
    "a link that runs code": page(f'<a href="javascript:{C}()">x</a>'),
    "the same with a new line": page(f"<a href='java&#10;script:{C}()'>x</a>"),
    "behind a script": page(f'<script>var a = "</script><{C}>";</script>'),
    "raw on the finding's line": page(f"<{C}>", probes={"0 0 render 0": f"<{C}>"}),
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet(name):
    assert judged(ORACLE, QUIET[name]) == ""


@pytest.mark.parametrize("name", FIRES)
def test_fires(name):
    assert judged(ORACLE, FIRES[name]) != ""


def test_what_a_function_gives_back_is_markup_when_the_controls_is():
    assert judged(ORACLE, seen(returned=f"<b><{C}></b>"), seen(returned=f"<b>{K}</b>")) != ""
    assert judged(ORACLE, seen(returned=f"<{C}>"), seen(returned=K)) == ""
    assert judged(ORACLE, page(f"<{C}>"), None) == ""
    assert judged(ORACLE, page(f"<{C}>"), NOTHING) == "the input made an element of its own in the page"
