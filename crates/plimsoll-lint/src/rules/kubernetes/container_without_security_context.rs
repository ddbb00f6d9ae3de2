use plimsoll_config::{
    edit::Value,
    kubernetes::{Container, ContainerRole, Pod},
};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container without a security context.
    ///
    /// ## Why
    /// It runs with all that Kubernetes gives by default: perhaps as root, with fourteen
    /// capabilities, with a writable root, free to gain privileges and to make any system call.
    /// One block of settings closes all of it, and most programs do not notice.
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
    ///       # ^ container-without-security-context
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
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       securityContext: {}
    ///       # ^ container-without-security-context
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
    ///       # ^ container-without-security-context
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsNonRoot: true
    ///         allowPrivilegeEscalation: false
    ///         readOnlyRootFilesystem: true
    ///         capabilities:
    ///           drop:
    ///             - ALL
    ///         seccompProfile:
    ///           type: RuntimeDefault
    ///       ports: []
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
    ///         allowPrivilegeEscalation: false
    ///         readOnlyRootFilesystem: true
    ///         capabilities:
    ///           drop:
    ///             - ALL
    ///         seccompProfile:
    ///           type: RuntimeDefault
    ///       # ^ container-without-security-context
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
    ///   os: {name: windows}
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
    ///   containers: []
    ///   ephemeralContainers:
    ///     - name: look
    ///       image: example.com/tool:2
    /// ```
    ///
    /// ## Limits
    /// An image whose user is root or is named without a number does not start under the fix;
    /// paths that the program writes to need a volume.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-without-security-context" for KubernetesSubject {
        aliases: ["checkov:CKV_K8S_30", "kics:pod_or_container_without_security_context"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.user", "runtime.no-new-privileges", "runtime.capabilities", "runtime.read-only-root", "runtime.seccomp-on"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.linux_container() else { return };
    let written = container.security_context();
    let is_empty = written.is_none_or(|it| it.value.entries().is_empty());
    if !is_empty || container.role == ContainerRole::Ephemeral {
        return;
    }
    let span = written.map_or(container.place, |it| it.key.span);
    let edits = set_in(subject, container, &["securityContext"], restricted(pod, container));
    let message = format!("{} runs with all that Kubernetes gives by default", called(container));
    report_missing(sink, container, span, message).fix(
        "Set the restricted profile",
        Safety::Unsafe,
        edits,
    );
}

/// What the restricted standard asks for, with a read-only root, less what the pod says itself.
fn restricted(pod: &Pod, container: &Container) -> Value {
    let mut res: Vec<(String, Value)> = Vec::new();
    let mut add = |key: &str, value: Value| {
        if pod.decided(container, key).is_none() {
            res.push((key.to_owned(), value));
        }
    };
    add("runAsNonRoot", Value::truth(true));
    add("allowPrivilegeEscalation", Value::truth(false));
    add("readOnlyRootFilesystem", Value::truth(true));
    add("capabilities", Value::map([("drop", Value::texts(["ALL"]))]));
    add("seccompProfile", Value::map([("type", Value::text("RuntimeDefault"))]));
    Value::Map(res)
}
