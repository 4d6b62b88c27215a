"""What a privileged command line makes its runner act on."""

from __future__ import annotations

import pytest

from casemate.host.running import ran
from casemate.model.host import ROOT, Confidence, Fact, account
from tests.host.tree import tree

VIA = (Fact("/etc/crontab", "has it run", 3),)


def trusts(line, text="", **options):
    return list(
        ran(tree(text).host(), line, runner=ROOT, via=VIA, kind="job", technique="T1053", says="is run", **options)
    )


def programs(line, text="", **options):
    return {t.path for t in trusts(line, text, **options) if t.kind == "job" and not t.folder}


@pytest.mark.parametrize(
    "line",
    [
        "/opt/a",
        "nice -n 10 ionice -c3 /opt/a -x",
        "timeout -k 5 1h /opt/a",
        "flock -n /run/l -c '/opt/a b'",
        "flock -w 5 /run/l /opt/a",
        "env -i A=b /opt/a",
        "/usr/bin/env -S 'python3 -u' /opt/a",
        "cd /opt && ./a",
        "sh -c 'cd /opt; ./a'",
        "bash -euo pipefail /opt/a",
        "python3 -u /opt/a",
        "perl -w /opt/a",
        "php -f /opt/a",
        "java -Xmx1g -jar /opt/a",
        ". /opt/a",
        "exec setsid nohup /opt/a",
        "test -x /opt/a && /opt/a",
        "[ -d /run/x ] || if true; then /opt/a; fi",
        "find /srv -name '*.x' -exec /opt/a {} \\;",
        "find /srv | xargs -r -n 1 /opt/a",
        "sudo -u root /opt/a",
        "su - root -c /opt/a",
        "runuser -u root -- /opt/a",
        "start-stop-daemon --start --quiet --exec /opt/a -- -d",
        "systemd-run --unit x /opt/a",
        "(sleep 5; /opt/a) 2>&1 | logger -t x",
        "make -C /srv -f /opt/a",
        "X=/opt; $X/a",
        "while read l; do $l; done < /opt/a",
        'run() { echo "+ $*"; "$@"; }; run /opt/a -x',
        'try() { if ! "$@"; then exit 1; fi; }; try nice /opt/a',
        'sh -c "$(cat /opt/a)"',
        "bash <(cat /opt/a)",
        "at now < /opt/a",
        "psql -q < /opt/a",
        "psql -f /opt/a",
        "vim -es -S /opt/a",
        "nginx -c /opt/a -g 'daemon off;'",
        "redis-server /opt/a --port 1",
        "dnsmasq --conf-file=/opt/a",
        "wg-quick up /opt/a",
        "apt-get install -y /opt/a",
        "pip install -q -r /opt/a",
        "docker compose -f /opt/a up -d",
        "tar -I /opt/a -cf x y",
        "rsync -e '/opt/a -x' b c:d",
        "socat TCP-LISTEN:7,fork EXEC:/opt/a,stderr",
        "ip netns exec blue /opt/a",
        "setarch x86_64 -R /opt/a",
        "setarch -R /opt/a",
        "sg wheel -c '/opt/a b'",
        "uv run /opt/a",
        "builtin source /opt/a",
        "python3 -c 'exec(open(\"/opt/a\").read())'",
        "perl -e 'system(\"/opt/a\")'",
        "node -e 'require(\"/opt/a\")'",
    ],
)
def test_a_program_is_found_behind_whatever_runs_it(line):
    """Wrappers, shells and interpreters, each in the way that its manual gives."""
    assert "/opt/a" in programs(line)


@pytest.mark.parametrize(
    "line",
    [
        "echo /opt/a",
        "grep x /opt/a",
        "command -v /opt/a",
        "test -x /opt/a",
        "id # /opt/a",
        "id > /opt/a",
        "run-parts --test /opt",
        "start-stop-daemon --stop --exec /opt/a",
        "psql -f - /opt/a",
        'log() { echo "$@" >> /var/log/x; }; log /opt/a',
        'note() { logger -t "$1" "$@"; }; note /opt/a',
        'sh /usr/bin/id "$(cat /opt/a)"',
        "while read l; do echo $l; done < /opt/a",
        "sort < /opt/a",
        "apt-get update /opt/a",
        "docker run -v /opt/a:/x image",
        "cp /opt/a /var/backups/",
        "cp /usr/bin/id /opt/a",
        "rsync -a /opt/a /srv/",
        "find /opt -type f -exec chmod 0644 {} +",
        "python3 -c 'print(open(\"/opt/a\").read())'",
    ],
)
def test_what_is_only_named_is_not_run(line):
    """Near-misses: arguments, questions, outputs."""
    assert "/opt/a" not in programs(line)


def test_another_user_is_the_runner():
    """su, sudo and their like change who acts."""
    for line in (
        "su alice -c /opt/a",
        "sudo -u alice /opt/a",
        "setpriv --reuid alice /opt/a",
        "runuser -l alice -c /opt/a",
    ):
        assert [t.runner for t in trusts(line) if t.path == "/opt/a"] == [account("alice")]


def test_execve_expands_nothing():
    """Without a shell, signs of its language are arguments."""
    assert programs("/opt/a && /opt/b", shell=False) == {"/opt/a"}
    assert programs("/opt/a && /opt/b") == {"/opt/a", "/opt/b"}


def test_the_chain_leads_from_the_called_file_to_the_job():
    """A script's own line comes before the place of the job."""
    text = "# file: /opt/run 0755\n#!/bin/sh\n. /opt/lib.sh\n# file: /opt/lib.sh\nX=/srv/y\n$X\n"
    found = {t.path: t for t in trusts("/opt/run", text)}
    assert [(f.path, f.line) for f in found["/opt/lib.sh"].via] == [("/opt/run", 2), ("/etc/crontab", 3)]
    assert [(f.path, f.line) for f in found["/srv/y"].via] == [("/opt/lib.sh", 2), ("/opt/run", 2), ("/etc/crontab", 3)]
    assert found["/srv/y"].kind == "called-script"
    assert found["/srv/y"].missing


def test_only_folders_before_the_program_are_searched():
    """PATH in its order."""
    found = [t.path for t in trusts("find /", path=("/opt/x", "/usr/bin", "/opt/y")) if t.kind == "program-search-path"]
    assert found == ["/opt/x"]


def test_scripts_that_call_each_other_end():
    """A circle is gone through once."""
    text = "# file: /opt/a 0755\n#!/bin/sh\n/opt/b\n# file: /opt/b 0755\n#!/bin/sh\n. /opt/a\n/opt/b\n"
    assert {"/opt/a", "/opt/b"} <= {t.path for t in trusts("/opt/a", text)}


def test_an_unknown_program_is_told():
    """A name that comes from elsewhere is no silence."""
    host = tree("").host()
    assert list(ran(host, "$WHO x", runner=ROOT, via=VIA, kind="job", technique="", says="")) == []
    assert [loss.what for loss in host.fs.losses] == ["/etc/crontab:3"]


@pytest.mark.parametrize(
    "text",
    [
        'cmd="$1"\n"$cmd" x',
        'call() { cmd=$1; ${cmd}_more "$@"; }',
        'for each in "$@"; do $each; done',
        "$SHELL -c true",
    ],
)
def test_what_the_caller_passes_is_the_callers_to_say(text: str):
    """A parameter under another name, in a loop or as a part of a name is still one; SHELL is /bin/sh to a job."""
    host = tree("").host()
    list(ran(host, text, runner=ROOT, via=VIA, kind="job", technique="", says=""))
    assert host.fs.losses == ()


@pytest.mark.parametrize(
    "text",
    [
        "x=\"a\"`date`'b'",
        "${DEBUG:+ set -v -x}",
        "$(kill -0 1 2> /dev/null)",
        'ENV="env -i LANG=C"; if a; then ENV="$ENV B=$B"; fi; $ENV date',
        "if ! a ${B:-false}; then\n  [ $c -lt 1 ] && date\nfi",
        'E=""; $E date',
    ],
)
def test_what_is_no_unknown_program_is_none(text: str):
    """Values set together, options for debugging, commands that print nothing, tests, an empty variable in front."""
    host = tree("").host()
    list(ran(host, text, runner=ROOT, via=VIA, kind="job", technique="", says=""))
    assert host.fs.losses == ()


def test_a_program_whose_name_begins_so():
    """Every program of the folder that fits is one that may run; a folder that is not known says nothing."""
    text = "# file: /usr/local/bin/run-a 0755\n#!/bin/sh\n# file: /usr/local/bin/x 0755\n#!/bin/sh\n"
    found = {t.path for t in trusts('for x in $(date); do "/usr/local/bin/run-$x"; done', text)}
    assert "/usr/local/bin/run-a" in found
    assert "/usr/local/bin/x" not in found


def test_a_function_calls_what_a_variable_holds_by_then():
    """Functions stand in front of what they work with, in a file of their own even; what is never set stays unknown."""
    text = "# file: /opt/f.sh 0644\ngo() { $UP --all; $NONE; }\n# file: /opt/run 0755\n#!/bin/sh\n. /opt/f.sh\n"
    text += "UP='/srv/up -v'\ngo\n"
    host = tree(text).host()
    found = list(ran(host, "/opt/run", runner=ROOT, via=VIA, kind="job", technique="", says=""))
    up = next(t for t in found if t.path == "/srv/up")
    assert (up.via[0].path, up.via[0].line) == ("/opt/f.sh", 1)
    assert [loss.what for loss in host.fs.losses] == ["/opt/f.sh:1"]


def test_a_command_in_another_language_has_its_own_line():
    """Of the script, not of the text in quotes; a variable with a fixed value is that value."""
    text = '# file: /opt/x 0755\n#!/usr/bin/perl\nmy $to = "/srv/y";\n\nexec "$to $more";\n'
    found = next(t for t in trusts("/opt/x", text) if t.path == "/srv/y")
    assert (found.via[0].path, found.via[0].line) == ("/opt/x", 4)


def test_a_wildcard_counts_where_names_become_options():
    """tar in a folder, not with a folder before the pattern; chown is less sure."""
    found = [
        t for t in trusts("cd /srv && tar cf /x.tar *; chown a *; tar cf x ./*; ls *") if t.kind == "wildcard-argument"
    ]
    assert [(t.path, t.folder, t.confidence) for t in found] == [("/srv", True, Confidence.PROVED)]


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("#!/usr/bin/python3\nimport subprocess\nsubprocess.run(['/srv/y', 'x'])\n", "/srv/y"),
        ("#!/usr/bin/python3\nimport os\nos.system('/srv/y -v')\n", "/srv/y"),
        ("#!/usr/bin/env python3\nwith open('/srv/y', 'rb') as f:\n    x = pickle.load(f)\n", "/srv/y"),
        ("#!/usr/bin/python3\nfrom helpers import a\n", "/opt/helpers.py"),
        ("#!/usr/bin/perl -w\nsystem('/srv/y');\n", "/srv/y"),
        ("#!/usr/bin/perl\nrequire '/srv/y';\n", "/srv/y"),
        ("#!/usr/bin/php\n<?php include __DIR__ . '/srv.php';\n", "/opt/srv.php"),
        ("#!/usr/bin/node\nconst x = require('./z');\n", "/opt/z.js"),
    ],
)
def test_other_languages_are_followed(code, path):
    """What is written out in Python, Perl, PHP and JavaScript."""
    text = f"# file: /opt/run 0755\n{code}# file: /opt/helpers.py\nA = 1\n# file: /opt/z.js\n1\n"
    assert path in {t.path for t in trusts("/opt/run", text)}


def test_where_python_looks_comes_with_the_script():
    """The folders of site packages, in any case; with -I -S none."""
    text = "# file: /opt/a.py\nimport json\n# folder: /usr/local/lib/python3.11/dist-packages\n"
    found = [t for t in trusts("python3 /opt/a.py", text) if t.kind == "python-path"]
    assert "/usr/local/lib/python3.11/dist-packages" in [t.path for t in found]
    assert [(f.path, f.line) for f in found[0].via] == [("/opt/a.py", 1), ("/etc/crontab", 3)]
    assert [t for t in trusts("python3 -I -S /opt/a.py", text) if t.kind == "python-path"] == []


@pytest.mark.parametrize(
    "line", ["env " * 3000 + "/x", "eval " * 3000 + "/x", "env -S " * 300 + "x", " && ".join(["/a"] * 6000)]
)
def test_hostile_lines_end(line):
    """Wrappers of wrappers and endless lists are given up."""
    assert len(trusts(line)) < 100


def test_a_file_that_is_put_where_root_runs_it_is_trusted():
    """Copied, installed or linked, alone or with its folder."""
    for line in ("cp /opt/a /usr/local/bin/b", "install -m 755 /opt/a /etc/cron.daily/", "ln -sf /opt/a /usr/sbin/b"):
        assert "/opt/a" in {t.path for t in trusts(line)}
    found = trusts("rsync -a /opt/u/ /etc/cron.d/", "# file: /opt/u/a\nx\n")
    assert [t.path for t in found if t.folder and "copied" in t.says] == ["/opt/u"]


def test_a_loop_over_a_folder_runs_whatever_is_put_there():
    """By the shell's pattern, and by find."""
    text = "# file: /opt/d/a 0755\n#!/bin/sh\n"
    for line in (
        'for h in "/opt/d"/*; do "$h" x; done',
        "find /opt/d -type f -exec {} \\;",
        "find /opt/d -name '*' -exec sh {} \\;",
    ):
        found = trusts(line, text)
        assert "/opt/d" in {t.path for t in found if t.folder}
        assert "/opt/d/a" in {t.path for t in found if not t.folder}


def test_an_application_is_imported_from_where_its_server_starts():
    """gunicorn and its like: the working directory, or the one that they are told."""
    text = "# file: /srv/w/app.py\nimport os\n# file: /usr/bin/gunicorn 0755\n#!/usr/bin/python3\n"
    assert "/srv/w/app.py" in {t.path for t in trusts("gunicorn -w 2 'app:create()'", text, cwd="/srv/w")}
    assert "/srv/w/app.py" in {t.path for t in trusts("gunicorn --chdir /srv/w app:app", text)}
    assert "/srv/w/app.py" not in {t.path for t in trusts("gunicorn --chdir /srv/v app:app", text)}
