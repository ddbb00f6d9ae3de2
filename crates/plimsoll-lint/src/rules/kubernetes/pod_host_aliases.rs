use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that has its own answers for names.
    ///
    /// ## Why
    /// `hostAliases` writes lines into the pod's hosts file, past the name server of the cluster.
    /// Whoever may change the manifest can send the pod's traffic elsewhere, and nobody looks
    /// there.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostAliases:
    ///     # ^ pod-host-aliases
    ///     - ip: 192.0.2.1
    ///       hostnames: [db]
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
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostAliases: []
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// The addresses are not weighed.
    ///
    /// ## References
    /// - Kubernetes documentation: Adding entries to Pod /etc/hosts with HostAliases
    "pod-host-aliases" for KubernetesSubject {
        aliases: ["trivy:KSV-0007"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(entry) = node.pod().and_then(|it| it.entry("hostAliases")) else { return };
    if !entry.value.items().is_empty() {
        sink.report(entry.key.span, "the pod has its own answers for names, past the name server");
    }
}
