use plimsoll_config::{edit::Value, tree::Node};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::set_key_of,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A default account that hands its token to every pod.
    ///
    /// ## Why
    /// Every pod without an account of its own runs under `default`, and gets its token unless
    /// this is switched off on the account.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: default
    ///   # ^ default-service-account-token
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: default
    ///   # ^ default-service-account-token
    /// automountServiceAccountToken: false
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: default
    /// automountServiceAccountToken: false
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: web
    /// ```
    ///
    /// ## Limits
    /// Says nothing where the default account is not in a manifest, as it is made by the cluster.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure Service Accounts for Pods
    "default-service-account-token" for KubernetesSubject {
        aliases: ["checkov:CKV_K8S_41"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let object = &node.object;
    if object.kind != "ServiceAccount" || object.metadata.name() != Some("default") {
        return;
    }
    let key = "automountServiceAccountToken";
    if object.root.get(key).and_then(Node::as_bool) == Some(false) {
        return;
    }
    let edits = set_key_of(subject, &object.root, key, Value::truth(false));
    sink.report(object.place(), "the default account hands its token to every pod").fix(
        "Hand it to no pod",
        Safety::Unsafe,
        edits,
    );
}
