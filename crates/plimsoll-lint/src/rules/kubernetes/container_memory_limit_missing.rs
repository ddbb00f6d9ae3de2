use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::report_limit,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that may take all of its node's memory.
    ///
    /// ## Why
    /// Without a memory limit one leak, or one attacker, fills the node until the kernel kills
    /// processes, often those of other pods. With a limit only the container itself is killed.
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
    ///       # ^ container-memory-limit-missing
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
    ///           # ^ container-memory-limit-missing
    ///           cpu: "1"
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
    ///       # ^ container-memory-limit-missing
    ///       image: example.com/app:1.4
    ///       resources:
    ///         limits:
    ///           memory: 512Mi
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
    ///           # ^ container-memory-limit-missing
    ///           cpu: "1"
    ///           memory: 512Mi
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
    ///           memory: 512Mi
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
    ///       memory: 512Mi
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
    "container-memory-limit-missing" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0018", "checkov:CKV_K8S_13", "kube-linter:unset-memory-requirements",
            "kics:memory_limits_not_defined",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.memory-limit"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    report_limit(subject, node, sink, "memory", "512Mi");
}
