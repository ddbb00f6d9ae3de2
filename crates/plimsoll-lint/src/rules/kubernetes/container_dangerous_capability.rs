use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{added, remove_added},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that asks for a capability that leads to the node.
    ///
    /// ## Why
    /// Some capabilities reach beyond the container: they read any file of the node, watch or
    /// change its processes, rewire its network, or are simply all of them.
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
    ///         capabilities:
    ///           drop: [ALL]
    ///           add: [SYS_PTRACE, NET_ADMIN, CHOWN]
    ///           # ^ container-dangerous-capability
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
    ///         capabilities:
    ///           add:
    ///             - all
    ///             # ^ container-dangerous-capability
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
    ///         capabilities:
    ///           drop: [ALL]
    ///           add: [CHOWN]
    ///           # ^ container-dangerous-capability
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
    ///         capabilities:
    ///           drop: [ALL]
    ///           add: [NET_BIND_SERVICE, CHOWN]
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
    ///         capabilities:
    ///           drop: [ALL]
    /// ```
    ///
    /// ## Limits
    /// What the program needs it for is not known.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Linux manual page: capabilities(7)
    "container-dangerous-capability" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0022", "checkov:CKV_K8S_25", "kics:containers_with_added_capabilities",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.capabilities"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.linux_container() else { return };
    for capability in added(container, |it| DANGEROUS.iter().any(|known| known.0 == it)) {
        let reason = DANGEROUS.iter().find(|it| it.0 == capability.name).map_or("", |it| it.1);
        let message = format!("`{}` {reason}", capability.name);
        let edits = remove_added(subject, container, &capability);
        sink.report(capability.span, message).fix("Do not add it", Safety::Unsafe, edits);
    }
}

/// Those with rules of their own (`SYS_ADMIN`, `SYS_MODULE`, `NET_RAW`) are not among them.
static DANGEROUS: &[(&str, &str)] = &[
    ("ALL", "is every capability there is"),
    ("BPF", "lets the container load programs into the kernel"),
    ("DAC_READ_SEARCH", "lets the container open files of the node by their numbers"),
    ("NET_ADMIN", "lets the container change network settings and firewalls"),
    ("PERFMON", "lets the container watch all of the node's processes"),
    ("SYSLOG", "lets the container read addresses of the kernel"),
    ("SYS_BOOT", "lets the container restart the node"),
    ("SYS_PTRACE", "lets the container read and change other processes"),
    ("SYS_RAWIO", "lets the container write to the node's hardware"),
    ("SYS_TIME", "lets the container set the node's clock"),
    ("MAC_ADMIN", "lets the container change the node's access policy"),
    ("MAC_OVERRIDE", "lets the container ignore the node's access policy"),
];
