use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::set_in_pod,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod without a security context of its own.
    ///
    /// ## Why
    /// The pod's security context is where users, groups and profiles are set for all of its
    /// containers, those that a mesh or an operator puts in among them.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    /// # ^ pod-without-security-context
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
    ///   securityContext: {}
    ///   # ^ pod-without-security-context
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
    /// # ^ pod-without-security-context
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///   securityContext:
    ///     runAsNonRoot: true
    ///     seccompProfile:
    ///       type: RuntimeDefault
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
    ///     seccompProfile:
    ///       type: RuntimeDefault
    ///   # ^ pod-without-security-context
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
    ///   securityContext:
    ///     runAsNonRoot: true
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// Containers may each set all of it themselves, which is as good.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "pod-without-security-context" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0118", "checkov:CKV_K8S_29",
            "kics:pod_or_container_without_security_context",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let written = pod.security_context();
    if written.is_some_and(|it| !it.value.entries().is_empty()) {
        return;
    }
    let span = written.map_or(pod.spec_key, |it| it.key.span);
    let context = Value::map([
        ("runAsNonRoot", Value::truth(true)),
        ("seccompProfile", Value::map([("type", Value::text("RuntimeDefault"))])),
    ]);
    let edits = set_in_pod(subject, pod, &["securityContext"], context);
    sink.report(span, "the pod sets nothing for the safety of its containers").fix(
        "Refuse root and use the runtime's seccomp profile",
        Safety::Unsafe,
        edits,
    );
}
