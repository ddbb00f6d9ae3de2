use plimsoll_finding::{Check, Sink};

use crate::{
    manifest_secret::open_secrets,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A secret written into a config map.
    ///
    /// ## Why
    /// Config maps are not secret: they are shown in plain, are read by far more accounts than
    /// secrets are, and are not encrypted where secrets are. A password in one has to be changed.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: app
    /// data:
    ///   db.password: hunter2
    ///   # ^ config-map-secret
    ///   settings: |
    ///     level=debug
    ///     REDIS_PASSWORD=abc123
    ///     # ^ config-map-secret
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: app
    /// data:
    ///   settings: |
    ///     REDIS_PASSWORD=
    ///     password_file=/run/secrets/redis
    ///   level: debug
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: app
    /// stringData:
    ///   password: hunter2
    /// ```
    ///
    /// ## Limits
    /// A secret is known by the name that it is set to or by a well-known form; others are not
    /// seen.
    ///
    /// ## References
    /// - Kubernetes documentation: ConfigMaps
    "config-map-secret" for KubernetesSubject {
        aliases: ["trivy:KSV-0109", "trivy:KSV-01010"],
        severity: High,
        confidence: Medium,
        audience: Default,
        controls: ["secrets.env"],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    if node.object.kind != "ConfigMap" {
        return;
    }
    let Some(data) = node.object.root.get("data") else { return };
    for entry in data.entries() {
        for found in open_secrets(&subject.tree().source, &entry.key, &entry.value) {
            let message = format!("`{}` stands in a config map, which is not secret", found.name);
            sink.report(found.place, message).secret(found.value);
        }
    }
}
