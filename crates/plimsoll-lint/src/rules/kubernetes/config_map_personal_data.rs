use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    secret_name::literal_secret,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A config map with what belongs to a person.
    ///
    /// ## Why
    /// User names, addresses and numbers of people in a config map are open to everyone who may
    /// look at the namespace, and stand in the repository for good.
    ///
    /// ## Bad
    /// ```yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: app
    /// data:
    ///   username: mara
    ///   # ^ config-map-personal-data
    ///   admin.email: mara@example.com
    ///   # ^ config-map-personal-data
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: app
    /// data:
    ///   color: blue
    ///   user-agent: curl
    ///   email: ""
    /// ```
    ///
    /// ## Limits
    /// Judged by the name of the key alone, so expect it to be wrong now and then.
    ///
    /// ## References
    /// - Kubernetes documentation: ConfigMaps
    "config-map-personal-data" for KubernetesSubject {
        aliases: ["trivy:KSV-01010"],
        severity: Low,
        confidence: Low,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[KubernetesKind::Object], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    if node.object.kind != "ConfigMap" {
        return;
    }
    let Some(data) = node.object.root.get("data") else { return };
    for entry in data.entries() {
        let (Some(key), Some(value)) = (entry.key.as_str(), entry.value.as_str()) else { continue };
        let last = key.rsplit(['.', '_', '-', '/']).next().unwrap_or_default().to_ascii_lowercase();
        let whole: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
        let whole = whole.to_ascii_lowercase();
        let is_personal = PERSONAL.contains(&last.as_str()) || PERSONAL.contains(&whole.as_str());
        if is_personal && literal_secret(value).is_some() {
            sink.report(entry.key.span, format!("`{key}` may be what belongs to a person"));
        }
    }
}

/// Last words of keys that hold what belongs to a person.
static PERSONAL: &[&str] = &[
    "username",
    "user",
    "login",
    "email",
    "mail",
    "emailaddress",
    "phone",
    "phonenumber",
    "mobile",
    "ssn",
    "passport",
    "iban",
    "creditcard",
    "birthdate",
    "birthday",
    "dateofbirth",
    "firstname",
    "lastname",
    "surname",
];
