use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::called,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that gets a secret through its environment.
    ///
    /// ## Why
    /// Every process of the container inherits the environment, crash reports print it, and it
    /// does not change when the secret does. A mounted secret is a file that only one user may
    /// read and that follows the secret.
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
    ///       env:
    ///         - name: DB_PASSWORD
    ///           valueFrom:
    ///             secretKeyRef:
    ///               # ^ container-secret-env-reference
    ///               name: db
    ///               key: password
    ///       envFrom:
    ///         - secretRef:
    ///             # ^ container-secret-env-reference
    ///             name: all
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
    ///       env:
    ///         - name: LEVEL
    ///           valueFrom:
    ///             configMapKeyRef: {name: app, key: level}
    ///       envFrom:
    ///         - configMapRef: {name: app}
    ///       volumeMounts:
    ///         - name: db
    ///           mountPath: /run/secrets/db
    /// ```
    ///
    /// ## Limits
    /// Many programs take secrets from the environment only.
    ///
    /// ## References
    /// - Kubernetes documentation: Good practices for Kubernetes Secrets
    "container-secret-env-reference" for KubernetesSubject {
        aliases: [
            "checkov:CKV_K8S_35", "kube-linter:read-secret-from-env-var",
            "kics:secrets_as_environment_variables",
        ],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["secrets.env"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    let items = |key: &str| container.entry(key).map(|it| it.value.items()).unwrap_or_default();
    let single =
        items("env").iter().filter_map(|it| it.get("valueFrom")?.get_entry("secretKeyRef"));
    let whole = items("envFrom").iter().filter_map(|it| it.get_entry("secretRef"));
    for entry in single.chain(whole) {
        let message = format!("{} gets a secret through its environment", called(container));
        sink.report(entry.key.span, message);
    }
}
