use plimsoll_finding::{Check, Sink};

use crate::{
    manifest::called,
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that listens on a port below 1024.
    ///
    /// ## Why
    /// Such ports take root or a capability on many runtimes, which then serves whoever takes the
    /// program over. A service maps any port to any other, so the program can listen on a higher
    /// one.
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
    ///         - containerPort: 80
    ///           # ^ container-privileged-port
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
    /// ```
    ///
    /// ## Limits
    /// Ports that the manifest does not name are not seen.
    ///
    /// ## References
    /// - Kubernetes documentation: Service, `targetPort`
    "container-privileged-port" for KubernetesSubject {
        aliases: ["trivy:KSV-0117", "kube-linter:privileged-ports"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["runtime.privileged-ports"],
        fix: None,
        check: Check::On(&[KubernetesKind::Container], check),
    }
}

fn check(_: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some((_, container)) = node.container() else { return };
    for port in container.entry("ports").map(|it| it.value.items()).unwrap_or_default() {
        let Some(entry) = port.get_entry("containerPort") else { continue };
        if entry.value.as_i64().is_some_and(|it| (1..1024).contains(&it)) {
            let message = format!("{} listens on a port below 1024", called(container));
            sink.report(entry.span(), message);
        }
    }
}
