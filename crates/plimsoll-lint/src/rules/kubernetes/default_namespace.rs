use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// An object put into the namespace `default`.
    ///
    /// ## Why
    /// What has no namespace of its own shares accounts, secrets, quotas and policies with
    /// everything else that has none. A namespace per application is what rights and network
    /// policies are built on.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: default
    ///   # ^ default-namespace
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: List
    /// items:
    ///   - kind: ConfigMap
    ///     metadata: {name: a, namespace: default}
    ///     # ^ default-namespace
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
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ## Limits
    /// Who applies the manifest may choose another namespace, but not against what it says.
    ///
    /// ## References
    /// - Kubernetes documentation: Namespaces
    "default-namespace" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0110", "checkov:CKV_K8S_21", "kube-linter:use-namespace",
            "kics:using_unrecommended_namespace",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(entry) = node.object.metadata.entry("namespace") else { return };
    if entry.value.as_str() == Some("default") {
        let message = format!("the {} goes into the namespace `default`", node.object.kind);
        sink.report(entry.span(), message);
    }
}
