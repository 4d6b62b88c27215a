"""Weak settings of Kubernetes

## What it is

The kubelet serves its read-only port or lets in whoever gives no name, or a flag of the API server opens it: anonymous
requests, `AlwaysAllow`, an insecure port, no client certificates for etcd.

## Why it matters

The read-only port tells every pod's settings to whoever asks; an API server that asks nobody is the cluster (ATT&CK T1613,
T1610; CIS Kubernetes Benchmark 1.2.1, 1.2.6, 2.2, 4.2.1, 4.2.4).

## How to fix it

`readOnlyPort: 0` and `authentication.anonymous.enabled: false` in the kubelet's configuration;
`--authorization-mode=Node,RBAC`, no `--insecure-port`, `--client-cert-auth=true` in the pods' manifests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from casemate.host.facts.clusters import control_plane, kubelet
from casemate.host.facts.unit_file import truth
from casemate.host.host import Host
from casemate.leads.posture.rule import FactRule, Seen
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

OPEN: Final[dict[str, Callable[[str], bool]]] = {
    "kube-apiserver authorization-mode": lambda text: "AlwaysAllow" in text,
    "kube-apiserver insecure-port": lambda text: text not in ("0", ""),
    "kube-apiserver insecure-bind-address": lambda text: not text.startswith("127."),
    "kube-apiserver token-auth-file": bool,
    "kube-apiserver basic-auth-file": bool,
    "etcd client-cert-auth": lambda text: text == "false",
}


def find(host: Host) -> Iterator[Seen]:
    """Settings that open the kubelet or the control plane; what opens it wholly is another rule's."""
    last = {setting.name: setting for setting in host.once(kubelet)}
    port = last.get("readOnlyPort")
    if port and port.value != "0":
        what = f"the kubelet tells of its pods to whoever asks on port {port.value} (readOnlyPort)"
        yield Seen(path=port.place.path, line=port.place.line, what=what)
    anonymous = last.get("authentication.anonymous.enabled")
    mode = last.get("authorization.mode")
    if anonymous and truth(anonymous.value) and (mode is None or mode.value != "AlwaysAllow"):
        what = "the kubelet lets in whoever gives no name (anonymous)"
        yield Seen(path=anonymous.place.path, line=anonymous.place.line, what=what)
    for setting in control_plane(host):
        if setting.name in OPEN and OPEN[setting.name](setting.value):
            program, _, option = setting.name.partition(" ")
            what = f"{program} runs with --{option}={setting.value}"
            yield Seen(path=setting.place.path, line=setting.place.line, what=what)


RULE = FactRule(
    id=RuleId("weak-cluster-setting"),
    title="Weak setting of Kubernetes",
    cwe=306,
    owasp="A05:2021",
    severity=Severity.MEDIUM,
    message="{what}",
    find=find,
    examples=(
        Example(
            name="the read-only port",
            language="host",
            code=("# file: /var/lib/kubelet/config.yaml\nkind: KubeletConfiguration\nreadOnlyPort: 10255  # finding\n"),
        ),
        Example(
            name="an API server that allows everything",
            language="host",
            code=(
                "# file: /etc/kubernetes/manifests/kube-apiserver.yaml 0600\nkind: Pod\nspec:\n  containers:\n"
                "  - name: kube-apiserver\n    command:\n    - kube-apiserver\n"
                "    - --authorization-mode=AlwaysAllow  # finding\n"
            ),
        ),
        Example(
            name="near-miss: as kubeadm writes it",
            language="host",
            code=(
                "# file: /var/lib/kubelet/config.yaml\nkind: KubeletConfiguration\nauthentication:\n"
                "  anonymous:\n    enabled: false\nreadOnlyPort: 0\n"
            ),
        ),
        Example(
            name="near-miss: in a comment",
            language="host",
            code="# file: /var/lib/kubelet/config.yaml\nkind: KubeletConfiguration\n# readOnlyPort: 10255\n",
        ),
        Example(
            name="near-miss: an API server that asks",
            language="host",
            code=(
                "# file: /etc/kubernetes/manifests/kube-apiserver.yaml 0600\nkind: Pod\nspec:\n  containers:\n"
                "  - name: kube-apiserver\n    command: [kube-apiserver, --authorization-mode=Node,RBAC]\n"
            ),
        ),
    ),
)
