use plimsoll_config::tree::Node;
use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::called,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that offers SSH.
    ///
    /// ## Why
    /// A shell into a container from outside goes past the cluster's own accounts and logs.
    /// `kubectl exec` does the same with both.
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
    ///       ports:
    ///         - containerPort: 22
    ///           # ^ container-ssh-port
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
    ///       ports:
    ///         - containerPort: 8080
    ///         - containerPort: 22
    ///           protocol: UDP
    /// ```
    ///
    /// ## Limits
    /// An SSH server on another port is not seen; a Git server may offer SSH with good reason.
    ///
    /// ## References
    /// - Kubernetes documentation: Get a Shell to a Running Container
    "container-ssh-port" for KubernetesSubject {
        aliases: ["kube-linter:ssh-port"],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: ["runtime.no-sshd"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    for port in container.entry("ports").map(|it| it.value.items()).unwrap_or_default() {
        let is_tcp = port.get("protocol").and_then(Node::as_str).is_none_or(|it| it == "TCP");
        let Some(entry) = port.get_entry("containerPort").filter(|_| is_tcp) else { continue };
        if entry.value.as_i64() == Some(22) {
            sink.report(entry.span(), format!("{} offers SSH", called(container)));
        }
    }
}
