use plimsoll_config::{edit::Value, kubernetes::Object, tree::Node};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::set_in_pod,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A pod that is given a token for the cluster's API without asking.
    ///
    /// ## Why
    /// Unless it is told not to, Kubernetes puts the token of the pod's service account into
    /// every container. Few programs talk to the API; for all others it is only something to
    /// steal.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    /// # ^ pod-service-account-token-automounted
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    /// # ^ pod-service-account-token-automounted
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///   automountServiceAccountToken: false
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
    ///   serviceAccountName: web
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    /// ---
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: web
    /// automountServiceAccountToken: false
    /// ```
    ///
    /// ## Limits
    /// Whether the program talks to the API is not known, nor a service account of another
    /// folder.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure Service Accounts for Pods
    "pod-service-account-token-automounted" for KubernetesSubject {
        aliases: [
            "checkov:CKV_K8S_38", "kics:service_account_token_automount_not_disabled",
        ],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod() else { return };
    if pod.entry("automountServiceAccountToken").is_some() {
        return;
    }
    let named = pod.entry("serviceAccountName").or_else(|| pod.entry("serviceAccount"));
    let name = named.and_then(|it| it.value.as_str()).unwrap_or("default");
    let is_off = |it: &Object| {
        let automount = it.root.get("automountServiceAccountToken");
        it.metadata.name() == Some(name)
            && it.namespace() == node.object.namespace()
            && automount.and_then(Node::as_bool) == Some(false)
    };
    if subject.objects("ServiceAccount").take(MAX_ACCOUNTS).any(is_off) {
        return;
    }
    let keys = ["automountServiceAccountToken"];
    let edits = set_in_pod(subject, pod, &keys, Value::truth(false));
    sink.report(pod.spec_key, "the pod is given a token for the cluster's API without asking").fix(
        "Do not mount it",
        Safety::Unsafe,
        edits,
    );
}

/// Of more service accounts than this the rest is not compared with each pod.
const MAX_ACCOUNTS: usize = 1_000;
