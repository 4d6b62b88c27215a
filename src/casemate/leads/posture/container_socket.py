"""Container engines that take orders from others

## What it is

The socket of Docker, containerd, Podman, CRI-O, LXD, Incus or libvirt can be connected to by everybody, by a group or user
that was given it, or over the network without a client certificate.

## Why it matters

An engine does not ask who is there: a container that mounts the host's root folder, started with one request, is root on the
host (ATT&CK T1611, T1610; docker's "Protect the Docker daemon socket"). Port 2375 is scanned for all day long.

## How to fix it

Set `SocketMode=0660` and root as the owner in the socket's unit, then `systemctl daemon-reload` and restart the socket. Take
`tcp://` addresses out of `hosts` and of `-H`; for orders from elsewhere use `ssh://`, or `tlsverify` with certificates for
the clients.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("open-container-socket"),
    title="Container engine that takes orders from others",
    cwe=732,
    owasp="A05:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("container-socket",),
    examples=(
        Example(
            name="a drop-in opens the socket to all",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/docker.socket\n[Socket]\nListenStream=/run/docker.sock\n"
                "SocketMode=0660\nSocketGroup=docker\n"
                "# link: /etc/systemd/system/sockets.target.wants/docker.socket -> /usr/lib/systemd/system/docker.socket\n"
                "# file: /etc/systemd/system/docker.socket.d/x.conf\n[Socket]\nSocketMode=0666  # finding\n"
            ),
        ),
        Example(
            name="no mode at all, which is 0666",
            language="host",
            code=(
                "# file: /etc/systemd/system/podman.socket\n[Socket]\n"
                "ListenStream=%t/podman/podman.sock  # finding\n"
                "# link: /etc/systemd/system/sockets.target.wants/podman.socket -> ../podman.socket\n"
            ),
        ),
        Example(
            name="tcp in daemon.json",
            language="host",
            code=(
                '# file: /etc/docker/daemon.json\n{\n  "hosts": [\n    "unix:///var/run/docker.sock",\n'
                '    "tcp://0.0.0.0:2375"  # finding\n  ]\n}\n'
            ),
        ),
        Example(
            name="tcp on the command line, to this machine",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.service\n[Service]\n"
                "ExecStart=/usr/bin/dockerd -H fd:// -H tcp://127.0.0.1:2375  # finding\n"
                "# link: /etc/systemd/system/multi-user.target.wants/a.service -> ../a.service\n"
            ),
        ),
        Example(
            name="near-miss: as shipped",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/docker.socket\n[Socket]\nListenStream=/run/docker.sock\n"
                "SocketMode=0660\nSocketGroup=docker\n"
                "# link: /etc/systemd/system/sockets.target.wants/docker.socket -> /usr/lib/systemd/system/docker.socket\n"
            ),
        ),
        Example(
            name="near-miss: clients must show a certificate",
            language="host",
            code='# file: /etc/docker/daemon.json\n{"hosts": ["tcp://0.0.0.0:2376"], "tlsverify": true}\n',
        ),
        Example(
            name="near-miss: a drop-in that a later one takes back",
            language="host",
            code=(
                "# file: /usr/lib/systemd/system/docker.socket\n[Socket]\nListenStream=/run/docker.sock\n"
                "SocketMode=0660\nSocketGroup=docker\n"
                "# link: /etc/systemd/system/sockets.target.wants/docker.socket -> /usr/lib/systemd/system/docker.socket\n"
                "# file: /etc/systemd/system/docker.socket.d/10.conf\n[Socket]\nSocketMode=0666\n"
                "# file: /etc/systemd/system/docker.socket.d/20.conf\n[Socket]\nSocketMode=0660\n"
            ),
        ),
        Example(
            name="near-miss: another socket may be open",
            language="host",
            code=(
                "# file: /etc/systemd/system/a.socket\n[Socket]\nListenStream=/run/a.sock\nSocketMode=0666\n"
                "# link: /etc/systemd/system/sockets.target.wants/a.socket -> ../a.socket\n"
            ),
        ),
    ),
)
