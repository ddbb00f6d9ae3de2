use plimsoll_config::kubernetes::ContainerRole;
use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::{called, report_missing},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that nobody asks whether it still works.
    ///
    /// ## Why
    /// A program that hangs looks alive to Kubernetes as long as its process runs. With a
    /// liveness probe it is started anew.
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
    ///       # ^ container-liveness-probe-missing
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
    ///       livenessProbe:
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
    "container-liveness-probe-missing" for KubernetesSubject {
        aliases: [
            "checkov:CKV_K8S_8", "kube-linter:no-liveness-probe",
            "kics:liveness_probe_is_not_defined",
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
    if !is_main || pod.ends || container.entry("livenessProbe").is_some() {
        return;
    }
    let message = format!("nothing notices when {} hangs", called(container));
    report_missing(sink, container, container.place, message);
}
