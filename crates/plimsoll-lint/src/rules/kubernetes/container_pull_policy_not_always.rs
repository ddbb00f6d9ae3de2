use plimsoll_config::{edit::Value, tree::Entry};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, image_of, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that runs whatever image its node already has.
    ///
    /// ## Why
    /// A node that has an image of this name runs it without asking the registry: an old one
    /// where the tag was moved, and one of another tenant's where the name is private. `Always`
    /// asks each time and still fetches only what changed.
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
    ///       # ^ container-pull-policy-not-always
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
    ///       imagePullPolicy: IfNotPresent
    ///       # ^ container-pull-policy-not-always
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
    ///       # ^ container-pull-policy-not-always
    ///       image: example.com/app:1.4
    ///       imagePullPolicy: Always
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
    ///       imagePullPolicy: Always
    ///       # ^ container-pull-policy-not-always
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
    ///       imagePullPolicy: Always
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: side
    ///       image: example.com/app:latest
    ///     - image: app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    ///       name: app
    /// ```
    ///
    /// ## Limits
    /// An admission plugin of the cluster may set it for all pods. With `Always` a pod does not
    /// start while the registry is out of reach.
    ///
    /// ## References
    /// - Kubernetes documentation: Images
    "container-pull-policy-not-always" for KubernetesSubject {
        aliases: [
            "checkov:CKV_K8S_15", "kics:image_pull_policy_of_container_is_not_always",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.image-current"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    let Some(image) = container.image().and_then(|it| it.as_str()) else { return };
    // What is named by its digest is the same wherever it comes from.
    if image.contains("@sha256:") {
        return;
    }
    let policy = container.entry("imagePullPolicy");
    let is_always = match policy {
        Some(entry) => entry.value.as_str() == Some("Always"),
        None => image_of(container)
            .is_some_and(|it| it.1.tag.as_ref().is_none_or(|tag| tag.text == "latest")),
    };
    if is_always {
        return;
    }
    let span = policy.map_or(container.place, Entry::span);
    let message = format!("{} runs whatever its node has under this name", called(container));
    let edits = set_in(subject, container, &["imagePullPolicy"], Value::text("Always"));
    sink.report(span, message).fix("Always ask the registry", Safety::Unsafe, edits);
}
