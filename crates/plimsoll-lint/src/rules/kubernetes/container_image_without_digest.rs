use plimsoll_finding::{Check, Confidence, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container whose image is not named by its digest.
    ///
    /// ## Why
    /// A tag can be moved to another image by whoever may push, on purpose or by accident. A
    /// digest names one image for ever, and nodes check that they got it.
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
    ///     # ^ container-image-without-digest
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
    ///       image: $IMAGE
    ///       # ^ container-image-without-digest
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
    ///     - image: app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    ///       name: app
    /// ```
    ///
    /// ## Limits
    /// The digest is known to the registry alone, so there is no fix.
    ///
    /// ## References
    /// - Kubernetes documentation: Images
    "container-image-without-digest" for KubernetesSubject {
        aliases: ["checkov:CKV_K8S_43", "kics:image_without_digest"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["supply.digest-pin"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    let Some(entry) = container.entry("image") else { return };
    let Some(text) = entry.value.as_str().filter(|it| !it.contains("@sha256:")) else { return };
    let draft = sink.report(entry.span(), "the image is named by a tag, which can be moved");
    // What fills in a placeholder may well be a digest.
    if text.contains(['$', '{', '<', '%']) {
        draft.confidence(Confidence::Low);
    }
}
