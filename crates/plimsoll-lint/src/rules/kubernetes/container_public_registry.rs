use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::image_of,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container whose image comes straight from a public registry.
    ///
    /// ## Why
    /// Anyone can publish on Docker Hub, Quay and their like, names can be taken over, and pulls
    /// fail when their limits are reached. A registry of your own, or one that mirrors what you
    /// have looked at, has none of that. List the registries that you trust in the settings to
    /// settle the matter.
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
    ///       image: busybox:1.37
    ///       # ^ container-public-registry
    ///     - name: side
    ///       image: quay.io/example/side:1
    ///       # ^ container-public-registry
    ///     - name: third
    ///       image: registry.hub.docker.com/library/redis:8
    ///       # ^ container-public-registry
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
    ///     - name: side
    ///       image: example.azurecr.io/side:1
    ///     - name: third
    ///       image: gcr.io/example/third:1
    ///     - name: fourth
    ///       image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fourth:1
    ///     - name: fifth
    ///       image: $IMAGE
    /// ```
    ///
    /// ## Limits
    /// Whether a registry that is not well known is yours is not known, so it is left alone.
    ///
    /// ## References
    /// - NIST SP 800-190, section on registries
    "container-public-registry" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0125", "trivy:KSV-0032", "trivy:KSV-0033", "trivy:KSV-0034",
            "trivy:KSV-0035",
        ],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.trusted-base"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    let Some((value, image)) = image_of(container) else { return };
    let host = image.registry_host();
    if !subject.settings.allowed_registries.is_empty() || !PUBLIC.contains(&host) {
        return;
    }
    sink.report(
        value.span,
        format!("anyone can publish on `{host}`, and nothing says whom to trust"),
    );
}

/// Registries on which anyone can publish.
static PUBLIC: &[&str] = &[
    "docker.io",
    "hub.docker.com",
    "registry.hub.docker.com",
    "quay.io",
    "ghcr.io",
    "public.ecr.aws",
    "registry.gitlab.com",
    "docker.pkg.github.com",
];
