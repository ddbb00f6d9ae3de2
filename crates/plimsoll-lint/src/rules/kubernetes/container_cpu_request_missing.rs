use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::report_request,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container for which no processor time is set aside.
    ///
    /// ## Why
    /// The scheduler places pods by what they request, and under load the kernel shares out time
    /// by it. Without a request the pod gets next to nothing on a busy node.
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
    ///       # ^ container-cpu-request-missing
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
    ///           # ^ container-cpu-request-missing
    ///           memory: "1"
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
    ///       # ^ container-cpu-request-missing
    ///       image: example.com/app:1.4
    ///       resources:
    ///         limits:
    ///           cpu: 2
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
    ///       # ^ container-cpu-request-missing
    ///       image: example.com/app:1.4
    ///       resources:
    ///         requests:
    ///           cpu: 100m
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
    ///           # ^ container-cpu-request-missing
    ///           memory: "1"
    ///           cpu: 100m
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
    ///       # ^ container-cpu-request-missing
    ///       image: example.com/app:1.4
    ///       resources:
    ///         limits:
    ///           cpu: 2
    ///         requests:
    ///           cpu: 2
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
    ///           cpu: 100m
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
    ///       cpu: 100m
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
    "container-cpu-request-missing" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0015", "checkov:CKV_K8S_10", "kube-linter:unset-cpu-requirements",
            "kics:cpu_requests_not_set",
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
    report_request(subject, node, sink, "cpu", "100m");
}
