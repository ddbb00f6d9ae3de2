use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that no network policy holds for.
    ///
    /// ## Why
    /// Every pod of the cluster may talk to it, and it may talk to every address there is. One
    /// policy per namespace that allows nothing, and one for each way that is needed, keeps a
    /// break-in where it began.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   # ^ pod-without-network-policy
    /// spec:
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
    ///   # ^ pod-without-network-policy
    ///   labels:
    ///     app: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   name: closed
    /// spec:
    ///   podSelector:
    ///     matchLabels:
    ///       app: db
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   name: closed
    /// spec:
    ///   podSelector: {}
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   name: closed
    /// spec:
    ///   podSelector:
    ///     matchLabels:
    ///       app: web
    /// ```
    ///
    /// ```yaml
    /// # file: manifest.yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   labels:
    ///     app: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// # file: policy.yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   name: closed
    /// spec:
    ///   podSelector:
    ///     matchExpressions:
    ///       - {key: app, operator: Exists}
    /// ```
    ///
    /// ## Limits
    /// Policies that lie elsewhere, are made by the cluster, or are of a network plugin's own
    /// kind are not seen. Silent where there are more than a thousand policies.
    ///
    /// ## References
    /// - Kubernetes documentation: Network Policies
    "pod-without-network-policy" for KubernetesSubject {
        aliases: ["kube-linter:non-isolated-pod"],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["runtime.egress"],
        fix: None,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(policies) = subject.network_policies() else { return };
    if !policies.iter().any(|it| it.selects(&node.object).is_some()) {
        sink.report(node.object.place(), "no network policy holds for this pod");
    }
}
