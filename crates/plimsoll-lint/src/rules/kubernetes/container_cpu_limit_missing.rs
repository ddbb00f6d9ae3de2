use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::report_limit,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that may take all of its node's processors.
    ///
    /// ## Why
    /// Without a limit a busy loop takes what other pods have not requested. Many teams leave it
    /// out on purpose, as a limit slows a program down even where processors are idle.
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
    ///       # ^ container-cpu-limit-missing
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
    ///       resources:
    ///         limits:
    ///           # ^ container-cpu-limit-missing
    ///           memory: "1"
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       # ^ container-cpu-limit-missing
    ///       image: example.com/app:1.4
    ///       resources:
    ///         limits:
    ///           cpu: 500m
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
    ///       resources:
    ///         limits:
    ///           # ^ container-cpu-limit-missing
    ///           memory: "1"
    ///           cpu: 500m
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
    ///       resources:
    ///         limits:
    ///           cpu: 500m
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   resources:
    ///     limits:
    ///       cpu: 500m
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
    ///   containers: []
    ///   ephemeralContainers:
    ///     - name: look
    ///       image: example.com/tool:2
    /// ```
    ///
    /// ## Limits
    /// A `LimitRange` of the namespace may fill it in, which no manifest of the workload tells.
    /// The fix takes a guess that you have to replace by what the program needs.
    ///
    /// ## References
    /// - Kubernetes documentation: Resource Management for Pods and Containers
    "container-cpu-limit-missing" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0011", "checkov:CKV_K8S_11", "kube-linter:unset-cpu-requirements",
            "kics:cpu_limits_not_set",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.cpu-shares"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    report_limit(subject, node, sink, "cpu", "500m");
}
