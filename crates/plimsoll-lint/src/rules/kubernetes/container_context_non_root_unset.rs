use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A security context that does not ask for a user other than root, beside one that does.
    ///
    /// ## Why
    /// Other containers of the pod say `runAsNonRoot: true`; this one has a security context of
    /// its own and does not. The weakest container decides what a break-in is worth.
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
    ///         # ^ container-context-non-root-unset
    ///         runAsUser: 10001
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
    ///         # ^ container-context-non-root-unset
    ///         runAsUser: 10001
    ///         runAsNonRoot: true
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
    ///       securityContext:
    ///         runAsUser: 10001
    /// ```
    ///
    /// ## Limits
    /// Says only that nothing enforces it; which user the image names is not seen here.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-context-non-root-unset" for KubernetesSubject {
        aliases: ["trivy:KSV-0012", "semgrep:run-as-non-root-container-level"],
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
    let Some(context) = container.security_context() else { return };
    let key = "runAsNonRoot";
    let beside = pod.containers.iter().any(|it| it.own_security(key).is_some());
    if !beside || pod.decided(container, key).is_some() {
        return;
    }
    let message = format!("{} does not set `{key}`, others of this pod do", called(container));
    let edits = set_in(subject, container, &["securityContext", key], Value::truth(true));
    report_missing(sink, container, context.key.span, message).fix(
        "Refuse to run as root",
        Safety::Unsafe,
        edits,
    );
}
