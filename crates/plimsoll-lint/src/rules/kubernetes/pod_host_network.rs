use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::replace,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod in the network of its node.
    ///
    /// ## Why
    /// The pod sees and may use every interface of the node, reaches services that listen on the
    /// node's loopback only, and no network policy holds for it.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostNetwork: true
    ///   # ^ pod-host-network
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   template:
    ///     spec:
    ///       hostNetwork: true
    ///       # ^ pod-host-network
    ///       containers:
    ///         - name: app
    ///           image: example.com/app:1.4
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostNetwork: false
    ///   # ^ pod-host-network
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ```yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   template:
    ///     spec:
    ///       hostNetwork: false
    ///       # ^ pod-host-network
    ///       containers:
    ///         - name: app
    ///           image: example.com/app:1.4
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostNetwork: false
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ## Limits
    /// Agents that watch the node itself need it; waive it for them with the reason.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    "pod-host-network" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0009", "checkov:CKV_K8S_19", "kube-linter:host-network",
            "kics:shared_host_network_namespace", "semgrep:hostnetwork-pod",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-network"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let Some(entry) = pod.entry("hostNetwork").filter(|it| it.value.as_bool() == Some(true)) else {
        return;
    };
    let edits = replace(subject, &entry.value, &Value::truth(false));
    sink.report(
        entry.span(),
        "the pod is in the node's own network, where no network policy holds",
    )
    .fix("Do not share it", Safety::Unsafe, edits);
}
