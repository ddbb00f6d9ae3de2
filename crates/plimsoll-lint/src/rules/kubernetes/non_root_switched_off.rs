use plimsoll_config::{edit::Value, tree::Entry};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{set_in, set_in_pod},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A security context that says that running as root is fine.
    ///
    /// ## Why
    /// `runAsNonRoot: false` switches the node's own check off: an image that comes to run as
    /// root with its next version starts without a word.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsNonRoot: false
    ///     # ^ non-root-switched-off
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsNonRoot: false
    ///         # ^ non-root-switched-off
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsNonRoot: true
    ///     # ^ non-root-switched-off
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsNonRoot: true
    ///         # ^ non-root-switched-off
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
    ///         runAsNonRoot: true
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
    ///         runAsUser: 10001
    /// ```
    ///
    /// ## Limits
    /// A `runAsUser` above 0 beside it makes it harmless; it is reported as it says the contrary.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "non-root-switched-off" for KubernetesSubject {
        aliases: ["semgrep:run-as-non-root-unsafe-value"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod().filter(|it| !it.is_windows()) else { return };
    let keys = ["securityContext", "runAsNonRoot"];
    let message = "`runAsNonRoot: false` lets containers run as root";
    let is_off = |it: &&Entry| it.value.as_bool() == Some(false);
    let in_pod = pod.security_context().and_then(|it| it.value.get_entry("runAsNonRoot"));
    if let Some(entry) = in_pod.filter(is_off) {
        let edits = set_in_pod(subject, pod, &keys, Value::truth(true));
        sink.report(entry.span(), message).fix("Refuse to run as root", Safety::Unsafe, edits);
    }
    for container in &pod.containers {
        let Some(entry) = container.own_security("runAsNonRoot").filter(is_off) else { continue };
        let edits = set_in(subject, container, &keys, Value::truth(true));
        sink.report(entry.span(), message).fix("Refuse to run as root", Safety::Unsafe, edits);
    }
}
