use plimsoll_config::{edit::Value, tree::Node};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{replace, set_in, set_in_pod},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that is in root's group.
    ///
    /// ## Why
    /// Many files of an image, and of mounted volumes, may be read or written by group 0. A
    /// program in that group reaches them without being root.
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
    ///         runAsGroup: 0
    ///         # ^ container-root-group
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsGroup: 10001
    ///     fsGroup: 0
    ///     # ^ container-root-group
    ///     supplementalGroups: [10002, 0]
    ///     # ^ container-root-group
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
    ///         runAsGroup: 10001
    ///         # ^ container-root-group
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsGroup: 10001
    ///     fsGroup: 10001
    ///     # ^ container-root-group
    ///     supplementalGroups: [10002, 10001]
    ///     # ^ container-root-group
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
    ///   securityContext:
    ///     runAsGroup: 10001
    ///     supplementalGroups: [10002]
    ///     fsGroup: 10003
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
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ## Limits
    /// The group that the image gives its user is not seen here.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-root-group" for KubernetesSubject {
        aliases: ["trivy:KSV-0116"],
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
    let is_zero = |it: &Node| it.as_i64() == Some(0);
    let context = pod.security_context().map(|it| &it.value);
    for key in ["runAsGroup", "fsGroup"] {
        let entry = context.and_then(|it| it.get_entry(key)).filter(|it| is_zero(&it.value));
        if let Some(entry) = entry {
            let edits = set_in_pod(subject, pod, &["securityContext", key], Value::number(10001));
            sink.report(entry.span(), format!("`{key}: 0` is root's group")).fix(
                "Use id 10001",
                Safety::Unsafe,
                edits,
            );
        }
    }
    let groups = context.and_then(|it| it.get("supplementalGroups"));
    for group in groups.map(Node::items).unwrap_or_default().iter().filter(|it| is_zero(it)) {
        let edits = replace(subject, group, &Value::number(10001));
        sink.report(group.span, "group 0 is root's group").fix(
            "Use id 10001",
            Safety::Unsafe,
            edits,
        );
    }
    for container in &pod.containers {
        let own = container.own_security("runAsGroup").filter(|it| is_zero(&it.value));
        let Some(entry) = own else { continue };
        let keys = ["securityContext", "runAsGroup"];
        let edits = set_in(subject, container, &keys, Value::number(10001));
        sink.report(entry.span(), "`runAsGroup: 0` is root's group").fix(
            "Use id 10001",
            Safety::Unsafe,
            edits,
        );
    }
}
