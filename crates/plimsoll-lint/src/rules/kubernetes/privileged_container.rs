use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that is privileged.
    ///
    /// ## Why
    /// A privileged container holds every capability, sees every device of the node and runs
    /// without seccomp and AppArmor. Whoever breaks into it owns the node, and from there often
    /// the cluster.
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
    ///         privileged: true
    ///         # ^ privileged-container
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   initContainers:
    ///     - name: prepare
    ///       image: example.com/tool:2
    ///       securityContext: {privileged: true}
    ///       # ^ privileged-container
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
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
    ///         privileged: false
    ///         # ^ privileged-container
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   initContainers:
    ///     - name: prepare
    ///       image: example.com/tool:2
    ///       securityContext: {privileged: false}
    ///       # ^ privileged-container
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
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
    ///         privileged: false
    ///         capabilities:
    ///           add: [NET_ADMIN]
    /// ```
    ///
    /// ## Limits
    /// What the program really needs is not known: one capability or one device is often enough,
    /// and is for you to name.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "privileged-container" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0017", "checkov:CKV_K8S_16", "kube-linter:privileged-container",
            "kics:container_is_privileged", "semgrep:privileged-container",
        ],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["runtime.privileged"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    let Some(entry) = container.own_security("privileged").filter(|_| container.is_privileged())
    else {
        return;
    };
    let message =
        format!("{} is privileged: it can do on the node whatever root can", called(container));
    let edits = set_in(subject, container, &["securityContext", "privileged"], Value::truth(false));
    sink.report(entry.key.span, message).fix("Run it unprivileged", Safety::Unsafe, edits);
}
