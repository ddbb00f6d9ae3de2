use plimsoll_config::edit::Value;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, place_in, report_missing, set_in},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that nothing keeps from running as root.
    ///
    /// ## Why
    /// Unless the image says otherwise a container runs as user 0, which is user 0 for the kernel
    /// too: a flaw in the runtime or a mounted path then hands over the node. With `runAsNonRoot:
    /// true` the node refuses to start an image that would run as root; a `runAsUser` above 0
    /// settles it as well.
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
    ///       # ^ container-may-run-as-root
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
    ///       securityContext:
    ///         runAsNonRoot: false
    ///         # ^ container-may-run-as-root
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
    ///       # ^ container-may-run-as-root
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsNonRoot: true
    ///         allowPrivilegeEscalation: false
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
    ///         # ^ container-may-run-as-root
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
    ///     runAsUser: 10001
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
    ///         runAsNonRoot: false
    ///         runAsUser: 10001
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
    ///         runAsUser: 0
    /// ```
    ///
    /// ## Limits
    /// The image's own `USER` is not seen here. An image that names its user by name and not by
    /// number does not start under `runAsNonRoot`.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-may-run-as-root" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0012", "checkov:CKV_K8S_6", "checkov:CKV_K8S_23",
            "kube-linter:run-as-non-root", "kics:containers_running_as_root",
        ],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((pod, container)) = node.linux_container() else { return };
    let keeps = pod.decided_bool(container, "runAsNonRoot") == Some(true);
    if keeps || pod.decided(container, "runAsUser").is_some() {
        return;
    }
    let written = container.own_security("runAsNonRoot");
    let span = written.map_or_else(|| place_in(container, &["securityContext"]), |it| it.key.span);
    let message = format!("nothing keeps {} from running as root", called(container));
    let edits =
        set_in(subject, container, &["securityContext", "runAsNonRoot"], Value::truth(true));
    report_missing(sink, container, span, message).fix(
        "Refuse to run as root",
        Safety::Unsafe,
        edits,
    );
}
