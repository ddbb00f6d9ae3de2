use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::image_of,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container whose image comes from a registry that your settings do not allow.
    ///
    /// ## Why
    /// Whoever may push to the registry decides what runs in the cluster. Your settings list the
    /// registries that you trust; this image comes from another one.
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
    ///       image: elsewhere.example/app:1.4
    ///       # ^ container-registry-not-allowed
    ///     - name: side
    ///       image: example.com/side:1
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
    /// ## Limits
    /// Silent as long as the settings list no registry. The blocks above are judged with
    /// `example.com` as the only one.
    ///
    /// ## References
    /// - NIST SP 800-190, section on registries
    "container-registry-not-allowed" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0125", "trivy:KSV-0032", "trivy:KSV-0033", "trivy:KSV-0034",
            "trivy:KSV-0035",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.trusted-base"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    let Some((value, image)) = image_of(container) else { return };
    if subject.settings.allows_image(&image.full_name()) {
        return;
    }
    let message = format!("`{}` is not among the allowed registries", image.full_name());
    sink.report(value.span, message);
}
