use plimsoll_config::{edit::Value, kubernetes::Profile};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Span;

use crate::{
    manifest::{called, replace},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that runs without seccomp.
    ///
    /// ## Why
    /// Seccomp keeps a process from the system calls that it has no business with, among them
    /// most of those that flaws in the kernel were found in. `Unconfined` opens them all.
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
    ///         seccompProfile:
    ///           type: Unconfined
    ///           # ^ container-seccomp-unconfined
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seccompProfile: {type: Unconfined}
    ///     # ^ container-seccomp-unconfined
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///     - name: side
    ///       image: example.com/side:1
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
    ///         seccompProfile:
    ///           type: RuntimeDefault
    ///           # ^ container-seccomp-unconfined
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seccompProfile: {type: RuntimeDefault}
    ///     # ^ container-seccomp-unconfined
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
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
    ///       securityContext:
    ///         seccompProfile:
    ///           type: RuntimeDefault
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
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seccompProfile:
    ///       type: Unconfined
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         seccompProfile:
    ///           type: RuntimeDefault
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   annotations:
    ///     seccomp.security.alpha.kubernetes.io/pod: runtime/default
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ## Limits
    /// Annotations of clusters before 1.27 are read but not rewritten. A privileged container
    /// runs without seccomp whatever is set; see `privileged-container`.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Restrict a Container's Syscalls with seccomp
    "container-seccomp-unconfined" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0104", "trivy:KSV-0030", "checkov:CKV_K8S_31",
            "kics:seccomp_profile_is_not_configured", "semgrep:seccomp-confinement-disabled",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.seccomp-on"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod().filter(|it| !it.is_windows()) else { return };
    let mut reported: Vec<Span> = Vec::new();
    for container in &pod.containers {
        let decided = pod.seccomp(container);
        let Some(span) = decided.span.filter(|_| decided.profile == Profile::Unconfined) else {
            continue;
        };
        if reported.contains(&span) {
            continue;
        }
        reported.push(span);
        let mut edits = Vec::new();
        for context in [container.security_context(), pod.security_context()].into_iter().flatten()
        {
            let field = context.value.get("seccompProfile").and_then(|it| it.get_entry("type"));
            if let Some(entry) = field.filter(|it| it.span() == span) {
                edits = replace(subject, &entry.value, &Value::text("RuntimeDefault"));
            }
        }
        let message = format!("{} may make every system call: seccomp is off", called(container));
        sink.report(span, message).fix("Use the runtime's profile", Safety::Unsafe, edits);
    }
}
