"""Makes examples/host/image.tar: a small weak host, as `docker export` would write it. The same bytes every time.

    python tools/example_host.py [FILE]

What is in it is made up; its secrets open nothing.
"""

import io
import sys
import tarfile
from pathlib import Path

ROOT, BILLING, ALICE, BOB = 0, 980, 1000, 1001
FOLDERS = {
    "etc": (0o755, ROOT),
    "etc/cron.d": (0o755, ROOT),
    "etc/default": (0o755, ROOT),
    "etc/ssh": (0o755, ROOT),
    "etc/sudoers.d": (0o750, ROOT),
    "etc/systemd/system": (0o755, ROOT),
    "home/alice": (0o750, ALICE),
    "home/bob": (0o750, BOB),
    "opt/billing": (0o755, BILLING),
    "opt/nightly": (0o755, ROOT),
    "root": (0o700, ROOT),
    "tmp": (0o1777, ROOT),
    "usr/bin": (0o755, ROOT),
    "usr/sbin": (0o755, ROOT),
    "var/lib/billing": (0o750, BILLING),
}
HASH = "$y$j9T$madeupmadeupmadeupma1$madeupmadeupmadeupmadeupmadeupmadeupmadeupmad"
FILES = {
    "etc/os-release": (0o644, ROOT, 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'),
    "etc/passwd": (
        0o644,
        ROOT,
        "root:x:0:0:root:/root:/bin/bash\n"
        "billing:x:980:980::/var/lib/billing:/usr/sbin/nologin\n"
        "alice:x:1000:1000::/home/alice:/bin/bash\n"
        "bob:x:1001:1001::/home/bob:/bin/bash\n",
    ),
    "etc/group": (
        0o644,
        ROOT,
        "root:x:0:\nsudo:x:27:bob\nshadow:x:42:\ndocker:x:995:\nbilling:x:980:\nalice:x:1000:\nbob:x:1001:\n",
    ),
    "etc/shadow": (
        0o640,
        ROOT,
        f"root:*:19700:0:99999:7:::\nbilling:!:19700::::::\nalice:{HASH}:19700::::::\nbob:{HASH}:19700::::::\n",
    ),
    "etc/sudoers": (
        0o440,
        ROOT,
        "Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n",
    ),
    "etc/sudoers.d/reports": (0o440, ROOT, "alice ALL=(root) NOPASSWD: /usr/bin/find /srv/reports *\n"),
    "etc/cron.d/nightly": (0o644, ROOT, "SHELL=/bin/sh\n30 2 * * * root /opt/nightly/run.sh\n"),
    "opt/nightly/run.sh": (0o777, ROOT, "#!/bin/sh\nexec /usr/bin/find /var/tmp -mtime +7 -delete\n"),
    "etc/systemd/system/billing.service": (
        0o644,
        ROOT,
        "[Unit]\nDescription=Billing\n\n[Service]\nExecStart=/opt/billing/serve --listen 0.0.0.0:8080\n\n"
        "[Install]\nWantedBy=multi-user.target\n",
    ),
    "opt/billing/serve": (0o755, ROOT, "#!/bin/sh\nexec sleep infinity\n"),
    "etc/default/billing": (0o644, ROOT, "DB_HOST=db1\nDB_PASSWORD=q7Jm2vXc9LtR4bNz\n"),
    "etc/ssh/sshd_config": (0o644, ROOT, "PermitRootLogin prohibit-password\nPasswordAuthentication no\n"),
    "usr/bin/find": (0o755, ROOT, "\x7fELF made up\n"),
    "usr/bin/bash": (0o755, ROOT, "\x7fELF made up\n"),
}
LINKS = {
    "bin": "usr/bin",
    "sbin": "usr/sbin",
    "usr/bin/sh": "bash",
    "etc/systemd/system/multi-user.target.wants/billing.service": "/etc/systemd/system/billing.service",
}


def image() -> bytes:
    """The tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        made: set[str] = set()

        def folder(path: str) -> None:
            parts = path.split("/")
            for end in range(1, len(parts) + 1):
                name = "/".join(parts[:end])
                if name and name not in made:
                    made.add(name)
                    mode, owner = FOLDERS.get(name, (0o755, ROOT))
                    add(tar, name, tarfile.DIRTYPE, mode, owner)

        for name in FOLDERS:
            folder(name)
        for name, (mode, owner, text) in FILES.items():
            folder(name.rpartition("/")[0])
            add(tar, name, tarfile.REGTYPE, mode, owner, text.encode("latin-1"))
        for name, target in LINKS.items():
            folder(name.rpartition("/")[0])
            add(tar, name, tarfile.SYMTYPE, 0o777, ROOT, target=target)
    return out.getvalue()


def add(
    tar: tarfile.TarFile, name: str, kind: bytes, mode: int, owner: int, data: bytes = b"", target: str = ""
) -> None:
    """One entry, without a time and without names of this machine."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.uid, entry.gid, entry.size, entry.linkname = (
        kind,
        mode,
        owner,
        owner,
        len(data),
        target,
    )
    if name == "etc/shadow":
        entry.gid = 42
    tar.addfile(entry, io.BytesIO(data))


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "examples/host/image.tar").write_bytes(image())
