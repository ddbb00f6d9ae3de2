use plimsoll_config::{edit::Value, kubernetes::Profile};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container for which no AppArmor profile is chosen.
    ///
    /// ## Why
    /// On nodes with AppArmor the runtime's profile is used if nothing is said, and none where
    /// the node lacks it, without a word. A profile that is named must be there, or the pod does
    /// not start.
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
    ///       # ^ container-app-armor-unset
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
    ///       # ^ container-app-armor-unset
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         appArmorProfile:
    ///           type: RuntimeDefault
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
    ///         appArmorProfile:
    ///           type: RuntimeDefault
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     appArmorProfile:
    ///       type: RuntimeDefault
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
    ///   annotations:
    ///     container.apparmor.security.beta.kubernetes.io/app: localhost/app
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// The field exists since Kubernetes 1.30; older clusters take the annotation. Nodes without
    /// AppArmor, such as those of the Red Hat family, refuse pods that name a profile.
    ///
    /// ## References
    /// - Kubernetes documentation: Restrict a Container's Access to Resources with AppArmor
    "container-app-armor-unset" for KubernetesSubject {
        aliases: ["kics:missing_app_armor_config"],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["runtime.apparmor"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.linux_container() else { return };
    if pod.app_armor(container).profile != Profile::Unset {
        return;
    }
    let message = format!("no AppArmor profile is chosen for {}", called(container));
    let keys = ["securityContext", "appArmorProfile", "type"];
    let edits = set_in(subject, container, &keys, Value::text("RuntimeDefault"));
    report_missing(sink, container, container.place, message).fix(
        "Use the runtime's profile",
        Safety::Unsafe,
        edits,
    );
}
