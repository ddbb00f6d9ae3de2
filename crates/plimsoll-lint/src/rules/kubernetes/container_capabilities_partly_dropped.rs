use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, push},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that drops some capabilities and keeps the others.
    ///
    /// ## Why
    /// A list of what to drop is never finished: it keeps whatever nobody thought of, and what
    /// runtimes come to give. Dropping `ALL` and adding back what is needed says what the program
    /// may do.
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
    ///       securityContext:
    ///         capabilities:
    ///           drop: [NET_RAW, MKNOD]
    ///           # ^ container-capabilities-partly-dropped
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
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         capabilities:
    ///           drop: [NET_RAW, MKNOD, ALL]
    ///           # ^ container-capabilities-partly-dropped
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
    ///           drop: [all]
    ///           add: [NET_BIND_SERVICE]
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
    /// Which capabilities the program needs is not known: add back what it fails without.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    /// - Linux manual page: capabilities(7)
    "container-capabilities-partly-dropped" for KubernetesSubject {
        aliases: ["trivy:KSV-0003", "trivy:KSV-0106", "checkov:CKV_K8S_37"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.capabilities"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    let capabilities = container.capabilities();
    let Some(entry) = capabilities.drop_entry else { return };
    if capabilities.drop.is_empty() || capabilities.drops("ALL") {
        return;
    }
    let message = format!("{} drops some capabilities and keeps the others", called(container));
    let edits = push(subject, &entry.value, &Value::text("ALL"));
    sink.report(entry.key.span, message).fix("Drop all capabilities", Safety::Unsafe, edits);
}
