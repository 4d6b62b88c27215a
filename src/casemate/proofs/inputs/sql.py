"""Inputs for SQL: a call of the canary function that a value's quotes do not hold. Each asks, none changes a row."""

from __future__ import annotations

from casemate.proofs.oracle import Input

_BREAKS = (
    ("' || {canary}() || '", "out of single quotes, joined"),
    ("' OR {canary}() OR '", "out of single quotes, in a condition"),
    ("0 OR {canary}()", "behind a number"),
    ("{canary}()", "a call alone"),
    ('" OR {canary}() OR "', "out of double quotes"),
    ("%' OR {canary}() OR '%", "out of a pattern"),
    ("') OR {canary}() OR ('", "out of single quotes and parentheses"),
    ("0) OR {canary}() OR (0", "out of parentheses"),
    ("{calm}' UNION SELECT {canary}() --", "another select"),
    ("{calm}' OR {canary}() -- ", "out of single quotes, the rest a comment"),
    ("0 UNION SELECT {canary}() -- ", "another select behind a number"),
    ("1, {canary}()", "one more in a list"),
    ("(SELECT {canary}())", "a select in parentheses"),
    ("id); SELECT {canary}(); --", "another statement"),
    ("'; SELECT {canary}(); --", "another statement, out of single quotes"),
    ("` OR {canary}() OR `", "out of back quotes"),
    ("] OR {canary}() OR [", "out of brackets"),
    ("\\' OR {canary}() -- ", "out of quotes that a back slash was put before"),
    ("{calm}'/**/OR/**/{canary}()/**/OR/**/'", "without spaces"),
)

INPUTS = tuple(Input(name=name, payload={"text": text}) for text, name in _BREAKS)
