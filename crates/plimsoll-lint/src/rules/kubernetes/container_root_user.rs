use plimsoll_config::{edit::Value, kubernetes::Level};
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    manifest::{called, set_in, set_in_pod},
    rule::rule,
    subject::kubernetes::{KubernetesKind, KubernetesNode, KubernetesSubject},
};

rule! {
    /// A container that is told to run as root.
    ///
    /// ## Why
    /// User 0 in the container is user 0 for the kernel: a flaw in the runtime or a mounted path
    /// hands over the node. `runAsUser: 0` also overrules a careful `USER` of the image.
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
    ///       securityContext:
    ///         runAsUser: 0
    ///         # ^ container-root-user
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 0
    ///     # ^ container-root-user
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///     - name: side
    ///       image: example.com/side:1
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsUser: 10001
    ///         # ^ container-root-user
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 10001
    ///     # ^ container-root-user
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///     - name: side
    ///       image: example.com/side:1
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
    ///       securityContext:
    ///         runAsUser: 10001
    /// ```
    ///
    /// ```yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 0
    ///   containers:
    ///     - name: app
    ///       image: example.com/app:1.4
    ///       securityContext:
    ///         runAsUser: 10001
    /// ```
    ///
    /// ## Limits
    /// The fix takes user 10001; the files that the program writes must belong to that user.
    ///
    /// ## References
    /// - Kubernetes documentation: Pod Security Standards (restricted)
    /// - Kubernetes documentation: Configure a Security Context for a Pod or Container
    "container-root-user" for KubernetesSubject {
        aliases: [
            "trivy:KSV-0105", "trivy:KSV-0012", "checkov:CKV_K8S_23",
            "kube-linter:run-as-non-root", "kics:containers_running_as_root",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::On(&[KubernetesKind::Pod], check),
    }
}

fn check(subject: &KubernetesSubject, node: &KubernetesNode, sink: &mut Sink<'_>) {
    let Some(pod) = node.pod().filter(|it| !it.is_windows()) else { return };
    let mut at_pod = None;
    for container in &pod.containers {
        let Some(decided) = pod.decided(container, "runAsUser") else { continue };
        if decided.entry.value.as_i64() != Some(0) {
            continue;
        }
        let keys = ["securityContext", "runAsUser"];
        if decided.level == Level::Pod {
            at_pod = Some(decided.entry.span());
            continue;
        }
        let edits = set_in(subject, container, &keys, Value::number(10001));
        sink.report(decided.entry.span(), format!("{} runs as root", called(container))).fix(
            "Run as user 10001",
            Safety::Unsafe,
            edits,
        );
    }
    let Some(span) = at_pod else { return };
    let edits = set_in_pod(subject, pod, &["securityContext", "runAsUser"], Value::number(10001));
    sink.report(span, "containers of this pod run as root").fix(
        "Run as user 10001",
        Safety::Unsafe,
        edits,
    );
}
