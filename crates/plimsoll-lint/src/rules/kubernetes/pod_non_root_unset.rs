use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{set_in_pod, unset_non_root},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod in which nothing asks for a user other than root.
    ///
    /// ## Why
    /// With `runAsNonRoot: true` in the pod's security context the node refuses to start any
    /// container of the pod that would run as root, whatever its image says.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    /// # ^ pod-non-root-unset
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
    /// # ^ pod-non-root-unset
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///   securityContext:
    ///     runAsNonRoot: true
    /// ```
    ///
    /// ## Good
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
    /// ```
    ///
    /// ## Limits
    /// Says only that nothing enforces it; which user the image names is not seen here.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "pod-non-root-unset" for KubernetesSubject {
        aliases: ["trivy:KSV-0012", "semgrep:run-as-non-root"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod().filter(|it| unset_non_root(it)) else { return };
    if pod.security_context().is_some() {
        return;
    }
    let edits = set_in_pod(subject, pod, &["securityContext", "runAsNonRoot"], Value::truth(true));
    sink.report(pod.spec_key, "nothing in this pod asks for a user other than root").fix(
        "Refuse to run as root",
        Safety::Unsafe,
        edits,
    );
}
