use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// An object put into a namespace of Kubernetes itself.
    ///
    /// ## Why
    /// `kube-system` holds what keeps the cluster running, with rights to match. What is put
    /// beside it is close to those rights, and escapes many policies that leave this namespace
    /// out.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: kube-system
    ///   # ^ system-namespace
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: kube-system
    ///   labels:
    ///     tier: control-plane
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ## Limits
    /// Drivers and agents of the cluster belong there; waive it for them with the reason.
    ///
    /// ## References
    /// - Kubernetes documentation: Namespaces
    "system-namespace" for KubernetesSubject {
        aliases: ["trivy:KSV-0037", "kics:using_unrecommended_namespace"],
        severity: Medium,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let object = &node.object;
    let Some(entry) = object.metadata.entry("namespace") else { return };
    let is_system = entry.value.as_str().is_some_and(|it| SYSTEM.contains(&it));
    let pod_labels = object.pod.as_ref().map(|it| it.metadata.labels()).unwrap_or_default();
    let labels = object.metadata.labels();
    let is_core = [labels, pod_labels].iter().any(|it| it.get("tier") == Some(&"control-plane"));
    if is_system && !is_core {
        let message = format!("the {} goes into a namespace of Kubernetes itself", object.kind);
        sink.report(entry.span(), message);
    }
}

static SYSTEM: &[&str] = &["kube-system", "kube-public", "kube-node-lease"];
