use plimsoll_config::tree::Node;
use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that changes kernel settings which are not kept apart from the node's.
    ///
    /// ## Why
    /// Only a few kernel settings belong to the pod alone. The others reach into the node or
    /// starve its other pods; a node refuses them unless its administrator let them through.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     sysctls:
    ///       - name: kernel.msgmax
    ///         # ^ pod-unsafe-sysctl
    ///         value: "65536"
    ///       - name: kernel.shm_rmid_forced
    ///         value: "0"
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ```yaml
    /// apiVersion: policy/v1beta1
    /// kind: PodSecurityPolicy
    /// metadata:
    ///   name: loose
    /// spec:
    ///   allowedUnsafeSysctls: ["kernel.msg*"]
    ///   # ^ pod-unsafe-sysctl
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
    ///     sysctls:
    ///       - name: net.ipv4.ip_unprivileged_port_start
    ///         value: "0"
    ///       - name: net/ipv4/tcp_syncookies
    ///         value: "1"
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
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       ports: []
    /// ```
    ///
    /// ## Limits
    /// Which settings are safe is taken from the current release; older ones knew fewer.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Using sysctls in a Kubernetes Cluster
    "pod-unsafe-sysctl" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0026", "kube-linter:unsafe-sysctls", "kics:cluster_allows_unsafe_sysctls",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let context = node.object.pod.as_ref().and_then(|it| it.security_context());
    let sysctls = context.and_then(|it| it.value.get("sysctls"));
    for sysctl in sysctls.map(Node::items).unwrap_or_default() {
        let Some(entry) = sysctl.get_entry("name") else { continue };
        let Some(name) = entry.value.as_str() else { continue };
        if !SAFE.contains(&name.replace('/', ".").as_str()) {
            let message = format!("`{name}` is not kept apart from the node's own settings");
            sink.report(entry.span(), message);
        }
    }
    if node.object.kind != "PodSecurityPolicy" {
        return;
    }
    let allowed = node.object.root.get("spec").and_then(|it| it.get_entry("allowedUnsafeSysctls"));
    if let Some(entry) = allowed.filter(|it| !it.value.items().is_empty()) {
        sink.report(entry.key.span, "the policy lets pods change unsafe kernel settings");
    }
}

/// The settings that belong to the pod alone.
static SAFE: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];
