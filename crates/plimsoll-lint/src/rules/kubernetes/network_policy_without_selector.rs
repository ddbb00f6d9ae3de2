use plimsoll_config::tree::Node;
use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A network policy that does not say which pods it is about.
    ///
    /// ## Why
    /// Without `podSelector`, and without one in its rules, the policy says nothing about anyone:
    /// it is refused, or does not do what its name promises.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   name: closed
    /// spec:
    /// # ^ network-policy-without-selector
    ///   policyTypes: [Ingress]
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   name: closed
    /// spec:
    ///   podSelector: {}
    /// ```
    ///
    /// ```yaml
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   name: closed
    /// spec:
    ///   egress:
    ///     - to:
    ///         - namespaceSelector: {}
    /// ```
    ///
    /// ## Limits
    /// Policies of network plugins' own kinds are not read.
    ///
    /// ## References
    /// - Kubernetes documentation: Network Policies
    "network-policy-without-selector" for KubernetesSubject {
        aliases: ["trivy:KSV-0038"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.egress"],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let object = &node.object;
    if object.kind != "NetworkPolicy" {
        return;
    }
    let Some(entry) = object.root.get_entry("spec") else { return };
    let spec = &entry.value;
    let rules = |key: &str| spec.get(key).map(Node::items).unwrap_or_default();
    let from = rules("ingress").iter().filter_map(|it| it.get("from"));
    let to = rules("egress").iter().filter_map(|it| it.get("to"));
    let selects =
        |it: &Node| it.get("podSelector").is_some() || it.get("namespaceSelector").is_some();
    if !selects(spec) && !from.chain(to).flat_map(Node::items).any(selects) {
        sink.report(entry.key.span, "the policy does not say which pods it is about");
    }
}
