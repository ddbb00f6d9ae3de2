use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container without security context beside one that refuses to run as root.
    ///
    /// ## Why
    /// Other containers of the pod say `runAsNonRoot: true`; this one has no security context at
    /// all. The weakest container decides what a break-in is worth.
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
    ///       # ^ container-non-root-unset
    ///     - name: side
    ///       image: example.com/side:1
    ///       securityContext:
    ///         runAsNonRoot: true
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
    ///         runAsNonRoot: true
    ///         allowPrivilegeEscalation: false
    ///       # ^ container-non-root-unset
    ///     - name: side
    ///       image: example.com/side:1
    ///       securityContext:
    ///         runAsNonRoot: true
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
    ///     - name: side
    ///       image: example.com/side:1
    ///       securityContext:
    ///         runAsNonRoot: true
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsNonRoot: true
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// Says only that nothing enforces it; which user the image names is not seen here.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-non-root-unset" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0012", "semgrep:run-as-non-root-container-level-missing-security-context",
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
    let key = "runAsNonRoot";
    let beside = pod.containers.iter().any(|it| it.own_security(key).is_some());
    if !beside || container.security_context().is_some() || pod.decided(container, key).is_some() {
        return;
    }
    let message = format!("{} does not set `{key}`, others of this pod do", called(container));
    let edits = set_in(subject, container, &["securityContext", key], Value::truth(true));
    // The image is what decides the user as long as nothing else does.
    let span = container.entry("image").map_or(container.place, |it| it.key.span);
    report_missing(sink, container, span, message).fix(
        "Refuse to run as root",
        Safety::Unsafe,
        edits,
    );
}
