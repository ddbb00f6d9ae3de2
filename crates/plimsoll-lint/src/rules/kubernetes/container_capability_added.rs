use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, delete_from},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that asks for capabilities beyond what every container gets.
    ///
    /// ## Why
    /// Each capability added is a piece of root's power that the program holds, and with it
    /// whoever takes the program over. The strictest standard of Kubernetes lets a container add
    /// none but `NET_BIND_SERVICE`.
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
    ///           drop: [ALL]
    ///           add: [CHOWN, SETUID]
    ///           # ^ container-capability-added
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
    ///           add:
    ///             # ^ container-capability-added
    ///             - NET_ADMIN
    ///             - NET_BIND_SERVICE
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
    ///           drop: [ALL]
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
    ///       securityContext:
    ///         capabilities: {}
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
    ///           add: []
    /// ```
    ///
    /// ## Limits
    /// What the program needs them for is not known. Where a comment stands inside of the list,
    /// it is not edited.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Linux manual page: capabilities(7)
    "container-capability-added" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0022", "checkov:CKV_K8S_25", "kics:containers_with_added_capabilities",
            "trivy:KSV-0106",
        ],
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
    let (Some(all), Some(entry)) = (capabilities.entry, capabilities.add_entry) else { return };
    let names: Vec<String> = capabilities
        .add
        .iter()
        .filter(|it| it.name != "NET_BIND_SERVICE")
        .map(|it| format!("`{}`", it.name))
        .collect();
    if names.is_empty() {
        return;
    }
    let message = format!("{} asks for {}", called(container), names.join(", "));
    let edits = delete_from(subject, &all.value, "add");
    sink.report(entry.key.span, message).fix("Add no capability", Safety::Unsafe, edits);
}
