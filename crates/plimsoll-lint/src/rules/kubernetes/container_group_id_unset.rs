use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, place_in, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that leaves its group id to the image.
    ///
    /// ## Why
    /// Without `runAsGroup` the primary group is the image's, and 0, root's group, where the
    /// image gives the user none. Files that root's group may read are then open to the program.
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
    ///       # ^ container-group-id-unset
    ///       image: example.com/app:1.4
    ///       ports: []
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
    ///         # ^ container-group-id-unset
    ///         readOnlyRootFilesystem: true
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
    ///       # ^ container-group-id-unset
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsGroup: 10001
    ///         allowPrivilegeEscalation: false
    ///       ports: []
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
    ///         # ^ container-group-id-unset
    ///         readOnlyRootFilesystem: true
    ///         runAsGroup: 10001
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
    ///         runAsGroup: 10001
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
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// The image's own `USER` is not seen here.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-group-id-unset" for KubernetesSubject {
        aliases: ["trivy:KSV-0021"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.linux_container() else { return };
    if pod.decided(container, "runAsGroup").is_some() {
        return;
    }
    let message = format!("{} does not say which group id it runs with", called(container));
    let keys = ["securityContext", "runAsGroup"];
    let edits = set_in(subject, container, &keys, Value::number(10001));
    report_missing(sink, container, place_in(container, &["securityContext"]), message).fix(
        "Use id 10001",
        Safety::Unsafe,
        edits,
    );
}
