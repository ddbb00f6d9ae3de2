use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container without security context, whose processes may gain privileges.
    ///
    /// ## Why
    /// `allowPrivilegeEscalation` is on unless a container's own security context switches it
    /// off; the pod's cannot. A set-user-id program then turns any user into root.
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
    ///       # ^ container-privilege-escalation-by-default
    ///       image: example.com/app:1.4
    ///       ports: []
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
    ///       # ^ container-privilege-escalation-by-default
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         allowPrivilegeEscalation: false
    ///       ports: []
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
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-privilege-escalation-by-default" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0001", "checkov:CKV_K8S_20", "kics:privilege_escalation_allowed",
            "semgrep:allow-privilege-escalation-no-securitycontext",
        ],
        severity: Medium,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.no-new-privileges"],
        fix: Safe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    if container.security_context().is_some() {
        return;
    }
    let message =
        format!("processes of {} may gain privileges: nothing says no", called(container));
    let keys = ["securityContext", "allowPrivilegeEscalation"];
    let edits = set_in(subject, container, &keys, Value::truth(false));
    report_missing(sink, container, container.place, message).fix(
        "Forbid to gain privileges",
        Safety::Safe,
        edits,
    );
}
