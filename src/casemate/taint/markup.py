"""Which text is a piece of a page: it has an element of HTML. And of which types a browser makes one.

Angle brackets alone make no page: prompts for language models, help texts and XML have words of their own in them. Elements whose
names such texts use as well (`<summary>`, `<data>`, `<output>`, `<title>`) tell nothing.
"""

from __future__ import annotations

import re
from typing import Final

ELEMENTS: Final = (
    "a|b|blockquote|body|br|button|canvas|center|code|dd|div|dl|dt|em|embed|fieldset|font|form|h[1-6]|head|hr|html|i|iframe|img|"
    "input|label|li|nav|noscript|ol|optgroup|option|p|pre|script|select|small|span|strong|style|sub|sup|svg|table|tbody|td|"
    "textarea|tfoot|th|thead|tr|tt|u|ul"
)
TAG: Final = re.compile(rf"<(?:!doctype\s+html|/?(?:{ELEMENTS})(?:\s[^<>]*)?/?)>", re.IGNORECASE)


def in_page(text: str) -> bool:
    """Whether a text is a piece of a page."""
    return TAG.search(text) is not None


def rendered(content_type: str) -> bool:
    """Whether a browser renders markup in what is said to be of this type: HTML, pictures and other documents in XML."""
    kind = content_type.partition(";")[0].strip().lower()
    return "/" not in kind or any(word in kind for word in ("html", "xml", "svg"))
