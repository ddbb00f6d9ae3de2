use plimsoll_config::tree::Node;
use plimsoll_finding::{Check, Sink};

use crate::{
    manifest_secret::is_open_secret,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A secret written into a container's environment.
    ///
    /// ## Why
    /// Whoever may read the manifest, its repository or the pod has the secret: it shows in
    /// `kubectl describe`, in every copy of the file, and in the history of both. It belongs into
    /// a `Secret`, and from there into a file.
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
    ///           value: hunter2
    ///           # ^ container-secret-in-env
    ///         - {name: clientSecret, value: abc123}
    ///         # ^ container-secret-in-env
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
    ///         - name: DB_PASSWORD
    ///           valueFrom:
    ///             secretKeyRef: {name: db, key: password}
    ///         - name: DB_PASSWORD_FILE
    ///           value: /run/secrets/db
    ///         - name: SECRET_NAME
    ///           value: db
    ///         - name: TOKEN
    ///           value: $(OTHER)
    ///         - name: API_KEY
    ///           value: ""
    /// ```
    ///
    /// ## Limits
    /// A secret is known by the name of its variable or by a well-known form; others are not
    /// seen. To move it is yours: the secret has to be made, and this one to be changed, since it
    /// is out.
    ///
    /// ## References
    /// - Kubernetes documentation: Secrets
    "container-secret-in-env" for KubernetesSubject {
        aliases: ["kube-linter:env-var-secret"],
        severity: High,
        confidence: Medium,
        audience: Default,
        controls: ["secrets.env"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    let variables = container.entry("env").map(|it| it.value.items()).unwrap_or_default();
    for variable in variables {
        let name = variable.get("name").and_then(Node::as_str).unwrap_or_default();
        let Some(entry) = variable.get_entry("value") else { continue };
        let Some(value) = entry.value.as_str() else { continue };
        if !is_open_secret(name, value) {
            continue;
        }
        let message = format!("the secret `{name}` is written into the manifest");
        sink.report(entry.key.span, message).secret(entry.value.span);
    }
}
