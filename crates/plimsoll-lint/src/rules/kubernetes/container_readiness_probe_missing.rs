use plimsoll_config::kubernetes::ContainerRole;
use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::{called, report_missing},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that gets requests before it says that it is ready.
    ///
    /// ## Why
    /// Without a readiness probe a pod gets its share of requests from the moment its process
    /// starts, and while it cannot answer. Every rollout then loses some.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       # ^ container-readiness-probe-missing
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       readinessProbe:
    ///         httpGet:
    ///           path: /
    ///           port: 8080
    /// ```
    ///
    /// ```yaml
    /// apiVersion: batch/v1
    /// kind: Job
    /// metadata:
    ///   name: once
    /// spec:
    ///   template:
    ///     spec:
    ///       restartPolicy: Never
    ///       containers:
    ///         - name: app
    ///           image: example.com/app:1.4
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   initContainers:
    ///     - name: prepare
    ///       image: example.com/tool:2
    ///   containers: []
    /// ```
    ///
    /// ## Limits
    /// What to ask the program is not known, so there is no fix. Jobs and containers that run
    /// before the others are left alone.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure Liveness, Readiness and Startup Probes
    "container-readiness-probe-missing" for KubernetesSubject {
        aliases: [
            "checkov:CKV_K8S_9", "kube-linter:no-readiness-probe",
            "kics:readiness_probe_is_not_configured",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.health-at-runtime"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.container() else { return };
    let is_main = container.role == ContainerRole::Main;
    if !is_main || pod.ends || container.entry("readinessProbe").is_some() {
        return;
    }
    let message = format!("{} gets requests before it is ready", called(container));
    report_missing(sink, container, container.place, message);
}
