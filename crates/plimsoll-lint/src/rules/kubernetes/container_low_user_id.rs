use plimsoll_config::{edit::Value, kubernetes::Level};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{set_in, set_in_pod},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A user id so low that the node may use it itself.
    ///
    /// ## Why
    /// Ids are shared with the node: a process that breaks out with id 1000 owns the files of
    /// whoever has id 1000 there. Ids from 10000 up belong to nobody.
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
    ///         runAsUser: 1000
    ///         # ^ container-low-user-id
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 101
    ///     # ^ container-low-user-id
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
    ///         runAsUser: 10001
    ///         # ^ container-low-user-id
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
    ///     # ^ container-low-user-id
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
    ///     runAsUser: 101
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
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ## Limits
    /// A cluster with user namespaces (`hostUsers: false`) maps ids, so that low ones do no harm
    /// there.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-low-user-id" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0020", "checkov:CKV_K8S_40", "kics:containers_run_with_low_uid",
        ],
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
    let keys = ["securityContext", "runAsUser"];
    let mut at_pod = None;
    for container in &pod.containers {
        let Some(decided) = pod.decided(container, "runAsUser") else { continue };
        if !decided.entry.value.as_i64().is_some_and(|it| (0..LEAST).contains(&it)) {
            continue;
        }
        let message = "a user id below 10000 may be taken on the node";
        if decided.level == Level::Pod {
            at_pod = Some((decided.entry.span(), message));
            continue;
        }
        let edits = set_in(subject, container, &keys, Value::number(10001));
        sink.report(decided.entry.span(), message).fix("Use id 10001", Safety::Unsafe, edits);
    }
    if let Some((span, message)) = at_pod {
        let edits = set_in_pod(subject, pod, &keys, Value::number(10001));
        sink.report(span, message).fix("Use id 10001", Safety::Unsafe, edits);
    }
}

/// Below this, distributions hand out ids to accounts of the node.
const LEAST: i64 = 10_000;
