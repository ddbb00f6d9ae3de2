use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::report_request,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container for which no memory is set aside.
    ///
    /// ## Why
    /// The scheduler places pods by what they request. Without a request the pod counts as
    /// needing nothing, its node fills up, and it is the first to be thrown out when memory runs
    /// short.
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
    ///       # ^ container-memory-request-missing
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
    ///         requests:
    ///           # ^ container-memory-request-missing
    ///           cpu: "1"
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
    ///       # ^ container-memory-request-missing
    ///       image: example.com/app:1.4
    ///       resources:
    ///         limits:
    ///           memory: 2
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
    ///       # ^ container-memory-request-missing
    ///       image: example.com/app:1.4
    ///       resources:
    ///         requests:
    ///           memory: 128Mi
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
    ///         requests:
    ///           # ^ container-memory-request-missing
    ///           cpu: "1"
    ///           memory: 128Mi
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
    ///       # ^ container-memory-request-missing
    ///       image: example.com/app:1.4
    ///       resources:
    ///         limits:
    ///           memory: 2
    ///         requests:
    ///           memory: 2
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
    ///         requests:
    ///           memory: 128Mi
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   resources:
    ///     requests:
    ///       memory: 128Mi
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
    "container-memory-request-missing" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0016", "checkov:CKV_K8S_12", "kube-linter:unset-memory-requirements",
            "kics:memory_requests_not_defined",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.memory-limit"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    report_request(subject, node, sink, "memory", "128Mi");
}
