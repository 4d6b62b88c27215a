"""Downloads whose server nobody checks

## What it is

The settings of a tool that fetches code or data (pip, npm, yarn, gem, curl, wget, git, conda, Composer) switch the check of
certificates off, or name a source by plain http, for which the tool knows no signature.

## Why it matters

Who is on the way answers in the place of the server, and what they answer is installed and run (ATT&CK T1557, T1195.002).
Sources: pip's documentation ("Configuration"), npm-config(7), curl(1), the GNU Wget manual, git-config(1).

## How to fix it

Take the line out and use https. For a server of one's own, trust its authority instead: `cert=`, `cafile=`, `http.sslCAInfo`.
"""

import re
from collections.abc import Iterator

from casemate.host.facts import pip_settings
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

HTTP = pip_settings.HTTP
OFF = r"\s*[=:\s]\s*[\"']?(?:false|off|0|no|none)\b"
TOOLS = (  # system-wide files, files of a home, the line, consequence
    (
        "/etc/npmrc /usr/etc/npmrc /usr/local/etc/npmrc",
        ".npmrc",
        rf"(?:strict-ssl{OFF}|(?:\S+:)?registry\s*=\s*{HTTP})",
        "npm does not check",
    ),
    (
        "/etc/uv/uv.toml",
        ".config/uv/uv.toml",
        rf"(?:allow-insecure-host\s*=\s*\[\s*[\"']|(?:extra-)?index-url\s*=.*{HTTP}|url\s*=\s*[\"']{HTTP})",
        "uv does not check",
    ),
    ("/etc/yarnrc", ".yarnrc .yarnrc.yml", rf"\"?(?:strict-ssl|enableStrictSsl)\"?{OFF}", "yarn does not check"),
    ("/etc/gemrc", ".gemrc", rf":?ssl_verify_mode{OFF}|-\s*{HTTP}", "gem does not check"),
    ("", ".bundle/config", rf"BUNDLE_SSL_VERIFY_MODE{OFF}", "bundler does not check"),
    ("/etc/curlrc", ".curlrc", r"(?:--)?insecure\b|-k\b", "curl does not check"),
    ("/etc/wgetrc", ".wgetrc", rf"check_?certificate{OFF}", "wget does not check"),
    ("/etc/gitconfig", ".gitconfig .config/git/config", rf"sslverify{OFF}", "git does not check"),
    ("/etc/conda/.condarc /opt/conda/.condarc", ".condarc", rf"ssl_verify{OFF}", "conda does not check"),
    (
        "",
        ".composer/config.json .config/composer/config.json",
        rf"\"secure-http\"{OFF}|\"disable-tls\"\s*:\s*true",
        "Composer does not check",
    ),
    (
        "/etc/environment /etc/profile /etc/profile.d/*.sh /etc/bash.bashrc",
        ".profile .bashrc .bash_profile",
        rf"(?:export\s+)?(?:PIP_TRUSTED_HOST=[\"']?(?!localhost|127\.)\w|(?:PIP|UV)_(?:EXTRA_)?INDEX_URL=[\"']?{HTTP}"
        r"|UV_INSECURE_HOST=\S|NODE_TLS_REJECT_UNAUTHORIZED=[\"']?0|GIT_SSL_NO_VERIFY=\S|PYTHONHTTPSVERIFY=[\"']?0"
        r"|GOSUMDB=[\"']?off|npm_config_strict_ssl=[\"']?false)",
        "tools do not check",
    ),
)
LONGEST = 4096


def find(host: Host) -> Iterator[Seen]:
    """Such lines, those of people's homes more quietly: they endanger that account only."""
    homes = dict.fromkeys(
        a.home.rstrip("/") for a in host.accounts.accounts if (a.person or not a.uid) and a.home != "/"
    )
    for path in (*pip_settings.SYSTEM, *(f"{home}/{name}" for home in homes for name in pip_settings.OWN)):
        severity = Severity.MEDIUM if path.startswith(("/etc/", "/root/")) else Severity.LOW
        for number, setting in pip_settings.unchecked(host, path):
            yield Seen(
                path=path, line=number, what=f"pip does not check whom it downloads from ({setting})", severity=severity
            )
    for shared, own, pattern, what in TOOLS:
        weak = re.compile(rf"\s*{pattern}", re.I)
        for path in (path for word in shared.split() for path in host.fs.glob(word)):
            yield from _lines(host, path, weak, what, Severity.MEDIUM)
        for home in homes:
            for word in own.split():
                severity = Severity.MEDIUM if home == "/root" else Severity.LOW
                yield from _lines(host, f"{home}/{word}", weak, what, severity)


def _lines(host: Host, path: str, weak: re.Pattern[str], what: str, severity: Severity) -> Iterator[Seen]:
    text = host.fs.text(path)
    for number, line in text.numbered() if text else ():
        if len(line) <= LONGEST and weak.match(line):
            setting = re.sub(r"//[^/@\s]*@", "//", line.strip())  # never a password
            yield Seen(path=path, line=number, what=f"{what} whom it downloads from ({setting})", severity=severity)


RULE = FactRule(
    id=RuleId("unverified-download"),
    title="Downloads whose server nobody checks",
    cwe=295,
    owasp="A08:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="pip and npm",
            language="host",
            code="# file: /etc/pip.conf\n[global]\nindex-url = http://pypi.example/simple  # finding\n"
            "trusted-host = pypi.example  # finding\n# file: /root/.npmrc\nstrict-ssl=false  # finding\n",
        ),
        Example(
            name="pip, in its other spellings",
            language="host",
            code="# file: /etc/pip.conf\n[global]\nextra_index_url =\n    https://a.example/simple\n"
            "    http://b.example/simple  # finding\n# file: /etc/environment\nPIP_TRUSTED_HOST=b.example  # finding\n",
        ),
        Example(
            name="git and curl",
            language="host",
            code="# file: /etc/gitconfig\n[http]\n\tsslVerify = false  # finding\n# file: /root/.curlrc\ninsecure  # finding\n",
        ),
        Example(
            name="near-miss: https",
            language="host",
            code="# file: /etc/pip.conf\n[global]\nindex-url = https://pypi.example/simple\n",
        ),
        Example(
            name="near-miss: this host", language="host", code="# file: /root/.npmrc\nregistry=http://localhost:4873/\n"
        ),
        Example(
            name="near-miss: a comment, and on",
            language="host",
            code="# file: /etc/wgetrc\n#check_certificate = off\ncheck_certificate = on\n",
        ),
    ),
)
