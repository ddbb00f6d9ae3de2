use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::replace,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that sees the processes of its node.
    ///
    /// ## Why
    /// The pod sees every process of the node, its arguments and, as root, its memory and
    /// environment with the secrets in them; it may send signals to them too.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostPID: true
    ///   # ^ pod-host-pid
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
    ///       hostPID: true
    ///       # ^ pod-host-pid
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
    ///   hostPID: false
    ///   # ^ pod-host-pid
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
    ///       hostPID: false
    ///       # ^ pod-host-pid
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
    ///   hostPID: false
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
    "pod-host-pid" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0010", "checkov:CKV_K8S_17", "kube-linter:host-pid",
            "kics:shared_host_pid_namespace", "semgrep:hostpid-pod",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-pid"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let Some(entry) = pod.entry("hostPID").filter(|it| it.value.as_bool() == Some(true)) else {
        return;
    };
    let edits = replace(subject, &entry.value, &Value::truth(false));
    sink.report(entry.span(), "the pod sees every process of the node").fix(
        "Do not share it",
        Safety::Unsafe,
        edits,
    );
}
