"""A value is refused in the words of the code around it."""

from __future__ import annotations

import pytest

from casemate.fixes.refusal import refusal
from casemate.fixes.site import Spot, statement_at
from casemate.fixes.source import Source

CASES = [
    pytest.param("return run(text)", "ValueError", id="nothing around"),
    pytest.param(
        "try:\n        return run(text)\n    except SyntaxError:\n        return 0", "SyntaxError", id="handled"
    ),
    pytest.param(
        "try:\n        return run(text)\n    except (KeyError, NameError) as error:\n        raise Wrong from error",
        "NameError",
        id="one of those that are handled",
    ),
    pytest.param(
        "try:\n        return run(text)\n    except TypeError:\n        return 0\n    except ValueError:\n        return 1",
        "ValueError",
        id="ours is handled too",
    ),
    pytest.param("try:\n        return run(text)\n    except:\n        return 0", "ValueError", id="all is handled"),
    pytest.param(
        "try:\n        return run(text)\n    except OSError:\n        return 0", "ValueError", id="another matter"
    ),
    pytest.param(
        "try:\n        x = 1\n    except TypeError:\n        return run(text)", "ValueError", id="the handler itself"
    ),
    pytest.param(
        "try:\n        x = 1\n    except TypeError:\n        x = 2\n    return run(text)", "ValueError", id="below it"
    ),
]


@pytest.mark.parametrize(("body", "raised"), CASES)
def test_refusal(body: str, raised: str) -> None:
    """What is raised is what the code around handles as a wrong value, where ours would pass it by."""
    data = f"def answer(text):\n    {body}\n".encode()
    source = Source.of("f.py", data)
    line = data[: data.index(b"run(")].count(b"\n") + 1
    spot = Spot(source, line, 1, statement_at(source.tree.root_node, line))
    assert refusal(spot, "no") == (f'raise {raised}("no")', ())
