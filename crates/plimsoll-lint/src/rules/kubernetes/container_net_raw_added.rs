use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{added, remove_added},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that asks for the right to send forged packets.
    ///
    /// ## Why
    /// With `NET_RAW` a process makes packets by hand: it can pretend to be another pod, answer
    /// for the name server and listen in.
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
    ///           add: [NET_RAW]
    ///           # ^ container-net-raw-added
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
    ///           drop: [ALL]
    ///           add:
    ///             - CAP_NET_RAW
    ///             # ^ container-net-raw-added
    ///             - CHOWN
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
    ///           add:
    ///             - CHOWN
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
    ///           drop: [NET_RAW]
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
    ///           add: [NET_BIND_SERVICE]
    /// ```
    ///
    /// ## Limits
    /// What the program needs it for is not known.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Linux manual page: capabilities(7)
    "container-net-raw-added" for KubernetesSubject {
        aliases: ["trivy:KSV-0119"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.capabilities"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    for capability in added(container, |it| it == "NET_RAW") {
        let edits = remove_added(subject, container, &capability);
        sink.report(capability.span, "`NET_RAW` lets the container send forged packets").fix(
            "Do not add it",
            Safety::Unsafe,
            edits,
        );
    }
}
