"""What container engines and the kubelet act on as root: definitions of containers, settings, hooks; and keys of a whole cluster.

Sources: podman-systemd.unit(5), lxc.container.conf(5), oci-hooks(5), dockerd(8), the Container Network Interface,
Kubernetes' pages on static pods and on the kubelet's authorization. ATT&CK T1610, T1611, T1552.001.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from casemate.host.facts import service
from casemate.host.facts.clusters import ADMIN_FILES, kubelet, kubelets
from casemate.host.facts.containers import COMPOSE, QUADLETS
from casemate.host.facts.unit_file import truth
from casemate.host.facts.units import units
from casemate.host.host import Host
from casemate.host.relation import Grant, Relation, Secret, Trust
from casemate.host.running import ran
from casemate.model.host import NETWORK, ROOT, Confidence, Fact

FILES: Final = (
    ("/etc/docker/daemon.json", "tells dockerd which programs to run as root (runtimes)"),
    ("/etc/containerd/config.toml", "tells containerd which programs to run as root (runtimes)"),
    ("/etc/crio/crio.conf", "tells CRI-O which programs to run as root (runtimes)"),
    ("/etc/crio/crio.conf.d/*", "tells CRI-O which programs to run as root (runtimes)"),
    ("/etc/containers/containers.conf", "tells Podman which programs to run (runtimes, hooks)"),
    ("/var/lib/kubelet/config.yaml", "sets who may give orders to the kubelet"),
    ("/var/lib/lxc/*/config", "sets what a container of root may reach, and root's hooks"),
)
FOLDERS: Final = (
    ("/etc/kubernetes/manifests", "holds pods that the kubelet starts with any right that they ask for"),
    ("/etc/cni/net.d", "tells which network programs root runs for each container"),
    ("/opt/cni/bin", "holds network programs that root runs for each container"),
    ("/usr/libexec/cni", "holds network programs that root runs for each container"),
    ("/etc/containers/oci/hooks.d", "names programs that root runs for each container"),
    ("/usr/share/containers/oci/hooks.d", "names programs that root runs for each container"),
)


def edges(host: Host) -> Iterator[Relation]:
    """Files, folders, compose files that units use, the kubelet's door, and files of a cluster's administrator."""
    for folder in QUADLETS:
        if host.fs.is_folder(folder):
            yield _trust(folder, "holds containers that systemd starts as root", folder=True)
        for kind in ("container", "pod", "kube", "volume", "network", "image", "build"):
            for path in host.fs.glob(f"{folder}/*.{kind}"):
                yield _trust(path, "tells systemd which container to start as root, with which rights")
    for pattern, says in FILES:
        for path in host.fs.glob(pattern):
            if host.fs.is_file(path):
                yield _trust(path, says)
    for folder, says in FOLDERS:
        if host.fs.is_folder(folder):
            yield _trust(folder, says, folder=True)
            for path in host.fs.glob(f"{folder}/*"):
                if host.fs.is_file(path):
                    yield _trust(path, says.replace("holds", "is one of the").replace("tells", "says"))
    yield from _static_pods(host)
    yield from _compose(host)
    yield from _lxc(host)
    yield from _kubelet(host)
    for path in ADMIN_FILES:
        if host.fs.is_file(path):
            yield Secret(
                path=path,
                kind="cluster-key",
                technique="T1552.001",
                what="the key of the cluster's administrator, who may start a pod that has all of this host",
                opens=ROOT,
                confidence=Confidence.LIKELY,
            )


def _trust(path: str, says: str, *, folder: bool = False, via: tuple[Fact, ...] = ()) -> Trust:
    return Trust(runner=ROOT, path=path, folder=folder, kind="container-file", technique="T1610", via=via, says=says)


def _compose(host: Host) -> Iterator[Trust]:
    """Compose files that units of root hand to an engine."""
    for unit in host.once(units).running():
        for command in service.commands(host, unit, "ExecStartPre", "ExecStart"):
            given = command.words
            if not any("compose" in word for word in given[:3]) or service.runs_as(host, unit, command) != ROOT:
                continue
            folder = service.working_folder(host, unit)
            named = [b for a, b in pairwise(given) if a in ("-f", "--file")]
            named += [word.partition("=")[2] for word in given if word.startswith("--file=")]
            paths = [posixpath.normpath(posixpath.join(folder, name)) for name in named]
            if not named:
                paths = [path for pattern in COMPOSE for path in host.fs.glob(f"{folder}/{pattern}")]
            via = (Fact(command.value.path, f"has root start its containers ({unit.name})", command.value.line),)
            for path in paths:
                yield _trust(path, "tells root which containers to start, with which rights", via=via)


_LXC_HOOK: Final = re.compile(
    r"^\s*lxc\.(?:hook\.(?:pre-start|start-host|stop|post-stop|clone|destroy)|net(?:work)?\.(?:\d+\.)?script\.\w+)"
    r"\s*=\s*(/.{1,1000})$"
)


def _lxc(host: Host) -> Iterator[Trust]:
    """Hooks that LXC runs in the host's own namespaces (lxc.container.conf(5), CONTAINER HOOKS); others run inside."""
    for pattern in ("/var/lib/lxc/*/config", "/etc/lxc/*.conf", "/usr/share/lxc/config/common.conf.d/*.conf"):
        for path in host.fs.glob(pattern):
            text = host.fs.text(path)
            for number, line in text.numbered() if text else ():
                found = _LXC_HOOK.match(line)
                if found:
                    yield from ran(
                        host,
                        found[1].strip(),
                        runner=ROOT,
                        via=(Fact(path, "has root run it outside the container", number),),
                        kind="container-file",
                        technique="T1610",
                        says="is run by LXC as root when a container starts or stops",
                    )


def _static_pods(host: Host) -> Iterator[Trust]:
    """The folder, or file, of pods that the kubelet is told to start by itself (staticPodPath, --pod-manifest-path)."""
    last = {setting.name: setting for setting in host.once(kubelet)}
    path = last.get("staticPodPath")
    if path is None or not path.value.startswith("/") or path.value.rstrip("/") == FOLDERS[0][0]:
        return
    units_of = [Fact(c.value.path, "starts the kubelet as root", c.value.line) for c in host.once(kubelets)]
    via = (path.place, *(fact for fact in units_of[:1] if fact.path != path.place.path))
    says = "holds pods that the kubelet starts with any right that they ask for"
    yield _trust(path.value, says, folder=host.fs.is_folder(path.value), via=via)
    for inner in host.fs.glob(f"{path.value}/*"):
        if host.fs.is_file(inner):
            yield _trust(inner, "is one of the pods that the kubelet starts with any right that they ask for", via=via)


def _kubelet(host: Host) -> Iterator[Grant]:
    """A kubelet that lets everybody in and do everything: port 10250 runs commands in any pod."""
    last = {setting.name: setting for setting in host.once(kubelet)}
    anonymous = last.get("authentication.anonymous.enabled")
    mode = last.get("authorization.mode")
    if anonymous and mode and truth(anonymous.value) and mode.value == "AlwaysAllow":
        yield Grant(
            holders=(NETWORK,),
            becomes=ROOT,
            kind="kubelet",
            technique="T1610",
            via=(mode.place, anonymous.place),
            says="lets whoever reaches the kubelet run commands in any container",
            confidence=Confidence.LIKELY,
        )
