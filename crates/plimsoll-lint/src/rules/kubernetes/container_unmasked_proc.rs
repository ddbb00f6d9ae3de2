use plimsoll_config::{edit::Value, tree::Node};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, delete_item_of, replace},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that sees all of `/proc`.
    ///
    /// ## Why
    /// The runtime hides the parts of `/proc` that tell about the node or change it. `procMount:
    /// Unmasked` uncovers them; only containers inside of containers need that.
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
    ///         procMount: Unmasked
    ///         # ^ container-unmasked-proc
    /// ```
    ///
    /// ```yaml
    /// apiVersion: policy/v1beta1
    /// kind: PodSecurityPolicy
    /// metadata:
    ///   name: loose
    /// spec:
    ///   allowedProcMountTypes:
    ///     # ^ container-unmasked-proc
    ///     - Unmasked
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
    ///         procMount: Default
    ///         # ^ container-unmasked-proc
    /// ```
    ///
    /// ```yaml
    /// apiVersion: policy/v1beta1
    /// kind: PodSecurityPolicy
    /// metadata:
    ///   name: loose
    /// spec:
    ///   allowedProcMountTypes:
    ///     # ^ container-unmasked-proc
    ///     - Default
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
    ///         procMount: Default
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
    /// A program that runs containers itself does need it.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    "container-unmasked-proc" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0027", "kube-linter:unsafe-proc-mount", "kics:container_runs_unmasked",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.privileged"],
        fix: Safe,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let is_unmasked = |it: &Node| it.as_str() == Some("Unmasked");
    let pods = node.object.pod.iter();
    for container in pods.flat_map(|it| &it.containers) {
        let own = container.own_security("procMount").filter(|it| is_unmasked(&it.value));
        let Some(entry) = own else { continue };
        let edits = replace(subject, &entry.value, &Value::text("Default"));
        let message = format!("{} sees and may change all of `/proc`", called(container));
        sink.report(entry.span(), message).fix("Mask `/proc`", Safety::Safe, edits);
    }
    if node.object.kind != "PodSecurityPolicy" {
        return;
    }
    let spec = node.object.root.get("spec");
    let Some(entry) = spec.and_then(|it| it.get_entry("allowedProcMountTypes")) else { return };
    let items = entry.value.items();
    let Some(index) = items.iter().position(is_unmasked) else { return };
    let edits = match items {
        [only] => replace(subject, only, &Value::text("Default")),
        _ => delete_item_of(subject, &entry.value, index),
    };
    sink.report(entry.key.span, "the policy lets pods see all of `/proc`").fix(
        "Do not allow it",
        Safety::Safe,
        edits,
    );
}
