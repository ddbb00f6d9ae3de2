use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that runs under the namespace's default account.
    ///
    /// ## Why
    /// What the default account may do, every pod without an account of its own may do too.
    /// Sooner or later someone gives it a right for one of them.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   serviceAccountName: default
    ///   # ^ pod-default-service-account
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    /// # ^ pod-default-service-account
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
    ///   serviceAccountName: web
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   automountServiceAccountToken: false
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// Which rights the account has is not seen here.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure Service Accounts for Pods
    "pod-default-service-account" for KubernetesSubject {
        aliases: ["kube-linter:default-service-account"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let automount = pod.entry("automountServiceAccountToken");
    let named = pod.entry("serviceAccountName").or_else(|| pod.entry("serviceAccount"));
    let span = match named {
        Some(entry) if !matches!(entry.value.as_str(), Some("default" | "")) => return,
        Some(entry) => entry.span(),
        None => pod.spec_key,
    };
    // Without its token the account gives no power.
    if automount.and_then(|it| it.value.as_bool()) != Some(false) {
        sink.report(span, "the pod runs under the namespace's default account");
    }
}
