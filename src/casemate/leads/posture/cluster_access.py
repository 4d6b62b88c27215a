"""Kubernetes that lets others in

## What it is

The kubelet of this host lets anybody in without a name and allows everything, or a file with the key of the cluster's
administrator (`admin.conf`, `k3s.yaml`) can be read by others.

## Why it matters

Both lead to a pod that has all of the host: the kubelet's port runs commands in any container, the key starts a new one
(ATT&CK T1610, T1611, T1552.001; CIS Kubernetes Benchmark 1.1.13, 4.2.1, 4.2.2).

## How to fix it

In the kubelet's configuration: `authentication.anonymous.enabled: false`, `authorization.mode: Webhook`. `chmod 0600` the
file of the administrator, give people credentials of their own, and renew those that were open.
"""

from casemate.leads.posture.rule import ChainRule
from casemate.leads.rule import Example
from casemate.model.lead import RuleId, Severity

RULE = ChainRule(
    id=RuleId("open-cluster"),
    title="Kubernetes that lets others in",
    cwe=306,
    owasp="A01:2021",
    severity=Severity.CRITICAL,
    message="{who} can become {becomes}: {what}",
    kinds=("kubelet", "cluster-key"),
    examples=(
        Example(
            name="a kubelet that allows everything",
            language="host",
            code=(
                "# file: /var/lib/kubelet/config.yaml\nkind: KubeletConfiguration\nauthentication:\n"
                "  anonymous:\n    enabled: true\nauthorization:\n  mode: AlwaysAllow  # finding\n"
            ),
        ),
        Example(
            name="the administrator's file is open to all",
            language="host",
            code="# file: /etc/rancher/k3s/k3s.yaml 0644  # finding\napiVersion: v1\nkind: Config\n",
        ),
        Example(
            name="near-miss: a kubelet that asks",
            language="host",
            code=(
                "# file: /var/lib/kubelet/config.yaml\nkind: KubeletConfiguration\nauthentication:\n"
                "  anonymous:\n    enabled: false\nauthorization:\n  mode: Webhook\n"
            ),
        ),
        Example(
            name="near-miss: the administrator's file is root's",
            language="host",
            code="# file: /etc/kubernetes/admin.conf 0600\napiVersion: v1\nkind: Config\n",
        ),
        Example(
            name="near-miss: nobody without a name",
            language="host",
            code=(
                "# file: /var/lib/kubelet/config.yaml\nkind: KubeletConfiguration\nauthentication:\n"
                "  anonymous:\n    enabled: false\nauthorization:\n  mode: AlwaysAllow\n"
            ),
        ),
    ),
)
