use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, delete_from},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that asks for low ports.
    ///
    /// ## Why
    /// `NET_BIND_SERVICE` is for ports below 1024. Inside of a pod nothing forces a program to
    /// use one: it can listen on 8080, and the service maps 80 to it.
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
    ///           add: [NET_BIND_SERVICE]
    ///           # ^ container-net-bind-service-added
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
    ///           add: [CHOWN]
    /// ```
    ///
    /// ## Limits
    /// Images whose program is set to port 80 have to be told another one first.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Service, `targetPort`
    "container-net-bind-service-added" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0022", "checkov:CKV_K8S_25", "kics:containers_with_added_capabilities",
        ],
        severity: Info,
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
    let is_all = capabilities.add.iter().all(|it| it.name == "NET_BIND_SERVICE");
    if capabilities.add.is_empty() || !is_all {
        return;
    }
    let message =
        format!("{} asks for low ports; above 1024 it needs no capability", called(container));
    let edits = delete_from(subject, &all.value, "add");
    sink.report(entry.key.span, message).fix("Add no capability", Safety::Unsafe, edits);
}
