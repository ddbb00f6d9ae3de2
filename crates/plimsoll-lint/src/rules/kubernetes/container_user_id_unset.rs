use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, place_in, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that leaves its user id to the image.
    ///
    /// ## Why
    /// The next version of the image may come with another user, root among them, and nothing
    /// notices. A number above 10000 in the manifest settles it, and belongs to nobody on the
    /// node.
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
    ///       # ^ container-user-id-unset
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
    ///         # ^ container-user-id-unset
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
    ///       # ^ container-user-id-unset
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsUser: 10001
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
    ///         # ^ container-user-id-unset
    ///         readOnlyRootFilesystem: true
    ///         runAsUser: 10001
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
    ///         runAsUser: 10001
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 10001
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
    "container-user-id-unset" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0020", "checkov:CKV_K8S_40", "kics:containers_run_with_low_uid",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.linux_container() else { return };
    if pod.decided(container, "runAsUser").is_some() {
        return;
    }
    let message = format!("{} does not say which user id it runs with", called(container));
    let keys = ["securityContext", "runAsUser"];
    let edits = set_in(subject, container, &keys, Value::number(10001));
    report_missing(sink, container, place_in(container, &["securityContext"]), message).fix(
        "Use id 10001",
        Safety::Unsafe,
        edits,
    );
}
