"""Inputs for pages: an element, an attribute and a link called after the canary. None of them does anything in a browser."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_MARKS = (
    ("<{canary}>", "an element"),
    ('"><{canary}>', "an element, out of double quotes"),
    ("'><{canary}>", "an element, out of single quotes"),
    ('" {canary}="', "an attribute, out of double quotes"),
    ("' {canary}='", "an attribute, out of single quotes"),
    ("{calm} {canary}={calm}", "an attribute where there are no quotes"),
    ("</script><{canary}>", "an element behind a script"),
    ("</title></textarea></style><{canary}>", "an element behind what holds only text"),
    ("--><{canary}>", "an element behind a comment"),
    ("<{canary} {calm}=1", "an element that is not closed"),
    ("<<{canary}>script>", "an element within what is taken away"),
    ("<{canary}/x>", "an element with a slash"),
    ("<\n{canary}>", "an element behind a new line"),
    ("javascript:{canary}()", "a link that runs code"),
    ("java\nscript:{canary}()", "a link that runs code, on two lines"),
    ("\x01javascript:{canary}()", "a link that runs code, behind a control character"),
    ("[{calm}](javascript:{canary})", "a link that runs code, in Markdown"),
    ("<img {canary}=1>", "an attribute of a common element"),
    ('<a href="x" {canary}="1">{calm}</a>', "an attribute of a link"),
    ("&lt;{canary}&gt;", "an element, escaped once already"),
    ("%3C{canary}%3E", "an element, encoded for a URL"),
    ("<svg><{canary}></svg>", "an element in a picture"),
    ("<!--><{canary}>", "an element behind a comment that ends at once"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _MARKS)
