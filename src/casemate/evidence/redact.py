"""Secrets in source lines, replaced before anything is reported.

Two ways to know a secret: by its own form (`FORMATS`, each with the page that documents it), and by the name of what
it is given to (`password = "…"`, `{"api_key": "…"}`, `--token …`). Of a single line only that line is known, so a secret
that spans lines without any mark on the line shown is not recognised; of a block (`redact_lines`) its neighbours are. When
in doubt the text is redacted: a name too few in a report costs less than a password too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

PLACEHOLDER = "‹redacted›"

REACH = 4000
"""Of a longer line no more characters are looked at, which bounds the work on lines of megabytes."""

NEAR = 5
"""Lines above in which the name of a secret is looked for."""

Span = tuple[int, int]


class Format(NamedTuple):
    """A kind of secret known by its form. pattern: the group "secret" is what is replaced, else the whole match. pieces: of
    these every match holds one, so that most texts need not be searched; none: it must be searched always."""

    name: str
    source: str
    pattern: re.Pattern[str]
    pieces: tuple[str, ...]


def _format(name: str, source: str, pattern: str, pieces: str = "") -> Format:
    return Format(name, source, re.compile(pattern), tuple(pieces.split()))


FORMATS = (
    _format(
        "AWS access key id",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
        r"(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}",
        "AKIA ASIA ABIA ACCA A3T",
    ),
    _format(
        "GitHub token",
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github",
        r"(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
    ),
    _format(
        "GitLab token",
        "https://docs.gitlab.com/security/tokens/#token-prefixes",
        r"gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_.-]{16,}",
        "glpat- gloas- gldt- glrt- glcbt- glptt- glft- glimt- glagent- glsoat- glffct-",
    ),
    _format(
        "Slack token",
        "https://docs.slack.dev/authentication/tokens",
        r"x(?:ox[a-z]|app|wfp)-[A-Za-z0-9-]{10,}",
        "xox xapp- xwfp-",
    ),
    _format(
        "Slack webhook",
        "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9/_-]+)",
        "hooks.slack.com/",
    ),
    _format(
        "Stripe key",
        "https://docs.stripe.com/keys",
        r"(?:(?:sk|rk|pk)_(?:live|test)|whsec)_[A-Za-z0-9+/=]{10,}",
        "_live_ _test_ whsec_",
    ),
    _format(
        "Google API key",
        "https://cloud.google.com/docs/authentication/api-keys",
        r"AIza[A-Za-z0-9_-]{30,}|GOCSPX-[A-Za-z0-9_-]{20,}|(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_-]{20,}",
        "AIza GOCSPX- ya29.",
    ),
    _format(
        "OpenAI or Anthropic key",
        "https://platform.openai.com/docs/api-reference/authentication",
        r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,}",
        "sk-",
    ),
    _format("npm token", "https://docs.npmjs.com/about-access-tokens", r"npm_[A-Za-z0-9]{30,}", "npm_"),
    _format("PyPI token", "https://pypi.org/help/#apitoken", r"pypi-[A-Za-z0-9_-]{16,}", "pypi-"),
    _format("Hugging Face token", "https://huggingface.co/docs/hub/security-tokens", r"hf_[A-Za-z0-9]{30,}", "hf_"),
    _format(
        "SendGrid key",
        "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
        r"SG\.[\w-]{16,}\.[\w-]+",
        "SG.",
    ),
    _format(
        "Twilio key", "https://www.twilio.com/docs/iam/api-keys", r"(?<![A-Za-z0-9])(?:SK|AC)[0-9a-f]{32}", "SK AC"
    ),
    _format(
        "Vault token",
        "https://developer.hashicorp.com/vault/docs/concepts/tokens",
        r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}",
        "hvs. hvb. hvr.",
    ),
    _format(
        "DigitalOcean token",
        "https://docs.digitalocean.com/reference/api/",
        r"do[opr]_v1_[a-f0-9]{40,}",
        "dop_v1_ doo_v1_ dor_v1_",
    ),
    _format(
        "Azure storage key",
        "https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string",
        r"(?:AccountKey|SharedAccessKey|sig)=(?P<secret>[A-Za-z0-9+/%]{20,}={0,2})",
        "AccountKey= SharedAccessKey= sig=",
    ),
    _format("Telegram bot token", "https://core.telegram.org/bots/api", r"(?<!\d)\d{8,12}:[A-Za-z0-9_-]{30,}", ":"),
    _format(
        "hash of a password",
        "https://manpages.debian.org/bookworm/libcrypt-dev/crypt.5.en.html",
        r"\$(?:[13567y]|2[abxy]|gy|md5|sha1|argon2(?:id?|d)|apr1)(?P<secret>\$[./A-Za-z0-9$,=+-]{8,})",
        "$1$ $2 $3$ $5$ $6$ $7$ $y$ $gy$ $md5 $sha1 $argon2 $apr1$",
    ),
    _format(
        "JSON Web Token",
        "https://www.rfc-editor.org/rfc/rfc7519",
        r"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*",
        "eyJ",
    ),
    _format(
        "private key in PEM",
        "https://www.rfc-editor.org/rfc/rfc7468",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?P<secret>.*?)(?:-----END|$)",
        "KEY-----",
    ),
    _format("line of key material", "https://www.rfc-editor.org/rfc/rfc7468", r"[A-Za-z0-9+/]{60,}={0,2}"),
    _format(
        "password in a URL",
        "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1",
        r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/:@'\"]*:(?P<secret>[^\s/'\"]+)@",
        "://",
    ),
    _format(
        "credentials of an Authorization header",
        "https://www.rfc-editor.org/rfc/rfc9110#section-11.4",
        r"(?i:['\":\s](?:bearer|basic|token|digest)\s+)(?P<secret>(?=[A-Za-z_.~+/-]*\d)[A-Za-z0-9_.~+/-]{8,}=*)",
    ),
    _format(
        "password of a command line",
        "https://dev.mysql.com/doc/refman/en/password-security-user.html",
        r"(?:\bmysql\w*\b[^'\"]*?\s-p|\bsshpass\s+-p\s*|\bcurl\b[^'\"]*?\s(?:-u|--user)[ =]?[^\s:'\"]+:)(?P<secret>[^\s'\"]+)",
        "mysql sshpass curl",
    ),
)

_WORD = (
    r"(?:pass(?:wd|word|phrase|code)|pwd|secret|credential|authorization|(?:(?<=[_.\-\s'\"(,])|^)(?:pass|pw)(?![a-z])"
    r"|(?:api|access|auth|private|signing|encryption|encrypt|master|session|license|account|ssh|hmac|jwt)[_-]?key"
    r"|token|identified\s+by)"
)
# What every match of _WORD holds one of.
_ANY_WORD = re.compile(r"(?i)pass|pwd|pw|secret|credential|authorization|key|token|identified")
# From the name to what is given to it: `: str = `, ` == `, `"] = `, `": `, `=>`.
_GIVEN = r"[\w-]*(?:['\"]\s*\]?)?\s*(?::[^='\":]{1,80}=|[!=]=|:=|=>|[=:])\s*"
_BY_NAME = re.compile(rf"(?i:{_WORD}){_GIVEN}|(?i:identified\s+by)\s+")
# `get("password", "…")`, `["--password", "…"]`
_AS_ARGUMENT = re.compile(rf"(?:\(\s*['\"][\w.-]{{0,60}}|['\"]--?[\w-]{{0,60}})(?i:{_WORD})[\w-]*['\"]\s*,\s*")
# A literal, in Python's or another language's quotes, or in quotes escaped inside a string.
_LITERAL = re.compile(
    r"[(\s+]*[rRbBuUfF]{0,2}(?:"
    r"\\(?P<escaped>['\"])(?P<inner>.*?)(?:\\(?P=escaped)|$)"
    r"|(?P<quote>\"\"\"|'''|\"|')(?P<body>(?:\\.|(?!(?P=quote)).)*)(?:(?P=quote)|$))"
)
_STRING = re.compile(r"(\"\"\"|'''|\"|')(?P<body>(?:\\.|(?!\1).)*)(?:\1|$)")
# Inside a string: `password=…` of a connection string, `Authorization: …` of a header, `--token …` of a command line.
_INSIDE = re.compile(
    rf"(?:(?i:{_WORD})[\w-]*\s?[=:]\s?|--?[\w-]{{0,60}}?(?i:{_WORD})[\w-]*\s+)"
    r"(?i:(?:bearer|basic|token|digest)\s+)?(?:\\?['\"])?(?P<secret>[^\s'\"\\&;,)]+)"
)
# What only a block of lines shows: the body of a key, and a long string given to such a name.
_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?P<secret>.*?)(?:-----END|\Z)", re.DOTALL)
_LONG_QUOTE = re.compile("\"\"\"|'''")
_NAMED = re.compile(rf"(?:{_BY_NAME.pattern})[(\s+]*[rRbBuUfF]{{0,2}}\Z")
_SEAM = re.compile(r"['\"](?:\s+|\s*\+\s*)[rRbBuU]{0,2}['\"]")
_HOLE = re.compile(r"(?:\{[^{}]*\}|%\(\w+\)[sdr]|%[sdr]|\$\{?\w+\}?|:\w+|\?)+")


def redact(text: str) -> str:
    """The text with every recognised secret replaced, its surroundings kept. Redacting again changes nothing."""
    return _replaced(text, secrets(text), 0, len(text))


def redact_lines(before: Sequence[str], lines: Sequence[str], columns: Mapping[int, int], *, width: int) -> list[str]:
    """Lines of a file, each redacted by what it says itself and by what the lines above say of it.

    Beyond `redact`: a value that stands some lines below its name, and the inner lines of a key in PEM. before: the lines
    above, not shown themselves. columns: by index, 1-based; of a longer line `width` characters around it, else the first.
    """
    edges = [_window(len(line), columns.get(index, 1), REACH) for index, line in enumerate(lines)]
    cut = [line[first:last] for line, (first, last) in zip(lines, edges, strict=True)]
    text = "\n".join([*(line[:REACH] for line in before), *cut])
    position = len(text) - len("\n".join(cut))
    near = "\n".join([*(line[-REACH:] for line in before[-NEAR:]), *cut])
    found = [(a + len(text) - len(near), b + len(text) - len(near)) for a, b in _found(near)] + list(_long(text))
    out = []
    for index, line in enumerate(cut):
        end = position + len(line)
        spans = [(a + position, b + position) for a, b in secrets(line)]
        spans += [(max(a, position), min(b, end)) for a, b in found if a < end and b > position]
        first, last = _window(len(line), columns.get(index, 1) - edges[index][0], width)
        shown = _replaced(text, _merged(spans), position + first, position + last)
        out.append(
            f"{'…' if edges[index][0] + first else ''}{shown}{'…' if edges[index][0] + last < len(lines[index]) else ''}"
        )
        position = end + 1
    return out


def _long(text: str) -> Iterator[Span]:
    """Values of many lines: keys in PEM, and long strings given to the name of a secret."""
    if "PRIVATE KEY-----" in text:
        for match in _PEM.finditer(text):
            yield match.span("secret")
    for opening in _LONG_QUOTE.finditer(text):
        if _NAMED.search(text, max(0, opening.start() - 120), opening.start()):
            end = text.find(opening[0], opening.end())
            yield opening.end(), end if end >= 0 else len(text)


def _window(length: int, column: int, width: int) -> Span:
    """What to show of a longer text: `width` characters, from a third of that before the column."""
    first = max(0, min(column - 1 - width // 3, length - width))
    return first, min(length, first + width)


def excerpt(text: str, column: int, *, width: int = 200, reach: int = 2000) -> str:
    """About `width` characters of a redacted line around a column (1-based), the whole line when it is not longer.

    Only `reach` characters on either side are searched for secrets, which bounds the work on lines of megabytes.
    """
    start = max(0, min(column - 1, len(text)) - reach)
    window = text[start : start + 2 * reach]
    at = min(column - 1, len(text)) - start
    first, last = 0, len(window)
    if len(text) > width:
        first, last = max(0, at - width // 3), min(len(window), at + 2 * width // 3)
    shown = _replaced(window, secrets(window), first, last).strip()
    return f"{'…' if start + first > 0 else ''}{shown}{'…' if start + last < len(text) else ''}"


def secrets(text: str) -> list[Span]:
    """Where the recognised secrets stand, in order, none touching another."""
    return _merged(_found(text))


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _found(text: str) -> Iterator[Span]:
    for known in FORMATS:
        if known.pieces and not any(piece in text for piece in known.pieces):
            continue
        for match in known.pattern.finditer(text):
            yield from _unless_hole(text, match.span("secret" if known.pattern.groups else 0))
    yield from _in_pieces(text)
    if not _ANY_WORD.search(text):
        return
    strings = [string.span("body") for string in _STRING.finditer(text)]
    for pattern in (_BY_NAME, _AS_ARGUMENT):
        for match in pattern.finditer(text):
            nested = any(start < match.end() < end for start, end in strings)
            yield from _literals(text, match.end(), joined=not nested)
    for start, end in strings:
        for match in _INSIDE.finditer(text, start, end):
            yield from _unless_hole(text, match.span("secret"))


def _in_pieces(text: str) -> Iterator[Span]:
    """Secrets known by their form that are written in pieces: `"a" "b"`, `"a" + "b"`."""
    seams = [seam.span() for seam in _SEAM.finditer(text)]
    if not seams:
        return
    places: list[int] = []
    for (_, last), (start, _) in pairwise([(0, 0), *seams, (len(text), 0)]):
        places += range(last, start)
    whole = "".join(text[n] for n in places)
    for known in FORMATS:
        for match in known.pattern.finditer(whole):
            start, end = match.span("secret" if known.pattern.groups else 0)
            if start < end and places[end - 1] - places[start] > end - 1 - start:
                yield places[start], places[end - 1] + 1


def _literals(text: str, position: int, *, joined: bool) -> Iterator[Span]:
    """The content of the literal here; when joined also of those that follow it, as in `"a" "b"` and `"a" + "b"`.

    Inside a string nothing is joined: there `'a'"` is the end of both.
    """
    while match := _LITERAL.match(text, position):
        yield from _unless_hole(text, match.span("inner" if match["quote"] is None else "body"))
        if not joined:
            return
        position = match.end()


def _unless_hole(text: str, span: Span) -> Iterator[Span]:
    """What is empty or only a place for a value (`{password}`, `%s`, `?`) hides nothing."""
    start, end = span
    if start < end and not _HOLE.fullmatch(text, start, end):
        yield span


def _replaced(text: str, spans: list[Span], first: int, last: int) -> str:
    """text[first:last] with the spans replaced, also those that reach over its edges."""
    parts, position = [], first
    for start, end in spans:
        if end > first and start < last:
            parts += [text[position : max(start, first)], PLACEHOLDER]
            position = end
    return "".join([*parts, text[position:last]])
