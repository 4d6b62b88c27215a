"""Programs whose own files make them run other programs: which option, or which word, names such a file.

Each by its manual page: a shell escape of a client (psql `\\!`, sqlite3 `.shell`), a module or a helper of a daemon (nginx
load_module, dnsmasq dhcp-script, openvpn up), a command of a terminal's set-up (screen, tmux, vim -S), a list of packages.
"""

from __future__ import annotations

from typing import Final

OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "apache2": ("-f",),
    "apache2ctl": ("-f",),
    "apachectl": ("-f",),
    "httpd": ("-f",),
    "nginx": ("-c",),
    "haproxy": ("-f",),
    "dnsmasq": ("-C", "--conf-file", "--dhcp-script"),
    "openvpn": ("--config", "--up", "--down"),
    "rsyslogd": ("-f",),
    "syslog-ng": ("-f", "--cfgfile"),
    "named": ("-c",),
    "snmpd": ("-c",),
    "keepalived": ("-f", "--use-file"),
    "fluent-bit": ("-c", "--config"),
    "telegraf": ("--config",),
    "psql": ("-f", "--file"),
    "sqlite3": ("-init",),
    "vim": ("-S", "-u"),
    "vi": ("-S", "-u"),
    "nvim": ("-S", "-u"),
    "emacs": ("-l", "--load", "--script"),
    "gdb": ("-x", "--command", "-command", "-ix"),
    "screen": ("-c",),
    "tmux": ("-f",),
    "ssh": ("-F",),
    "scp": ("-F",),
    "sftp": ("-F",),
    "sed": ("-f", "--file"),
    "uwsgi": ("--ini", "--yaml", "--json", "--xml"),
    "rake": ("-f", "--rakefile"),
    "curl": ("-K", "--config"),
    "at": ("-f",),
    "batch": ("-f",),
    "ldconfig": ("-f",),
    "tcpdump": ("-z",),
    "pwsh": ("-File", "-f"),
    "tar": (
        "-I",
        "--use-compress-program",
        "--to-command",
        "--rsh-command",
        "-F",
        "--info-script",
        "--new-volume-script",
    ),
}
"""Options whose value is a file that the program runs, or follows."""

FIRST: Final[dict[str, str]] = {
    "redis-server": "",
    "valkey-server": "",
    "openvpn": "",
    "uwsgi": "",
    "mono": "",
    "julia": "",
    "guile": "",
    "octave": "",
    "groovy": "",
    "scala": "",
    "csh": "",
    "tcsh": "",
    "fish": "",
    "dotnet": "",
    "wine": "",
}
"""Those whose first word after the options is such a file; each with the options that take a value."""

VERBS: Final[dict[str, tuple[str, ...]]] = {
    "go": ("run",),
    "deno": ("run",),
    "bun": ("run",),
    "pm2": ("start", "startOrReload", "startOrRestart"),
    "wg-quick": ("up", "down"),
    "apt": ("install",),
    "apt-get": ("install",),
    "dnf": ("install",),
    "yum": ("install", "localinstall"),
    "pip": ("install",),
    "pip3": ("install",),
}
"""Those that take such files after a verb: only words with a slash are files."""

INPUT: Final[dict[str, tuple[str, ...]]] = {
    "psql": ("psql", "-f"),
    "sqlite3": ("sqlite3", "-init"),
    "python3": ("python3",),
    "python": ("python3",),
    "perl": ("perl",),
    "php": ("php",),
    "ruby": ("ruby",),
    "node": ("node",),
    "at": (".",),
    "batch": (".",),
    "parallel": (".",),
}
"""Those that take the same from their input, and how they would be given it as a file."""

APPLICATIONS: Final = ("gunicorn", "gunicorn3", "uvicorn", "hypercorn", "daphne", "waitress-serve", "celery", "flask")
"""Programs in Python that import an application from the folder in which they run."""

COPIES: Final = ("cp", "install", "ln", "mv", "rsync")
RUN_FROM: Final = (
    "/bin/",
    "/etc/apt/apt.conf.d",
    "/etc/cron",
    "/etc/init.d",
    "/etc/ld.so",
    "/etc/pam.d",
    "/etc/passwd",
    "/etc/profile",
    "/etc/rc.local",
    "/etc/shadow",
    "/etc/sudoers",
    "/etc/systemd/system",
    "/etc/udev/rules.d",
    "/lib/",
    "/root/.",
    "/sbin/",
    "/usr/bin/",
    "/usr/lib/",
    "/usr/local/bin",
    "/usr/local/lib/",
    "/usr/local/sbin",
    "/usr/sbin/",
    "/var/spool/cron/",
)
"""Places whose files root runs or follows: what is copied there acts as if it were there."""
