use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::image_of,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container whose image is whatever is newest.
    ///
    /// ## Why
    /// `latest`, or no tag at all, names another image tomorrow. Two pods of one deployment may
    /// run different programs, and to go back is not possible since the old name means the new
    /// image.
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
    ///       image: example.com/app:latest
    ///       # ^ container-latest-tag
    ///     - name: side
    ///       image: example.com/side
    ///       # ^ container-latest-tag
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
    ///     - image: app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    ///       name: app
    ///     - name: side
    ///       image: $IMAGE
    ///     - name: third
    ///       image: example.com:5000/third:2
    /// ```
    ///
    /// ## Limits
    /// Which version is meant is not known, so there is no fix. Other tags that move, such as
    /// `stable`, are not told from versions.
    ///
    /// ## References
    /// - Kubernetes documentation: Images
    "container-latest-tag" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0013", "checkov:CKV_K8S_14", "kube-linter:latest-tag",
            "kics:invalid_image",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.image-current"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    let Some((_, image)) = image_of(container) else { return };
    let Some(entry) = container.entry("image").filter(|_| image.digest.is_none()) else { return };
    let message = match image.tag.as_ref().map(|it| it.text.as_str()) {
        Some("latest") => "`latest` names another image tomorrow; name a version",
        None | Some("") => "without a tag the image is whatever is newest; name a version",
        Some(_) => return,
    };
    sink.report(entry.span(), message);
}
