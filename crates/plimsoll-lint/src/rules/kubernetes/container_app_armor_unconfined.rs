use plimsoll_config::{edit::Value, kubernetes::Profile};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, replace},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that runs without AppArmor, or under a profile that is not there.
    ///
    /// ## Why
    /// AppArmor keeps a process from files and powers that a container has no business with, such
    /// as writing below `/proc`. `unconfined` switches it off; a word that Kubernetes does not
    /// know keeps the pod from starting.
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
    ///         appArmorProfile:
    ///           type: Unconfined
    ///           # ^ container-app-armor-unconfined
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
    ///         appArmorProfile:
    ///           type: RuntimeDefault
    ///           # ^ container-app-armor-unconfined
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
    ///   annotations:
    ///     container.apparmor.security.beta.kubernetes.io/app: runtime/default
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ## Limits
    /// Annotations of older clusters and a profile of the whole pod are reported but not
    /// rewritten.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Restrict a Container's Access to Resources with AppArmor
    "container-app-armor-unconfined" for KubernetesSubject {
        aliases: ["trivy:KSV-0002"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.apparmor"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.linux_container() else { return };
    let decided = pod.app_armor(container);
    let called = called(container);
    let message = match &decided.profile {
        Profile::Unconfined => format!("AppArmor is off for {called}"),
        Profile::Unknown(word) => format!("`{word}` for {called} is no AppArmor profile"),
        _ => return,
    };
    let Some(span) = decided.span else { return };
    let own = container.own_security("appArmorProfile").and_then(|it| it.value.get("type"));
    let default = Value::text("RuntimeDefault");
    let edits = own.map(|it| replace(subject, it, &default)).unwrap_or_default();
    sink.report(span, message).fix("Use the runtime's profile", Safety::Unsafe, edits);
}
