"""Jobs that the clock starts."""

from __future__ import annotations

from casemate.host.facts.cron import cron, crontab
from casemate.host.facts.job import Job
from casemate.host.relation import Trust
from casemate.model.host import ROOT, account
from tests.host.tree import tree


def jobs(text):
    return [entry for entry in tree(text).host().once(cron) if isinstance(entry, Job)]


def tables(text):
    return [entry.path for entry in tree(text).host().once(cron) if isinstance(entry, Trust)]


def test_lines_of_a_system_table():
    """Times, user, command, the variables above, and what is behind a percent sign."""
    text = '# file: /etc/cron.d/a\n# no\n\nPATH=/x:/y\nMAILTO=""\n*/5 1-3 * jan mon alice /run a\\%b%in\n@reboot root /boot.sh\n'
    host = tree(text).host()
    found = list(crontab(host, "/etc/cron.d/a", system=True))
    assert [(line.number, line.user, line.command) for line in found] == [
        (5, "alice", "/run a%b"),
        (6, "root", "/boot.sh"),
    ]
    assert [(job.runner, job.path, job.cwd) for job in host.once(cron) if isinstance(job, Job)] == [
        (account("alice"), ("/x", "/y"), "/home/alice"),
        (ROOT, ("/x", "/y"), "/root"),
    ]


def test_the_path_of_cron_is_its_own():
    """Without a line of its own PATH is short (crontab(5))."""
    assert jobs("# file: /etc/crontab\n* * * * * root x\n")[0].path == ("/usr/bin", "/bin")


def test_names_that_cron_passes_over():
    """Debian takes letters, digits, - and _; others take dots."""
    text = "# file: /etc/cron.d/a.b\n* * * * * root /x\n"
    assert jobs(text) == []
    assert [job.line for job in jobs("# file: /etc/os-release\nID=fedora\n" + text)] == ["/x"]


def test_tables_of_users():
    """Each runs as the user that it is named after, on every system's spool."""
    for spool in ("/var/spool/cron/crontabs", "/var/spool/cron", "/etc/crontabs"):
        found = jobs(f"# file: {spool}/bob\n0 1 * * * /home/bob/x\n# file: {spool}/nobody-known\n0 1 * * * /y\n")
        assert [(job.runner, job.line) for job in found] == [(account("bob"), "/home/bob/x")]


def test_a_spool_for_everybody():
    """Others than crontab's group must not make tables."""
    assert tables("# folder: /var/spool/cron/crontabs 0777\n") == ["/var/spool/cron/crontabs"]
    assert tables("# folder: /var/spool/cron/crontabs 1730 root:staff\n") == []


def test_anacron_at_and_incron():
    """The other clocks, and the watcher of files."""
    text = (
        "# file: /etc/anacrontab\nSHELL=/bin/sh\n1 5 cron.daily nice run-parts /etc/cron.daily\n"
        "# file: /var/spool/cron/atjobs/a00001019a1b2c 0700 alice:alice\n#!/bin/sh\n/x\n"
        "# file: /etc/incron.d/w\n/srv/in IN_CLOSE_WRITE /opt/h $@/$#\n"
    )
    found = jobs(text)
    assert [job.line for job in found if "anacron" in job.says] == ["nice run-parts /etc/cron.daily"]
    assert [job.runner for job in found if "atd" in job.says] == [account("alice")]
    assert [job.line for job in found if "incrond" in job.says] == ["/opt/h x/x"]
    assert "/etc/anacrontab" in tables(text)


def test_what_is_no_line_is_told():
    """A line that cannot be read is not passed over in silence."""
    host = tree("# file: /etc/crontab\nnonsense\n* * * * * root /x\n").host()
    assert [job.line for job in host.once(cron) if isinstance(job, Job)] == ["/x"]
    assert [loss.what for loss in host.fs.losses] == ["/etc/crontab:1"]


def test_a_folder_of_programs_that_no_table_names():
    """It is still a folder of jobs: another cron may be at work."""
    folder = "# folder: /etc/cron.daily\n"
    assert [job.line for job in jobs(folder)] == ["run-parts /etc/cron.daily"]
    assert len(jobs(folder + "# file: /etc/crontab\n1 1 * * * root run-parts /etc/cron.daily\n")) == 1


def test_an_endless_table_ends():
    """After some thousand lines the rest is told to be unread."""
    host = tree("# file: /etc/crontab\n" + "* * * * * root /x\n" * 4000).host()
    assert len([job for job in host.once(cron) if isinstance(job, Job)]) == 3000
    assert host.fs.losses
