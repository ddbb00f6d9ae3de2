use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::replace,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that shares memory with the processes of its node.
    ///
    /// ## Why
    /// Shared memory and message queues of the node's processes are open to the pod: it may read
    /// what they exchange, and change it.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostIPC: true
    ///   # ^ pod-host-ipc
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
    ///       hostIPC: true
    ///       # ^ pod-host-ipc
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
    ///   hostIPC: false
    ///   # ^ pod-host-ipc
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
    ///       hostIPC: false
    ///       # ^ pod-host-ipc
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
    ///   hostIPC: false
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
    "pod-host-ipc" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0008", "checkov:CKV_K8S_18", "kube-linter:host-ipc",
            "kics:shared_host_ipc_namespace", "semgrep:hostipc-pod",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-ipc"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let Some(entry) = pod.entry("hostIPC").filter(|it| it.value.as_bool() == Some(true)) else {
        return;
    };
    let edits = replace(subject, &entry.value, &Value::truth(false));
    sink.report(entry.span(), "the pod shares memory with processes of the node").fix(
        "Do not share it",
        Safety::Unsafe,
        edits,
    );
}
