use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod whose network policies hold in one direction only.
    ///
    /// ## Why
    /// A policy that says only what may come in leaves the pod free to talk to every address,
    /// which is how data gets out; one that says only what may go out leaves it open to every
    /// pod.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   # ^ pod-half-isolated
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
    ///   policyTypes: [Ingress]
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
    ///   policyTypes: [Ingress, Egress]
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
    ///   podSelector: {}
    ///   egress: []
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
    /// ```
    ///
    /// ## Limits
    /// Policies that lie elsewhere or are made by the cluster are not seen.
    ///
    /// ## References
    /// - Kubernetes documentation: Network Policies
    "pod-half-isolated" for KubernetesSubject {
        aliases: ["kics:pod_misconfigured_network_policy"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.egress"],
        fix: None,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(policies) = subject.network_policies() else { return };
    let mut selections = policies.iter().filter_map(|it| it.selects(&node.object)).peekable();
    if selections.peek().is_none() {
        return;
    }
    let (mut ingress, mut egress) = (false, false);
    for selection in selections {
        ingress |= selection.ingress;
        egress |= selection.egress;
    }
    let message = match (ingress, egress) {
        (true, true) => return,
        (true, false) => "the pod's network policies do not hold for what goes out",
        (false, true) => "the pod's network policies do not hold for what comes in",
        (false, false) => "the pod's network policies hold in no direction",
    };
    sink.report(node.object.place(), message);
}
