use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// An object that does not say which namespace it belongs to.
    ///
    /// ## Why
    /// It goes wherever the one who applies it happens to be, which is `default` more often than
    /// not.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   # ^ namespace-unset
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    /// ```
    ///
    /// ```yaml
    /// apiVersion: example.com/v1
    /// kind: Game
    /// metadata:
    ///   name: chess
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: default
    /// spec:
    ///   containers: []
    /// ```
    ///
    /// ## Limits
    /// Tools such as Kustomize and Helm fill the namespace in when they apply the manifest.
    ///
    /// ## References
    /// - Kubernetes documentation: Namespaces
    "namespace-unset" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0110", "checkov:CKV_K8S_21", "kube-linter:use-namespace",
            "kics:using_unrecommended_namespace",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let object = &node.object;
    let is_known = NAMESPACED.contains(&object.kind.as_str()) || object.pod.is_some();
    if is_known && object.metadata.entry("namespace").is_none() {
        let message = format!("the {} does not say which namespace it belongs to", object.kind);
        sink.report(object.place(), message);
    }
}

/// Kinds of Kubernetes itself that live in a namespace.
static NAMESPACED: &[&str] = &[
    "ConfigMap",
    "ControllerRevision",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "EndpointSlice",
    "Endpoints",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "Lease",
    "LimitRange",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "Pod",
    "PodDisruptionBudget",
    "PodTemplate",
    "ReplicaSet",
    "ReplicationController",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
];
