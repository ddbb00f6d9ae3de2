use plimsoll_config::{
    edit::Value,
    kubernetes::{Container, clean_path},
    tree::Entry,
};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, replace},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that asks for its service account's token.
    ///
    /// ## Why
    /// The token is a password for the cluster's API that lies in the pod as a file: whoever gets
    /// into the pod may do what the account may. Only programs that talk to the API need it.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   automountServiceAccountToken: true
    ///   # ^ pod-service-account-token-mounted
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
    ///       volumeMounts:
    ///         - name: token
    ///           mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    ///           # ^ pod-service-account-token-mounted
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   automountServiceAccountToken: false
    ///   # ^ pod-service-account-token-mounted
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
    ///   automountServiceAccountToken: false
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
    /// ```
    ///
    /// ## Limits
    /// Whether the program talks to the API is not known.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure Service Accounts for Pods
    "pod-service-account-token-mounted" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0036", "checkov:CKV_K8S_38",
            "kics:service_account_token_automount_not_disabled",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    let automount = pod.entry("automountServiceAccountToken");
    match automount.and_then(|it| Some((it, it.value.as_bool()?))) {
        Some((entry, true)) => {
            let edits = replace(subject, &entry.value, &Value::truth(false));
            sink.report(entry.span(), "the pod asks for a token for the cluster's API").fix(
                "Do not mount it",
                Safety::Unsafe,
                edits,
            );
        }
        Some((_, false)) => {}
        None => {
            for container in &pod.containers {
                report_mounts(container, sink);
            }
        }
    }
}

fn report_mounts(container: &Container, sink: &mut Sink<'_>) {
    for mount in container.volume_mounts() {
        if clean_path(mount.path) != "/var/run/secrets/kubernetes.io/serviceaccount" {
            continue;
        }
        let path = mount.node.get_entry("mountPath").map_or(mount.node.span, Entry::span);
        let message = format!("{} mounts a token for the cluster's API", called(container));
        sink.report(path, message);
    }
}
