use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, needs_escalation, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that says that its processes may gain privileges.
    ///
    /// ## Why
    /// With `allowPrivilegeEscalation: true` a set-user-id program inside of the container turns
    /// any user into root. Off, the kernel lets no process gain more than it started with.
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
    ///         allowPrivilegeEscalation: true
    ///         # ^ container-privilege-escalation
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
    ///         allowPrivilegeEscalation: false
    ///         # ^ container-privilege-escalation
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
    ///         allowPrivilegeEscalation: false
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
    ///         runAsUser: 10001
    /// ```
    ///
    /// ## Limits
    /// A privileged container or one with `SYS_ADMIN` cannot have it off, so there is no fix for
    /// it.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-privilege-escalation" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0001", "checkov:CKV_K8S_20", "kics:privilege_escalation_allowed",
            "kube-linter:privilege-escalation-container",
            "semgrep:allow-privilege-escalation-true",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.no-new-privileges"],
        fix: Safe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    let key = "allowPrivilegeEscalation";
    let Some(entry) = container.own_security(key) else { return };
    if entry.value.as_bool() != Some(true) {
        return;
    }
    let message = format!("processes of {} may gain privileges", called(container));
    let draft = sink.report(entry.key.span, message);
    // The API server refuses the pair, so there the other setting has to go first.
    if !needs_escalation(container) {
        let edits = set_in(subject, container, &["securityContext", key], Value::truth(false));
        draft.fix("Forbid to gain privileges", Safety::Safe, edits);
    }
}
