use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::called,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that takes a port of its node.
    ///
    /// ## Why
    /// The port is open on every address of the node, past services, ingress and whatever guards
    /// them; and no two pods with the same port fit on one node.
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
    ///       image: example.com/app:1.4
    ///       ports:
    ///         - containerPort: 8080
    ///           hostPort: 8080
    ///           # ^ container-host-port
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
    ///       ports:
    ///         - containerPort: 8080
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
    ///       ports:
    ///         - containerPort: 8080
    ///           hostPort: 0
    /// ```
    ///
    /// ## Limits
    /// With `hostNetwork: true` every port is the node's; `pod-host-network` says so once.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Configuration Best Practices
    "container-host-port" for KubernetesSubject {
        aliases: ["trivy:KSV-0024", "checkov:CKV_K8S_26"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.needed-ports"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.container() else { return };
    // In the node's own network all ports are the node's, which has a rule of its own.
    if pod.entry("hostNetwork").and_then(|it| it.value.as_bool()) == Some(true) {
        return;
    }
    let ports = container.entry("ports").map(|it| it.value.items()).unwrap_or_default();
    for port in ports {
        let entry = port.get_entry("hostPort").filter(|it| !it.value.is_null());
        let Some(entry) = entry.filter(|it| it.value.as_i64() != Some(0)) else { continue };
        let message = format!("{} takes a port of its node; a service would do", called(container));
        sink.report(entry.span(), message);
    }
}
