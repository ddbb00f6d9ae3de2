use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, needs_escalation, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A security context that leaves it open whether processes may gain privileges.
    ///
    /// ## Why
    /// `allowPrivilegeEscalation` is on unless it is switched off. A set-user-id program inside
    /// of the container then turns any user into root, which the other settings of this security
    /// context are there to prevent.
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
    ///         # ^ container-privilege-escalation-left-open
    ///         runAsUser: 10001
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
    ///         # ^ container-privilege-escalation-left-open
    ///         runAsUser: 10001
    ///         allowPrivilegeEscalation: false
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
    ///         allowPrivilegeEscalation: true
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
    ///       resources: {}
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   os:
    ///     name: windows
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsNonRoot: true
    /// ```
    ///
    /// ## Limits
    /// A privileged container or one with `SYS_ADMIN` cannot have it off, so there is no fix for
    /// it.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-privilege-escalation-left-open" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0001", "checkov:CKV_K8S_20", "kics:privilege_escalation_allowed",
            "semgrep:allow-privilege-escalation",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.no-new-privileges"],
        fix: Safe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    let Some(context) = container.security_context() else { return };
    let key = "allowPrivilegeEscalation";
    if container.own_security(key).is_some() {
        return;
    }
    let message =
        format!("processes of {} may gain privileges: `{key}` is not off", called(container));
    let draft = report_missing(sink, container, context.key.span, message);
    if !needs_escalation(container) {
        let edits = set_in(subject, container, &["securityContext", key], Value::truth(false));
        draft.fix("Forbid to gain privileges", Safety::Safe, edits);
    }
}
