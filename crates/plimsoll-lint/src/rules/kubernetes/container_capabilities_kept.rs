use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, place_in, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that drops no capability.
    ///
    /// ## Why
    /// A runtime gives every container fourteen capabilities that hardly any program needs, among
    /// them to forge packets, to change owners and to make device files. Dropping all costs one
    /// line; what is needed can be added back by name.
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
    ///       # ^ container-capabilities-kept
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
    ///       securityContext:
    ///         # ^ container-capabilities-kept
    ///         runAsUser: 10001
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
    ///       securityContext:
    ///         capabilities:
    ///           # ^ container-capabilities-kept
    ///           add: [NET_ADMIN]
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
    ///       # ^ container-capabilities-kept
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         capabilities:
    ///           drop:
    ///             - ALL
    ///         allowPrivilegeEscalation: false
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
    ///       securityContext:
    ///         # ^ container-capabilities-kept
    ///         runAsUser: 10001
    ///         capabilities:
    ///           drop:
    ///             - ALL
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
    ///       securityContext:
    ///         capabilities:
    ///           # ^ container-capabilities-kept
    ///           add: [NET_ADMIN]
    ///           drop:
    ///             - ALL
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: [ALL]
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: [NET_RAW]
    /// ```
    ///
    /// ## Limits
    /// Which capabilities the program needs is not known: add back what it fails without.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    /// - Linux manual page: capabilities(7)
    "container-capabilities-kept" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0003", "trivy:KSV-0004", "trivy:KSV-0106", "checkov:CKV_K8S_37",
            "kics:no_drop_capabilities_for_containers",
        ],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.capabilities"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    if !container.capabilities().drop.is_empty() {
        return;
    }
    let keys = ["securityContext", "capabilities", "drop"];
    let message = format!("{} keeps every capability that the runtime gives", called(container));
    let edits = set_in(subject, container, &keys, Value::texts(["ALL"]));
    report_missing(sink, container, place_in(container, &keys), message).fix(
        "Drop all capabilities",
        Safety::Unsafe,
        edits,
    );
}
