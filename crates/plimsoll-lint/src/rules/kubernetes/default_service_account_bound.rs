use plimsoll_config::tree::Node;
use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A right that is given to a default account.
    ///
    /// ## Why
    /// What the default account may do, every pod of its namespace without an account of its own
    /// may do too, the ones that are to come among them.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   name: read
    /// subjects:
    ///   - kind: ServiceAccount
    ///     name: default
    ///     # ^ default-service-account-bound
    ///     namespace: web
    /// roleRef:
    ///   kind: Role
    ///   name: reader
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   name: read
    /// subjects:
    ///   - kind: ServiceAccount
    ///     name: web
    ///   - kind: User
    ///     name: default
    /// roleRef:
    ///   kind: Role
    ///   name: reader
    /// ```
    ///
    /// ## Limits
    /// Which rights the role holds is not weighed.
    ///
    /// ## References
    /// - Kubernetes documentation: Using RBAC Authorization
    "default-service-account-bound" for KubernetesSubject {
        aliases: ["checkov:CKV_K8S_42"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let object = &node.object;
    if !matches!(object.kind.as_str(), "RoleBinding" | "ClusterRoleBinding") {
        return;
    }
    for subject in object.root.get("subjects").map(Node::items).unwrap_or_default() {
        let is_account = subject.get("kind").and_then(Node::as_str) == Some("ServiceAccount");
        let name = subject.get_entry("name").filter(|_| is_account);
        if let Some(entry) = name.filter(|it| it.value.as_str() == Some("default")) {
            sink.report(entry.span(), "every pod without an account of its own gets this right");
        }
    }
}
