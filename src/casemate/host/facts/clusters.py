"""What Kubernetes on this host lets others do: settings of the kubelet and of the control plane's pods.

Sources: Kubernetes' reference of KubeletConfiguration and of the flags of kubelet and kube-apiserver; CIS Kubernetes Benchmark
1.2, 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.facts import service
from casemate.host.facts.docker import options
from casemate.host.facts.unit_file import Command
from casemate.host.facts.units import units
from casemate.host.facts.yaml_tree import Tree, yaml_trees
from casemate.host.host import Host
from casemate.model.host import Fact

KUBELET_FILES: Final = (
    "/var/lib/kubelet/config.yaml",
    "/etc/kubernetes/kubelet/kubelet-config.json",
    "/etc/kubernetes/kubelet-config.yaml",
    "/etc/kubernetes/kubelet.yaml",
    "/etc/kubernetes/kubelet/config.d/*.conf",
)
KUBELET_KEYS: Final = (
    ("authentication", "anonymous", "enabled"),
    ("authorization", "mode"),
    ("readOnlyPort",),
    ("staticPodPath",),
)
KUBELET_FLAGS: Final = {
    "anonymous-auth": "authentication.anonymous.enabled",
    "authorization-mode": "authorization.mode",
    "read-only-port": "readOnlyPort",
    "pod-manifest-path": "staticPodPath",
}
MANIFESTS: Final = (
    "/etc/kubernetes/manifests/*.yaml",
    "/etc/kubernetes/manifests/*.yml",
    "/etc/kubernetes/manifests/*.json",
)
ADMIN_FILES: Final = (
    "/etc/kubernetes/admin.conf",
    "/etc/kubernetes/super-admin.conf",
    "/etc/rancher/k3s/k3s.yaml",
    "/etc/rancher/rke2/rke2.yaml",
    "/var/lib/k0s/pki/admin.conf",
    "/var/snap/microk8s/current/credentials/client.config",
    "/root/.kube/config",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that decides who may do what. name: as the rules ask for it."""

    name: str
    value: str
    place: Fact


def kubelet(host: Host) -> tuple[Setting, ...]:
    """The kubelet's settings that matter, by their names in its configuration; flags count more than files, so they come last."""
    out: list[Setting] = []
    started = kubelets(host)
    named = [
        text for c in started for option, text in options(c.words[1:]) if option == "config" and text.startswith("/")
    ]
    for path in dict.fromkeys([*(path for pattern in KUBELET_FILES for path in host.fs.glob(pattern)), *named]):
        for document in yaml_trees(host, path):
            for keys in KUBELET_KEYS:
                found = document.get(*keys)
                if found is not None and found.text:
                    out.append(_setting(".".join(keys), found))
    for command in started:
        for option, text in options(command.words[1:]):
            name = KUBELET_FLAGS.get(option)
            if name and text:
                says = f"sets --{option}={text} of the kubelet"
                out.append(Setting(name, text, Fact(command.value.path, says, command.value.line)))
    return tuple(out)


def kubelets(host: Host) -> tuple[Command, ...]:
    """The command lines of units that start a kubelet."""
    return tuple(
        command
        for unit in host.once(units).running()
        for command in service.commands(host, unit, "ExecStart")
        if command.words[0].rpartition("/")[2] in ("kubelet", "k3s", "rke2", "hyperkube")
    )


def control_plane(host: Host) -> Iterator[Setting]:
    """The flags of the control plane's pods: `kube-apiserver --anonymous-auth`, as "kube-apiserver anonymous-auth"."""
    for pattern in MANIFESTS:
        for path in host.fs.glob(pattern):
            for document in yaml_trees(host, path):
                containers = document.get("spec", "containers")
                for container in containers.each() if containers else ():
                    for key in ("command", "args"):
                        given = container.get(key)
                        for word in given.each() if given else ():
                            name = container.get("name")
                            option, equals, text = word.text.lstrip("-").partition("=")
                            if equals and name is not None:
                                says = f"sets --{option}={text} of {name.text}"
                                yield Setting(f"{name.text} {option}", text, Fact(path, says, word.line))


def _setting(name: str, found: Tree) -> Setting:
    return Setting(name, found.text, Fact(found.path, f"sets {name} to {found.text}", found.line))
