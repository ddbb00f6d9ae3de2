use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// SELinux options that take a container out of its type.
    ///
    /// ## Why
    /// SELinux confines containers by a type made for them. Another type, and any user or role,
    /// is a way around that which clusters with the baseline standard refuse.
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
    ///         seLinuxOptions:
    ///           type: spc_t
    ///           # ^ pod-selinux-options
    ///           level: s0:c1,c2
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seLinuxOptions: {user: system_u, role: system_r}
    ///     # ^ pod-selinux-options
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
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
    ///         seLinuxOptions:
    ///           type: container_t
    ///           level: s0:c1,c2
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
    ///         seLinuxOptions: {}
    /// ```
    ///
    /// ## Limits
    /// A custom type may be stricter than the usual one; its policy is not seen here.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (baseline)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "pod-selinux-options" for KubernetesSubject {
        aliases: ["trivy:KSV-0025"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.selinux"],
        fix: None,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let own = pod.containers.iter().filter_map(|it| it.security_context());
    for context in pod.security_context().into_iter().chain(own) {
        let Some(options) = context.value.get("seLinuxOptions") else { continue };
        for key in ["type", "user", "role"] {
            let Some(entry) = options.get_entry(key) else { continue };
            let value = entry.value.as_str().unwrap_or_default();
            if value.is_empty() || (key == "type" && ALLOWED_TYPES.contains(&value)) {
                continue;
            }
            let message = format!("SELinux {key} `{value}` is not one made for containers");
            sink.report(entry.span(), message);
        }
    }
}

/// The types that confine containers.
static ALLOWED_TYPES: &[&str] =
    &["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
